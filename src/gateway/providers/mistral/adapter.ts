// Mistral by the AI SDK's package.
import type { Effort, ModelAdapter } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { changeOptions, strictTools } from '../translated/change-options.ts';
import { bearer, getJson } from '../translated/get-json.ts';
import { keylessFetch } from '../translated/keyless-fetch.ts';
import { changeEvents } from '../translated/change-traffic.ts';
import { effortOf, traitsWith } from '../translated/model-traits.ts';
import { readModels } from '../translated/read-models.ts';
import { mistralPrompt } from '../translated/mistral-order.ts';

const VERSION = '/v1';

const thinks =
  /magistral-(medium|small)-latest|mistral-medium(-latest|-2604|-3[-.]5)?$|mistral-small-(latest|2603)|leanstral|vibe-cli|glm-5-2/;

function efforts(model: string): readonly Effort[] {
  if (/glm-(5$|5-3|latest)/.test(model)) return ['low', 'high', 'max'];
  if (/mistral-large-[4-9]/.test(model)) return ['low', 'medium', 'high'];
  return thinks.test(model) ? ['none', 'high'] : [];
}

const sees = /pixtral|mistral-(small|medium)|mistral-large-(2512|latest|[3-9])|ministral|devstral-small-2512/;

/** The package reads the first choice of every event; gateways in front of Mistral send the usage in one without any. */
const withChoices = (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  changeEvents(
    fetch,
    (line) => /"choices":\s*\[\s*\]/.test(line),
    (event) => ({ ...event, choices: [{ index: 0, delta: {} }] }),
  );

export const mistralAdapter: ModelAdapter = {
  async createModel(setup) {
    const { createMistral } = await import('@ai-sdk/mistral');
    const provider = createMistral({
      baseURL: apiBase(setup.baseUrl, VERSION),
      apiKey: setup.secret ?? '',
      headers: { ...setup.headers },
      fetch: withChoices(keylessFetch(setup.fetch, setup.secret)),
    });
    return changeOptions(provider(setup.model), strictTools(null), mistralPrompt);
  },

  traits: (model) =>
    traitsWith({
      images: sees.test(model),
      pdf: sees.test(model),
      structuredOutput: true,
      reasoning: effortOf(efforts(model)),
      // The package marks a last turn of the assistant's as one to go on with.
      prefill: true,
    }),

  providerOptions: (wish) => ({
    mistral: {
      strictJsonSchema: wish.strictSchema ?? false,
      ...(wish.effort === null ? {} : { reasoningEffort: wish.effort }),
      ...(wish.parallelTools === null ? {} : { parallelToolCalls: wish.parallelTools }),
      ...(wish.cacheKey === null ? {} : { promptCacheKey: wish.cacheKey }),
    },
  }),

  listModels: async (setup) =>
    readModels(
      await getJson(setup, `${apiBase(setup.baseUrl, VERSION)}/models`, { headers: bearer(setup.secret) }),
    ),
};
