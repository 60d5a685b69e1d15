// OpenAI's models, and others, deployed in one's own Azure resource.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { azureOpenAiAdapter } from './adapter.ts';

export const azureOpenAi = defineTranslated({
  type: 'azure-openai',
  label: 'Azure OpenAI',
  help: 'Your own deployments in an Azure OpenAI or AI Foundry resource; give its endpoint in any form Azure shows it.',
  keysUrl: 'https://portal.azure.com/#view/Microsoft_Azure_ProjectOxford/CognitiveServicesHub/~/OpenAI',
  baseUrl: null,
  credential: 'env:AZURE_OPENAI_API_KEY',
  fields: [
    {
      key: 'apiVersion',
      label: 'API version',
      help: 'Leave empty for the v1 API; a date like 2025-04-01-preview uses the classic addresses with the deployment in the path.',
      example: '2025-04-01-preview',
      required: false,
    },
    {
      key: 'auth',
      label: 'Sign-in',
      help: 'api-key for a key of the resource, entra for a token of Entra ID; told apart by their looks when empty.',
      example: 'api-key',
      required: false,
      choices: ['api-key', 'entra'],
    },
    {
      key: 'api',
      label: 'API',
      help: 'Responses where the API version has it, or Chat Completions; models that need Responses get it anyway.',
      example: 'responses',
      required: false,
      choices: ['responses', 'chat'],
    },
  ],
  models: [
    known('gpt-5.6', 'GPT-5.6', 1_050_000, 128_000),
    known('gpt-5.4', 'GPT-5.4', 1_050_000, 128_000),
    known('gpt-5.4-mini', 'GPT-5.4 mini', 272_000, 128_000),
    known('gpt-5.1', 'GPT-5.1', 272_000, 128_000),
    known('gpt-4.1', 'GPT-4.1', 1_047_576, 32_768),
  ],
  tiers: { opus: 'gpt-5.6', sonnet: 'gpt-5.6', haiku: 'gpt-5.4-mini', background: 'gpt-5.4-mini' },
  adapter: azureOpenAiAdapter,
});
