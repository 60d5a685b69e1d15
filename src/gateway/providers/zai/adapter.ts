// Z.ai's GLM models by Chat Completions: thinking is a switch, tools are chosen by the model only, one stop sequence.
import type { ModelAdapter } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { createChatModel, withReasoningContent } from '../translated/chat-model.ts';
import { bearer, getJson } from '../translated/get-json.ts';
import { effortOf, traitsWith } from '../translated/model-traits.ts';
import { readModels } from '../translated/read-models.ts';

const VERSION = '/api/paas/v4';

/** Major and minor of a GLM name; zeros for another name. */
function version(model: string): number {
  const found = /glm-(\d+(?:\.\d+)?)/.exec(model);
  return found === null ? 0 : Number(found[1]);
}

const thinks = (model: string): boolean => version(model) >= 4.5;
/** From here on the thinking of earlier turns is kept and wanted back. */
const keepsThinking = (model: string): boolean => version(model) >= 4.7;

export const zaiAdapter: ModelAdapter = {
  createModel(setup) {
    const model = setup.name ?? setup.model;
    return createChatModel(
      {
        name: 'zai',
        version: VERSION,
        structuredOutput: false,
        ...(keepsThinking(model) ? { body: withReasoningContent } : {}),
      },
      setup,
    );
  },

  traits: (model) =>
    traitsWith({
      images: /glm-[\d.]+v/.test(model),
      toolChoice: 'auto-only',
      stopSequences: 1,
      reasoning: effortOf(thinks(model) ? ['none', 'high'] : []),
      replay: keepsThinking(model) ? 'reasoning-content' : 'none',
    }),

  providerOptions: (wish) => ({
    zai: {
      ...(wish.effort === null
        ? {}
        : { thinking: { type: wish.effort === 'none' ? 'disabled' : 'enabled' } }),
      ...(wish.user === null ? {} : { user_id: wish.user }),
    },
  }),

  listModels: async (setup) =>
    readModels(
      await getJson(setup, `${apiBase(setup.baseUrl, VERSION)}/models`, { headers: bearer(setup.secret) }),
    ),
};
