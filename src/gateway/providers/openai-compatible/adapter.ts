// Any server with Chat Completions: vLLM, llama.cpp, a gateway.
import type { ModelAdapter } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { createChatModel } from '../translated/chat-model.ts';
import { bearer, getJson } from '../translated/get-json.ts';
import { openModelBody, openModelOptions, openModelTraits } from '../translated/open-models.ts';
import { readModels } from '../translated/read-models.ts';

const VERSION = '/v1';

export const openAiCompatibleAdapter: ModelAdapter = {
  createModel: (setup) =>
    createChatModel(
      {
        name: 'compatible',
        version: VERSION,
        structuredOutput: true,
        body: openModelBody(setup.name ?? setup.model),
      },
      setup,
    ),
  traits: openModelTraits,
  providerOptions: (wish) => openModelOptions('compatible', wish),
  listModels: async (setup) =>
    readModels(
      await getJson(setup, `${apiBase(setup.baseUrl, VERSION)}/models`, { headers: bearer(setup.secret) }),
    ),
};
