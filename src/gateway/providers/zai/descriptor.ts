// Z.ai, the maker of GLM.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { zaiAdapter } from './adapter.ts';

export const zai = defineTranslated({
  type: 'zai',
  label: 'Z.ai (GLM)',
  help: 'GLM models by Z.ai’s OpenAI-compatible API; a coding plan has its own address, https://api.z.ai/api/coding/paas/v4.',
  keysUrl: 'https://z.ai/manage-apikey/apikey-list',
  baseUrl: 'https://api.z.ai/api/paas/v4',
  credential: 'env:ZAI_API_KEY',
  models: [
    known('glm-5.2', 'GLM-5.2', 1_048_576, 131_072),
    known('glm-5.1', 'GLM-5.1', 200_000, 131_072),
    known('glm-5', 'GLM-5', 200_000, 131_072),
    known('glm-4.7', 'GLM-4.7', 204_800, 131_072),
    known('glm-4.7-flash', 'GLM-4.7-Flash', 200_000, 131_072),
    known('glm-4.6v', 'GLM-4.6V', 128_000, 32_768),
  ],
  tiers: { opus: 'glm-5.2', sonnet: 'glm-5.1', haiku: 'glm-4.7', background: 'glm-4.7-flash' },
  adapter: zaiAdapter,
});
