// OpenAI's own API.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { openAiAdapter } from './adapter.ts';

export const openai = defineTranslated({
  type: 'openai',
  label: 'OpenAI',
  help: 'GPT models by OpenAI’s own API.',
  keysUrl: 'https://platform.openai.com/api-keys',
  baseUrl: 'https://api.openai.com/v1',
  credential: 'env:OPENAI_API_KEY',
  fields: [
    {
      key: 'api',
      label: 'API',
      help: 'Responses unless your server has Chat Completions only; models that need Responses get it anyway.',
      example: 'responses',
      required: false,
      choices: ['responses', 'chat'],
    },
    {
      key: 'organization',
      label: 'Organization',
      help: 'Needed when the key belongs to several organizations; see the organization settings.',
      example: 'org-abc123',
      required: false,
    },
    {
      key: 'project',
      label: 'Project',
      help: 'Needed when usage is to be counted under one project; see the project settings.',
      example: 'proj_abc123',
      required: false,
    },
  ],
  models: [
    known('gpt-6.1-sol', 'GPT-6.1 Sol', null, 128_000),
    known('gpt-6.1-terra', 'GPT-6.1 Terra', null, 128_000),
    known('gpt-6-luna', 'GPT-6 Luna', null, 128_000),
    known('gpt-5.6', 'GPT-5.6', 1_050_000, 128_000),
    known('gpt-5.6-sol', 'GPT-5.6 Sol', 400_000, 128_000),
    known('gpt-5.6-terra', 'GPT-5.6 Terra', 400_000, 128_000),
    known('gpt-5.6-luna', 'GPT-5.6 Luna', 400_000, 128_000),
    known('gpt-5.5', 'GPT-5.5', 1_050_000, 128_000),
    known('gpt-5.4', 'GPT-5.4', 1_050_000, 128_000),
    known('gpt-5.4-mini', 'GPT-5.4 mini', 272_000, 128_000),
    known('gpt-5.4-nano', 'GPT-5.4 nano', 272_000, 128_000),
    known('gpt-5.3-codex', 'GPT-5.3 Codex', 400_000, 128_000),
    known('gpt-4.1', 'GPT-4.1', 1_047_576, 32_768),
  ],
  tiers: { opus: 'gpt-5.6', sonnet: 'gpt-5.6-terra', haiku: 'gpt-5.6-luna', background: 'gpt-5.4-nano' },
  adapter: openAiAdapter,
});
