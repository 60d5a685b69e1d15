// Groq by the AI SDK's package: open models, of which few think and each in its own way.
import type { JSONObject } from '@ai-sdk/provider';
import type { Effort, ModelAdapter, Wish } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { changeOptions, parallelOnlyWithTools, strictTools } from '../translated/change-options.ts';
import { bearer, getJson } from '../translated/get-json.ts';
import { keylessFetch } from '../translated/keyless-fetch.ts';
import { changeEvents } from '../translated/change-traffic.ts';
import { effortOf, looksVisual, traitsWith } from '../translated/model-traits.ts';
import { readModels } from '../translated/read-models.ts';

const VERSION = '/openai/v1';

const isGptOss = (model: string): boolean => model.includes('gpt-oss');
const thinksOnDemand = (model: string): boolean => /qwen-?3|qwq|deepseek-r1/.test(model);

function efforts(model: string): readonly Effort[] {
  if (isGptOss(model)) return ['low', 'medium', 'high'];
  return /qwen-?3/.test(model) ? ['none', 'high'] : [];
}

/** The package looks for usage in Groq's own field only, which gateways in front of Groq do not all pass on. */
const withGroqUsage = (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  changeEvents(
    fetch,
    (line) => line.includes('"usage"') && !line.includes('"x_groq"'),
    (event) => (event['usage'] === null ? event : { ...event, x_groq: { usage: event['usage'] } }),
  );

export const groqAdapter: ModelAdapter = {
  async createModel(setup) {
    const { createGroq } = await import('@ai-sdk/groq');
    const provider = createGroq({
      baseURL: apiBase(setup.baseUrl, VERSION),
      apiKey: setup.secret ?? '',
      headers: { ...setup.headers },
      fetch: withGroqUsage(keylessFetch(setup.fetch, setup.secret)),
    });
    return changeOptions(
      provider(setup.model),
      strictTools(null),
      parallelOnlyWithTools('groq', 'parallelToolCalls'),
    );
  },

  traits: (model) =>
    traitsWith({
      images: looksVisual(model),
      tools: !/compound|guard|prompt-guard/.test(model),
      structuredOutput: isGptOss(model) || /kimi-k2|llama-4/.test(model),
      reasoning: effortOf(efforts(model)),
    }),

  providerOptions: (wish, model) => ({
    groq: {
      strictJsonSchema: wish.strictSchema ?? false,
      ...thinkingOptions(wish, model),
      ...(wish.parallelTools === null ? {} : { parallelToolCalls: wish.parallelTools }),
      ...(wish.user === null ? {} : { user: wish.user }),
      ...(wish.serviceTier === null
        ? {}
        : { serviceTier: wish.serviceTier === 'auto' ? 'auto' : 'on_demand' }),
    },
  }),

  listModels: async (setup) =>
    readModels(
      await getJson(setup, `${apiBase(setup.baseUrl, VERSION)}/models`, { headers: bearer(setup.secret) }),
    ),
};

/** Beside tools the thinking must not stand in the text, which is where it stands unless told. */
function thinkingOptions(wish: Wish, model: string): JSONObject {
  if (isGptOss(model)) return wish.effort === null ? {} : { reasoningEffort: wish.effort };
  if (!thinksOnDemand(model)) return {};
  return {
    reasoningFormat: wish.showThinking ? 'parsed' : 'hidden',
    ...(wish.effort === null ? {} : { reasoningEffort: wish.effort === 'none' ? 'none' : 'default' }),
  };
}
