// What is known of Gemini's models by their names (T111, T115, T118–T120), the options a wish becomes, and the native
// count of tokens; the same on AI Studio and on Vertex.
import type { SharedV4ProviderOptions } from '@ai-sdk/provider';
import type {
  Effort,
  ModelAdapter,
  ModelSetup,
  ModelTraits,
  ReasoningControl,
  TranslatedRequest,
  Wish,
} from '../../translation/types.ts';
import { captureRequest } from './capture-request.ts';
import { hasFunctionTools, requestRefused } from './change-options.ts';
import type { OptionsChange } from './change-options.ts';
import { changeBody } from './change-traffic.ts';
import { fieldsOf, getJson } from './get-json.ts';
import { effortOf, traitsWith } from './model-traits.ts';

/** Generation of a Gemini; aliases like `gemini-flash-latest` name the newest; null for other models, like Gemma. */
export function geminiGeneration(model: string): number | null {
  const found = /gemini-(\d+(?:\.\d+)?)?/.exec(model.replace(/^.*\//, ''));
  if (found === null) return null;
  return found[1] === undefined
    ? /gemini-pro(-vision)?$/.test(model)
      ? 1
      : Number.POSITIVE_INFINITY
    : Number(found[1]);
}

export function geminiTraits(model: string): ModelTraits {
  const generation = geminiGeneration(model);
  const gemini = generation ?? 0;
  return traitsWith({
    images: true,
    // Gemini takes bytes, or files it keeps itself; it fetches nothing (T119).
    mediaUrls: false,
    pdf: generation !== null,
    imagesInToolResults: gemini >= 3,
    tools: !/image|tts/.test(model),
    topK: true,
    stopSequences: 5,
    structuredOutput: true,
    reasoning: thinkingOf(model, generation),
    replay: gemini >= 2.5 ? 'gemini-signature' : 'none',
    webSearch: ({ name, allowedDomains, blockedDomains }) =>
      gemini < 2 || (allowedDomains?.length ?? 0) > 0 || (blockedDomains?.length ?? 0) > 0
        ? null
        : { type: 'provider', id: 'google.google_search', name, args: {} },
  });
}

/** Levels from Gemini 3 on, tokens on 2.5, never both (T118). */
function thinkingOf(model: string, generation: number | null): ReasoningControl {
  if (generation === null || generation < 2.5) return { kind: 'fixed' };
  if (generation >= 3) return effortOf(levelsOf(model, generation));
  if (model.includes('pro')) return { kind: 'budget', least: 128, most: 32_768 };
  return { kind: 'budget', least: 0, most: 24_576 };
}

function levelsOf(model: string, generation: number): readonly Effort[] {
  if (model.includes('image')) return [];
  if (model.includes('hydrogen')) return ['low', 'medium', 'high', 'xhigh'];
  if (/pro/.test(model)) return generation < 3.1 ? ['low', 'high'] : ['low', 'medium', 'high'];
  const rests = model.includes('flash-lite') || (model.includes('flash') && generation < 3.7);
  return rests ? ['minimal', 'low', 'medium', 'high'] : ['low', 'medium', 'high'];
}

export function geminiOptions(wish: Wish, model: string): SharedV4ProviderOptions {
  const { kind } = thinkingOf(model, geminiGeneration(model));
  const { effort, thinkingBudget, showThinking } = wish;
  const thinking = {
    ...(effort === null ? {} : { thinkingLevel: effort }),
    ...(thinkingBudget === null ? {} : { thinkingBudget }),
    ...(showThinking && thinkingBudget !== 0 ? { includeThoughts: true } : {}),
  };
  return {
    google: kind === 'fixed' || Object.keys(thinking).length === 0 ? {} : { thinkingConfig: thinking },
  };
}

/**
 * Before Gemini 3 its search and functions exclude each other, and the package would leave the functions out without a
 * word (T120).
 */
export const searchOrFunctions =
  (model: string): OptionsChange =>
  (options) => {
    const both = hasFunctionTools(options) && options.tools?.some(({ type }) => type === 'provider') === true;
    if (both && (geminiGeneration(model) ?? 0) < 3)
      throw requestRefused(
        `The model "${model}" cannot search the web in a request that also has other tools: use Gemini 3 or newer, or leave the search out.`,
      );
    return options;
  };

/** One turn per change of speaker: results and the words after them are the same user's (T110, T114). */
export const oneTurnEach = (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  changeBody(fetch, (body) => {
    const { contents } = body;
    if (!Array.isArray(contents)) return body;
    const merged: { role: unknown; parts: unknown[] }[] = [];
    for (const content of contents) {
      const { role, parts } = fieldsOf(content);
      const own: unknown[] = Array.isArray(parts) ? parts : [];
      const last = merged.at(-1);
      if (last !== undefined && last.role === role) last.parts.push(...own);
      else if (own.length > 0) merged.push({ role, parts: [...own] });
    }
    return { ...body, contents: merged };
  });

/** Asks the address beside the one that answers; null when the answer has no number. */
export async function countGeminiTokens(
  adapter: ModelAdapter,
  request: TranslatedRequest,
  setup: ModelSetup,
  bodyOf: (body: Readonly<Record<string, unknown>>) => unknown,
): Promise<number | null> {
  const { url, headers, body } = await captureRequest(adapter, request, setup, (address) =>
    address.endsWith(':generateContent'),
  );
  const answer = await getJson(
    { fetch: setup.fetch, headers: {} },
    url.replace(/:generateContent$/, ':countTokens'),
    {
      headers,
      body: bodyOf(body),
    },
  );
  const { totalTokens } = fieldsOf(answer);
  return typeof totalTokens === 'number' ? totalTokens : null;
}
