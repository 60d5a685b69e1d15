// Claude in Microsoft Foundry: Anthropic's API at a resource's address, with deployments as model names, by key or by an
// Entra token (T136).
import { untouched } from '../claude-elsewhere/body-rules.ts';
import type { BodyRules } from '../claude-elsewhere/body-rules.ts';
import { claudeModels } from '../claude-elsewhere/claude-models.ts';
import { DirectPlace } from '../claude-elsewhere/direct-place.ts';
import { ElsewhereUpstream } from '../claude-elsewhere/elsewhere-upstream.ts';
import { openAddress } from '../claude-elsewhere/unusable.ts';
import type { ProviderDescriptor } from '../provider.ts';
import { foundryAddress } from './foundry-address.ts';

const foundryRules: BodyRules = {
  ...untouched,
  placeName: 'Microsoft Foundry',
  betas: {
    ...untouched.betas,
    known: ['claude-code', 'context-1m', 'context-management', 'effort', 'interleaved-thinking'],
    refused: ['advisor-tool', 'compact', 'fast-mode', 'oauth', 'output-128k', 'token-efficient-tools'],
    silent: ['fine-grained-tool-streaming'],
  },
};

/** Tokens of Entra are signed documents of three parts; keys are not. */
const entraToken = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;

export const foundry: ProviderDescriptor = {
  type: 'foundry',
  label: 'Microsoft Foundry',
  group: 'claude',
  help: 'Claude in your Azure subscription: the resource’s address and a key of it, or an Entra token; models are named after your deployments.',
  keysUrl: 'https://ai.azure.com',
  dialect: 'anthropic-messages',
  practice: false,
  servesClaude: true,
  defaultBaseUrl: null,
  defaultCredential: 'env:ANTHROPIC_FOUNDRY_API_KEY',
  fields: [
    {
      key: 'resource',
      label: 'Resource',
      help: 'Name of the Foundry resource, where no address is given; without one, ANTHROPIC_FOUNDRY_RESOURCE.',
      example: 'my-resource',
      required: false,
    },
  ],
  models: claudeModels,
  tiers: {},
  authorize: (secret) =>
    entraToken.test(secret) ? ['authorization', `Bearer ${secret}`] : ['x-api-key', secret],
  createUpstream(setup, context) {
    const wire = openAddress(
      setup,
      context,
      foundryAddress(setup, context.env),
      'it has no address; enter that of your Foundry resource, like https://NAME.services.ai.azure.com',
    );
    const place = new DirectPlace({ setup, rules: foundryRules, models: claudeModels, listPath: null });
    return new ElsewhereUpstream(place, { messages: wire, control: wire });
  },
};
