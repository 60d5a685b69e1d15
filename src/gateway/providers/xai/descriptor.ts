// xAI, the maker of Grok.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { xaiAdapter } from './adapter.ts';

export const xai = defineTranslated({
  type: 'xai',
  label: 'xAI (Grok)',
  help: 'Grok models by xAI’s API.',
  keysUrl: 'https://console.x.ai',
  baseUrl: 'https://api.x.ai/v1',
  credential: 'env:XAI_API_KEY',
  models: [
    known('grok-4.7', 'Grok 4.7', null, null),
    known('grok-4.6', 'Grok 4.6', null, null),
    known('grok-4.5', 'Grok 4.5', 500_000, null),
    known('grok-4.3', 'Grok 4.3', 1_000_000, null),
    known('grok-4.20-0309-non-reasoning', 'Grok 4.20 (non-reasoning)', 1_000_000, null),
  ],
  tiers: {
    opus: 'grok-4.5',
    sonnet: 'grok-4.3',
    haiku: 'grok-4.20-0309-non-reasoning',
    background: 'grok-4.20-0309-non-reasoning',
  },
  adapter: xaiAdapter,
});
