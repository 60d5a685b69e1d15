// Tokens by billing class, and the share of input that the cache answered.
import type { TokenCounts } from '../../src/contract/usage.ts';

export interface TokenClass {
  readonly key: keyof TokenCounts;
  readonly label: string;
  readonly count: number;
}

/** The five classes that are billed apart, in the order of a request: what went in, then what came out. */
export function listTokenClasses(counts: TokenCounts): readonly TokenClass[] {
  return [
    { key: 'inputTokens', label: 'Fresh input', count: counts.inputTokens },
    { key: 'cacheReadTokens', label: 'Cache read', count: counts.cacheReadTokens },
    { key: 'cacheWrite5mTokens', label: 'Write 5 m', count: counts.cacheWrite5mTokens },
    { key: 'cacheWrite1hTokens', label: 'Write 1 h', count: counts.cacheWrite1hTokens },
    { key: 'outputTokens', label: 'Output', count: counts.outputTokens },
  ];
}

/** Cache reads as a share (0 to 1) of all input; null when nothing went in. */
export function measureCacheHits(counts: TokenCounts): number | null {
  const input =
    counts.inputTokens + counts.cacheReadTokens + counts.cacheWrite5mTokens + counts.cacheWrite1hTokens;
  return input === 0 ? null : counts.cacheReadTokens / input;
}
