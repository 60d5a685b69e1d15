// The models of the configured providers: what is known of each, where that comes from, and under which name Claude
// Code can ask for it.
import { z } from 'zod';

/** `live`: asked in this run. `cached`: remembered from an earlier run. `shipped`: never asked; what Tollgate came with. */
export const ModelSource = z.enum(['live', 'cached', 'shipped']);
export type ModelSource = z.infer<typeof ModelSource>;

export const ModelTier = z.enum(['opus', 'sonnet', 'haiku', 'background']);
export type ModelTier = z.infer<typeof ModelTier>;

/** Nano-dollars (1e-9 USD) per million tokens. */
export const ModelPrice = z.object({
  input: z.number().int(),
  output: z.number().int(),
  cacheRead: z.number().int(),
  /** True when no price is known for the model and a default is shown. */
  estimated: z.boolean(),
});
export type ModelPrice = z.infer<typeof ModelPrice>;

export const ModelView = z.object({
  /** As the provider, or the settings, name it. */
  id: z.string(),
  name: z.string(),
  /** What Claude Code asks for to get exactly this model of this provider; null where its own name does. */
  alias: z.string().nullable(),
  /** True when Claude Code's model list offers it. */
  offered: z.boolean(),
  /** Tokens; null when unknown. */
  contextWindow: z.number().int().nullable(),
  maxOutputTokens: z.number().int().nullable(),
  /** Null when unknown. */
  images: z.boolean().nullable(),
  pdf: z.boolean().nullable(),
  tools: z.boolean().nullable(),
  reasoning: z.boolean().nullable(),
  /** Null where no money is charged per token. */
  price: ModelPrice.nullable(),
  /** Claude's sizes that it stands in for. */
  tiers: z.array(ModelTier),
  /** One sentence about its context window in Claude Code; null when there is nothing to do. */
  advice: z.string().nullable(),
});
export type ModelView = z.infer<typeof ModelView>;

export const ProviderModels = z.object({
  provider: z.string(),
  label: z.string(),
  type: z.string(),
  source: ModelSource,
  /** Milliseconds since the epoch; null when it was never asked. */
  fetchedAt: z.number().int().nullable(),
  ageSeconds: z.number().int().nullable(),
  /** One sentence: why the last try to ask it failed. What was known before stays. */
  problem: z.string().nullable(),
  refreshing: z.boolean(),
  models: z.array(ModelView),
});
export type ProviderModels = z.infer<typeof ProviderModels>;

export const ModelList = z.object({ providers: z.array(ProviderModels) });
export type ModelList = z.infer<typeof ModelList>;

const oneOrAll = z.strictObject({ provider: z.string().optional() });

export const modelMethods = {
  /** Answers from memory; lists older than a day are asked for again meanwhile. */
  'models.list': { input: oneOrAll, output: ModelList },
  /** Asks the provider, or all of them, now. Closing the connection cancels it. */
  'models.refresh': { input: oneOrAll, output: ModelList },
} as const;
