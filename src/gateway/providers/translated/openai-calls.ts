// What OpenAI and Azure have in common: the traits of a model by the API it is called through, the options a wish
// becomes, and the shape a call is put into before its package sees it.
import type { LanguageModelV4ProviderTool, SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { ModelTraits, WebSearchAsked, Wish } from '../../translation/types.ts';
import { changeProviderOptions, hasFunctionTools, strictTools, without } from './change-options.ts';
import type { OptionsChange } from './change-options.ts';
import { effortOf, fixedSampling, looksVisual, traitsWith } from './model-traits.ts';
import type { OpenAiFamily } from './openai-family.ts';

export type OpenAiApi = 'responses' | 'chat';

export function openAiTraits(model: string, family: OpenAiFamily | null, api: OpenAiApi): ModelTraits {
  const images = family?.images ?? looksVisual(model);
  const responses = api === 'responses';
  // Chat takes functions from such a model only while it does not think, so that nobody can make it think (T20).
  const thinks = family !== null && family.reasoning && (responses || !family.responsesOnly);
  return traitsWith(
    {
      images,
      pdf: images,
      imagesInToolResults: images && responses,
      // Responses knows no stop sequences; thinking models refuse them (T21).
      stopSequences: responses || family?.reasoning === true ? 0 : 4,
      structuredOutput: true,
      reasoning: thinks
        ? effortOf(family.efforts.filter((level) => responses || level !== 'max'))
        : { kind: 'fixed' },
      replay: responses && family?.reasoning === true ? 'openai-encrypted' : 'none',
      laterSystem: responses ? 'system' : 'user',
      leastOutputTokens: responses ? 16 : 1,
    },
    family?.temperature === false ? fixedSampling : {},
  );
}

/** OpenAI's own search. It cannot leave domains out, and who asked for that must not get answers from them (T28, T94). */
export function openAiWebSearch(asked: WebSearchAsked): LanguageModelV4ProviderTool | null {
  if (asked.blockedDomains !== null && asked.blockedDomains.length > 0) return null;
  return {
    type: 'provider',
    id: 'openai.web_search',
    name: asked.name,
    args: {
      ...(asked.allowedDomains === null ? {} : { filters: { allowedDomains: asked.allowedDomains } }),
      ...locationOf(asked),
      ...(asked.maxUses === null ? {} : { maxUses: asked.maxUses }),
    },
  };
}

export function locationOf({ userLocation }: WebSearchAsked): { userLocation?: Record<string, string> } {
  if (userLocation === null) return {};
  const given = ['city', 'region', 'country', 'timezone'].flatMap((key) => {
    const value = userLocation[key];
    return typeof value === 'string' ? [[key, value] as const] : [];
  });
  return { userLocation: { type: 'approximate', ...Object.fromEntries(given) } };
}

/** `user` is the field that says who asks. */
export function openAiOptions(wish: Wish, user: 'safetyIdentifier' | 'user'): SharedV4ProviderOptions {
  return {
    openai: {
      store: false,
      strictJsonSchema: wish.strictSchema ?? false,
      // Null keeps the package from asking for summaries that nobody wants to see.
      reasoningSummary: wish.showThinking && wish.effort !== 'none' ? 'auto' : null,
      ...(wish.effort === null ? {} : { reasoningEffort: wish.effort }),
      ...(wish.parallelTools === null ? {} : { parallelToolCalls: wish.parallelTools }),
      ...(wish.cacheKey === null ? {} : { promptCacheKey: wish.cacheKey }),
      ...(wish.user === null ? {} : { [user]: wish.user }),
      ...(wish.serviceTier === null ? {} : { serviceTier: wish.serviceTier }),
    },
  };
}

/** The changes a call needs, by what the model is and how it is called. */
export function openAiCallShape(family: OpenAiFamily | null, api: OpenAiApi): readonly OptionsChange[] {
  const common = [thinkingKnown(family), parallelTools(family)];
  return api === 'responses'
    ? [...common, systemAsInstructions, searchLimit]
    : [...common, strictTools(null), restWithTools(family)];
}

/** A deployment's name tells the package nothing, so it is told. */
const thinkingKnown =
  (family: OpenAiFamily | null): OptionsChange =>
  (options) =>
    changeProviderOptions(options, 'openai', (own) => {
      const thinks = family?.reasoning ?? own['reasoningEffort'] !== undefined;
      if (!thinks) return without(own, 'reasoningEffort', 'reasoningSummary');
      return { ...own, forceReasoning: true, include: ['reasoning.encrypted_content'] };
    });

const parallelTools =
  (family: OpenAiFamily | null): OptionsChange =>
  (options) =>
    hasFunctionTools(options) && family?.parallelTools !== false
      ? options
      : changeProviderOptions(options, 'openai', (own) => without(own, 'parallelToolCalls'));

/** The system prompt goes where Responses keeps it (T90); the package would make it a message. */
const systemAsInstructions: OptionsChange = (options) => {
  const [first, ...rest] = options.prompt;
  if (first?.role !== 'system' || rest.length === 0) return options;
  return changeProviderOptions({ ...options, prompt: rest }, 'openai', (own) => ({
    ...own,
    instructions: first.content,
  }));
};

/** `max_uses` of a search is a limit for the whole answer at OpenAI (T94). */
const searchLimit: OptionsChange = (options) => {
  const search = options.tools?.find(
    (tool) => tool.type === 'provider' && tool.args['maxUses'] !== undefined,
  );
  const limit = search?.type === 'provider' ? search.args['maxUses'] : undefined;
  if (typeof limit !== 'number') return options;
  return changeProviderOptions(options, 'openai', (own) => ({ ...own, maxToolCalls: limit }));
};

/** Where only Chat can be had, such a model takes functions while it does not think (T20). */
const restWithTools =
  (family: OpenAiFamily | null): OptionsChange =>
  (options) =>
    family?.efforts.includes('none') === true && family.responsesOnly && hasFunctionTools(options)
      ? changeProviderOptions(options, 'openai', (own) => ({
          ...without(own, 'reasoningSummary'),
          reasoningEffort: 'none',
        }))
      : options;
