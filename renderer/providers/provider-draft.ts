// A provider as a form has it: how it begins, what is wrong with it, and the settings that it becomes. The key itself is
// never part of it. Pure.
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import type { KeyHeader, ProviderSettings } from '../../src/contract/settings.ts';
import type { ProviderTestResult, UnsavedProvider } from '../../src/contract/vault.ts';
import { needsAddress } from './describe-types.ts';

/** Where the key is. `paste`: typed into the form, for the vault. `kept`: where it was before. */
export type KeyPlace = 'paste' | 'kept' | 'env' | 'file' | 'none' | 'client';

export interface ProviderDraft {
  readonly type: string;
  /** Empty: made from the name, the address or the type. */
  readonly id: string;
  readonly label: string;
  /** Empty: the type's own. */
  readonly baseUrl: string;
  readonly keyPlace: KeyPlace;
  /** Name of the variable or path of the file. */
  readonly keyName: string;
  readonly options: Readonly<Record<string, string>>;
  readonly keyHeader?: KeyHeader | undefined;
}

/** Problems by field: `id`, `baseUrl`, `keyName`, and `option:KEY`. */
export type DraftProblems = Readonly<Record<string, string>>;

type TypeFacts = Pick<ProviderTypeView, 'type' | 'defaultBaseUrl' | 'defaultCredential' | 'fields'>;

export function startDraft(type: TypeFacts): ProviderDraft {
  return {
    type: type.type,
    id: '',
    label: '',
    baseUrl: type.defaultBaseUrl ?? '',
    keyPlace: type.defaultCredential === 'none' ? 'none' : 'paste',
    keyName: type.defaultCredential.startsWith('env:') ? type.defaultCredential.slice('env:'.length) : '',
    options: {},
  };
}

/** The form of a provider that is there. */
export function draftOf(settings: ProviderSettings, type: TypeFacts): ProviderDraft {
  return {
    ...startDraft(type),
    id: settings.id,
    label: settings.label ?? '',
    baseUrl: settings.baseUrl ?? type.defaultBaseUrl ?? '',
    keyPlace: 'kept',
    keyName: '',
    options: settings.options ?? {},
    keyHeader: settings.keyHeader,
  };
}

/** The places a key of this type may be in, for a list to choose from. */
export function keyPlaces(type: TypeFacts, kept: string | null): { value: KeyPlace; label: string }[] {
  return [
    ...(kept === null ? [] : [{ value: 'kept' as const, label: `As it is: ${kept}` }]),
    { value: 'paste', label: kept === null ? 'Paste it here' : 'Paste another' },
    { value: 'env', label: 'In an environment variable' },
    { value: 'file', label: 'In a file' },
    ...(type.defaultCredential === 'none' ? [{ value: 'none' as const, label: 'No key' }] : []),
    ...(type.type === 'anthropic' ? [{ value: 'client' as const, label: 'Claude Code’s own login' }] : []),
  ];
}

/** The name of a host that people use: `api.deepseek.com` → `deepseek`, `127.0.0.1` → `local`. */
export function nameHost(baseUrl: string): string {
  const host = URL.parse(baseUrl)?.hostname ?? '';
  if (host === 'localhost' || /^[\d.]+$|^\[/.test(host)) return 'local';
  const parts = host.split('.').filter((part) => part !== '');
  return parts.at(-2) ?? parts[0] ?? 'provider';
}

function slugOf(text: string): string {
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48);
  return slug === '' ? 'provider' : slug;
}

/** The first of `slug`, `slug-2`, … that nobody has. */
export function chooseId(slug: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? slug : `${slug}-${number}`;
    if (!taken.includes(id)) return id;
  }
}

/** The id that a draft without one gets. */
export function suggestId(draft: ProviderDraft, type: TypeFacts, taken: readonly string[]): string {
  const label = draft.label.trim();
  const isElsewhere = draft.type === 'anthropic' && addressOf(draft, type) !== undefined;
  const slug = label !== '' ? slugOf(label) : isElsewhere ? nameHost(draft.baseUrl.trim()) : draft.type;
  return chooseId(slugOf(slug), [...taken, 'practice']);
}

/** Undefined where the type's own address is meant. */
function addressOf(draft: ProviderDraft, type: TypeFacts): string | undefined {
  const baseUrl = draft.baseUrl.trim();
  return baseUrl === '' || baseUrl.replace(/\/+$/, '') === type.defaultBaseUrl ? undefined : baseUrl;
}

function credentialOf(draft: ProviderDraft, id: string, kept: string | undefined): string | undefined {
  switch (draft.keyPlace) {
    case 'paste':
      return `vault:${id}`;
    case 'kept':
      return kept;
    case 'env':
      return `env:${draft.keyName.trim()}`;
    case 'file':
      return `file:${draft.keyName.trim()}`;
    case 'none':
    case 'client':
      return draft.keyPlace;
  }
}

function optionsOf(draft: ProviderDraft): Record<string, string> | undefined {
  const filled = Object.entries(draft.options)
    .map(([key, value]) => [key, value.trim()] as const)
    .filter(([, value]) => value !== '');
  return filled.length === 0 ? undefined : Object.fromEntries(filled);
}

/** What a test of the draft needs to know; a pasted key is sent beside it. */
export function toUnsaved(draft: ProviderDraft, type: TypeFacts, kept?: string): UnsavedProvider {
  const baseUrl = addressOf(draft, type);
  const options = optionsOf(draft);
  const credential = draft.keyPlace === 'paste' ? undefined : credentialOf(draft, '', kept);
  return {
    type: draft.type,
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(credential === undefined ? {} : { credential }),
    ...(draft.keyHeader === undefined ? {} : { keyHeader: draft.keyHeader }),
    ...(options === undefined ? {} : { options }),
  };
}

/**
 * The settings under which the draft is saved. `before`: the provider it changes, whose other settings stay; `vaultId`:
 * where a pasted key goes.
 */
export function toSettings(
  draft: ProviderDraft,
  type: TypeFacts,
  id: string,
  vaultId: string = id,
  before?: ProviderSettings,
): ProviderSettings {
  const label = draft.label.trim().slice(0, 80);
  const credential = credentialOf(draft, vaultId, before?.credential);
  const {
    baseUrl: _address,
    credential: _key,
    keyHeader: _header,
    options: _options,
    label: _label,
    ...rest
  } = before ?? { id, type: draft.type };
  return {
    ...rest,
    ...(label === '' ? {} : { label }),
    ...toUnsaved(draft, type, before?.credential),
    ...(credential === undefined ? {} : { credential }),
  };
}

/** What is wrong, by field; empty when the form can be sent. The key itself is judged by the gateway. */
export function checkDraft(draft: ProviderDraft, type: TypeFacts, taken: readonly string[]): DraftProblems {
  const problems: Record<string, string> = {};
  const address = draft.baseUrl.trim();
  const url = URL.parse(address);
  if (address === '' && needsAddress(type)) problems['baseUrl'] = 'Enter the address; only you know it.';
  else if (address !== '' && (url === null || !/^https?:$/.test(url.protocol))) {
    problems['baseUrl'] =
      'Enter the address with https:// at the start, such as https://api.example.com/anthropic.';
  } else if (url !== null && (url.username !== '' || url.search !== '' || url.hash !== '')) {
    problems['baseUrl'] = 'Enter the address without user name, "?" or "#"; the key goes into its own field.';
  }
  const id = draft.id.trim();
  if (id !== '' && !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(id)) {
    problems['id'] = 'Use 1 to 64 of a–z, 0–9, ".", "_", "-", starting with a letter or digit.';
  } else if (id !== '' && [...taken, 'practice'].includes(id)) {
    problems['id'] = `There is a provider or a key called "${id}" already.`;
  }
  if (draft.keyPlace === 'env' && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(draft.keyName.trim())) {
    problems['keyName'] = 'Enter the name of the variable, such as MY_API_KEY; never the key itself.';
  }
  if (draft.keyPlace === 'file' && draft.keyName.trim() === '') {
    problems['keyName'] = 'Enter the path of the file that holds the key.';
  }
  for (const field of type.fields) {
    const value = (draft.options[field.key] ?? '').trim();
    if (field.required && value === '') problems[`option:${field.key}`] = `${field.label} is needed.`;
    if (value.length > 1024) problems[`option:${field.key}`] = 'That is longer than 1,024 characters.';
  }
  return problems;
}

/** Takes a test's suggestion into the draft. */
export function applySuggestion(
  draft: ProviderDraft,
  suggestion: NonNullable<ProviderTestResult['suggestion']>,
): ProviderDraft {
  return {
    ...draft,
    ...(suggestion.baseUrl === undefined ? {} : { baseUrl: suggestion.baseUrl }),
    ...(suggestion.keyHeader === undefined ? {} : { keyHeader: suggestion.keyHeader }),
  };
}

/** What a suggestion would change, for the text of its button. */
export function describeSuggestion(suggestion: NonNullable<ProviderTestResult['suggestion']>): string {
  const parts = [
    suggestion.baseUrl === undefined ? null : suggestion.baseUrl,
    suggestion.keyHeader === undefined ? null : `the key in ${suggestion.keyHeader}`,
  ].filter((part) => part !== null);
  return `Use ${parts.join(' and ')}`;
}
