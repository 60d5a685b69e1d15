// DeepSeek's own API in its OpenAI-compatible form.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { deepSeekAdapter } from './adapter.ts';

export const deepSeek = defineTranslated({
  type: 'deepseek',
  label: 'DeepSeek',
  help: 'DeepSeek’s models by its OpenAI-compatible API.',
  keysUrl: 'https://platform.deepseek.com/api_keys',
  baseUrl: 'https://api.deepseek.com',
  credential: 'env:DEEPSEEK_API_KEY',
  models: [
    known('deepseek-v4-pro', 'DeepSeek V4 Pro', 1_000_000, 384_000),
    known('deepseek-v4-flash', 'DeepSeek V4 Flash', 1_000_000, 384_000),
  ],
  tiers: {
    opus: 'deepseek-v4-pro',
    sonnet: 'deepseek-v4-pro',
    haiku: 'deepseek-v4-flash',
    background: 'deepseek-v4-flash',
  },
  adapter: deepSeekAdapter,
});
