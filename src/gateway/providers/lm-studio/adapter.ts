// LM Studio by its OpenAI-compatible API; its own list says more of the models.
import type { ListedModel, ModelAdapter } from '../../translation/types.ts';
import { apiBase, originOf } from '../translated/api-base.ts';
import { createChatModel } from '../translated/chat-model.ts';
import { bearer, fieldsOf, firstNumber, getJson } from '../translated/get-json.ts';
import { canConverse, readModels } from '../translated/read-models.ts';
import { openModelOptions, openModelTraits } from '../translated/open-models.ts';

export const lmStudioAdapter: ModelAdapter = {
  createModel: (setup) =>
    createChatModel({ name: 'lmstudio', version: '/v1', structuredOutput: true }, setup),
  // One function by name it does not know.
  traits: (model, options) => ({
    ...openModelTraits(model, options),
    toolChoice: 'auto-only',
    mediaUrls: false,
  }),
  providerOptions: (wish) => openModelOptions('lmstudio', { ...wish, parallelTools: null }),

  async listModels(setup) {
    const headers = bearer(setup.secret);
    const own = await getJson(setup, `${originOf(setup.baseUrl)}/api/v0/models`, { headers }).catch(
      () => null,
    );
    const { data } = fieldsOf(own);
    if (Array.isArray(data)) return data.flatMap(readModel);
    return readModels(await getJson(setup, `${apiBase(setup.baseUrl, '/v1')}/models`, { headers }));
  },
};

function readModel(entry: unknown): ListedModel[] {
  const fields = fieldsOf(entry);
  const { id, type } = fields;
  if (typeof id !== 'string' || type === 'embeddings' || !canConverse(id)) return [];
  const contextWindow = firstNumber(fields, ['loaded_context_length', 'max_context_length']);
  return [{ id, name: null, contextWindow, maxOutputTokens: null }];
}
