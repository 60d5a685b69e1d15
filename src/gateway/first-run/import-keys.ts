// Imports found keys: copies them into the vault, then adds their providers to the config, all or none.
import type { ControlOutput } from '../../contract/control-contract.ts';
import type { Settings } from '../../contract/settings.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Providers } from '../providers/providers.ts';
import { acceptSecret } from '../vault/acceptable-secret.ts';
import type { Vault } from '../vault/vault.ts';
import type { KeyOnMachine } from './find-keys.ts';
import { planImport } from './plan-import.ts';
import type { PlannedImport } from './plan-import.ts';

export interface ImportParts {
  readonly vault: Vault;
  readonly settings: SettingsStore;
  readonly providers: Providers;
  readonly isLocalKey: (value: string) => boolean;
  /** Stands for a provider without an address of its own. */
  readonly anthropicUrl: string;
}

/** What happened to each key. */
export type Imported = ControlOutput<'keys.import'>['imported'];

/**
 * Keys that a provider has already are left out. Throws CONFLICT when the vault or the config cannot take them; what was
 * stored by then is removed again.
 */
export async function importKeys(parts: ImportParts, found: readonly KeyOnMachine[]): Promise<Imported> {
  const { vault, settings } = parts;
  const keys = found.filter((key) => holderOf(parts, key) === null);
  const secretIds = new Map(planFor(parts, keys, settings.current).map((one) => [one.key.id, one.secretId]));
  const stored: string[] = [];
  let planned: PlannedImport[] = [];
  try {
    for (const { id, secret } of keys) {
      const secretId = secretIds.get(id) ?? id;
      if (vault.has(secretId)) continue;
      await vault.set(secretId, acceptSecret(secret, parts.isLocalKey));
      stored.push(secretId);
    }
    settings.edit((current) => {
      // The file may have been edited by hand meanwhile; the secrets keep the names they were stored under.
      planned = planFor(parts, keys, current).map((one) =>
        renamed(one, secretIds.get(one.key.id) ?? one.secretId),
      );
      const changed = new Map(planned.map(({ provider }) => [provider.id, provider]));
      const kept = current.providers.map((provider) => changed.get(provider.id) ?? provider);
      const added = planned.filter(({ updated }) => !updated).map(({ provider }) => provider);
      return planned.length === 0 ? [] : [{ path: ['providers'], value: [...kept, ...added] }];
    });
  } catch (error) {
    for (const id of stored) await vault.remove(id).catch(() => undefined);
    throw error;
  }
  return planned.map(({ key, provider, secretId, updated }) => ({
    id: key.id,
    provider: provider.id,
    secret: secretId,
    updated,
  }));
}

function planFor(parts: ImportParts, keys: readonly KeyOnMachine[], settings: Settings): PlannedImport[] {
  const { vault, anthropicUrl } = parts;
  return planImport({
    keys,
    settings,
    anthropicUrl,
    isTaken(id, secret) {
      const state = vault.look(id);
      return vault.has(id) && !(state.kind === 'ready' && state.secret === secret);
    },
  });
}

function renamed(planned: PlannedImport, secretId: string): PlannedImport {
  return { ...planned, secretId, provider: { ...planned.provider, credential: `vault:${secretId}` } };
}

/**
 * Id of the provider that has this key in the vault or in a file, or null. One that reads the environment has it only as
 * long as that lasts.
 */
export function holderOf(parts: ImportParts, key: KeyOnMachine): string | null {
  const bare = (address: string | null | undefined): string =>
    (address ?? parts.anthropicUrl).replace(/\/+$/, '');
  for (const { id, type, baseUrl, credential = '' } of parts.settings.current.providers) {
    if (!/^(?:vault|file):/.test(credential) || type !== key.type) continue;
    if (bare(baseUrl) !== bare(key.baseUrl)) continue;
    try {
      const resolved = parts.providers.resolveCredential(id, credential);
      if (resolved.kind === 'secret' && resolved.secret === key.secret) return id;
    } catch (error) {
      // A provider whose key cannot be had holds nothing.
      if (!(error instanceof GatewayError)) throw error;
    }
  }
  return null;
}
