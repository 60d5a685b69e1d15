// Moonshot AI, the maker of Kimi.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { moonshotAdapter } from './adapter.ts';

export const moonshot = defineTranslated({
  type: 'moonshot',
  label: 'Moonshot AI (Kimi)',
  help: 'Kimi models by Moonshot’s OpenAI-compatible API; use https://api.moonshot.cn/v1 for an account in China.',
  keysUrl: 'https://platform.moonshot.ai/console/api-keys',
  baseUrl: 'https://api.moonshot.ai/v1',
  credential: 'env:MOONSHOT_API_KEY',
  models: [
    known('kimi-k2.7-code', 'Kimi K2.7 Code', 262_144, 262_144),
    known('kimi-k2.6', 'Kimi K2.6', 262_144, 262_144),
    known('kimi-k2.5', 'Kimi K2.5', 262_144, 262_144),
  ],
  tiers: { opus: 'kimi-k2.7-code', sonnet: 'kimi-k2.6', haiku: 'kimi-k2.5', background: 'kimi-k2.5' },
  adapter: moonshotAdapter,
});
