// The built-in practice provider: no key, no network, no money. It lets a new user see a request flow through.
import type { ProviderDescriptor } from '../provider.ts';
import { createPracticeUpstream } from './practice-upstream.ts';

export const practice: ProviderDescriptor = {
  type: 'practice',
  label: 'Practice',
  group: 'practice',
  help: 'Answers without a key, a network or money.',
  keysUrl: null,
  dialect: 'anthropic-messages',
  practice: true,
  servesClaude: true,
  defaultBaseUrl: null,
  defaultCredential: 'none',
  fields: [],
  models: [],
  tiers: {},
  authorize: () => [],
  createUpstream: (_setup, context) => createPracticeUpstream(context),
};
