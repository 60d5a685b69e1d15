// LM Studio's Messages endpoint on this machine; a key is needed only where its server asks for one.
import { defineCompatible } from '../claude-elsewhere/define-compatible.ts';

export const lmStudioAnthropic = defineCompatible({
  type: 'lm-studio-anthropic',
  label: 'LM Studio (Anthropic endpoint)',
  group: 'local',
  help: 'Models of LM Studio’s server on this machine; load them with a context of at least 64,000 tokens.',
  keysUrl: null,
  baseUrl: 'http://127.0.0.1:1234',
  credential: 'none',
  keyHeader: 'authorization',
  models: [],
  tiers: {},
  listPath: null,
});
