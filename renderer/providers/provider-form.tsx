// A new provider with an API key: tested with a real request before it is saved. The key stays in its field until it is
// in the vault, then the field is emptied.
import { Button } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import type { ProviderTestResult } from '../../src/contract/vault.ts';
import { Choice, ChoiceGroup, SecretField, TextField } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import { applySuggestion, checkDraft, describeSuggestion, type ProviderDraft } from './describe-provider.ts';
import { TestSentence } from './test-sentence.tsx';
import { useSaveProvider, type SaveOptions } from './use-save-provider.ts';
import styles from './providers.module.css';

const emptyDraft: ProviderDraft = { kind: 'anthropic', baseUrl: '', label: '' };

interface FailedTestProps {
  readonly test: ProviderTestResult;
  readonly busy: boolean;
  readonly onAgain: (test: SaveOptions['test']) => void;
  readonly onSuggestion: (suggestion: NonNullable<ProviderTestResult['suggestion']>) => void;
}

function FailedTest({ test, busy, onAgain, onSuggestion }: FailedTestProps) {
  const { suggestion } = test;
  return (
    <div className={pageStyles.stack} role="alert">
      <TestSentence test={test} />
      <div className={pageStyles.actions}>
        {suggestion !== null && (
          <Button disabled={busy} onClick={() => onSuggestion(suggestion)}>
            {describeSuggestion(suggestion)}
          </Button>
        )}
        {test.outcome === 'needs-message' && (
          <Button disabled={busy} onClick={() => onAgain('message')}>
            Send one message of one token
          </Button>
        )}
        <Button disabled={busy} onClick={() => onAgain('skip')}>
          Save it all the same
        </Button>
      </div>
    </div>
  );
}

interface ProviderFormProps {
  readonly onSaved: (id: string) => void;
}

export function ProviderForm({ onSaved }: ProviderFormProps) {
  const secret = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(emptyDraft);
  const [problem, setProblem] = useState<string | null>(null);
  const isLive = useLive((state) => state.link.kind === 'live');
  const save = useSaveProvider((id) => {
    if (secret.current !== null) secret.current.value = '';
    setDraft(emptyDraft);
    onSaved(id);
  });
  const run = (next: ProviderDraft, test: SaveOptions['test']): void => {
    const wrong = checkDraft(next);
    setProblem(wrong);
    if (wrong !== null) return;
    save.mutate({ draft: next, test, readSecret: () => secret.current?.value ?? '' });
  };
  const change = (part: Partial<ProviderDraft>): void => {
    setDraft({ ...draft, ...part, keyHeader: undefined });
    setProblem(null);
    save.reset();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run(draft, 'first');
  };
  const failed = save.data !== undefined && save.data.saved === null ? save.data.test : null;
  return (
    <form className={styles.form} onSubmit={submit} autoComplete="off">
      <ChoiceGroup legend="Whose key it is">
        <Choice
          type="radio"
          name="provider-kind"
          label="Anthropic"
          explanation="A key from the Claude Console, starting with sk-ant-api."
          checked={draft.kind === 'anthropic'}
          onChange={() => change({ kind: 'anthropic' })}
        />
        <Choice
          type="radio"
          name="provider-kind"
          label="Another provider or gateway"
          explanation="Any address that speaks the Anthropic Messages API."
          checked={draft.kind === 'other'}
          onChange={() => change({ kind: 'other' })}
        />
      </ChoiceGroup>
      {draft.kind === 'other' && (
        <>
          <TextField
            label="Address"
            placeholder="https://api.example.com/anthropic"
            explanation="Without /v1 at the end: every request adds it."
            value={draft.baseUrl}
            onChange={(baseUrl) => change({ baseUrl })}
          />
          <TextField
            label="Name, if you like"
            value={draft.label}
            onChange={(label) => setDraft({ ...draft, label })}
          />
        </>
      )}
      <SecretField label="API key" inputRef={secret} />
      {problem !== null && <p role="alert">{problem}</p>}
      {save.error !== null && <p role="alert">{explainError(save.error)}</p>}
      {failed !== null && (
        <FailedTest
          test={failed}
          busy={save.isPending}
          onAgain={(test) => run(draft, test)}
          onSuggestion={(suggestion) => {
            const next = applySuggestion(draft, suggestion);
            setDraft(next);
            run(next, 'first');
          }}
        />
      )}
      <div>
        <Button type="submit" variant="filled" disabled={!isLive} loading={save.isPending}>
          Test and save
        </Button>
      </div>
    </form>
  );
}
