// Decides what importing found keys adds to the config: a new provider per key, or the vault as the place of a key that
// a provider read from the environment until now. Pure; the secrets are stored before these edits are made.
import type { ProviderSettings, Settings } from '../../contract/settings.ts';
import type { KeyOnMachine } from './find-keys.ts';

export interface PlannedImport {
  readonly key: KeyOnMachine;
  readonly secretId: string;
  readonly provider: ProviderSettings;
  /** True when the provider is there and only its credential changes. */
  readonly updated: boolean;
}

interface PlanOptions {
  readonly keys: readonly KeyOnMachine[];
  readonly settings: Settings;
  /** Stands for Anthropic's own address. */
  readonly anthropicUrl: string;
  /** True for an id that the vault uses for another secret than this one. */
  readonly isTaken: (secretId: string, secret: string) => boolean;
}

export function planImport({ keys, settings, anthropicUrl, isTaken }: PlanOptions): PlannedImport[] {
  const providerIds = new Set(['practice', ...settings.providers.map(({ id }) => id)]);
  const secretIds = new Map<string, string>();
  const updatedIds = new Set<string>();
  return keys.map((key) => {
    const before = settings.providers.find(
      (provider) => !updatedIds.has(provider.id) && readsFromEnvironment(provider, key, anthropicUrl),
    );
    if (before !== undefined) updatedIds.add(before.id);
    const id = before?.id ?? firstFree(key.slug, (candidate) => !providerIds.has(candidate));
    providerIds.add(id);
    const secretId = firstFree(id, (candidate) => {
      const planned = secretIds.get(candidate);
      return planned === undefined ? !isTaken(candidate, key.secret) : planned === key.secret;
    });
    secretIds.set(secretId, key.secret);
    const credential = `vault:${secretId}`;
    const provider = before === undefined ? newProvider(id, key, credential) : { ...before, credential };
    return { key, secretId, provider, updated: before !== undefined };
  });
}

function newProvider(id: string, key: KeyOnMachine, credential: string): ProviderSettings {
  return {
    id,
    type: key.type,
    ...(id === key.slug && (key.label === 'Anthropic' || key.type !== 'anthropic')
      ? {}
      : { label: key.label.slice(0, 80) }),
    ...(key.baseUrl === null ? {} : { baseUrl: key.baseUrl }),
    credential,
    ...(key.keyHeader === undefined ? {} : { keyHeader: key.keyHeader }),
  };
}

function readsFromEnvironment(provider: ProviderSettings, key: KeyOnMachine, anthropicUrl: string): boolean {
  if (provider.type !== key.type) return false;
  // Another type's own address is the only one whose key was looked for.
  if (key.type !== 'anthropic')
    return (
      provider.baseUrl === undefined &&
      key.variables.some((variable) => (provider.credential ?? `env:${variable}`) === `env:${variable}`)
    );
  const credential = provider.credential ?? 'env:ANTHROPIC_API_KEY';
  const address = (provider.baseUrl ?? anthropicUrl).replace(/\/+$/, '');
  return (
    key.variables.some((variable) => credential === `env:${variable}`) &&
    address === (key.baseUrl ?? anthropicUrl)
  );
}

function firstFree(name: string, isFree: (candidate: string) => boolean): string {
  if (isFree(name)) return name;
  let number = 2;
  while (!isFree(`${name}-${number}`)) number++;
  return `${name}-${number}`;
}
