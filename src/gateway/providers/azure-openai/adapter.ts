// OpenAI's models on Azure. The package for OpenAI writes the bodies; Azure differs in addresses, names and sign-in only,
// and its own package decides these by the host name, which fails behind a company's gateway.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { ListedModel, ModelAdapter, ModelSetup } from '../../translation/types.ts';
import { changeOptions, changeProviderOptions, without } from '../translated/change-options.ts';
import type { OptionsChange } from '../translated/change-options.ts';
import { fieldsOf, getJson } from '../translated/get-json.ts';
import { locationOf, openAiCallShape, openAiOptions, openAiTraits } from '../translated/openai-calls.ts';
import { openAiFamily } from '../translated/openai-family.ts';
import { canConverse, readModels } from '../translated/read-models.ts';
import { withoutRefusedReasoning } from '../translated/refused-reasoning.ts';
import { azureAuth, azureAuthHeaders, azureFetch } from './azure-fetch.ts';
import { azureApi, azureBase, azurePlace } from './place.ts';
import type { AzurePlace } from './place.ts';

/** The last version whose resources list their deployments to a key. */
const DEPLOYMENTS_VERSION = '2023-03-15-preview';

export const azureOpenAiAdapter: ModelAdapter = {
  async createModel(setup) {
    const { createOpenAI } = await import('@ai-sdk/openai');
    const place = azurePlace(setup.baseUrl, setup.options['apiVersion']);
    const name = setup.name ?? setup.model;
    const api = azureApi(name, setup.options, place);
    const provider = createOpenAI({
      baseURL: azureBase(place, api, setup.model),
      apiKey: '',
      headers: { ...setup.headers },
      fetch: azureFetch(setup.fetch, place, setup.model, authHeaders(setup)),
    });
    const model = api === 'chat' ? provider.chat(setup.model) : provider.responses(setup.model);
    return changeOptions(
      withoutRefusedReasoning(model),
      ...openAiCallShape(openAiFamily(name), api),
      knownToVersion(place),
    );
  },

  traits(model, options) {
    // The address does not matter to what a model can do, the version does.
    const api = azureApi(model, options, azurePlace('https://azure', options['apiVersion']));
    return {
      ...openAiTraits(model, openAiFamily(model), api),
      webSearch: (asked) =>
        api === 'chat' || asked.allowedDomains !== null || (asked.blockedDomains?.length ?? 0) > 0
          ? null
          : { type: 'provider', id: 'openai.web_search_preview', name: asked.name, args: locationOf(asked) },
    };
  },

  providerOptions: (wish) => openAiOptions(wish, 'user'),

  /** The resource's deployments; where it does not tell, the models it could deploy. */
  async listModels(setup) {
    const { endpoint } = azurePlace(setup.baseUrl, setup.options['apiVersion']);
    const headers = authHeaders(setup);
    const url = `${endpoint}/openai/deployments?api-version=${DEPLOYMENTS_VERSION}`;
    const deployments = await getJson(setup, url, { headers }).catch(() => null);
    if (deployments !== null) return readDeployments(deployments);
    return readModels(await getJson(setup, `${endpoint}/openai/v1/models`, { headers }));
  },
};

function authHeaders({ options, secret }: ModelSetup): Record<string, string> {
  return azureAuthHeaders(azureAuth(options, secret), secret);
}

function readDeployments(list: unknown): ListedModel[] {
  const { data } = fieldsOf(list);
  return (Array.isArray(data) ? data : []).flatMap((entry) => {
    const { id, model } = fieldsOf(entry);
    if (typeof id !== 'string' || (typeof model === 'string' && !canConverse(model))) return [];
    return [
      { id, name: typeof model === 'string' ? model : null, contextWindow: null, maxOutputTokens: null },
    ];
  });
}

/** Versions with a date refuse what came after them. */
const knownToVersion =
  ({ dialect }: AzurePlace): OptionsChange =>
  (options: LanguageModelV4CallOptions) =>
    dialect === 'v1'
      ? options
      : changeProviderOptions(options, 'openai', (own) =>
          without(own, 'promptCacheKey', 'serviceTier', ...(own['forceReasoning'] === true ? [] : ['store'])),
        );
