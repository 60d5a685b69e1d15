// What is assumed of a model that nothing is known about, and the words in which adapters say what they know better.
// Caution means: what many servers refuse is not sent, and said to be dropped.
import type { Effort, ModelTraits, ReasoningControl } from '../../translation/types.ts';

const cautious: ModelTraits = {
  images: false,
  imagesInToolResults: false,
  pdf: false,
  tools: true,
  toolChoice: 'all',
  temperature: true,
  topP: true,
  topK: false,
  stopSequences: 4,
  structuredOutput: false,
  reasoning: { kind: 'fixed' },
  replay: 'none',
  laterSystem: 'user',
  prefill: false,
  plainSchemas: false,
  toolNameLength: 64,
  webSearch: () => null,
};

/** Cautious traits with what is known laid over them, later parts over earlier ones. */
export function traitsWith(...parts: readonly Partial<ModelTraits>[]): ModelTraits {
  return Object.assign({}, cautious, ...parts) as ModelTraits;
}

/** `none` means: cannot be told. */
export function effortOf(levels: readonly Effort[]): ReasoningControl {
  return levels.length === 0 ? { kind: 'fixed' } : { kind: 'effort', levels };
}

/** The model sees neither temperature nor nucleus: it refuses them or they have no effect. */
export const fixedSampling: Partial<ModelTraits> = { temperature: false, topP: false };

const visual =
  /(^|[^a-z])(vl|vision|visual|llava|bakllava|pixtral|internvl|molmo|minicpm-v|moondream)([^a-z]|$)|gemma-?[3-9]|gemma-?3n|llama-?4|qwen-?[23](\.\d+)?-?vl|qwen-?3\.[5-9]|glm-?[\d.]+v|ocr|omni|kimi-k(2\.[5-9]|3)|mistral-(small|medium)-?[3-9]|ministral-?3/i;

/** Guesses from the name of an open model whether it takes images. */
export const looksVisual = (model: string): boolean => visual.test(model);
