// Z.ai's Messages endpoint for GLM models; the key is a bearer token, of the API or of a coding plan.
import { defineCompatible, knownModel } from '../claude-elsewhere/define-compatible.ts';

export const zaiAnthropic = defineCompatible({
  type: 'zai-anthropic',
  label: 'Z.ai (Anthropic endpoint)',
  group: 'no-translation',
  help: 'Z.ai’s own endpoint for Claude Code, for API keys and for the GLM coding plan.',
  keysUrl: 'https://z.ai/manage-apikey/apikey-list',
  baseUrl: 'https://api.z.ai/api/anthropic',
  credential: 'env:ZAI_API_KEY',
  keyHeader: 'authorization',
  models: [
    knownModel('glm-5.2', 'GLM-5.2', null, null),
    knownModel('glm-5-turbo', 'GLM-5-Turbo', 200_000, 131_072),
    knownModel('glm-4.7', 'GLM-4.7', 204_800, 131_072),
    knownModel('glm-4.5-air', 'GLM-4.5-Air', 131_072, 98_304),
  ],
  tiers: { opus: 'glm-5.2', sonnet: 'glm-4.7', haiku: 'glm-4.5-air', background: 'glm-4.5-air' },
  listPath: '/api/paas/v4/models',
});
