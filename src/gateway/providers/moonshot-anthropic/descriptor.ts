// Moonshot's Messages endpoint for Kimi models; the key is a bearer token. Keys of the Kimi coding plan belong to
// https://api.kimi.com/coding and its own header instead.
import { defineCompatible, knownModel } from '../claude-elsewhere/define-compatible.ts';

export const moonshotAnthropic = defineCompatible({
  type: 'moonshot-anthropic',
  label: 'Moonshot (Anthropic endpoint)',
  group: 'no-translation',
  help: 'Moonshot’s own endpoint for Claude Code; in China use https://api.moonshot.cn/anthropic as the address.',
  keysUrl: 'https://platform.moonshot.ai/console/api-keys',
  baseUrl: 'https://api.moonshot.ai/anthropic',
  credential: 'env:MOONSHOT_API_KEY',
  keyHeader: 'authorization',
  models: [
    knownModel('kimi-k2.7-code', 'Kimi K2.7 Code', null, null),
    knownModel('kimi-k2.6', 'Kimi K2.6', 262_144, 262_144),
    knownModel('kimi-k2.5', 'Kimi K2.5', 262_144, 262_144),
  ],
  tiers: { opus: 'kimi-k2.7-code', sonnet: 'kimi-k2.6', haiku: 'kimi-k2.5', background: 'kimi-k2.5' },
  listPath: '/v1/models',
});
