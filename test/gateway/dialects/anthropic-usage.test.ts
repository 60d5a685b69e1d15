// Reading and joining `usage` objects: cumulative streams, cache writes by lifetime, iterations, nonsense.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  estimateOutputTokens,
  mergeUsage,
  normalizeUsage,
  promptTokens,
  raiseOutput,
  totalTokens,
  type RawUsage,
} from '../../../src/gateway/dialects/anthropic-messages/usage.ts';
import { noTokens, type TokenCounts } from '../../../src/contract/usage.ts';

const tokens = (counts: Partial<TokenCounts>): TokenCounts => ({ ...noTokens, ...counts });
const totals = (raw: RawUsage): TokenCounts => totalTokens(normalizeUsage(raw));

describe('joining the reports of a stream (T71)', () => {
  test('the last non-null value of a field wins and nothing is added up', () => {
    const start = {
      input_tokens: 2679,
      cache_read_input_tokens: 30_000,
      output_tokens: 3,
      service_tier: 'standard',
    };
    const merged = mergeUsage(start, {
      input_tokens: 10_682,
      cache_read_input_tokens: null,
      output_tokens: 510,
    });
    expect(merged).toEqual({
      input_tokens: 10_682,
      cache_read_input_tokens: 30_000,
      output_tokens: 510,
      service_tier: 'standard',
    });
  });

  test('a smaller input that comes with cache numbers replaces the first guess as a set', () => {
    const merged = mergeUsage(
      { input_tokens: 31_000, output_tokens: 1 },
      {
        input_tokens: 1000,
        cache_read_input_tokens: 28_000,
        cache_creation_input_tokens: 2000,
        output_tokens: 9,
      },
    );
    expect(totals(merged)).toEqual({
      inputTokens: 1000,
      cacheReadTokens: 28_000,
      cacheWrite5mTokens: 2000,
      cacheWrite1hTokens: 0,
      outputTokens: 9,
    });
  });

  test('input that is only told at the end counts', () => {
    expect(
      totals(mergeUsage({ input_tokens: 0, output_tokens: 0 }, { input_tokens: 12, output_tokens: 7 })),
    ).toEqual(tokens({ inputTokens: 12, outputTokens: 7 }));
  });

  test('nested objects join field by field', () => {
    const merged = mergeUsage(
      {
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
        server_tool_use: { web_search_requests: 1, web_fetch_requests: 4 },
      },
      {
        cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: null },
        server_tool_use: { web_search_requests: 3 },
      },
    );
    expect(merged).toEqual({
      cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 20 },
      server_tool_use: { web_search_requests: 3, web_fetch_requests: 4 },
    });
  });

  test.each([
    { total: 300, fiveMinutes: 200, oneHour: 100, why: 'growth is written for 5 m' },
    { total: 150, fiveMinutes: 50, oneHour: 100, why: 'shrinkage takes from 5 m first' },
    { total: 40, fiveMinutes: 0, oneHour: 40, why: 'and never goes below zero' },
    { total: 0, fiveMinutes: 0, oneHour: 0, why: 'down to nothing' },
  ])('a later total of $total without a breakdown outdates the earlier one: $why', ({ total, ...writes }) => {
    const start = {
      cache_creation_input_tokens: 200,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 100 },
    };
    const merged = mergeUsage(start, { cache_creation_input_tokens: total });
    expect(totals(merged)).toEqual(
      tokens({ cacheWrite5mTokens: writes.fiveMinutes, cacheWrite1hTokens: writes.oneHour }),
    );
  });

  test('a mangled later report does not wipe out a good earlier one', () => {
    const start = {
      input_tokens: 5,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_1h_input_tokens: 7 },
    };
    for (const nonsense of ['x', -1, 1.5, {}, [], true, 2e9]) {
      const merged = mergeUsage(start, {
        input_tokens: nonsense,
        cache_creation: 'x',
        cache_creation_input_tokens: nonsense,
      });
      expect(totals(merged)).toEqual(tokens({ inputTokens: 5, cacheWrite1hTokens: 7 }));
    }
  });

  const rawUsage = fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'input_tokens',
        'cache_creation_input_tokens',
        'cache_creation',
        'output_tokens',
        '__proto__',
      ),
      fc.string(),
    ),
    fc.oneof(
      fc.nat(),
      fc.jsonValue(),
      fc.record({
        ephemeral_5m_input_tokens: fc.nat(),
        ephemeral_1h_input_tokens: fc.nat(),
      }),
    ),
  );

  it('is idempotent: a repeated report changes nothing', () => {
    fc.assert(
      fc.property(fc.option(rawUsage), rawUsage, (previous, next) => {
        const once = mergeUsage(previous, next);
        expect(mergeUsage(once, next)).toEqual(once);
      }),
    );
  });

  it('changes neither of its inputs', () => {
    fc.assert(
      fc.property(rawUsage, rawUsage, (previous, next) => {
        const before = structuredClone([previous, next]);
        mergeUsage(previous, next);
        expect([previous, next]).toEqual(before);
      }),
    );
  });
});

describe('cache writes by lifetime', () => {
  test.each([
    {
      raw: {
        cache_creation_input_tokens: 300,
        cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      },
      writes: [100, 200],
    },
    { raw: { cache_creation_input_tokens: 300 }, writes: [300, 0] },
    { raw: { cache_creation_input_tokens: 300, cache_creation: null }, writes: [300, 0] },
    {
      raw: {
        cache_creation_input_tokens: 300,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      },
      writes: [300, 0],
    },
    {
      raw: { cache_creation_input_tokens: 300, cache_creation: { ephemeral_1h_input_tokens: 200 } },
      writes: [100, 200],
    },
    {
      raw: { cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 } },
      writes: [100, 200],
    },
    {
      raw: { cache_creation_input_tokens: 50, cache_creation: { ephemeral_1h_input_tokens: 200 } },
      writes: [0, 200],
    },
  ])('$raw → 5 m and 1 h $writes', ({ raw, writes: [fiveMinutes = 0, oneHour = 0] }) => {
    expect(totals(raw)).toEqual(tokens({ cacheWrite5mTokens: fiveMinutes, cacheWrite1hTokens: oneHour }));
  });
});

describe('iterations', () => {
  test('message-like iterations are contained in the top level and do not count twice', () => {
    const usage = normalizeUsage({
      input_tokens: 30,
      output_tokens: 12,
      iterations: [
        { type: 'message', input_tokens: 10, output_tokens: 5 },
        { type: 'message', input_tokens: 20, output_tokens: 7 },
      ],
    });
    expect(usage.parts).toEqual([{ model: null, ...tokens({ inputTokens: 30, outputTokens: 12 }) }]);
  });

  test('the top level is billed when it reports more than its iterations (T72)', () => {
    const usage = normalizeUsage({
      input_tokens: 100,
      cache_read_input_tokens: 7,
      output_tokens: 12,
      iterations: [
        { type: 'message', input_tokens: 10, output_tokens: 5 },
        { type: 'fallback_message', model: 'claude-opus-4-8', input_tokens: 20, output_tokens: 7 },
      ],
    });
    expect(usage.parts).toEqual([
      { model: null, ...tokens({ inputTokens: 80, cacheReadTokens: 7, outputTokens: 5 }) },
      { model: 'claude-opus-4-8', ...tokens({ inputTokens: 20, outputTokens: 7 }) },
    ]);
  });

  test('compaction, advisor and unknown kinds are added, each as a prompt of its own', () => {
    const usage = normalizeUsage({
      input_tokens: 23_000,
      output_tokens: 1000,
      iterations: [
        { type: 'compaction', input_tokens: 180_000, output_tokens: 3500 },
        { type: 'message', input_tokens: 23_000, output_tokens: 1000 },
        { type: 'advisor_message', model: 'claude-opus-5', input_tokens: 50, output_tokens: 60 },
        { type: 'something_new', model: 'claude-haiku-5-5', output_tokens: 1 },
        { output_tokens: 2 },
        { type: 'something_empty', model: 'claude-fable-5' },
        'nonsense',
        null,
      ],
    });
    expect(usage.parts).toEqual([
      { model: null, ...tokens({ inputTokens: 23_000, outputTokens: 1000 }) },
      { model: null, ...tokens({ inputTokens: 180_000, outputTokens: 3500 }) },
      { model: 'claude-opus-5', ...tokens({ inputTokens: 50, outputTokens: 60 }) },
      { model: 'claude-haiku-5-5', ...tokens({ outputTokens: 1 }) },
      { model: null, ...tokens({ outputTokens: 2 }) },
    ]);
  });

  test('cache writes without a breakdown on one side count once, at the lifetime the other side tells', () => {
    const iteration = {
      type: 'message',
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_1h_input_tokens: 300 },
    };
    const oneHour = tokens({ cacheWrite1hTokens: 300 });
    expect(totals({ cache_creation_input_tokens: 300, iterations: [iteration] })).toEqual(oneHour);
    expect(
      totals({ ...iteration, iterations: [{ type: 'message', cache_creation_input_tokens: 300 }] }),
    ).toEqual(oneHour);
  });

  test('a named iteration without a breakdown makes no class of the served model negative', () => {
    const usage = normalizeUsage({
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_1h_input_tokens: 300 },
      iterations: [{ type: 'message', model: 'claude-opus-5', cache_creation_input_tokens: 300 }],
    });
    expect(usage.parts).toEqual([
      { model: null, ...noTokens },
      { model: 'claude-opus-5', ...tokens({ cacheWrite5mTokens: 300 }) },
    ]);
  });

  const count = fc.integer({ min: 0, max: 1_000_000 });
  const report = {
    input_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
    cache_creation: fc.option(
      fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }),
    ),
    output_tokens: count,
  };
  const iteration = fc.record(
    {
      type: fc.constantFrom('message', 'fallback_message', 'compaction', 'advisor_message', 'new'),
      model: fc.constantFrom('claude-opus-5', 'claude-haiku-5-5'),
      ...report,
    },
    { requiredKeys: [] },
  );

  it('no part is negative, and together they are never less than the top level, nor than the iterations', () => {
    fc.assert(
      fc.property(fc.record(report), fc.array(iteration), (top, iterations) => {
        const sum = totals({ ...top, iterations });
        for (const { model: _, ...counts } of normalizeUsage({ ...top, iterations }).parts) {
          expect(Math.min(...Object.values(counts))).toBeGreaterThanOrEqual(0);
        }
        const alone = [totals(top), iterations.map(totals).reduce(plus, noTokens)];
        for (const floor of alone) {
          expect(sum.inputTokens).toBeGreaterThanOrEqual(floor.inputTokens);
          expect(sum.cacheReadTokens).toBeGreaterThanOrEqual(floor.cacheReadTokens);
          expect(sum.outputTokens).toBeGreaterThanOrEqual(floor.outputTokens);
          expect(promptTokens(sum)).toBeGreaterThanOrEqual(promptTokens(floor));
        }
      }),
    );
  });

  function plus(a: TokenCounts, b: TokenCounts): TokenCounts {
    return totalTokens({
      ...normalizeUsage({}),
      parts: [
        { model: null, ...a },
        { model: null, ...b },
      ],
    });
  }
});

describe('what else a report says', () => {
  test('speed, region, tier and web searches', () => {
    const raw = {
      speed: 'fast',
      inference_geo: 'us',
      service_tier: 'batch',
      server_tool_use: { web_search_requests: 2 },
    };
    expect(normalizeUsage(raw)).toMatchObject({
      speed: 'fast',
      inferenceGeo: 'us',
      serviceTier: 'batch',
      webSearchRequests: 2,
    });
  });

  test('an empty text says nothing', () => {
    expect(normalizeUsage({ speed: '', inference_geo: '', service_tier: null })).toMatchObject({
      speed: null,
      inferenceGeo: null,
      serviceTier: null,
    });
  });

  test.each([-1, 1.5, NaN, Infinity, '12', 1_000_000_001, null, [], {}, true])(
    '%j is no count and is treated as absent',
    (value) => {
      const raw = { input_tokens: value, output_tokens: 3, server_tool_use: { web_search_requests: value } };
      expect(normalizeUsage(raw)).toMatchObject({
        parts: [tokens({ outputTokens: 3 })],
        webSearchRequests: 0,
      });
    },
  );

  it('never throws and only ever tells whole, non-negative counts, whatever the JSON is', () => {
    const keys = fc.constantFrom(
      'input_tokens',
      'output_tokens',
      'cache_creation',
      'iterations',
      'server_tool_use',
    );
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (raw) => {
        const usage = normalizeUsage(raw);
        expect(usage.parts[0]?.model).toBeNull();
        for (const value of [...Object.values(totalTokens(usage)), usage.webSearchRequests]) {
          expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
        }
      }),
    );
  });
});

describe('the floor for a cut answer', () => {
  test.each([
    [0, 0],
    [1, 1],
    [20, 5],
    [21, 6],
    [220, 55],
  ])('%i characters are at least %i tokens', (characters, expected) => {
    expect(estimateOutputTokens(characters)).toBe(expected);
  });

  test('output rises to the estimate and never falls below what was reported', () => {
    const usage = normalizeUsage({
      input_tokens: 9,
      output_tokens: 4,
      iterations: [{ type: 'advisor_message', model: 'claude-opus-5', output_tokens: 6 }],
    });
    expect(raiseOutput(usage, 4)).toBe(usage);
    expect(raiseOutput(usage, 50).parts).toEqual([
      { model: null, ...tokens({ inputTokens: 9, outputTokens: 50 }) },
      { model: 'claude-opus-5', ...tokens({ outputTokens: 6 }) },
    ]);
    expect(raiseOutput({ ...usage, parts: [] }, 3).parts).toEqual([
      { model: null, ...tokens({ outputTokens: 3 }) },
    ]);
  });
});

describe('a final report with an empty prompt side', () => {
  it('does not wipe out the prompt that the start had counted (T71)', () => {
    const start = {
      input_tokens: 1000,
      cache_read_input_tokens: 30_000,
      cache_creation_input_tokens: 0,
      output_tokens: 1,
    };
    const merged = mergeUsage(start, { input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 40 });
    expect(merged).toMatchObject({ input_tokens: 1000, cache_read_input_tokens: 30_000, output_tokens: 40 });
  });

  it('takes a delta as a set when any prompt figure in it is above zero (T71)', () => {
    const merged = mergeUsage(
      { input_tokens: 1000, output_tokens: 1 },
      { input_tokens: 0, cache_read_input_tokens: 900 },
    );
    expect(merged).toMatchObject({ input_tokens: 0, cache_read_input_tokens: 900 });
  });
});
