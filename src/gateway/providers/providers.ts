// The providers in force: settings joined with their descriptors, each with one upstream (and its connections) that
// lives until the provider's address changes or it is removed. The practice provider is always there.
import type { ProviderView } from '../../contract/rows.ts';
import type { KeyHeader, ProviderSettings, Settings } from '../../contract/settings.ts';
import type { SecretSource } from '../vault/secret-source.ts';
import { CredentialResolver } from './credential.ts';
import type { Credential } from './credential.ts';
import type { ProviderDescriptor, Upstream, UpstreamContext } from './provider.ts';
import { descriptorOf } from './registry.ts';

export const PRACTICE = 'practice';

export interface Provider {
  readonly id: string;
  readonly label: string;
  readonly descriptor: ProviderDescriptor;
  readonly baseUrl: string | null;
  readonly credential: string;
  readonly upstream: Upstream;
}

export class Providers {
  readonly #context: UpstreamContext;
  readonly #credentials: CredentialResolver;
  #byId = new Map<string, Provider>();

  constructor(
    context: UpstreamContext,
    env: Readonly<Record<string, string | undefined>>,
    vault: SecretSource,
  ) {
    this.#context = context;
    this.#credentials = new CredentialResolver(env, vault);
  }

  /** Adopts new settings; connections of unchanged providers stay open. */
  apply(settings: Settings): void {
    const before = this.#byId;
    this.#byId = new Map();
    const list: readonly ProviderSettings[] = settings.providers.some(({ id }) => id === PRACTICE)
      ? settings.providers
      : [...settings.providers, { id: PRACTICE, type: PRACTICE }];
    for (const one of list) this.#byId.set(one.id, this.#build(one, before.get(one.id)));
    for (const old of before.values()) {
      // Exchanges in flight end on the old connections; closing them at once would cut their streams.
      if (this.#byId.get(old.id)?.upstream !== old.upstream) old.upstream.retire();
    }
    // A key in the system keychain is asked for now, so that the first request finds it.
    for (const provider of this.#byId.values()) this.#problemOf(provider);
  }

  #build(settings: ProviderSettings, before: Provider | undefined): Provider {
    const descriptor = withKeyHeader(descriptorOf(settings.type), settings.keyHeader);
    const baseUrl = (settings.baseUrl ?? descriptor.defaultBaseUrl)?.replace(/\/+$/, '') ?? null;
    const keep = before?.descriptor.type === descriptor.type && before.baseUrl === baseUrl;
    return {
      id: settings.id,
      label: settings.label ?? (settings.id === settings.type ? descriptor.label : settings.id),
      descriptor,
      baseUrl,
      credential: settings.credential ?? descriptor.defaultCredential,
      upstream: keep ? before.upstream : descriptor.createUpstream(baseUrl ?? '', this.#context),
    };
  }

  get(id: string): Provider | null {
    return this.#byId.get(id) ?? null;
  }

  get ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** The credential for one request. Throws PROVIDER_UNUSABLE, PROVIDER_NOT_READY. */
  credentialOf(provider: Provider): Credential {
    return this.#credentials.resolve(provider.id, provider.credential);
  }

  /** The credential that a provider would have with this reference. Throws as above. */
  resolveCredential(provider: string, reference: string): Credential {
    return this.#credentials.resolve(provider, reference);
  }

  /** `current`: id of the provider that answers by default. */
  views(current: string): ProviderView[] {
    return [...this.#byId.values()].map((provider) => ({
      id: provider.id,
      type: provider.descriptor.type,
      label: provider.label,
      practice: provider.descriptor.practice,
      baseUrl: provider.baseUrl,
      current: provider.id === current,
      credential: provider.credential,
      problem: this.#problemOf(provider),
    }));
  }

  #problemOf(provider: Provider): string | null {
    try {
      this.#credentials.resolve(provider.id, provider.credential);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byId.values()].map((provider) => provider.upstream.destroy()));
  }
}

/** The same provider type with its key in the header that the settings name. */
export function withKeyHeader(
  descriptor: ProviderDescriptor,
  header: KeyHeader | undefined,
): ProviderDescriptor {
  if (header === undefined) return descriptor;
  const authorize = (secret: string): readonly string[] =>
    header === 'authorization' ? ['authorization', `Bearer ${secret}`] : ['x-api-key', secret];
  return { ...descriptor, authorize };
}
