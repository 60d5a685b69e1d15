// Anthropic's own API, and any server that speaks the same Messages API at another address.
import { createHttpUpstream } from '../send-request.ts';
import type { ProviderDescriptor } from '../provider.ts';

/** Tokens of a Claude login or setup token travel as a bearer; API keys in their own header. */
const OAUTH_TOKEN_PREFIX = 'sk-ant-oat';

export const anthropic: ProviderDescriptor = {
  type: 'anthropic',
  label: 'Anthropic',
  group: 'claude',
  help: 'Anthropic’s own API, or any server that speaks it at another address.',
  keysUrl: 'https://console.anthropic.com/settings/keys',
  dialect: 'anthropic-messages',
  practice: false,
  servesClaude: true,
  defaultBaseUrl: 'https://api.anthropic.com',
  defaultCredential: 'env:ANTHROPIC_API_KEY',
  fields: [],
  models: [],
  tiers: {},
  authorize: (secret) =>
    secret.startsWith(OAUTH_TOKEN_PREFIX) ? ['authorization', `Bearer ${secret}`] : ['x-api-key', secret],
  createUpstream: createHttpUpstream,
};
