// The built-in practice provider: no key, no network, no money. It lets a new user see a request flow through.
import type { ProviderDescriptor } from '../provider.ts';
import { createPracticeUpstream } from './practice-upstream.ts';

export const practice: ProviderDescriptor = {
  type: 'practice',
  label: 'Practice',
  dialect: 'anthropic-messages',
  practice: true,
  defaultBaseUrl: null,
  defaultCredential: 'none',
  authorize: () => [],
  createUpstream: (_baseUrl, context) => createPracticeUpstream(context),
};
