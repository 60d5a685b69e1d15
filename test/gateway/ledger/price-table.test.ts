// How a model's name finds its price, and what the shipped table promises.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createPriceTable } from '../../../src/gateway/ledger/price-table.ts';
import shipped from '../../../src/gateway/ledger/prices.json' with { type: 'json' };

const table = createPriceTable({});
const now = Date.parse('2026-11-22T12:00:00Z');
const rateNames = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;
const usd = (dollars: number): number => Math.round(dollars * 1e9);

describe('reading a model name', () => {
  test.each([
    ['claude-opus-4-8', 'claude-opus-4-8', 'exact'],
    ['CLAUDE-Opus-4-8', 'claude-opus-4-8', 'exact'],
    ['claude-sonnet-4-5[1m]', 'claude-sonnet-4-5', 'without-context-suffix'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5', 'without-date'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5', 'without-date'],
    ['claude-sonnet-4-5-20250929[1m]', 'claude-sonnet-4-5', 'without-date'],
    ['claude-opus-4-6@default', 'claude-opus-4-6', 'without-date'],
    ['claude-3-5-haiku-latest', 'claude-3-5-haiku', 'without-date'],
    ['gpt-5-2025-08-07', 'gpt-5', 'without-date'],
    ['anthropic/claude-opus-4-8', 'claude-opus-4-8', 'without-prefix'],
    ['claude/claude-opus-4-8', 'claude-opus-4-8', 'without-prefix'],
    ['openrouter/anthropic/claude-sonnet-4.5', 'claude-sonnet-4-5', 'without-prefix'],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5', 'without-prefix'],
    ['anthropic.claude-opus-4-6-v1', 'claude-opus-4-6', 'without-prefix'],
    ['us.anthropic.claude-haiku-5-5', 'claude-haiku-5-5', 'without-prefix'],
    ['publishers/anthropic/models/claude-opus-5', 'claude-opus-5', 'without-prefix'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-5', 'other-spelling'],
    ['openai/gpt-5-2025-08-07', 'gpt-5', 'without-prefix'],
    ['gemini/gemini-2.5-pro', 'gemini-2.5-pro', 'without-prefix'],
    ['models/gemini-2.5-pro', 'gemini-2.5-pro', 'without-prefix'],
    ['moonshot/kimi-k2.5', 'kimi-k2.5', 'without-prefix'],
    ['openrouter/z-ai/glm-4.6', 'z-ai/glm-4.6', 'without-prefix'],
  ])('%s is priced as %s (%s)', (model, row, how) => {
    expect(table.find(model, now)).toMatchObject({ row: { id: row }, how, estimated: false });
  });

  test('a regional Bedrock name has its own, dearer price', () => {
    const { row, how } = table.find('us.anthropic.claude-haiku-4-5-20251001-v1:0', now);
    expect([row.input, row.output, how]).toEqual([usd(1.1), usd(5.5), 'without-date']);
  });

  test.each([
    ['claude-opus-9', 'claude-opus-5-5'],
    ['claude-sonnet-7-2-20270101', 'claude-sonnet-5-5'],
    ['my-haiku', 'claude-haiku-5-5'],
    ['vendor/claude-fable-6', 'claude-fable-5-2'],
    ['claude-mythos-preview', 'claude-mythos-5-1'],
  ])('%s, unknown, is priced as the newest of its family, %s, and flagged (B9)', (model, row) => {
    expect(table.find(model, now)).toMatchObject({
      row: { id: row },
      how: 'family-default',
      estimated: true,
    });
  });

  test.each([
    'claude-foo-9-9',
    'kimi-k9',
    '',
    'x'.repeat(100_000),
    'opus-'.repeat(100),
    'opusculum',
    '__proto__',
    'constructor',
    '/',
  ])('an unknown model is priced at 5 and 25 dollars and flagged (B9): %.20s', (model) => {
    const { row, estimated, how } = table.find(model, now);
    expect(rateNames.map((name) => row[name])).toEqual([5, 25, 0.5, 6.25, 10].map(usd));
    expect([estimated, how]).toEqual([true, 'default']);
  });

  it('no name and no instant makes it throw or gives anything away', () => {
    const name = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom('claude', '-', '/', '.', 'anthropic.', 'opus', '4', '[1m]', '-v1:0', '-latest'),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(name, fc.oneof(fc.integer(), fc.double()), (model, at) => {
        const { row } = table.find(model, at);
        for (const rate of rateNames) expect(row[rate]).toBeGreaterThan(0);
      }),
    );
  });

  test('thousands of names from clients change no answer', () => {
    const first = table.find('claude-opus-4-8[1m]', now);
    for (let index = 0; index < 5000; index++) table.find(`made-up-${index}`, now);
    expect(table.find('claude-opus-4-8[1m]', now)).toEqual(first);
  });
});

describe('dates', () => {
  const read = (instant: string): number =>
    table.find('claude-sonnet-5-5', Date.parse(instant)).row.cacheRead;

  test('a price changes at the very instant', () => {
    expect(read('2026-10-06T23:59:59.999Z')).toBe(usd(0.2));
    expect(read('2026-10-07T00:00:00.000Z')).toBe(usd(0.1));
  });

  test('before the first known price the first one counts', () => {
    expect(read('2020-01-01T00:00:00Z')).toBe(usd(0.2));
    expect(table.find('claude-haiku-5-5', 0)).toMatchObject({ how: 'exact', estimated: false });
  });
});

describe("the user's own prices", () => {
  const own = createPriceTable({
    'my-model': { input: '0.50', output: '2.00' },
    'claude-opus-4-8': {
      input: '10',
      output: '20',
      cacheRead: '1',
      cacheWrite5m: '5',
      cacheWrite1h: '7.000000001',
    },
    'Odd-One': { input: '0.000000007', output: '0' },
    local: { input: '0', output: '0' },
  });

  test('come before the shipped row, also for other readings of the name', () => {
    for (const model of ['claude-opus-4-8', 'claude-opus-4-8[1m]', 'anthropic/claude-opus-4-8-20260101']) {
      const { row, how, estimated } = own.find(model, now);
      expect(rateNames.map((name) => row[name])).toEqual([10e9, 20e9, 1e9, 5e9, 7_000_000_001]);
      expect([how, estimated]).toEqual(['override', false]);
    }
  });

  test('missing cache rates follow from the input price and are named as derived', () => {
    const { row } = own.find('my-model', now);
    expect(rateNames.map((name) => row[name])).toEqual([0.5, 2, 0.05, 0.625, 1].map(usd));
    expect(row.derived).toEqual(['cacheRead', 'cacheWrite5m', 'cacheWrite1h']);
  });

  test('derived rates are rounded half up to a whole nano-dollar per million tokens', () => {
    const { row } = own.find('odd-one', now);
    expect(rateNames.map((name) => row[name])).toEqual([7, 0, 1, 9, 14]);
  });

  test('a model may be free when its user says so', () => {
    expect(own.find('local', now)).toMatchObject({ row: { input: 0, cacheWrite1h: 0 }, how: 'override' });
  });

  test('touch no other table', () => {
    expect(table.find('claude-opus-4-8', now).row.input).toBe(usd(5));
  });
});

describe('the shipped rows', () => {
  test('no row is free, and ascending tiers never get cheaper', () => {
    for (const row of shipped.rows) {
      const tiers = 'promptTiers' in row ? (row.promptTiers ?? []) : [];
      const steps = [{ above: 0, ...row }, ...tiers];
      steps.forEach((step, index) => {
        const before = steps[index - 1];
        for (const rate of rateNames) {
          expect(step[rate], `${row.id} ${rate}`).toBeGreaterThan(0);
          if (before) expect(step[rate], `${row.id} ${rate}`).toBeGreaterThanOrEqual(before[rate]);
        }
        if (before) expect(step.above).toBeGreaterThan(before.above);
      });
    }
  });

  test('reading the cache is the cheapest input and an hour of it the dearest', () => {
    for (const row of shipped.rows) {
      expect(row.cacheRead, row.id).toBeLessThan(row.input);
      expect(row.cacheWrite5m, row.id).toBeGreaterThanOrEqual(row.input);
      expect(row.cacheWrite1h, row.id).toBeGreaterThanOrEqual(row.cacheWrite5m);
    }
  });

  test('fast mode scales every cache rate without a remainder', () => {
    for (const row of shipped.rows) {
      if (!('fast' in row) || row.fast === undefined) continue;
      for (const rate of [row.cacheRead, row.cacheWrite5m, row.cacheWrite1h]) {
        expect((BigInt(rate) * BigInt(row.fast.input)) % BigInt(row.input), row.id).toBe(0n);
      }
    }
  });

  test('rows of one id follow each other without gap or overlap', () => {
    const byId = Map.groupBy(shipped.rows, ({ id }) => id);
    for (const [id, rows] of byId) {
      const dates = rows.map((row) => ({
        from: 'effectiveFrom' in row ? row.effectiveFrom : undefined,
        until: 'effectiveUntil' in row ? row.effectiveUntil : undefined,
      }));
      dates.forEach(({ until }, index) => expect(until, id).toBe(dates[index + 1]?.from));
    }
  });

  test('every id finds itself', () => {
    for (const { id } of shipped.rows) {
      expect(table.find(id, now)).toMatchObject({ row: { id }, how: 'exact' });
    }
  });

  test.each([
    // USD per million tokens: input, output, cache read, 5 m write, 1 h write.
    ['claude-opus-5-5', 4, 20, 0.2, 5, 8],
    ['claude-sonnet-5-5', 2, 10, 0.1, 2.5, 4],
    ['claude-haiku-5-5', 0.1, 0.5, 0.01, 0.125, 0.2],
    ['claude-opus-4-8', 5, 25, 0.5, 6.25, 10],
    ['claude-sonnet-4-5', 3, 15, 0.3, 3.75, 6],
    ['claude-haiku-4-5', 1, 5, 0.1, 1.25, 2],
    ['claude-fable-5-2', 8, 40, 0.2, 10, 16],
    ['claude-fable-5-1', 10, 50, 0.25, 12.5, 20],
    ['claude-mythos-5', 10, 50, 1, 12.5, 20],
    ['claude-opus-4-1', 15, 75, 1.5, 18.75, 30],
    ['claude-sonnet-5', 2, 10, 0.2, 2.5, 4],
    ['claude-3-5-haiku', 0.8, 4, 0.08, 1, 1.6],
    ['gpt-5', 1.25, 10, 0.125, 1.5625, 2.5],
  ])('%s costs what its provider lists', (model, ...expected) => {
    const { row } = table.find(model, now);
    expect(rateNames.map((name) => row[name])).toEqual(expected.map(usd));
  });

  test('the table says its day and where it comes from', () => {
    expect(table.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(shipped.header.sources.map(({ licence }) => licence)).toContain(
      'MIT, Copyright (c) 2023 Berri AI',
    );
  });
});
