// Mistral's own API.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { mistralAdapter } from './adapter.ts';

export const mistral = defineTranslated({
  type: 'mistral',
  label: 'Mistral',
  help: 'Mistral’s models by its own API.',
  keysUrl: 'https://console.mistral.ai/api-keys',
  baseUrl: 'https://api.mistral.ai/v1',
  credential: 'env:MISTRAL_API_KEY',
  models: [
    known('mistral-large-latest', 'Mistral Large', 262_144, null),
    known('mistral-medium-latest', 'Mistral Medium', 262_144, null),
    known('mistral-small-latest', 'Mistral Small', 256_000, null),
    known('devstral-latest', 'Devstral', 262_144, null),
    known('codestral-latest', 'Codestral', 256_000, null),
    known('ministral-8b-latest', 'Ministral 8B', 262_144, null),
  ],
  tiers: {
    opus: 'mistral-large-latest',
    sonnet: 'mistral-medium-latest',
    haiku: 'mistral-small-latest',
    background: 'ministral-8b-latest',
  },
  adapter: mistralAdapter,
});
