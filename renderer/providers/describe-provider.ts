// Words and decisions about providers and their keys: where a key is, which id a new provider gets, what a test's outcome
// leaves the user to do. Pure.
import type { ProviderView } from '../../src/contract/rows.ts';
import type { KeyHeader, ProviderSettings } from '../../src/contract/settings.ts';
import type { ProviderTestResult, SecretView, UnsavedProvider } from '../../src/contract/vault.ts';

/** Id of the vault entry that a provider names, or null. */
export function vaultIdOf(provider: Pick<ProviderView, 'credential'>): string | null {
  return provider.credential.startsWith('vault:') ? provider.credential.slice('vault:'.length) : null;
}

/** `…1234`; a secret too short for that shows nothing of itself. */
export function describeEnd(secret: Pick<SecretView, 'end'>): string {
  return secret.end === '' ? '…' : `…${secret.end}`;
}

export function describeBackend(secret: Pick<SecretView, 'backend'>): string {
  return secret.backend === 'keychain' ? 'sealed by the system keychain' : 'in a file, no keychain';
}

/** Where a provider's key is, in a few words. */
export function describeCredential(provider: ProviderView, secrets: readonly SecretView[]): string {
  const vaultId = vaultIdOf(provider);
  if (vaultId !== null) {
    const secret = secrets.find((one) => one.id === vaultId);
    return secret === undefined
      ? `key "${vaultId}" is not in the vault`
      : `key ${describeEnd(secret)} in the vault`;
  }
  const { credential } = provider;
  if (credential.startsWith('env:')) return `key from the variable ${credential.slice('env:'.length)}`;
  if (credential.startsWith('file:')) return `key from ${credential.slice('file:'.length)}`;
  return credential === 'client' ? "Claude Code's own login, passed on" : 'no key needed';
}

/** The provider as the form has it. */
export interface ProviderDraft {
  /** `login`: Anthropic with Claude Code's own login passed on. */
  readonly kind: 'anthropic' | 'other' | 'login';
  /** Only for `other`. */
  readonly baseUrl: string;
  /** Only for `other`; may be empty. */
  readonly label: string;
  readonly keyHeader?: KeyHeader | undefined;
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

/** What a test of the draft needs to know. */
export function toUnsaved(draft: ProviderDraft): UnsavedProvider {
  return {
    type: 'anthropic',
    ...(draft.kind === 'other' ? { baseUrl: draft.baseUrl.trim() } : {}),
    ...(draft.keyHeader === undefined ? {} : { keyHeader: draft.keyHeader }),
    ...(draft.kind === 'login' ? { credential: 'client' } : {}),
  };
}

/** The settings under which the draft is saved; `taken` are the ids of providers and of stored keys. */
export function toSettings(draft: ProviderDraft, taken: readonly string[]): ProviderSettings {
  const label = draft.label.trim();
  const slug =
    draft.kind === 'anthropic'
      ? 'anthropic'
      : draft.kind === 'login'
        ? 'claude-login'
        : slugOf(label === '' ? nameHost(draft.baseUrl) : label);
  const id = chooseId(slug, [...taken, 'practice']);
  return {
    id,
    ...toUnsaved(draft),
    ...(draft.kind === 'other' && label !== '' ? { label: label.slice(0, 80) } : {}),
    ...(draft.kind === 'login' ? { label: 'Claude login' } : { credential: `vault:${id}` }),
  };
}

/** Why the form cannot be sent; null when it can. The key itself is judged by the gateway. */
export function checkDraft(draft: ProviderDraft): string | null {
  if (draft.kind !== 'other') return null;
  const url = URL.parse(draft.baseUrl.trim());
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return 'Enter the address with https:// at the start, such as https://api.example.com/anthropic.';
  }
  return null;
}

/** Takes a test's suggestion into the draft. */
export function applySuggestion(
  draft: ProviderDraft,
  suggestion: NonNullable<ProviderTestResult['suggestion']>,
): ProviderDraft {
  return {
    ...draft,
    ...(suggestion.baseUrl === undefined ? {} : { kind: 'other' as const, baseUrl: suggestion.baseUrl }),
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
