// OpenRouter by its own package for the AI SDK: many makers' models behind one API, which smooths most differences.
import type { JSONObject } from '@ai-sdk/provider';
import type { Effort, ModelAdapter, ModelTraits, ReasoningControl, Wish } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { changeOptions, parallelOnlyWithTools } from '../translated/change-options.ts';
import { changeResult } from '../translated/change-result.ts';
import type { ResultChange } from '../translated/change-result.ts';
import { bearer, fieldsOf, getJson } from '../translated/get-json.ts';
import { keylessFetch } from '../translated/keyless-fetch.ts';
import { effortOf, looksVisual, traitsWith } from '../translated/model-traits.ts';
import { mistralPromptFor } from '../translated/mistral-order.ts';
import { locationOf } from '../translated/openai-calls.ts';
import { openAiFamily } from '../translated/openai-family.ts';
import { readModels } from '../translated/read-models.ts';
import { carryReasoning } from './reasoning-details.ts';

const VERSION = '/api/v1';

/** What OpenRouter fits to any model that thinks. */
const levels: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'];

const silent =
  /^(meta-llama|cohere|ai21|amazon\/nova-(pro|lite|micro|premier))|instruct|gemini-2\.0|claude-3([.-]5|-)|mistralai\/(mistral-large|codestral|devstral|ministral)|grok-3(-beta)?$|kimi-k2(-0\d+)?$|deepseek-chat(-v3-0324)?$/;

function thinkingOf(model: string): ReasoningControl {
  const family = openAiFamily(model);
  if (model.startsWith('openai/') && family !== null)
    return effortOf(family.efforts.filter((level) => level !== 'max'));
  return effortOf(silent.test(model) ? [] : levels);
}

const sees = /^~?(anthropic|google|x-ai\/grok-4|amazon\/nova)/;

/** The package takes calls for a reason to have finished, also when the stream ended without one (T53). */
const cutInsideCalls: ResultChange = ({ finishReason, usage }) => ({
  finishReason: finishReason.raw === undefined ? { unified: 'other', raw: undefined } : finishReason,
  usage,
});

export const openRouterAdapter: ModelAdapter = {
  async createModel(setup) {
    const { createOpenRouter } = await import('@openrouter/ai-sdk-provider');
    const provider = createOpenRouter({
      baseURL: apiBase(setup.baseUrl, VERSION),
      apiKey: setup.secret ?? '',
      headers: { ...setup.headers },
      fetch: keylessFetch(setup.fetch, setup.secret),
      appName: 'Tollgate',
    });
    const model = provider.chat(setup.model, { structuredOutputs: { strict: false } });
    return changeOptions(
      changeResult(carryReasoning(model), cutInsideCalls),
      parallelOnlyWithTools('openrouter', 'parallel_tool_calls'),
      ...mistralPromptFor(setup.model),
    );
  },

  traits(model): ModelTraits {
    const family = openAiFamily(model);
    const images =
      (model.startsWith('openai/') ? family?.images : undefined) ?? (sees.test(model) || looksVisual(model));
    return traitsWith({
      images,
      // For a model that cannot read them OpenRouter would have them read elsewhere, at a price nobody asked for.
      pdf: images,
      topK: true,
      structuredOutput: true,
      reasoning: thinkingOf(model),
      replay: 'openai-encrypted',
      plainSchemas: /^~?google\//.test(model),
      webSearch: (asked) =>
        (asked.blockedDomains?.length ?? 0) > 0
          ? null
          : {
              type: 'provider',
              id: 'openrouter.web_search',
              name: asked.name,
              args: { parameters: searchParameters(asked) },
            },
    });
  },

  providerOptions: (wish, model) => ({
    openrouter: {
      usage: { include: true },
      ...thinkingOptions(wish),
      ...(wish.parallelTools === null ? {} : { parallel_tool_calls: wish.parallelTools }),
      ...(wish.user === null ? {} : { user: wish.user }),
      // Keeps a conversation with the machine that has its beginning in the cache.
      ...(wish.cacheKey === null ? {} : { session_id: wish.cacheKey }),
      ...(/^~?anthropic\//.test(model) ? { cache_control: { type: 'ephemeral' } } : {}),
    },
  }),

  async listModels(setup) {
    const url = `${apiBase(setup.baseUrl, VERSION)}/models`;
    const { data } = fieldsOf(await getJson(setup, url, { headers: bearer(setup.secret) }));
    const answering = (Array.isArray(data) ? data : []).filter((entry: unknown) => {
      const { output_modalities: output } = fieldsOf(fieldsOf(entry)['architecture']);
      return !Array.isArray(output) || output.includes('text');
    });
    return readModels(answering);
  },
};

function thinkingOptions({ effort, showThinking }: Wish): JSONObject {
  if (effort !== null) return { reasoning: { effort } };
  return showThinking ? { reasoning: { enabled: true } } : {};
}

function searchParameters(asked: Parameters<ModelTraits['webSearch']>[0]): JSONObject {
  const { userLocation } = locationOf(asked);
  return {
    ...(asked.allowedDomains === null ? {} : { allowed_domains: [...asked.allowedDomains] }),
    ...(userLocation === undefined ? {} : { user_location: userLocation }),
  };
}
