// Provider types as a form needs them: what a type is, what it wants to know, which of its models stand in for Claude's.
import { z } from 'zod';

const limit = z.number().int().nullable();

export const ProviderTypeView = z.object({
  type: z.string(),
  label: z.string(),
  group: z.enum(['claude', 'no-translation', 'translated', 'local', 'gateway', 'practice']),
  /** One sentence. */
  help: z.string(),
  /** Page where a key can be made. */
  keysUrl: z.string().nullable(),
  /** True when requests become another vocabulary, and something may be lost on the way. */
  translated: z.boolean(),
  /** True when it serves Claude under Claude's own names, so that no models have to be picked. */
  servesClaude: z.boolean(),
  /** Null when only the user knows it. */
  defaultBaseUrl: z.string().nullable(),
  defaultCredential: z.string(),
  fields: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      help: z.string(),
      example: z.string(),
      required: z.boolean(),
      choices: z.array(z.string()).optional(),
    }),
  ),
  models: z.array(
    z.object({ id: z.string(), name: z.string(), contextWindow: limit, maxOutputTokens: limit }),
  ),
  tiers: z.object({
    opus: z.string().optional(),
    sonnet: z.string().optional(),
    haiku: z.string().optional(),
    background: z.string().optional(),
  }),
});
export type ProviderTypeView = z.infer<typeof ProviderTypeView>;
