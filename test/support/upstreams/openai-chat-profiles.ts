// The many servers that speak Chat Completions, each with what it refuses, how it words that, and how its stream
// differs from OpenAI's.
import { llamaCpp, lmStudio, ollama, vllm } from './openai-chat-local.ts';
import {
  chatModel,
  openai,
  openAiOverflow,
  refusalWith,
  type ChatProfile,
  type Overflow,
} from './openai-chat-profile.ts';
import { Refusal } from './refusal.ts';

const azure: ChatProfile = {
  ...openai,
  name: 'azure',
  root: '/openai/deployments',
  auth: 'azure',
  prelude: 'azure',
  refusal: refusalWith(openAiOverflow, {
    'model-not-found': {
      status: 404,
      code: 'DeploymentNotFound',
      message:
        'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
    },
    'rate-limit': {
      status: 429,
      code: '429',
      message:
        'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds.',
    },
    filter: {
      status: 400,
      code: 'content_filter',
      message:
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
    },
  }),
  errorBody: (refusal) => ({
    error: {
      message: refusal.message,
      type: refusal.code === 'content_filter' ? null : refusal.type,
      param: refusal.code === 'content_filter' ? 'prompt' : refusal.param,
      code: refusal.code,
      ...(refusal.code === 'content_filter'
        ? {
            status: 400,
            innererror: {
              code: 'ResponsibleAIPolicyViolation',
              content_filter_result: { jailbreak: { filtered: true, detected: true } },
            },
          }
        : {}),
    },
  }),
};

const openRouterOverflow = ({ limit, prompt, output }: Overflow): Refusal =>
  new Refusal(
    400,
    `This endpoint's maximum context length is ${limit} tokens. However, you requested about ${prompt + output} tokens (${prompt} of text input, ${output} in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.`,
  );

const openrouter: ChatProfile = {
  ...openai,
  name: 'openrouter',
  root: '/api/v1',
  models: [
    chatModel('openai/gpt-5.6-terra', 1_050_000, 128_000, { images: true, thinks: 'asked' }),
    chatModel('qwen/qwen3-coder', 262_144, 65_536),
    chatModel('anthropic/claude-sonnet-4.6', 1_000_000, 128_000, { images: true, thinks: 'asked' }),
    chatModel('deepseek/deepseek-v4-pro', 1_000_000, 384_000, { thinks: 'asked' }),
    chatModel('deepseek/deepseek-v4-flash', 1_000_000, 384_000, { thinks: 'asked' }),
    chatModel('openai/gpt-5.5', 1_050_000, 128_000, { images: true, thinks: 'asked' }),
    chatModel('z-ai/glm-5.2', 1_048_576, 131_072, { thinks: 'asked' }),
    chatModel('google/gemini-3.5-flash', 1_048_576, 65_536, { images: true, thinks: 'asked' }),
    chatModel('google/gemini-3.1-pro-preview', 1_048_576, 65_536, { images: true, thinks: 'asked' }),
    chatModel('moonshotai/kimi-k2.6', 262_144, 262_144, { images: true, thinks: 'asked' }),
  ],
  unknownFields: 'ignored',
  takesCacheControl: true,
  thinkingField: 'reasoning_details',
  usage: 'own-chunk',
  prelude: 'openrouter',
  overflow: openRouterOverflow,
  refusal: refusalWith(openRouterOverflow, {
    'wrong-key': { status: 401, message: 'User not found.' },
    quota: {
      status: 402,
      message:
        'This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 1200. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account',
    },
    'rate-limit': { status: 429, message: 'Provider returned error' },
    'model-not-found': { status: 400, message: 'no-such/model is not a valid model ID' },
    overloaded: { status: 502, message: 'Provider returned error' },
  }),
  errorBody: (refusal) => ({
    error: {
      message: refusal.message,
      code: refusal.status,
      ...(refusal.message === 'Provider returned error'
        ? {
            metadata: {
              raw: 'the provider is temporarily rate-limited upstream. Please retry shortly.',
              provider_name: 'Mock',
            },
          }
        : {}),
    },
    user_id: 'user_mock',
  }),
};

const deepseekOverflow = openAiOverflow;

const deepseek: ChatProfile = {
  ...openai,
  name: 'deepseek',
  root: '',
  models: [
    chatModel('deepseek-chat', 131_072, 8_192, { thinks: 'asked' }),
    chatModel('deepseek-reasoner', 131_072, 65_536, { thinks: 'always', autoChoiceOnly: true }),
    chatModel('deepseek-v4-flash', 1_000_000, 384_000, { thinks: 'default' }),
    chatModel('deepseek-v4-pro', 1_000_000, 384_000, { thinks: 'default' }),
  ],
  unknownFields: 'ignored',
  toolContent: 'string',
  toolIds: { make: (number) => `call_00_${number.toString(36).padStart(20, '0')}` },
  mostStops: 16,
  reasoningBack: 'The `reasoning_content` in the thinking mode must be passed back to the API.',
  thinkingField: 'reasoning_content',
  usage: 'last-chunk',
  overflow: deepseekOverflow,
  refusal: refusalWith(deepseekOverflow, {
    'wrong-key': {
      status: 401,
      type: 'authentication_error',
      code: 'invalid_request_error',
      message: 'Authentication Fails, Your api key: ****-key is invalid',
    },
    quota: {
      status: 402,
      type: 'unknown_error',
      code: 'invalid_request_error',
      message: 'Insufficient Balance',
    },
    'model-not-found': { status: 400, code: 'invalid_request_error', message: 'Model Not Exist' },
    overloaded: {
      status: 503,
      type: 'service_unavailable_error',
      message:
        'Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.',
    },
  }),
};

const groqOverflow = (): Refusal =>
  new Refusal(400, 'Please reduce the length of the messages or completion.', {
    code: 'context_length_exceeded',
    param: 'messages',
  });

const groq: ChatProfile = {
  ...openai,
  name: 'groq',
  root: '/openai/v1',
  models: [
    chatModel('openai/gpt-oss-120b', 131_072, 65_536, { thinks: 'always' }),
    chatModel('openai/gpt-oss-20b', 131_072, 65_536, { thinks: 'always' }),
    chatModel('qwen/qwen3-32b', 131_072, 40_960, { thinks: 'default' }),
    chatModel('llama-3.3-70b-versatile', 131_072, 32_768),
    chatModel('moonshotai/kimi-k2-instruct-0905', 262_144, 16_384),
    chatModel('meta-llama/llama-4-maverick-17b-128e-instruct', 131_072, 8_192, { images: true }),
    chatModel('whisper-large-v3', 448, 448),
  ],
  unknownFields: 'groq',
  toolContent: 'text-parts',
  toolIds: { make: (number) => `fc_${number.toString(36).padStart(9, '0')}` },
  thinkingField: 'reasoning',
  wholeCalls: true,
  usage: 'groq',
  overflow: groqOverflow,
  refusal: refusalWith(groqOverflow, {
    'wrong-key': { status: 401, code: 'invalid_api_key', message: 'Invalid API Key' },
    'rate-limit': {
      status: 429,
      type: 'tokens',
      code: 'rate_limit_exceeded',
      message:
        'Rate limit reached for model `openai/gpt-oss-120b` in organization `org_mock` service tier `on_demand` on tokens per minute (TPM): Limit 8000, Used 7900, Requested 900. Please try again in 6s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
    },
    'model-not-found': {
      status: 404,
      code: 'model_not_found',
      message: 'The model `no-such-model` does not exist or you do not have access to it.',
    },
    overloaded: {
      status: 503,
      type: 'internal_server_error',
      message:
        'openai/gpt-oss-120b is currently over capacity. Please back off exponentially. Visit https://groqstatus.com to see if there is an active incident.',
    },
  }),
};

const xaiOverflow = ({ limit, prompt }: Overflow): Refusal =>
  new Refusal(
    400,
    `This model's maximum prompt length is ${limit} but the request contains ${prompt} tokens.`,
    { code: 'Client specified an invalid argument' },
  );

const xai: ChatProfile = {
  ...openai,
  name: 'xai',
  models: [
    chatModel('grok-4.3', 1_000_000, 30_000, { images: true, thinks: 'asked' }),
    chatModel('grok-4.20-0309-reasoning', 1_000_000, 30_000, { images: true, thinks: 'always' }),
    chatModel('grok-4.20-0309-non-reasoning', 1_000_000, 30_000, { images: true }),
    chatModel('grok-build-0.1', 256_000, 256_000, { images: true, thinks: 'always' }),
  ],
  unknownFields: 'ignored',
  toolIds: { make: (number) => `call_${(12_345_678 + number).toString()}` },
  thinkingField: 'reasoning_content',
  wholeCalls: true,
  usage: 'own-chunk',
  overflow: xaiOverflow,
  refusal: refusalWith(xaiOverflow, {
    'wrong-key': {
      status: 400,
      code: 'Client specified an invalid argument',
      message: 'Incorrect API key provided: xa***ey. You can obtain an API key from https://console.x.ai.',
    },
    'model-not-found': {
      status: 404,
      code: 'Some requested entity was not found',
      message:
        'The model no-such-model does not exist or your team does not have access to it. Please ensure you are using the correct API key.',
    },
  }),
  errorBody: (refusal) => ({
    code: refusal.code ?? 'Client specified an invalid argument',
    error: refusal.message,
  }),
};

const moonshotOverflow = ({ limit, prompt }: Overflow): Refusal =>
  new Refusal(
    400,
    `Invalid request: Your request exceeded model token limit: ${limit} (requested: ${prompt})`,
  );

const moonshot: ChatProfile = {
  ...openai,
  name: 'moonshot',
  models: [
    chatModel('kimi-k2.6', 262_144, 262_144, { images: true, thinks: 'default' }),
    chatModel('kimi-k2.7-code', 262_144, 262_144, { images: true, thinks: 'default' }),
    chatModel('kimi-k2.5', 262_144, 262_144, { images: true, thinks: 'default' }),
    chatModel('kimi-k2-thinking', 262_144, 262_144, { thinks: 'always' }),
    chatModel('kimi-k2-turbo-preview', 262_144, 262_144),
  ],
  unknownFields: 'ignored',
  toolIds: { make: (_number, name, index) => `functions.${name}:${index}` },
  toolChoices: ['none', 'auto'],
  mostStops: 5,
  reasoningBack:
    'thinking is enabled but reasoning_content is missing in assistant tool call message at index {at}',
  thinkingField: 'reasoning_content',
  usage: 'choice',
  overflow: moonshotOverflow,
  refusal: refusalWith(moonshotOverflow, {
    'wrong-key': { status: 401, type: 'invalid_authentication_error', message: 'Invalid Authentication' },
    quota: {
      status: 429,
      type: 'exceeded_current_quota_error',
      message: 'Your account org-mock is suspended, please check your plan and billing details',
    },
    'model-not-found': {
      status: 404,
      type: 'resource_not_found_error',
      message: 'Not found the model no-such-model or Permission denied',
    },
    overloaded: {
      status: 429,
      type: 'engine_overloaded_error',
      message: 'The engine is currently overloaded, please try again later',
    },
  }),
  errorBody: (refusal) => ({ error: { message: refusal.message, type: refusal.type } }),
};

const zaiOverflow = (): Refusal => new Refusal(400, 'Prompt exceeds max length', { code: '1261' });

const zai: ChatProfile = {
  ...openai,
  name: 'zai',
  root: '/api/paas/v4',
  models: [
    chatModel('glm-5', 204_800, 131_072, { thinks: 'default', autoChoiceOnly: true }),
    chatModel('glm-5.2', 1_048_576, 131_072, { thinks: 'default', autoChoiceOnly: true }),
    chatModel('glm-5.1', 200_000, 131_072, { thinks: 'default', autoChoiceOnly: true }),
    chatModel('glm-4.7-flash', 200_000, 131_072, { thinks: 'default', autoChoiceOnly: true }),
    chatModel('glm-4.6v', 128_000, 32_768, { images: true, thinks: 'default', autoChoiceOnly: true }),
    chatModel('glm-4.7', 204_800, 131_072, { thinks: 'default', autoChoiceOnly: true }),
    chatModel('glm-4.6', 204_800, 131_072, { thinks: 'default', autoChoiceOnly: true }),
    chatModel('glm-4.5-air', 131_072, 98_304, { thinks: 'default', autoChoiceOnly: true }),
  ],
  unknownFields: 'ignored',
  toolIds: { make: (number) => `call_-${(7_000_000_000 + number).toString()}` },
  toolChoices: ['auto'],
  mostStops: 1,
  thinkingField: 'reasoning_content',
  wholeCalls: true,
  usage: 'last-chunk',
  overflow: zaiOverflow,
  refusal: refusalWith(zaiOverflow, {
    'wrong-key': { status: 401, code: '1000', message: 'Authentication Failed' },
    'rate-limit': {
      status: 429,
      code: '1302',
      message:
        'High concurrency usage of this API, please reduce concurrency or contact customer service to increase limits',
    },
    quota: {
      status: 429,
      code: '1113',
      message: 'Insufficient balance or no resource package. Please recharge.',
    },
    'model-not-found': { status: 400, code: '1211', message: 'Unknown Model, please check the model code.' },
    filter: {
      status: 400,
      code: '1301',
      message:
        'The system has detected potentially unsafe or sensitive content in your input or generation. Please avoid using prompts that may generate sensitive content.',
    },
    overloaded: { status: 503, code: '1234', message: 'Network error, please contact customer service' },
  }),
  errorBody: (refusal) => ({ error: { code: refusal.code ?? '1210', message: refusal.message } }),
};

const mistralOverflow = ({ limit, prompt, output }: Overflow): Refusal =>
  new Refusal(
    400,
    `Prompt contains ${prompt} tokens and ${output} draft tokens, too large for model with ${limit} maximum context length`,
    { code: '3051', type: 'invalid_request_prompt' },
  );

const mistral: ChatProfile = {
  ...openai,
  name: 'mistral',
  models: [
    chatModel('mistral-large-latest', 262_144, 262_144, { images: true }),
    chatModel('mistral-medium-latest', 262_144, 262_144, { images: true, thinks: 'asked' }),
    chatModel('mistral-small-latest', 256_000, 256_000, { images: true, thinks: 'asked' }),
    chatModel('devstral-latest', 262_144, 262_144),
    chatModel('ministral-8b-latest', 262_144, 262_144, { images: true }),
    chatModel('magistral-medium-latest', 128_000, 16_384, { thinks: 'always' }),
    chatModel('codestral-latest', 256_000, 4_096),
    chatModel('mistral-embed', 8_192, 3_072),
  ],
  unknownFields: 'mistral',
  messageOrder: 'mistral',
  toolIds: { make: (number) => number.toString(36).padStart(9, 'Kq7'), accepts: /^[a-zA-Z0-9]{9}$/ },
  toolChoices: ['none', 'auto', 'any', 'required'],
  mostStops: null,
  thinkingField: 'parts',
  wholeCalls: true,
  usage: 'last-chunk',
  overflow: mistralOverflow,
  refusal: refusalWith(mistralOverflow, {
    'wrong-key': { status: 401, message: 'Unauthorized' },
    'rate-limit': { status: 429, code: '1300', type: 'rate_limited', message: 'Rate limit exceeded' },
    quota: {
      status: 429,
      code: '3505',
      type: 'service_tier_capacity_exceeded',
      message: 'Service tier capacity exceeded for this model.',
    },
    'model-not-found': {
      status: 400,
      code: '1500',
      type: 'invalid_model',
      message: 'Invalid model: no-such-model',
    },
    server: { status: 500, code: '1000', type: 'internal_server_error', message: 'Internal server error' },
  }),
  errorBody: (refusal) =>
    refusal.status === 401
      ? { detail: refusal.message }
      : {
          object: 'error',
          message: refusal.message,
          type: refusal.type,
          param: null,
          code: refusal.code,
          raw_status_code: refusal.status,
        },
};

export const chatProfiles = {
  openai,
  azure,
  openrouter,
  deepseek,
  groq,
  xai,
  moonshot,
  zai,
  mistral,
  ollama,
  vllm,
  'llama.cpp': llamaCpp,
  'lm-studio': lmStudio,
} as const satisfies Readonly<Record<string, ChatProfile>>;

export type ChatProfileName = keyof typeof chatProfiles;
