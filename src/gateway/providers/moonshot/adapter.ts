// Moonshot's Kimi models by Chat Completions. They think in a field of their own, want it back, and fix their sampling.
import type { JSONObject } from '@ai-sdk/provider';
import type { ModelAdapter, Wish } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { createChatModel, withReasoningContent } from '../translated/chat-model.ts';
import { changeResult } from '../translated/change-result.ts';
import type { ResultChange } from '../translated/change-result.ts';
import { bearer, fieldsOf, getJson } from '../translated/get-json.ts';
import { effortOf, fixedSampling, looksVisual, traitsWith } from '../translated/model-traits.ts';
import { readModels } from '../translated/read-models.ts';

type Thinking = 'effort' | 'switch' | 'always' | 'never';

function thinking(model: string): Thinking {
  if (/kimi-k([3-9]|\d{2})/.test(model)) return 'effort';
  if (/kimi-k2\.\d+-code|kimi-k2-thinking|thinking-preview/.test(model)) return 'always';
  if (/kimi-k2\.[5-9]|kimi-for-coding|kimi-latest$/.test(model)) return 'switch';
  return 'never';
}

const efforts = { effort: ['low', 'high', 'max'], switch: ['none', 'high'], always: [], never: [] } as const;

export const moonshotAdapter: ModelAdapter = {
  createModel: async (setup) =>
    changeResult(
      await createChatModel(
        {
          name: 'moonshot',
          version: '/v1',
          structuredOutput: false,
          ...(thinking(setup.name ?? setup.model) === 'never' ? {} : { body: withReasoningContent }),
        },
        setup,
      ),
      cachedTokens,
    ),

  traits(model) {
    const thinks = thinking(model);
    return traitsWith(
      // `required` is not among the choices of tools it takes (T18).
      {
        images: looksVisual(model),
        mediaUrls: false,
        stopSequences: 5,
        toolChoice: 'auto-only',
        reasoning: effortOf(efforts[thinks]),
      },
      thinks === 'never' ? {} : { ...fixedSampling, replay: 'reasoning-content' },
    );
  },

  providerOptions: (wish, model) => ({
    moonshot: {
      ...thinkingOptions(wish, thinking(model)),
      ...(wish.cacheKey === null ? {} : { prompt_cache_key: wish.cacheKey }),
      ...(wish.user === null ? {} : { safety_identifier: wish.user }),
    },
  }),

  listModels: async (setup) =>
    readModels(
      await getJson(setup, `${apiBase(setup.baseUrl, '/v1')}/models`, { headers: bearer(setup.secret) }),
    ),
};

/** What the cache gave stands beside the totals, where the package does not look for it (T97). */
const cachedTokens: ResultChange = ({ finishReason, usage }) => {
  const { cached_tokens: cacheRead } = fieldsOf(usage.raw);
  const { total, cacheRead: known } = usage.inputTokens;
  if (typeof cacheRead !== 'number' || total === undefined || (known ?? 0) > 0)
    return { finishReason, usage };
  const inputTokens = { ...usage.inputTokens, cacheRead, noCache: Math.max(0, total - cacheRead) };
  return { finishReason, usage: { ...usage, inputTokens } };
};

function thinkingOptions({ effort }: Wish, thinks: Thinking): JSONObject {
  if (effort === null) return {};
  if (thinks === 'effort') return { reasoningEffort: effort };
  return { thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } };
}
