// The providers in force: settings joined with their descriptors, each with one upstream (and its connections) that
// lives until the provider's address changes or it is removed. The practice provider is always there.
import type { ProviderView } from '../../contract/rows.ts';
import type { HttpSettings, KeyHeader, ProviderSettings, Settings } from '../../contract/settings.ts';
import { providerFacts } from '../router/provider-facts.ts';
import type { ProviderFacts } from '../router/types.ts';
import type { SecretSource } from '../vault/secret-source.ts';
import { GatewayError } from '../gateway-error.ts';
import { CredentialResolver } from './credential.ts';
import type { Credential } from './credential.ts';
import type { ProviderDescriptor, ProviderSetup, Upstream, UpstreamContext } from './provider.ts';
import { descriptorOf } from './registry.ts';

export const PRACTICE = 'practice';

export interface Provider {
  readonly id: string;
  readonly label: string;
  readonly descriptor: ProviderDescriptor;
  readonly baseUrl: string | null;
  readonly setup: ProviderSetup;
  /** The first of its credential references. */
  readonly credential: string;
  readonly settings: ProviderSettings;
  readonly upstream: Upstream;
}

export class Providers {
  readonly #context: UpstreamContext;
  readonly #credentials: CredentialResolver;
  #byId = new Map<string, Provider>();
  #version = 0;

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
    for (const one of list) this.#byId.set(one.id, this.#build(one, settings.network, before.get(one.id)));
    this.#version++;
    for (const old of before.values()) {
      // Exchanges in flight end on the old connections; closing them at once would cut their streams.
      if (this.#byId.get(old.id)?.upstream !== old.upstream) old.upstream.retire();
    }
    // A key in the system keychain is asked for now, so that the first request finds it.
    for (const { id, credential } of this.#byId.values()) this.#problemOf(id, credential);
  }

  #build(settings: ProviderSettings, network: HttpSettings, before: Provider | undefined): Provider {
    const descriptor = withKeyHeader(descriptorOf(settings.type), settings.keyHeader);
    const setup = setupOf(settings, network);
    const keep =
      before?.descriptor.type === descriptor.type && JSON.stringify(before.setup) === JSON.stringify(setup);
    return {
      id: settings.id,
      label: settings.label ?? (settings.id === settings.type ? descriptor.label : settings.id),
      descriptor,
      baseUrl: setup.baseUrl === '' ? null : setup.baseUrl,
      setup,
      credential: settings.credential ?? descriptor.defaultCredential,
      settings,
      upstream: keep ? before.upstream : descriptor.createUpstream(setup, this.#context),
    };
  }

  get(id: string): Provider | null {
    return this.#byId.get(id) ?? null;
  }

  /** Rises with every change of the settings. */
  get version(): number {
    return this.#version;
  }

  get ids(): string[] {
    return [...this.#byId.keys()];
  }

  /** What routes are planned with; null for an unknown id. */
  facts(id: string): ProviderFacts | null {
    const provider = this.#byId.get(id);
    if (provider === undefined) return null;
    return providerFacts(provider.settings, provider.descriptor, (key) => this.#lackOf(provider.id, key));
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
      problem: this.#problemOf(provider.id, provider.credential),
    }));
  }

  /** Like a problem, but a keychain that has not answered yet is none: a request may try. */
  #lackOf(id: string, credential: string): string | null {
    try {
      this.#credentials.resolve(id, credential);
      return null;
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'PROVIDER_NOT_READY') return null;
      return error instanceof Error ? error.message : String(error);
    }
  }

  #problemOf(id: string, credential: string): string | null {
    try {
      this.#credentials.resolve(id, credential);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byId.values()].map((provider) => provider.upstream.destroy()));
  }
}

/** How a provider of these settings is reached; its own words about connections come before those for all. */
export function setupOf(settings: ProviderSettings, network: HttpSettings): ProviderSetup {
  const baseUrl = settings.baseUrl ?? descriptorOf(settings.type).defaultBaseUrl ?? '';
  return {
    id: settings.id,
    baseUrl: baseUrl.replace(/\/+$/, ''),
    options: settings.options ?? {},
    models: settings.models ?? {},
    repairToolCalls: settings.repairToolCalls ?? true,
    http: { ...network, ...settings.http, headers: { ...network.headers, ...settings.http?.headers } },
  };
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
