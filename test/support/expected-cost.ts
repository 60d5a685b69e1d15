// What exchanges must cost, worked out apart from the product: list prices as published, integer nano-dollars per token.
// One US dollar per million tokens is 1,000 nano-dollars per token, so every price here is a whole number.
import { noTokens, noTotals, type TokenCounts, type Totals } from '../../src/contract/usage.ts';

/** Nano-dollars per token of each class. */
export type TokenPrice = {
  input: number;
  output: number;
  cacheRead: number;
  write5m: number;
  write1h: number;
};

/** Prices from Anthropic's list; the 100 k tier of Haiku 5.5 is a row of its own. */
export const listPrices = {
  'claude-opus-5-5': { input: 4000, output: 20_000, cacheRead: 200, write5m: 5000, write1h: 8000 },
  'claude-opus-4-8': { input: 5000, output: 25_000, cacheRead: 500, write5m: 6250, write1h: 10_000 },
  'claude-sonnet-4-5': { input: 3000, output: 15_000, cacheRead: 300, write5m: 3750, write1h: 6000 },
  'claude-haiku-4-5': { input: 1000, output: 5000, cacheRead: 100, write5m: 1250, write1h: 2000 },
  'claude-haiku-5-5': { input: 100, output: 500, cacheRead: 10, write5m: 125, write1h: 200 },
  'claude-haiku-5-5 above 100k': { input: 500, output: 2500, cacheRead: 50, write5m: 625, write1h: 1000 },
} as const satisfies Record<string, TokenPrice>;
export type ListedModel = keyof typeof listPrices;

/** Nano-dollars of one exchange without surcharges. */
export function costOf(price: TokenPrice, usage: TokenCounts): number {
  return (
    usage.inputTokens * price.input +
    usage.outputTokens * price.output +
    usage.cacheReadTokens * price.cacheRead +
    usage.cacheWrite5mTokens * price.write5m +
    usage.cacheWrite1hTokens * price.write1h
  );
}

export function addTotals(left: Totals, right: Totals): Totals {
  return {
    exchanges: left.exchanges + right.exchanges,
    inputTokens: left.inputTokens + right.inputTokens,
    cacheReadTokens: left.cacheReadTokens + right.cacheReadTokens,
    cacheWrite5mTokens: left.cacheWrite5mTokens + right.cacheWrite5mTokens,
    cacheWrite1hTokens: left.cacheWrite1hTokens + right.cacheWrite1hTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    costNanoUsd: left.costNanoUsd + right.costNanoUsd,
  };
}

/** Totals of one exchange at list price. */
export function totalsOf(model: ListedModel, usage: TokenCounts): Totals {
  return { exchanges: 1, ...usage, costNanoUsd: costOf(listPrices[model], usage) };
}

export function sumTotals(all: Iterable<Totals>): Totals {
  let sum = noTotals;
  for (const one of all) sum = addTotals(sum, one);
  return sum;
}

/** Token counts with the named classes set and the rest zero. */
export function tokens(counts: Partial<TokenCounts>): TokenCounts {
  return { ...noTokens, ...counts };
}
