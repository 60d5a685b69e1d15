// OpenAI's error object and its sentences, shared by its two APIs and by the many that copy them.
import { Refusal } from './refusal.ts';
import type { ScriptedError } from './script.ts';

export function openAiErrorBody(refusal: Refusal): unknown {
  return {
    error: { message: refusal.message, type: refusal.type, param: refusal.param, code: refusal.code },
  };
}

export function wrongKey(key: string): Refusal {
  const shown = key.length > 8 ? `${key.slice(0, 4)}***${key.slice(-4)}` : '***';
  return new Refusal(
    401,
    `Incorrect API key provided: ${shown}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    { code: 'invalid_api_key' },
  );
}

export function openAiRefusal(error: ScriptedError, model: string): Refusal {
  const say = (usual: string): string => error.message ?? usual;
  switch (error.kind) {
    case 'overflow':
      return new Refusal(
        400,
        say('Your input exceeds the context window of this model. Please adjust your input and try again.'),
        { code: 'context_length_exceeded', param: 'input' },
      );
    case 'rate-limit':
      return new Refusal(
        429,
        say(
          `Rate limit reached for ${model} in organization org-mock on tokens per min (TPM): Limit 30000, Used 29000, Requested 2500. Please try again in 3s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
        ),
        { type: 'tokens', code: 'rate_limit_exceeded' },
      );
    case 'quota':
      return new Refusal(
        429,
        say(
          'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
        ),
        { type: 'insufficient_quota', code: 'insufficient_quota' },
      );
    case 'overloaded':
      return new Refusal(503, say('The engine is currently overloaded, please try again later'), {
        type: 'server_error',
        code: 'server_is_overloaded',
      });
    case 'server':
      return new Refusal(
        500,
        say('The server had an error while processing your request. Sorry about that!'),
        {
          type: 'server_error',
        },
      );
    case 'wrong-key':
      return wrongKey('sk-proj-not-the-one-you-want');
    case 'forbidden':
      return new Refusal(
        403,
        say(
          'You have insufficient permissions for this operation. Missing scopes: model.request. Check that you have the correct role in your organization and project.',
        ),
      );
    case 'model-not-found':
      return new Refusal(404, say(`The model \`${model}\` does not exist or you do not have access to it.`), {
        code: 'model_not_found',
        param: 'model',
      });
    case 'filter':
      return new Refusal(
        400,
        say(
          'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting',
        ),
        { code: 'invalid_prompt' },
      );
  }
}
