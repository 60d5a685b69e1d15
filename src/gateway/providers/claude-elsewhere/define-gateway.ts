// Makes a provider type of a gateway that a team or the user runs: an address, a key, and models under whatever names it
// was given.
import type { ProviderDescriptor } from '../provider.ts';
import { createRelayUpstream } from './relay-upstream.ts';

export interface GatewayType {
  readonly type: string;
  readonly label: string;
  readonly help: string;
  readonly keysUrl: string | null;
  /** Null where only the user knows it. */
  readonly baseUrl: string | null;
  readonly credential: string;
  readonly keyHeader: 'authorization' | 'x-api-key';
  /** What to do when there is no address. */
  readonly missing: string;
}

export function defineGateway(gateway: GatewayType): ProviderDescriptor {
  const { type, label, help, keysUrl, missing } = gateway;
  return {
    type,
    label,
    group: 'gateway',
    help,
    keysUrl,
    dialect: 'anthropic-messages',
    practice: false,
    servesClaude: true,
    defaultBaseUrl: gateway.baseUrl,
    defaultCredential: gateway.credential,
    fields: [],
    models: [],
    tiers: {},
    authorize: (secret) =>
      gateway.keyHeader === 'x-api-key' ? ['x-api-key', secret] : ['authorization', `Bearer ${secret}`],
    createUpstream: (setup, context) => createRelayUpstream(setup, context, missing),
  };
}
