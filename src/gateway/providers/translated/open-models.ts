// Models of anybody's, on servers of anybody's: what their names hint at and the settings say (T9).
import type { SharedV4ProviderOptions } from '@ai-sdk/provider';
import type { Effort, ModelTraits, Wish } from '../../translation/types.ts';
import type { ChatBody } from './chat-model.ts';
import { effortOf, fixedSampling, looksVisual, traitsWith } from './model-traits.ts';
import { openAiFamily } from './openai-family.ts';

export function openModelTraits(model: string, options: Readonly<Record<string, string>>): ModelTraits {
  const family = openAiFamily(model);
  const images =
    options['images'] === undefined ? (family?.images ?? looksVisual(model)) : options['images'] === 'yes';
  return traitsWith(
    {
      images,
      structuredOutput: true,
      stopSequences: family?.reasoning === true ? 0 : 4,
      reasoning: effortOf(effortsOf(model, options)),
    },
    family?.temperature === false ? fixedSampling : {},
  );
}

function effortsOf(model: string, options: Readonly<Record<string, string>>): readonly Effort[] {
  const family = openAiFamily(model);
  if (options['effort'] === 'no') return [];
  // By Chat such a model thinks only while it has no tools (T20).
  if (family !== null) return family.responsesOnly ? [] : family.efforts.filter((level) => level !== 'max');
  return options['effort'] === 'yes' || model.includes('gpt-oss') ? ['low', 'medium', 'high'] : [];
}

/** What a gateway that serves OpenAI's own models passes on to them (T19, T20). */
export function openModelBody(model: string): (body: ChatBody) => ChatBody {
  const family = openAiFamily(model);
  if (family?.reasoning !== true) return (body) => body;
  return ({ max_tokens: limit, ...body }) => ({
    ...body,
    ...(limit === undefined ? {} : { max_completion_tokens: limit }),
    ...(family.responsesOnly && family.efforts.includes('none') && Array.isArray(body['tools'])
      ? { reasoning_effort: 'none' }
      : {}),
  });
}

export function openModelOptions(name: string, wish: Wish): SharedV4ProviderOptions {
  return {
    [name]: {
      strictJsonSchema: wish.strictSchema ?? false,
      ...(wish.effort === null ? {} : { reasoningEffort: wish.effort }),
      ...(wish.parallelTools === false ? { parallel_tool_calls: false } : {}),
    },
  };
}
