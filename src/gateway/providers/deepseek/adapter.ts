// DeepSeek by its Chat Completions. The package for DeepSeek leaves earlier thinking out for some models, which the API
// answers with 400 (T30); so the one for servers of OpenAI's shape is used.
import type { ModelAdapter } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { createChatModel, withReasoningContent } from '../translated/chat-model.ts';
import type { ChatServer } from '../translated/chat-model.ts';
import { bearer, getJson } from '../translated/get-json.ts';
import { effortOf, fixedSampling, traitsWith } from '../translated/model-traits.ts';
import { readModels } from '../translated/read-models.ts';

/** Thinks unless told not to; the retired names are one or the other for good. */
function thinking(model: string): 'always' | 'told' | 'never' {
  if (/reasoner|(^|[-/])r1/.test(model)) return 'always';
  if (/deepseek-chat|coder|deepseek-v[23]/.test(model)) return 'never';
  return 'told';
}

const server = (model: string): ChatServer => ({
  name: 'deepseek',
  version: '',
  structuredOutput: false,
  ...(thinking(model) === 'never' ? {} : { body: withReasoningContent }),
});

export const deepSeekAdapter: ModelAdapter = {
  createModel: (setup) => createChatModel(server(setup.name ?? setup.model), setup),

  traits(model) {
    const thinks = thinking(model);
    return traitsWith(
      { images: model.includes('vision'), stopSequences: 16 },
      thinks === 'never'
        ? {}
        : {
            ...fixedSampling,
            // Refuses a forced choice while it thinks (T18).
            toolChoice: 'auto-only',
            replay: 'reasoning-content',
            reasoning: effortOf(thinks === 'always' ? [] : ['none', 'low', 'high', 'max']),
          },
    );
  },

  // Thinking that is switched off and an effort contradict each other: never both (T23).
  providerOptions: (wish) => ({
    deepseek: {
      ...(wish.effort === null
        ? {}
        : wish.effort === 'none'
          ? { thinking: { type: 'disabled' } }
          : { thinking: { type: 'enabled' }, reasoningEffort: wish.effort }),
      ...(wish.user === null ? {} : { user_id: wish.user.replace(/[^A-Za-z0-9_-]/g, '') }),
    },
  }),

  listModels: async (setup) =>
    readModels(
      await getJson(setup, `${apiBase(setup.baseUrl, '')}/models`, { headers: bearer(setup.secret) }),
    ),
};
