// Amazon Bedrock for models that are not Claude; Claude on Bedrock has a type of its own, without translation.
import { defineTranslated } from '../translated/define-translated.ts';
import { bedrockConverseAdapter } from './adapter.ts';
import { bedrockModels } from './models.ts';

export const bedrockConverse = defineTranslated({
  type: 'bedrock-converse',
  label: 'Amazon Bedrock (other models)',
  help: 'Nova, GPT-OSS, Qwen, DeepSeek and others on Bedrock, with a Bedrock API key, or without one by your AWS profile, single sign-on or role.',
  keysUrl: 'https://console.aws.amazon.com/bedrock/home#/api-keys',
  baseUrl: null,
  credential: 'none',
  fields: [
    {
      key: 'region',
      label: 'Region',
      help: 'The AWS region that is called; without one, AWS_REGION, else us-east-1.',
      example: 'us-east-1',
      required: false,
    },
    {
      key: 'awsProfile',
      label: 'AWS profile',
      help: 'Name of a profile in your AWS configuration, for a provider without an API key.',
      example: 'work',
      required: false,
    },
  ],
  models: bedrockModels,
  tiers: {
    opus: 'openai.gpt-5.5',
    sonnet: 'qwen.qwen3-coder-480b-a35b-v1:0',
    haiku: 'openai.gpt-oss-120b-1:0',
    background: 'openai.gpt-oss-20b-1:0',
  },
  adapter: bedrockConverseAdapter,
});
