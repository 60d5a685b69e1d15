// What an exchange costs, to the nano-dollar: figures measured from the real client and from Anthropic's own gateway,
// then the rules that hold for every usage.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  estimateOutputTokens,
  normalizeUsage,
  raiseOutput,
  totalTokens,
  type RawUsage,
} from '../../../src/gateway/dialects/anthropic-messages/usage.ts';
import { createPriceTable, type PriceTable } from '../../../src/gateway/ledger/price-table.ts';
import { priceUsage, type PricedUsage } from '../../../src/gateway/ledger/price.ts';

const table = createPriceTable({});
const now = Date.parse('2026-11-22T12:00:00Z');
const price = (raw: RawUsage, model: string, at = now, from: PriceTable = table): PricedUsage =>
  priceUsage(normalizeUsage(raw), model, at, from);
const cost = (raw: RawUsage, model: string, at = now): number => price(raw, model, at).costNanoUsd;
const usd = (dollars: number): number => Math.round(dollars * 1e9);

/** The usage of the measured exchanges. */
const measured = {
  input_tokens: 1000,
  cache_creation_input_tokens: 2000,
  cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 0 },
  cache_read_input_tokens: 30_000,
  output_tokens: 400,
};

describe('figures of the real client', () => {
  test.each([
    ['claude-opus-5-5', 0.028],
    ['claude-opus-4-8', 0.0425],
    ['claude-opus-4-8[1m]', 0.0425],
    ['claude-sonnet-4-5', 0.0255],
    ['claude-haiku-4-5', 0.0085],
    ['claude-sonnet-5-5', 0.014],
    ['claude-haiku-5-5', 0.00085],
  ])('%s: %d dollars', (model, dollars) => {
    expect(price(measured, model)).toMatchObject({ costNanoUsd: usd(dollars), estimated: false });
  });

  test('Sonnet 5.5 cost more to read from the cache until 7 October 2026', () => {
    expect(cost(measured, 'claude-sonnet-5-5', Date.parse('2026-10-06T23:59:59.999Z'))).toBe(usd(0.017));
    expect(cost(measured, 'claude-sonnet-5-5', Date.parse('2026-10-07T00:00:00Z'))).toBe(usd(0.014));
  });

  test('Sonnet 4.5 has no surcharge for long prompts', () => {
    expect(cost({ input_tokens: 300_000, output_tokens: 1000 }, 'claude-sonnet-4-5')).toBe(usd(0.915));
  });
});

describe("figures of Anthropic's own gateway", () => {
  const model = 'claude-opus-4-8';

  test('a complete answer', () => expect(cost(measured, model)).toBe(usd(0.0425)));

  test('a price of the user’s own', () => {
    const own = createPriceTable({
      [model]: { input: '10', output: '20', cacheRead: '1', cacheWrite5m: '5' },
    });
    expect(price(measured, model, now, own).costNanoUsd).toBe(usd(0.058));
  });

  test('one-hour cache writes cost twice the input (T75)', () => {
    const raw = {
      cache_creation_input_tokens: 100_000,
      cache_creation: { ephemeral_1h_input_tokens: 100_000 },
    };
    expect(cost(raw, model)).toBe(usd(1));
  });

  test('web searches without tokens', () => {
    expect(cost({ server_tool_use: { web_search_requests: 3 } }, model)).toBe(usd(0.03));
  });

  test('fast mode', () => {
    expect(cost({ speed: 'fast', input_tokens: 1000, output_tokens: 1000 }, model)).toBe(usd(0.06));
  });

  test.each([
    [220, 0.033875],
    [20, 0.032625],
    [0, 0.0325],
  ])('an answer cut after %i characters', (characters, dollars) => {
    const seen = normalizeUsage({ ...measured, output_tokens: 0 });
    const usage = raiseOutput(seen, estimateOutputTokens(characters));
    expect(priceUsage(usage, model, now, table).costNanoUsd).toBe(usd(dollars));
  });
});

describe('choice of rates', () => {
  test('Haiku 5.5 charges every token of a prompt over 100,000 tokens more', () => {
    const rest = {
      cache_read_input_tokens: 50_000,
      cache_creation_input_tokens: 20_000,
      output_tokens: 1000,
    };
    const short = price({ input_tokens: 30_000, ...rest }, 'claude-haiku-5-5');
    const long = price({ input_tokens: 30_001, ...rest }, 'claude-haiku-5-5');
    expect(short).toMatchObject({ costNanoUsd: usd(0.0065), rows: [{ promptTier: null }] });
    expect(long).toMatchObject({ costNanoUsd: usd(0.0325005), rows: [{ promptTier: 100_000 }] });
  });

  test('a compaction is a prompt of its own and lifts no other part over the limit', () => {
    const raw = {
      input_tokens: 60_000,
      iterations: [
        { type: 'message', input_tokens: 60_000 },
        { type: 'compaction', input_tokens: 150_000 },
      ],
    };
    const { costNanoUsd, rows } = price(raw, 'claude-haiku-5-5');
    expect(costNanoUsd).toBe(usd(0.006 + 0.075));
    expect(rows.map(({ promptTier }) => promptTier)).toEqual([null, 100_000]);
  });

  test('tiers of other providers go by the whole prompt, cache included (T75)', () => {
    expect(cost({ input_tokens: 1, cache_read_input_tokens: 200_000 }, 'gemini-2.5-pro')).toBe(
      usd(0.0500025),
    );
    expect(cost({ cache_read_input_tokens: 200_000 }, 'gemini-2.5-pro')).toBe(usd(0.025));
  });

  test.each([
    ['claude-opus-5-5', 'us', 0.0308],
    ['claude-sonnet-4-6', 'us', 0.02805],
    ['claude-opus-5-5', 'eu', 0.028],
    ['claude-opus-5-5', '', 0.028],
    ['claude-haiku-4-5', 'us', 0.0085],
    ['gpt-5', 'us', 0.012125],
  ])('%s with inference in "%s": %d dollars', (model, inference_geo, dollars) => {
    expect(cost({ ...measured, inference_geo }, model)).toBe(usd(dollars));
  });

  test('fast mode scales the cache rates too, and means nothing where it has no price', () => {
    expect(cost({ ...measured, speed: 'fast' }, 'claude-opus-5')).toBe(2 * cost(measured, 'claude-opus-5'));
    expect(cost({ ...measured, speed: 'fast' }, 'claude-opus-4-5')).toBe(cost(measured, 'claude-opus-4-5'));
  });

  test('batch is half price, also in the US, but web searches are not', () => {
    const raw = { ...measured, service_tier: 'batch', server_tool_use: { web_search_requests: 1 } };
    expect(cost(raw, 'claude-opus-4-8')).toBe(usd(0.02125 + 0.01));
    expect(cost({ ...raw, inference_geo: 'us' }, 'claude-opus-4-8')).toBe(usd(0.023375 + 0.01));
  });

  test('an advisor is priced at its own model, on top of the answer', () => {
    const raw = {
      ...measured,
      iterations: [
        { type: 'message', ...measured },
        { type: 'advisor_message', model: 'claude-opus-5', input_tokens: 2000, output_tokens: 100 },
      ],
    };
    const { costNanoUsd, rows } = price(raw, 'claude-sonnet-5-5');
    expect(costNanoUsd).toBe(usd(0.014 + 0.0125));
    expect(rows.map(({ model }) => model)).toEqual(['claude-sonnet-5-5', 'claude-opus-5']);
  });

  test('a cache read is never billed as input, and no report twice (T75)', () => {
    expect(cost({ cache_read_input_tokens: 1_000_000 }, 'claude-opus-4-8')).toBe(usd(0.5));
    expect(cost({ ...measured, iterations: [{ type: 'message', ...measured }] }, 'claude-opus-4-8')).toBe(
      usd(0.0425),
    );
  });
});

describe('what is stored with the exchange (B15)', () => {
  test('says model, row, rates, factor, table and source, and can be recomputed from', () => {
    const raw = { ...measured, inference_geo: 'us' };
    const { rows, costNanoUsd } = price(raw, 'anthropic/claude-opus-4-8');
    expect(JSON.parse(JSON.stringify(rows))).toEqual([
      {
        model: 'anthropic/claude-opus-4-8',
        row: 'claude-opus-4-8',
        how: 'without-prefix',
        estimated: false,
        rates: { input: 5e9, output: 25e9, cacheRead: 5e8, cacheWrite5m: 6.25e9, cacheWrite1h: 10e9 },
        promptTier: null,
        fast: false,
        percent: 110,
        tableDate: table.date,
        source: table.find('claude-opus-4-8', now).row.source,
      },
    ]);
    expect(costNanoUsd).toBe(usd(0.0425 * 1.1));
  });

  test('an exchange without tokens still names its price', () => {
    expect(price({}, 'claude-opus-5')).toMatchObject({ costNanoUsd: 0, rows: [{ row: 'claude-opus-5' }] });
  });

  test('one unknown model among several is enough to flag the figure', () => {
    const raw = {
      input_tokens: 1,
      iterations: [{ type: 'advisor_message', model: 'gpt-99', output_tokens: 1 }],
    };
    expect(price(raw, 'claude-opus-5')).toMatchObject({
      estimated: true,
      rows: [{ estimated: false }, { estimated: true }],
    });
  });
});

describe('rules for every usage', () => {
  const count = fc.integer({ min: 0, max: 2_000_000 });
  const report = fc.record({
    input_tokens: count,
    cache_read_input_tokens: count,
    cache_creation: fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
    output_tokens: count,
  });
  const model = fc.oneof(
    fc.constantFrom('claude-opus-5-5', 'claude-haiku-5-5', 'claude-opus-4-8', 'gpt-5.4', 'my-sonnet'),
    fc.string(),
  );
  const circumstances = fc.record({
    speed: fc.constantFrom('fast', 'standard', null),
    inference_geo: fc.constantFrom('us', 'eu', null),
    service_tier: fc.constantFrom('batch', 'standard', null),
  });

  it('there is one rounding, half up, at the very end', () => {
    // 1.25 × 1 nano-dollar per million tokens and other odd rates make fractions of a nano-dollar.
    const odd = createPriceTable({ odd: { input: '0.000333333', output: '0.000777777' } });
    fc.assert(
      fc.property(report, (raw) => {
        const usage = normalizeUsage(raw);
        const { costNanoUsd, rows } = priceUsage(usage, 'odd', now, odd);
        const counts = totalTokens(usage);
        const rates = rows[0]?.rates;
        if (rates === undefined) throw new Error('no price row');
        const millionths =
          BigInt(counts.inputTokens) * BigInt(rates.input) +
          BigInt(counts.cacheReadTokens) * BigInt(rates.cacheRead) +
          BigInt(counts.cacheWrite5mTokens) * BigInt(rates.cacheWrite5m) +
          BigInt(counts.cacheWrite1hTokens) * BigInt(rates.cacheWrite1h) +
          BigInt(counts.outputTokens) * BigInt(rates.output);
        const error = BigInt(costNanoUsd) * 1_000_000n - millionths;
        expect(error > -500_000n && error <= 500_000n).toBe(true);
      }),
    );
    expect(
      priceUsage(
        normalizeUsage({ input_tokens: 3 }),
        'x',
        now,
        createPriceTable({ x: { input: '0.0005', output: '0' } }),
      ).costNanoUsd,
    ).toBe(2);
  });

  it('the cost is linear in the tokens up to that rounding, within one price tier', () => {
    fc.assert(
      fc.property(report, report, circumstances, (a, b, around) => {
        const of = (...raws: RawUsage[]): number => {
          const parts = raws.flatMap((raw) => normalizeUsage(raw).parts);
          return priceUsage({ ...normalizeUsage(around), parts }, 'claude-opus-5-5', now, table).costNanoUsd;
        };
        expect(Math.abs(of(a, b) - of(a) - of(b))).toBeLessThanOrEqual(1);
        expect(Math.abs(of(a, a, a) - 3 * of(a))).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('the cost is a whole number, never negative, and more tokens never cost less', () => {
    fc.assert(
      fc.property(report, model, circumstances, count, (raw, name, around, more) => {
        const less = cost({ ...raw, ...around }, name);
        const greater = cost({ ...raw, ...around, output_tokens: raw.output_tokens + more }, name);
        expect(Number.isSafeInteger(less) && less >= 0).toBe(true);
        expect(greater).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  it('no model is free by accident, whatever its name (B9)', () => {
    fc.assert(
      fc.property(fc.string(), circumstances, (name, around) => {
        expect(cost({ ...around, output_tokens: 1000 }, name)).toBeGreaterThan(0);
      }),
    );
  });

  it('absurd but readable counts still give a figure the ledger can hold', () => {
    const dear = createPriceTable({ dear: { input: '999999', output: '999999.999999999' } });
    const raw = { output_tokens: 1e9, server_tool_use: { web_search_requests: 1e9 } };
    expect(price(raw, 'dear', now, dear).costNanoUsd).toBe(Number.MAX_SAFE_INTEGER);
  });
});
