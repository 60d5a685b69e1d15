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

/** What was imported from Claude Code's own logs; never part of the measured totals. `exchanges` counts messages. */
export const UsageFromLogs = z.object({
  totals: Totals,
  groups: z.array(Totals.extend({ key: z.string() })),
  /** The part of the cost that was priced by a default, since no price was known for the model. */
  estimatedNanoUsd: NanoUsd,
});
export type UsageFromLogs = z.infer<typeof UsageFromLogs>;

export const UsageReport = z.object({
  /** Start of the window, milliseconds since the epoch; null means everything. */
  since: z.number().int().nullable(),
  totals: Totals,
  groups: z.array(Totals.extend({ key: z.string() })),
  /** Only when asked for. */
  fromLogs: UsageFromLogs.optional(),
});
export type UsageReport = z.infer<typeof UsageReport>;
