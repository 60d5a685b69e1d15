// Ollama by its OpenAI-compatible API; what it knows of its models it tells by its own.
import type { ListedModel, ModelAdapter, ModelSetup } from '../../translation/types.ts';
import { originOf } from '../translated/api-base.ts';
import { createChatModel } from '../translated/chat-model.ts';
import { bearer, fieldsOf, firstNumber, getJson } from '../translated/get-json.ts';
import { effortOf } from '../translated/model-traits.ts';
import { canConverse } from '../translated/read-models.ts';
import { openModelOptions, openModelTraits } from '../translated/open-models.ts';

/** Models asked one by one for their window. */
const MOST_ASKED = 40;

const thinksInEfforts = /gpt-oss/;
const thinks =
  /qwen-?3|deepseek-(r1|v3\.[1-9]|v[4-9])|magistral|glm-?(4\.[5-9]|[5-9])|kimi-k2|nemotron|thinking/i;

export const ollamaAdapter: ModelAdapter = {
  createModel: (setup) => createChatModel({ name: 'ollama', version: '/v1', structuredOutput: true }, setup),

  traits: (model, options) => ({
    ...openModelTraits(model, options),
    // A forced choice is ignored without a word, so it is put in words.
    toolChoice: 'auto-only',
    mediaUrls: false,
    reasoning: effortOf(
      thinksInEfforts.test(model) ? ['low', 'medium', 'high'] : thinks.test(model) ? ['none', 'high'] : [],
    ),
  }),

  providerOptions: (wish) => openModelOptions('ollama', { ...wish, parallelTools: null }),

  async listModels(setup) {
    const origin = originOf(setup.baseUrl);
    const headers = bearer(setup.secret);
    const { models } = fieldsOf(await getJson(setup, `${origin}/api/tags`, { headers }));
    const names = (Array.isArray(models) ? models : []).flatMap((entry) => {
      const { model, name } = fieldsOf(entry);
      const id = model ?? name;
      return typeof id === 'string' && canConverse(id) ? [id] : [];
    });
    return Promise.all(
      names.map(async (id, index): Promise<ListedModel> => ({
        id,
        name: null,
        contextWindow: index < MOST_ASKED ? await windowOf(setup, origin, id) : null,
        maxOutputTokens: null,
      })),
    );
  },
};

/**
 * The window a model is run with. Its architecture's own length says what it could have; Ollama cuts prompts to far less
 * by default, so that number would promise too much.
 */
async function windowOf(setup: ModelSetup, origin: string, model: string): Promise<number | null> {
  const question = { headers: bearer(setup.secret), body: { model } };
  const shown = fieldsOf(await getJson(setup, `${origin}/api/show`, question).catch(() => null));
  const { parameters } = shown;
  const found = typeof parameters === 'string' ? /^num_ctx\s+(\d+)/m.exec(parameters) : null;
  return found === null ? firstNumber(shown, ['num_ctx']) : Number(found[1]);
}
