// DeepSeek's Messages endpoint. It reads `x-api-key`, thinking and `output_config.effort`, ignores betas, and knows its own
// models only (https://api-docs.deepseek.com/guides/anthropic_api).
import { defineCompatible, knownModel } from '../claude-elsewhere/define-compatible.ts';

export const deepseekAnthropic = defineCompatible({
  type: 'deepseek-anthropic',
  label: 'DeepSeek (Anthropic endpoint)',
  group: 'no-translation',
  help: 'DeepSeek’s own endpoint for Claude Code; requests go there as they are.',
  keysUrl: 'https://platform.deepseek.com/api_keys',
  baseUrl: 'https://api.deepseek.com/anthropic',
  credential: 'env:DEEPSEEK_API_KEY',
  keyHeader: 'x-api-key',
  models: [
    knownModel('deepseek-v4-pro', 'DeepSeek V4 Pro', 1_000_000, 384_000),
    knownModel('deepseek-flash', 'DeepSeek Flash', 1_000_000, 384_000),
    knownModel('deepseek-v4-flash', 'DeepSeek V4 Flash', 1_000_000, 384_000),
  ],
  tiers: {
    opus: 'deepseek-v4-pro',
    sonnet: 'deepseek-v4-pro',
    haiku: 'deepseek-v4-flash',
    background: 'deepseek-v4-flash',
  },
  listPath: '/models',
  betas: ['effort'],
});
