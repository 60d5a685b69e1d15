// Groq, open models on fast machines.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { groqAdapter } from './adapter.ts';

export const groq = defineTranslated({
  type: 'groq',
  label: 'Groq',
  help: 'Open models, answered fast.',
  keysUrl: 'https://console.groq.com/keys',
  baseUrl: 'https://api.groq.com/openai/v1',
  credential: 'env:GROQ_API_KEY',
  models: [
    known('openai/gpt-oss-120b', 'GPT-OSS 120B', 131_072, 65_536),
    known('openai/gpt-oss-20b', 'GPT-OSS 20B', 131_072, 65_536),
    known('moonshotai/kimi-k2-instruct-0905', 'Kimi K2 0905', 262_144, 16_384),
    known('qwen/qwen3-32b', 'Qwen3 32B', 131_072, 40_960),
    known('meta-llama/llama-4-maverick-17b-128e-instruct', 'Llama 4 Maverick', 131_072, 8_192),
    known('llama-3.3-70b-versatile', 'Llama 3.3 70B', 131_072, 32_768),
  ],
  tiers: {
    opus: 'moonshotai/kimi-k2-instruct-0905',
    sonnet: 'openai/gpt-oss-120b',
    haiku: 'openai/gpt-oss-20b',
    background: 'openai/gpt-oss-20b',
  },
  adapter: groqAdapter,
});
