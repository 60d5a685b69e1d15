// What one turn of a conversation is likely to cost at a model, for choosing between models. A guess from sizes alone:
// what is billed comes from the provider's own count.
import type { PriceTable } from './price-table.ts';

/** Output tokens of an ordinary turn with tools. */
const USUAL_OUTPUT = 700;
const TOKENS_PER_RATE = 1_000_000;

/** Nano-dollars; what is not in the cache is taken to be written there, as Claude Code asks for. */
export function turnCost(
  prices: PriceTable,
  model: string,
  promptTokens: number,
  cachedTokens: number,
  at: number,
): number {
  const { row } = prices.find(model, at);
  const rates = row.promptTiers?.findLast(({ above }) => promptTokens > above) ?? row;
  const cached = Math.min(cachedTokens, promptTokens);
  const fresh = promptTokens - cached;
  // Only Claude's makers charge extra for writing the cache.
  const freshRate = row.id.includes('claude') ? rates.cacheWrite5m : rates.input;
  const sum = cached * rates.cacheRead + fresh * freshRate + USUAL_OUTPUT * rates.output;
  return Math.round(sum / TOKENS_PER_RATE);
}
