// Words about providers and their keys: where a key is, and what is shown of it. Pure.
import type { ProviderView } from '../../src/contract/rows.ts';
import type { SecretView } from '../../src/contract/vault.ts';

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
