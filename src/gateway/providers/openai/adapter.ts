// OpenAI by the AI SDK's package: Responses for whatever has it, Chat Completions when the settings say so and the model
// allows it (T20).
import type { ModelAdapter, ModelSetup } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { captureRequest } from '../translated/capture-request.ts';
import { changeOptions } from '../translated/change-options.ts';
import { bearer, fieldsOf, getJson } from '../translated/get-json.ts';
import { keylessFetch } from '../translated/keyless-fetch.ts';
import { openAiCallShape, openAiOptions, openAiTraits, openAiWebSearch } from '../translated/openai-calls.ts';
import type { OpenAiApi } from '../translated/openai-calls.ts';
import { openAiFamily } from '../translated/openai-family.ts';
import { readModels } from '../translated/read-models.ts';
import { withoutRefusedReasoning } from '../translated/refused-reasoning.ts';

const VERSION = '/v1';

/** Fields of a Responses request that its token count takes. */
const countedFields = [
  'model',
  'input',
  'instructions',
  'reasoning',
  'text',
  'tool_choice',
  'tools',
] as const;

/** Which API a model is called through. */
export function openAiApi(model: string, options: Readonly<Record<string, string>>): OpenAiApi {
  return options['api'] === 'chat' && openAiFamily(model)?.responsesOnly !== true ? 'chat' : 'responses';
}

export const openAiAdapter: ModelAdapter = {
  async createModel(setup) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    const provider = createOpenAI({
      baseURL: apiBase(setup.baseUrl, VERSION),
      apiKey: setup.secret ?? '',
      headers: { ...setup.headers, ...accountHeaders(setup) },
      fetch: keylessFetch(setup.fetch, setup.secret),
    });
    const name = setup.name ?? setup.model;
    const api = openAiApi(name, setup.options);
    const model = api === 'chat' ? provider.chat(setup.model) : provider.responses(setup.model);
    return changeOptions(withoutRefusedReasoning(model), ...openAiCallShape(openAiFamily(name), api));
  },

  traits(model, options) {
    const family = openAiFamily(model);
    const api = openAiApi(model, options);
    const searches = api === 'responses' && family?.webSearch !== false;
    return {
      ...openAiTraits(model, family, api),
      webSearch: (asked) => (searches ? openAiWebSearch(asked) : null),
    };
  },

  providerOptions: (wish) => openAiOptions(wish, 'safetyIdentifier'),

  async countTokens(request, setup) {
    if (openAiApi(setup.name ?? setup.model, setup.options) === 'chat') return null;
    const { body } = await captureRequest(openAiAdapter, request, setup);
    const counted = Object.fromEntries(
      countedFields.flatMap((key) => (body[key] === undefined ? [] : [[key, body[key]] as const])),
    );
    const url = `${apiBase(setup.baseUrl, VERSION)}/responses/input_tokens`;
    const answer = fieldsOf(await getJson(setup, url, { headers: bearer(setup.secret), body: counted }));
    return typeof answer['input_tokens'] === 'number' ? answer['input_tokens'] : null;
  },

  async listModels(setup) {
    const url = `${apiBase(setup.baseUrl, VERSION)}/models`;
    return readModels(
      await getJson(setup, url, { headers: { ...bearer(setup.secret), ...accountHeaders(setup) } }),
    );
  },
};

/** A key may belong to several organisations and projects. */
function accountHeaders({ options }: ModelSetup): Record<string, string> {
  const { organization, project } = options;
  return {
    ...(organization === undefined ? {} : { 'openai-organization': organization }),
    ...(project === undefined ? {} : { 'openai-project': project }),
  };
}
