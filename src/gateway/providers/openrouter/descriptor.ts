// OpenRouter, many makers' models behind one key.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { openRouterAdapter } from './adapter.ts';

export const openRouter = defineTranslated({
  type: 'openrouter',
  label: 'OpenRouter',
  help: 'Models of many makers with one key, named like openai/gpt-5.6.',
  keysUrl: 'https://openrouter.ai/settings/keys',
  baseUrl: 'https://openrouter.ai/api/v1',
  credential: 'env:OPENROUTER_API_KEY',
  models: [
    known('openai/gpt-5.5', 'GPT-5.5', 1_050_000, 128_000),
    known('google/gemini-3.1-pro-preview', 'Gemini 3.1 Pro', 1_048_576, 65_536),
    known('google/gemini-3.5-flash', 'Gemini 3.5 Flash', 1_048_576, 65_536),
    known('z-ai/glm-5.2', 'GLM-5.2', 1_048_576, 32_768),
    known('moonshotai/kimi-k2.6', 'Kimi K2.6', 262_144, 262_144),
    known('deepseek/deepseek-v4-pro', 'DeepSeek V4 Pro', 1_000_000, null),
    known('deepseek/deepseek-v4-flash', 'DeepSeek V4 Flash', 1_000_000, null),
  ],
  tiers: {
    opus: 'openai/gpt-5.5',
    sonnet: 'z-ai/glm-5.2',
    haiku: 'google/gemini-3.5-flash',
    background: 'deepseek/deepseek-v4-flash',
  },
  adapter: openRouterAdapter,
});
