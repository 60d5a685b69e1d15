// xAI's Grok by the AI SDK's package, which speaks Responses.
import type { Effort, ModelAdapter } from '../../translation/types.ts';
import { apiBase } from '../translated/api-base.ts';
import { changeOptions, parallelOnlyWithTools, strictTools } from '../translated/change-options.ts';
import { bearer, getJson } from '../translated/get-json.ts';
import { changeResult } from '../translated/change-result.ts';
import { changeBody, changeDocument, changeEvents } from '../translated/change-traffic.ts';
import { keylessFetch } from '../translated/keyless-fetch.ts';
import { effortOf, traitsWith } from '../translated/model-traits.ts';
import { readModels } from '../translated/read-models.ts';
import { withoutRefusedReasoning } from '../translated/refused-reasoning.ts';
import { xaiBody } from './body-shape.ts';
import { incompleteAnswer } from './incomplete-answer.ts';
import { refusalAsTextEvent, tellsRefusal, withTextParts } from './refusals.ts';

const VERSION = '/v1';
/** Most domains a search can be held to, or kept from. */
const MOST_DOMAINS = 5;

/** Grok 4 and its fast and 4.20 forms think or do not, and refuse to be told; from 4.3 on they are told. */
function efforts(model: string): readonly Effort[] {
  if (/^grok-3-mini/.test(model)) return ['low', 'high'];
  if (/^grok-(latest|4\.20-multi-agent)/.test(model)) return ['none', 'low', 'medium', 'high'];
  const found = /^grok-(\d+)(?:\.(\d+))?/.exec(model);
  const major = Number(found?.[1] ?? 0);
  const minor = Number(found?.[2] ?? 0);
  // 4.20 came before 4.3.
  if (major < 4 || (major === 4 && (minor < 3 || minor === 20))) return [];
  const levels: readonly Effort[] = ['none', 'low', 'medium', 'high'];
  return major === 4 && minor === 6 ? [...levels, 'xhigh'] : levels;
}

/** Gives its reasoning away, encrypted, and takes it back. */
const thinks = (model: string): boolean => !/non-reasoning|^grok-(code|[123](\D|$))/.test(model);

const withReadableRefusals = (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  changeDocument(changeEvents(fetch, tellsRefusal, refusalAsTextEvent), tellsRefusal, withTextParts);

export const xaiAdapter: ModelAdapter = {
  async createModel(setup) {
    const { createXai } = await import('@ai-sdk/xai');
    const provider = createXai({
      baseURL: apiBase(setup.baseUrl, VERSION),
      apiKey: setup.secret ?? '',
      headers: { ...setup.headers },
      fetch: changeBody(
        withReadableRefusals(keylessFetch(setup.fetch, setup.secret)),
        xaiBody(thinks(setup.name ?? setup.model)),
      ),
    });
    return changeOptions(
      withoutRefusedReasoning(changeResult(provider.responses(setup.model), incompleteAnswer)),
      strictTools(false),
      parallelOnlyWithTools('xai', 'parallelToolCalls'),
    );
  },

  traits: (model) =>
    traitsWith({
      images: !/^grok-(code|build|3|2-1212)/.test(model),
      // The package drops them: Responses has none.
      stopSequences: 0,
      structuredOutput: true,
      reasoning: effortOf(efforts(model)),
      replay: thinks(model) ? 'openai-encrypted' : 'none',
      laterSystem: 'system',
      webSearch: ({ name, allowedDomains, blockedDomains }) => {
        const blocked = blockedDomains ?? [];
        const allowed = allowedDomains ?? [];
        if (allowed.length > MOST_DOMAINS || blocked.length > MOST_DOMAINS) return null;
        if (allowed.length > 0 && blocked.length > 0) return null;
        return {
          type: 'provider',
          id: 'xai.web_search',
          name,
          args: {
            ...(allowed.length > 0 ? { allowedDomains: allowed } : {}),
            ...(blocked.length > 0 ? { excludedDomains: blocked } : {}),
          },
        };
      },
    }),

  providerOptions: (wish) => ({
    xai: {
      store: false,
      ...(wish.effort === null ? {} : { reasoningEffort: wish.effort }),
      ...(wish.parallelTools === null ? {} : { parallelToolCalls: wish.parallelTools }),
      ...(wish.cacheKey === null ? {} : { promptCacheKey: wish.cacheKey }),
      ...(wish.user === null ? {} : { user: wish.user }),
      ...(wish.serviceTier === 'default' ? { serviceTier: 'default' } : {}),
    },
  }),

  listModels: async (setup) =>
    readModels(
      await getJson(setup, `${apiBase(setup.baseUrl, VERSION)}/models`, { headers: bearer(setup.secret) }),
    ),
};
