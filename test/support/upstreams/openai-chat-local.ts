// Chat Completions servers on one's own machine, which are lax in some things and break in others.
import { chatModel, openai, refusalWith, type ChatProfile, type Overflow } from './openai-chat-profile.ts';
import { Refusal } from './refusal.ts';

const ollamaOverflow = ({ limit, prompt }: Overflow): Refusal =>
  new Refusal(400, `the input length exceeds the context length: ${prompt} > ${limit}`, {
    type: 'invalid_request_error',
  });

export const ollama: ChatProfile = {
  ...openai,
  name: 'ollama',
  auth: 'none',
  models: [
    chatModel('qwen3-coder:30b', 32_768, 32_768),
    chatModel('gpt-oss:20b', 131_072, 131_072, { thinks: 'default' }),
    chatModel('nomic-embed-text:latest', 8_192, 8_192),
  ],
  unknownFields: 'ignored',
  messageOrder: 'lenient',
  mostStops: null,
  toolIds: { make: (number) => `call_${number.toString(36).padStart(8, '0')}` },
  thinkingField: 'reasoning',
  wholeCalls: true,
  callIndex: 'zero',
  finishWithCalls: 'stop',
  usage: 'asked',
  overflow: ollamaOverflow,
  refusal: refusalWith(ollamaOverflow, {
    'model-not-found': { status: 404, type: 'not_found_error', message: "model 'no-such-model' not found" },
    server: { status: 500, type: 'api_error', message: 'llama runner process has terminated: exit status 2' },
    overloaded: {
      status: 503,
      type: 'api_error',
      message: 'server busy, please try again.  maximum pending requests exceeded',
    },
  }),
};

const vllmOverflow = ({ limit, prompt, output }: Overflow): Refusal =>
  output > 0
    ? new Refusal(
        400,
        `'max_tokens' or 'max_completion_tokens' is too large: ${output}. This model's maximum context length is ${limit} tokens and your request has ${prompt} input tokens (${output} > ${limit} - ${prompt}).`,
        { type: 'BadRequestError' },
      )
    : new Refusal(
        400,
        `This model's maximum context length is ${limit} tokens. However, your request has ${prompt} input tokens. Please reduce the length of the input messages.`,
        { type: 'BadRequestError' },
      );

export const vllm: ChatProfile = {
  ...openai,
  name: 'vllm',
  auth: 'none',
  models: [chatModel('Qwen/Qwen3-Coder-30B-A3B-Instruct', 32_768, 32_768)],
  unknownFields: 'ignored',
  system: 'first-only',
  messageOrder: 'lenient',
  mostStops: null,
  toolIds: { make: (number) => `chatcmpl-tool-${number.toString(16).padStart(32, '0')}` },
  thinkingField: 'reasoning_content',
  overflow: vllmOverflow,
  refusal: refusalWith(vllmOverflow, {
    'model-not-found': {
      status: 404,
      type: 'NotFoundError',
      message: 'The model `no-such-model` does not exist.',
    },
  }),
  errorBody: (refusal) => ({
    error: { message: refusal.message, type: refusal.type, param: refusal.param, code: refusal.status },
  }),
};

const llamaCppOverflow = ({ limit, prompt }: Overflow): Refusal =>
  new Refusal(
    400,
    `request (${prompt} tokens) exceeds the available context size (${limit} tokens), try increasing it`,
    { type: 'exceed_context_size_error', code: `${prompt}/${limit}` },
  );

export const llamaCpp: ChatProfile = {
  ...vllm,
  name: 'llama.cpp',
  models: [chatModel('qwen3-coder-30b-q4_k_m.gguf', 16_384, 16_384)],
  toolIds: { make: (number) => number.toString(36).padStart(32, 'x') },
  overflow: llamaCppOverflow,
  refusal: refusalWith(llamaCppOverflow, {
    overloaded: { status: 503, type: 'unavailable_error', message: 'Loading model' },
    server: { status: 500, type: 'server_error', message: 'Context size has been exceeded.' },
  }),
  errorBody(refusal) {
    const [prompt, limit] = (refusal.code ?? '').split('/').map(Number);
    const sizes =
      refusal.type === 'exceed_context_size_error' ? { n_prompt_tokens: prompt, n_ctx: limit } : {};
    return { error: { code: refusal.status, message: refusal.message, type: refusal.type, ...sizes } };
  },
};

const lmStudioOverflow = ({ limit, prompt }: Overflow): Refusal =>
  new Refusal(
    400,
    `Trying to keep the first ${prompt} tokens when context the overflows. However, the model is loaded with context length of only ${limit} tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input`,
  );

export const lmStudio: ChatProfile = {
  ...vllm,
  name: 'lm-studio',
  models: [chatModel('qwen3-coder-30b', 16_384, 16_384)],
  toolIds: { make: (number) => (600_000_000 + number).toString() },
  overflow: lmStudioOverflow,
  refusal: refusalWith(lmStudioOverflow, {
    'model-not-found': {
      status: 404,
      code: 'model_not_found',
      message: 'No models loaded. Please load a model in the developer page or use the `lms load` command.',
    },
  }),
  errorBody: (refusal) => ({ error: refusal.message }),
};
