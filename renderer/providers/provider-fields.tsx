// The fields of one provider, made from what its type wants to know: name, address, key and the type's own fields.
import type { Ref } from 'react';
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import { SecretField, SelectField, TextField } from '../components/field.tsx';
import { needsAddress } from './describe-types.ts';
import {
  keyPlaces,
  startDraft,
  type DraftProblems,
  type KeyPlace,
  type ProviderDraft,
} from './provider-draft.ts';
import styles from './providers.module.css';

interface ProviderFieldsProps {
  readonly type: ProviderTypeView;
  readonly draft: ProviderDraft;
  readonly problems: DraftProblems;
  /** Where the key of a provider that is there is, in words; null for a new provider. */
  readonly kept: string | null;
  /** The id a new provider gets by itself. */
  readonly suggestedId: string | null;
  readonly secretRef: Ref<HTMLInputElement>;
  readonly onChange: (part: Partial<ProviderDraft>) => void;
}

function KeyFields({ type, draft, problems, kept, secretRef, onChange }: ProviderFieldsProps) {
  const places = keyPlaces(type, kept);
  const choose = (value: string): void => {
    const place = places.find((one) => one.value === value);
    // What names a variable names no file.
    const keyName = place?.value === 'env' ? startDraft(type).keyName : '';
    if (place !== undefined) onChange({ keyPlace: place.value, keyName });
  };
  const nameLabels: Partial<Record<KeyPlace, string>> = {
    env: 'Name of the variable',
    file: 'Path of the file',
  };
  const nameLabel = nameLabels[draft.keyPlace];
  return (
    <>
      <SelectField label="Where the key is" options={places} value={draft.keyPlace} onChange={choose} />
      {draft.keyPlace === 'paste' && (
        <SecretField label="API key" inputRef={secretRef} problem={problems['secret']} />
      )}
      {nameLabel !== undefined && (
        <TextField
          label={nameLabel}
          explanation="Read by Tollgate when it is needed; never copied."
          value={draft.keyName}
          problem={problems['keyName']}
          onChange={(name) => onChange({ keyName: name })}
        />
      )}
      {type.keysUrl !== null && draft.keyPlace === 'paste' && (
        <a className={styles.keysLink} href={type.keysUrl} target="_blank" rel="noreferrer">
          Make a key at {new URL(type.keysUrl).host}
        </a>
      )}
    </>
  );
}

function OptionField({
  field,
  draft,
  problems,
  onChange,
}: Pick<ProviderFieldsProps, 'draft' | 'problems' | 'onChange'> & {
  readonly field: ProviderTypeView['fields'][number];
}) {
  const value = draft.options[field.key] ?? '';
  const change = (next: string): void => onChange({ options: { ...draft.options, [field.key]: next } });
  const shared = {
    label: field.required ? field.label : `${field.label}, if needed`,
    explanation: field.help,
    problem: problems[`option:${field.key}`],
    value,
    onChange: change,
  };
  if (field.choices === undefined) return <TextField {...shared} placeholder={field.example} />;
  const choices = field.choices.map((choice) => ({ value: choice, label: choice }));
  return <SelectField {...shared} options={[{ value: '', label: 'Decided by itself' }, ...choices]} />;
}

export function ProviderFields(props: ProviderFieldsProps) {
  const { type, draft, problems, suggestedId, onChange } = props;
  const isOwnAddress = type.type === 'anthropic' || type.group === 'gateway';
  return (
    <>
      <TextField
        label={needsAddress(type) || type.defaultBaseUrl !== null ? 'Address' : 'Address, if needed'}
        placeholder={type.type === 'azure-openai' ? 'https://NAME.openai.azure.com' : undefined}
        explanation={
          isOwnAddress && type.type !== 'openai-compatible' && type.type !== 'bifrost'
            ? 'Without /v1 at the end: every request adds it.'
            : type.defaultBaseUrl === null && !needsAddress(type)
              ? 'Leave it empty unless you reach it by an address of your own.'
              : undefined
        }
        value={draft.baseUrl}
        problem={problems['baseUrl']}
        onChange={(baseUrl) => onChange({ baseUrl })}
      />
      <KeyFields {...props} />
      {type.fields.map((field) => (
        <OptionField key={field.key} field={field} draft={draft} problems={problems} onChange={onChange} />
      ))}
      <TextField
        label="Name, if you like"
        value={draft.label}
        placeholder={type.label}
        onChange={(label) => onChange({ label })}
      />
      {suggestedId !== null && (
        <TextField
          label="Id, if you like"
          explanation="How routes, reports and the command line name it; it stays as it is once saved."
          placeholder={suggestedId}
          value={draft.id}
          problem={problems['id']}
          onChange={(id) => onChange({ id })}
        />
      )}
    </>
  );
}
