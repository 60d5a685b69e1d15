// Token classes, money and the totals that every report is made of. Money is integer nano-dollars (1e-9 USD).
import { z } from 'zod';

/** A count of tokens or requests. */
const count = z.number().int().nonnegative();
/** Money in nano-dollars (1e-9 USD); exact as a JavaScript number up to about nine million dollars. */
export const NanoUsd = z.number().int();

/** The token classes that Anthropic bills apart. `inputTokens` is fresh input only, without the cached part. */
export const TokenCounts = z.object({
  inputTokens: count,
  cacheReadTokens: count,
  cacheWrite5mTokens: count,
  cacheWrite1hTokens: count,
  outputTokens: count,
});
export type TokenCounts = z.infer<typeof TokenCounts>;

export const noTokens: TokenCounts = {
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
};

/** Sums over exchanges, as `tollgate usage --json` prints them. */
export const Totals = TokenCounts.extend({ exchanges: count, costNanoUsd: NanoUsd });
export type Totals = z.infer<typeof Totals>;

export const noTotals: Totals = { exchanges: 0, ...noTokens, costNanoUsd: 0 };

export const usageGroupings = ['model', 'project', 'provider', 'session', 'agent'] as const;
export const UsageGrouping = z.enum(usageGroupings);
export type UsageGrouping = z.infer<typeof UsageGrouping>;

export const UsageReport = z.object({
  /** Start of the window, milliseconds since the epoch; null means everything. */
  since: z.number().int().nullable(),
  totals: Totals,
  groups: z.array(Totals.extend({ key: z.string() })),
});
export type UsageReport = z.infer<typeof UsageReport>;
