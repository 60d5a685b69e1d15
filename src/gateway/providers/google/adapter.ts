// Gemini by the Gemini API of AI Studio.
import type { ModelAdapter } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { changeOptions } from '../translated/change-options.ts';
import { fieldsOf, getJson } from '../translated/get-json.ts';
import { keylessFetch } from '../translated/keyless-fetch.ts';
import { readModels } from '../translated/read-models.ts';
import {
  countGeminiTokens,
  geminiOptions,
  geminiTraits,
  oneTurnEach,
  searchOrFunctions,
} from '../translated/gemini.ts';

const VERSION = '/v1beta';

export const googleAdapter: ModelAdapter = {
  async createModel(setup) {
    const { createGoogle } = await import('@ai-sdk/google');
    const provider = createGoogle({
      baseURL: apiBase(setup.baseUrl, VERSION),
      apiKey: setup.secret ?? '',
      headers: { ...setup.headers },
      fetch: oneTurnEach(keylessFetch(setup.fetch, setup.secret)),
    });
    return changeOptions(provider(setup.model), searchOrFunctions(setup.name ?? setup.model));
  },

  traits: geminiTraits,
  providerOptions: geminiOptions,

  countTokens: (request, setup) =>
    countGeminiTokens(googleAdapter, request, setup, (body) => ({
      generateContentRequest: { model: `models/${setup.model.replace(/^models\//, '')}`, ...body },
    })),

  async listModels(setup) {
    const url = `${apiBase(setup.baseUrl, VERSION)}/models?pageSize=1000`;
    const headers = setup.secret === null ? {} : { 'x-goog-api-key': setup.secret };
    const { models } = fieldsOf(await getJson(setup, url, { headers }));
    const answering = (Array.isArray(models) ? models : []).flatMap((entry: unknown) => {
      const { name, displayName, supportedGenerationMethods: methods, ...rest } = fieldsOf(entry);
      if (typeof name !== 'string' || (Array.isArray(methods) && !methods.includes('generateContent')))
        return [];
      return [{ ...rest, id: name.replace(/^models\//, ''), displayName }];
    });
    return readModels(answering);
  },
};
