// The shipped, dated price table and how a model's name finds its row. A name that is unknown gets a price all the
// same, flagged as estimated, so that nothing is ever free by accident (B9). Rates are integers: nano-dollars
// (1e-9 USD) per million tokens.
import { z } from 'zod';
import type { PriceOverride } from '../../contract/settings.ts';
import shippedFile from './prices.json' with { type: 'json' };

const rate = z.int().positive();
const rates = { input: rate, output: rate, cacheRead: rate, cacheWrite5m: rate, cacheWrite1h: rate };
const instant = z.iso.datetime();

const ShippedRow = z.strictObject({
  id: z.string(),
  ...rates,
  /** Rates for every token of a prompt longer than `above` tokens; ascending. */
  promptTiers: z.array(z.strictObject({ above: z.int().positive(), ...rates })).optional(),
  /** Fast mode; the cache rates keep their ratio to the input rate. */
  fast: z.strictObject({ input: rate, output: rate }).optional(),
  /** Surcharge for US-only inference; even, so that half of it (batch) stays a whole percentage. */
  usGeoPercent: z.int().positive().multipleOf(2).optional(),
  /** The row holds from the first instant to just before the second. */
  effectiveFrom: instant.optional(),
  effectiveUntil: instant.optional(),
  /** Rates that nobody published: 5 m write 1.25 ×, 1 h write 2 ×, read 0.1 × input, and the same ratios in tiers. */
  derived: z.array(z.enum(['cacheRead', 'cacheWrite5m', 'cacheWrite1h'])).optional(),
  source: z.string(),
});

const ShippedTable = z.strictObject({
  header: z.strictObject({
    date: z.iso.date(),
    units: z.string(),
    sources: z.array(z.strictObject({ name: z.string(), licence: z.string(), from: z.string() })),
  }),
  rows: z.array(ShippedRow),
});

/** A price row; an override of the user's has the rates and nothing else. Rates in nano-dollars per million tokens. */
export type PriceRow = z.infer<typeof ShippedRow>;
export type Rates = Pick<PriceRow, 'input' | 'output' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h'>;

/** Which reading of the model's name found the row. */
export type HowFound =
  | 'override'
  | 'exact'
  | 'without-context-suffix'
  | 'without-date'
  | 'without-prefix'
  | 'other-spelling'
  | 'family-default'
  | 'default';

export interface FoundPrice {
  readonly row: PriceRow;
  /** True when the model itself is unknown and a default was used. */
  readonly estimated: boolean;
  readonly how: HowFound;
}

export interface PriceTable {
  /** Day the shipped table was made, like `2026-11-22`. */
  readonly date: string;
  /** The row in force for a model name at an instant (milliseconds since the epoch). Never throws, never free. */
  find(model: string, at: number): FoundPrice;
}

/** All rows of one id, oldest first. */
type Dated = readonly [PriceRow, ...PriceRow[]];
interface Match {
  readonly rows: Dated;
  readonly how: HowFound;
}

/** What Anthropic's own gateway charges for a model it does not know. */
const unknownModel: PriceRow = {
  id: 'unknown model',
  input: 5_000_000_000,
  output: 25_000_000_000,
  cacheRead: 500_000_000,
  cacheWrite5m: 6_250_000_000,
  cacheWrite1h: 10_000_000_000,
  source: 'default for models without a known price',
};

const LONGEST_NAME = 256;
const MOST_REMEMBERED_NAMES = 512;

/** Instants of the rows' dates; a date is read once, not for every answer. */
const starts = new WeakMap<PriceRow, number>();

function startOf(row: PriceRow): number {
  if (row.effectiveFrom === undefined) return -Infinity;
  const known = starts.get(row);
  if (known !== undefined) return known;
  const start = Date.parse(row.effectiveFrom);
  starts.set(row, start);
  return start;
}

function groupById(rows: readonly PriceRow[]): Map<string, Dated> {
  const byId = new Map<string, Dated>();
  // The instants are all in UTC, so their texts sort like the instants themselves.
  for (const row of rows.toSorted((a, b) => (a.effectiveFrom ?? '').localeCompare(b.effectiveFrom ?? ''))) {
    const older = byId.get(row.id);
    byId.set(row.id, older === undefined ? [row] : [...older, row]);
  }
  return byId;
}

const modelFamilies = '(opus|sonnet|haiku|fable|mythos)';
const versionedId = new RegExp(`^claude-${modelFamilies}-(\\d+)(?:-(\\d{1,2}))?$`);
const namedFamily = new RegExp(`(?<![a-z])${modelFamilies}(?![a-z])`);

/** The newest model of each Claude family, by the version in its id. */
function newestOfFamilies(byId: ReadonlyMap<string, Dated>): Map<string, Dated> {
  const newest = new Map<string, { version: number; rows: Dated }>();
  for (const [id, rows] of byId) {
    const [, family, major, minor = '0'] = versionedId.exec(id) ?? [];
    if (family === undefined) continue;
    const version = Number(major) * 100 + Number(minor);
    if (version > (newest.get(family)?.version ?? -1)) newest.set(family, { version, rows });
  }
  return new Map([...newest].map(([family, { rows }]) => [family, rows]));
}

const shipped = ShippedTable.parse(shippedFile);
const shippedById = groupById(shipped.rows);
const familyDefaults = newestOfFamilies(shippedById);

/** A table of the shipped rows under the user's own prices (USD per million tokens, by model name). */
export function createPriceTable(overrides: Readonly<Record<string, PriceOverride>>): PriceTable {
  const own = new Map(
    Object.entries(overrides).map(([id, price]): [string, Dated] => [
      id.toLowerCase(),
      [overrideRow(id, price)],
    ]),
  );
  const remembered = new Map<string, Match>();

  function match(model: string): Match {
    const known = remembered.get(model);
    if (known !== undefined) return known;
    // Names come from clients: neither their length nor their number may grow the memory.
    if (model.length > LONGEST_NAME) return { rows: [unknownModel], how: 'default' };
    const found = findRows(model.toLowerCase(), own);
    if (remembered.size >= MOST_REMEMBERED_NAMES) remembered.clear();
    remembered.set(model, found);
    return found;
  }

  return {
    date: shipped.header.date,
    find(model, at) {
      const { rows, how } = match(model);
      return { row: rowInForce(rows, at), estimated: how === 'family-default' || how === 'default', how };
    },
  };
}

/** Before the first known price the first one counts, since a request then was not free either. */
function rowInForce(rows: Dated, at: number): PriceRow {
  return rows.findLast((row) => startOf(row) <= at) ?? rows[0];
}

function findRows(model: string, own: ReadonlyMap<string, Dated>): Match {
  for (const { name, how } of readingsOf(model)) {
    const override = own.get(name);
    if (override !== undefined) return { rows: override, how: 'override' };
    const rows = shippedById.get(name);
    if (rows !== undefined) return { rows, how };
  }
  const family = familyDefaults.get(namedFamily.exec(model)?.[1] ?? '');
  if (family !== undefined) return { rows: family, how: 'family-default' };
  return { rows: [unknownModel], how: 'default' };
}

/** The names a model may be listed under, closest reading first. */
function* readingsOf(model: string): Generator<{ name: string; how: HowFound }> {
  yield { name: model, how: 'exact' };
  const plain = model.replace(/\[1m\]$/, '');
  yield { name: plain, how: 'without-context-suffix' };
  yield { name: withoutDate(plain), how: 'without-date' };
  for (const name of withoutPrefixes(plain)) {
    yield { name, how: 'without-prefix' };
    yield { name: withoutDate(name), how: 'without-prefix' };
    // OpenRouter and others write claude-sonnet-4.5.
    if (name.startsWith('claude-')) yield { name: dashed(withoutDate(name)), how: 'without-prefix' };
  }
  yield { name: dashed(withoutDate(plain)), how: 'other-spelling' };
}

const dashed = (name: string): string => name.replace(/(?<=\d)\.(?=\d)/g, '-');

/** Strips `-20250929`, `@20250929`, `-2025-09-29`, `-latest`, `@default` and Bedrock's `-v1:0`. */
function withoutDate(name: string): string {
  const unversioned = name.includes('claude') ? name.replace(/-v\d+(:\d+)?$/, '') : name;
  return unversioned.replace(/[-@](\d{8}|\d{4}-\d{2}-\d{2}|latest|default)$/, '');
}

/** Strips `openrouter/`, `anthropic/`, `bedrock/us-east-1/` … step by step, and Bedrock's `us.anthropic.`. */
function* withoutPrefixes(model: string): Generator<string> {
  for (let name = model; ;) {
    const shorter = name.includes('/')
      ? name.slice(name.indexOf('/') + 1)
      : name.replace(/^(?:[a-z0-9-]+\.)?anthropic\./, '');
    if (shorter === name) return;
    name = shorter;
    yield name;
  }
}

function overrideRow(id: string, price: PriceOverride): PriceRow {
  const input = toNanoDollars(price.input);
  const given = (usd: string | undefined, otherwise: bigint): number =>
    Number(usd === undefined ? otherwise : toNanoDollars(usd));
  const derived = (['cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const).filter(
    (name) => price[name] === undefined,
  );
  return {
    id,
    input: Number(input),
    output: Number(toNanoDollars(price.output)),
    // Rounded half up to a whole nano-dollar per million tokens.
    cacheRead: given(price.cacheRead, (input + 5n) / 10n),
    cacheWrite5m: given(price.cacheWrite5m, (input * 5n + 2n) / 4n),
    cacheWrite1h: given(price.cacheWrite1h, input * 2n),
    derived,
    source: 'prices in config.json',
  };
}

/** `"0.5"` USD → 500,000,000 nano-dollars, digit by digit: no binary fraction is involved. */
function toNanoDollars(usd: string): bigint {
  const [whole = '0', fraction = ''] = usd.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}
