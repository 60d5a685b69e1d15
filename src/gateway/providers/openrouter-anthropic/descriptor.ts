// OpenRouter's Messages endpoint: Claude and others under `vendor/model` names; the key is a bearer token. For Claude it
// hands most betas on.
import { defineCompatible, knownModel } from '../claude-elsewhere/define-compatible.ts';

export const openrouterAnthropic = defineCompatible({
  type: 'openrouter-anthropic',
  label: 'OpenRouter (Anthropic endpoint)',
  group: 'no-translation',
  help: 'OpenRouter’s own endpoint for Claude Code: one key for the models of many vendors.',
  keysUrl: 'https://openrouter.ai/settings/keys',
  baseUrl: 'https://openrouter.ai/api',
  credential: 'env:OPENROUTER_API_KEY',
  keyHeader: 'authorization',
  models: [
    knownModel('anthropic/claude-opus-4.8', 'Claude Opus 4.8', 1_000_000, 128_000),
    knownModel('anthropic/claude-sonnet-5', 'Claude Sonnet 5', 1_000_000, 128_000),
    knownModel('anthropic/claude-haiku-4.5', 'Claude Haiku 4.5', 200_000, 64_000),
  ],
  tiers: {
    opus: 'anthropic/claude-opus-4.8',
    sonnet: 'anthropic/claude-sonnet-5',
    haiku: 'anthropic/claude-haiku-4.5',
    background: 'anthropic/claude-haiku-4.5',
  },
  listPath: null,
  betas: [
    'claude-code',
    'context-1m',
    'context-management',
    'effort',
    'extended-cache-ttl',
    'fine-grained-tool-streaming',
    'interleaved-thinking',
    'structured-outputs',
  ],
  adaptiveThinking: true,
});
