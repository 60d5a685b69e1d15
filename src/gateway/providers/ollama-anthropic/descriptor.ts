// Ollama's Messages endpoint, on this machine without a key, or in its cloud with one as a bearer token. It counts no
// tokens and reads no betas (https://docs.ollama.com/api/anthropic-compatibility).
import { defineCompatible } from '../claude-elsewhere/define-compatible.ts';

export const ollamaAnthropic = defineCompatible({
  type: 'ollama-anthropic',
  label: 'Ollama (Anthropic endpoint)',
  group: 'local',
  help: 'Models of Ollama on this machine; give them a context of at least 64,000 tokens. For its cloud, use https://ollama.com and a key.',
  keysUrl: null,
  baseUrl: 'http://127.0.0.1:11434',
  credential: 'none',
  keyHeader: 'authorization',
  models: [],
  tiers: {},
  listPath: null,
});
