// Usage → money. Prices are rationals in whole numbers, and one exchange is rounded once, at the very end, half up.
// What was used to reach the figure goes into the ledger with it, so that a later price edit rewrites nothing (B15).
import { noTokens } from '../../contract/usage.ts';
import {
  hasTokens,
  promptTokens,
  type NormalUsage,
  type UsagePart,
} from '../dialects/anthropic-messages/usage.ts';
import type { FoundPrice, HowFound, PriceRow, PriceTable, Rates } from './price-table.ts';

/**
 * A price as it was used, stored as JSON with the exchange. The cost of a part is
 * Σ (tokens × rate) × percent / 100 / 1,000,000 nano-dollars.
 */
export interface StoredPrice {
  /** The model that was priced. */
  readonly model: string;
  /** Id of the price row, and how the model's name led to it. */
  readonly row: string;
  readonly how: HowFound;
  readonly estimated: boolean;
  /** Nano-dollars per million tokens, after the choice of prompt tier or fast mode. */
  readonly rates: Rates;
  /** The tier's lower bound in prompt tokens; null for the base rates. */
  readonly promptTier: number | null;
  readonly fast: boolean;
  /** 100; 110 with the US surcharge; half of either for batch. */
  readonly percent: number;
  readonly tableDate: string;
  readonly source: string;
}

export interface PricedUsage {
  readonly costNanoUsd: number;
  /** True when a default price stood in for at least one model. */
  readonly estimated: boolean;
  readonly rows: readonly StoredPrice[];
}

const TOKENS_PER_RATE = 1_000_000n;
const DENOMINATOR = TOKENS_PER_RATE * 100n;
/** USD 0.01 a request, outside of tiers, surcharges and discounts. */
const WEB_SEARCH_NANO_USD = 10_000_000n;
const LARGEST_COST = BigInt(Number.MAX_SAFE_INTEGER);

const nothing: UsagePart = { model: null, ...noTokens };

/**
 * Prices what an exchange used.
 * @param model the model that served the answer; parts without a model of their own are priced at it
 * @param at when the request was made, milliseconds since the epoch
 */
export function priceUsage(usage: NormalUsage, model: string, at: number, table: PriceTable): PricedUsage {
  const used = usage.parts.filter(hasTokens);
  const rows: StoredPrice[] = [];
  let numerator = BigInt(usage.webSearchRequests) * WEB_SEARCH_NANO_USD * DENOMINATOR;
  // With nothing counted the row still says at what price it would have been.
  for (const part of used.length > 0 ? used : [nothing]) {
    const name = part.model ?? model;
    const price = choosePrice(part, name, table.find(name, at), usage, table.date);
    numerator += tokensTimesRates(part, price.rates) * BigInt(price.percent);
    if (!rows.includes(price)) rows.push(price);
  }
  return {
    costNanoUsd: roundHalfUp(numerator),
    estimated: rows.some((row) => row.estimated),
    rows,
  };
}

/** Few prices are in use at a time: each is made, and written as text, once. */
const inUse = new WeakMap<PriceRow, StoredPrice[]>();
const texts = new WeakMap<StoredPrice, string>();
const MOST_PER_ROW = 64;

/** What the ledger keeps of the prices used: their JSON. */
export function storedPriceText(rows: readonly StoredPrice[]): string {
  return `[${rows.map(textOf).join(',')}]`;
}

function textOf(price: StoredPrice): string {
  const known = texts.get(price);
  if (known !== undefined) return known;
  const text = JSON.stringify(price);
  texts.set(price, text);
  return text;
}

function choosePrice(
  part: UsagePart,
  model: string,
  { row, how, estimated }: FoundPrice,
  usage: NormalUsage,
  tableDate: string,
): StoredPrice {
  const geo = usage.inferenceGeo === 'us' ? (row.usGeoPercent ?? 0) : 0;
  const percent = usage.serviceTier === 'batch' ? (100 + geo) / 2 : 100 + geo;
  const fast = usage.speed === 'fast' && row.fast !== undefined;
  const prompt = promptTokens(part);
  const tier = fast ? undefined : row.promptTiers?.findLast(({ above }) => prompt > above);
  const promptTier = tier?.above ?? null;
  const known = inUse.get(row) ?? [];
  const same = known.find(
    (price) =>
      price.model === model &&
      price.how === how &&
      price.percent === percent &&
      price.fast === fast &&
      price.promptTier === promptTier &&
      price.tableDate === tableDate,
  );
  if (same !== undefined) return same;
  const rates = fast && row.fast !== undefined ? fastRates(row, row.fast) : onlyRates(tier ?? row);
  const source = row.source;
  const price = { model, row: row.id, how, estimated, rates, promptTier, fast, percent, tableDate, source };
  inUse.set(row, known.length < MOST_PER_ROW ? [...known, price] : [price]);
  return price;
}

function onlyRates({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: Rates): Rates {
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

/** The cache multipliers apply on top of the fast input rate. */
function fastRates(row: PriceRow, fast: { readonly input: number; readonly output: number }): Rates {
  const scale = (cacheRate: number): number =>
    Number((BigInt(cacheRate) * BigInt(fast.input)) / BigInt(row.input));
  return {
    input: fast.input,
    output: fast.output,
    cacheRead: scale(row.cacheRead),
    cacheWrite5m: scale(row.cacheWrite5m),
    cacheWrite1h: scale(row.cacheWrite1h),
  };
}

function tokensTimesRates(part: UsagePart, rates: Rates): bigint {
  return (
    BigInt(part.inputTokens) * BigInt(rates.input) +
    BigInt(part.cacheReadTokens) * BigInt(rates.cacheRead) +
    BigInt(part.cacheWrite5mTokens) * BigInt(rates.cacheWrite5m) +
    BigInt(part.cacheWrite1hTokens) * BigInt(rates.cacheWrite1h) +
    BigInt(part.outputTokens) * BigInt(rates.output)
  );
}

function roundHalfUp(numerator: bigint): number {
  const cost = (numerator + DENOMINATOR / 2n) / DENOMINATOR;
  // Only absurd counts get here; the ledger holds safe integers alone.
  return Number(cost < LARGEST_COST ? cost : LARGEST_COST);
}
