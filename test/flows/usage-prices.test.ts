// Contract: a price is the provider's own for each class of tokens: 5-minute and 1-hour cache writes apart, the 100 k tier,
// fast mode, US-only inference, web searches, iterations by model; config overrides; an unknown model is estimated, never
// free; rounding happens once per exchange. (traps 59, 69, 70)
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import type { TokenCounts } from '../../src/contract/usage.ts';
import {
  encodeEvent,
  messageEvents,
  messageJson,
  sendJson,
  streamMessage,
  streamPieces,
  toWireUsage,
} from '../support/anthropic-answers.ts';
import { costOf, listPrices, tokens } from '../support/expected-cost.ts';
import type { Answer } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    prices: {
      'my-model': {
        input: '0.50',
        output: '2.00',
        cacheRead: '0.05',
        cacheWrite5m: '0.625',
        cacheWrite1h: '1',
      },
      'tiny-model': { input: '0.0004', output: '0.0004', cacheRead: '0.0004' },
      'claude-sonnet-4-5': { input: '1', output: '1', cacheRead: '1', cacheWrite5m: '1', cacheWrite1h: '1' },
    },
  });
});
afterAll(() => rig.close());

let counter = 0;
async function chargeFor(
  model: string,
  answer: Answer,
  more: Record<string, unknown> = {},
): Promise<ExchangeRow> {
  const session = `price-${(counter += 1)}`;
  rig.upstream.enqueue(answer);
  await rig.post(messagesBody({ model, ...more }), [sessionHeader(session)]);
  const rows = await rig.gateway.control.waitForExchanges(
    (all) => all.some((row) => row.sessionId === session) && all.every((row) => row.state !== 'live'),
  );
  const mine = rows.filter((row) => row.sessionId === session);
  expect(mine.length).toBe(1);
  return mine[0] as ExchangeRow;
}
const stream = (model: string, usage: TokenCounts, moreUsage: Record<string, unknown> = {}): Answer =>
  streamMessage({ model, usage, moreUsage, blocks: [{ type: 'text', text: 'ok' }] });
function countsOf(row: ExchangeRow): TokenCounts {
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = row;
  return { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens };
}

const full = tokens({
  inputTokens: 1000,
  cacheReadTokens: 30_000,
  cacheWrite5mTokens: 2000,
  cacheWrite1hTokens: 700,
  outputTokens: 400,
});

test.each(['claude-opus-5-5', 'claude-opus-4-8', 'claude-haiku-4-5', 'claude-haiku-5-5'] as const)(
  '%s costs its list price, every class apart',
  async (model) => {
    const row = await chargeFor(model, stream(model, full));
    expect(countsOf(row)).toEqual(full);
    expect(row).toMatchObject({ costNanoUsd: costOf(listPrices[model], full), priceEstimated: false });
  },
);

test('a dated name has the price of its model', async () => {
  const row = await chargeFor('claude-haiku-4-5-20251001', stream('claude-haiku-4-5-20251001', full));
  expect(row).toMatchObject({
    costNanoUsd: costOf(listPrices['claude-haiku-4-5'], full),
    priceEstimated: false,
  });
});

test('the model that answered is charged, not the one asked for', async () => {
  const row = await chargeFor('claude-opus-5-5', stream('claude-haiku-4-5', full));
  expect(row).toMatchObject({
    modelAsked: 'claude-opus-5-5',
    modelServed: 'claude-haiku-4-5',
    costNanoUsd: costOf(listPrices['claude-haiku-4-5'], full),
  });
});

test.each([
  [100_000, 'claude-haiku-5-5'],
  [100_001, 'claude-haiku-5-5 above 100k'],
] as const)(
  'Haiku 5.5 with a prompt of %i tokens is charged by the tier of the whole prompt',
  async (prompt, tier) => {
    const usage = tokens({
      inputTokens: 1,
      cacheReadTokens: prompt - 301,
      cacheWrite5mTokens: 300,
      outputTokens: 50,
    });
    const row = await chargeFor('claude-haiku-5-5', stream('claude-haiku-5-5', usage));
    expect(row.costNanoUsd).toBe(costOf(listPrices[tier], usage));
  },
);

test('a cache write without the split by duration is charged as 5 minutes', async () => {
  const usage = tokens({ inputTokens: 10, cacheWrite5mTokens: 800, outputTokens: 3 });
  const wire = { ...toWireUsage(usage), cache_creation: undefined };
  const message = { ...messageJson({ model: 'claude-opus-5-5', usage, blocks: [] }), usage: wire };
  const row = await chargeFor('claude-opus-5-5', sendJson(200, message), { stream: false });
  expect(countsOf(row)).toEqual(usage);
  expect(row.costNanoUsd).toBe(costOf(listPrices['claude-opus-5-5'], usage));
});

test('each web search costs one cent more, a fetch nothing', async () => {
  const row = await chargeFor(
    'claude-opus-5-5',
    stream('claude-opus-5-5', full, { server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 } }),
  );
  expect(row.costNanoUsd).toBe(costOf(listPrices['claude-opus-5-5'], full) + 3 * 10_000_000);
});

test('inference in the US costs a tenth more on all tokens', async () => {
  const row = await chargeFor('claude-opus-5-5', stream('claude-opus-5-5', full, { inference_geo: 'us' }));
  expect(row.costNanoUsd).toBe((costOf(listPrices['claude-opus-5-5'], full) * 11) / 10);
});

test('fast mode of Opus 4.8 costs 10 and 50 dollars per million', async () => {
  const usage = tokens({ inputTokens: 1000, outputTokens: 200 });
  const row = await chargeFor('claude-opus-4-8', stream('claude-opus-4-8', usage, { speed: 'fast' }));
  expect(row.costNanoUsd).toBe(1000 * 10_000 + 200 * 50_000);
});

test('iterations are charged each at its own model, and their tokens are counted once', async () => {
  const iterations = [
    {
      type: 'message',
      input_tokens: 100,
      output_tokens: 20,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    },
    { type: 'advisor_message', model: 'claude-haiku-4-5', input_tokens: 4000, output_tokens: 30 },
    {
      type: 'message',
      input_tokens: 150,
      output_tokens: 25,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    },
  ];
  const topLevel = tokens({ inputTokens: 250, outputTokens: 45 });
  const row = await chargeFor('claude-opus-5-5', stream('claude-opus-5-5', topLevel, { iterations }));
  expect(countsOf(row)).toEqual(tokens({ inputTokens: 4250, outputTokens: 75 }));
  expect(row.costNanoUsd).toBe(
    costOf(listPrices['claude-opus-5-5'], topLevel) +
      costOf(listPrices['claude-haiku-4-5'], tokens({ inputTokens: 4000, outputTokens: 30 })),
  );
});

test('a refusal before any output shows its tokens and costs nothing; one in mid-answer is charged', async () => {
  const model = 'claude-opus-5-5';
  const refused = (text: string): Answer =>
    streamMessage({
      model,
      usage: full,
      stopReason: 'refusal',
      blocks: text === '' ? [] : [{ type: 'text', text }],
    });
  const before = await chargeFor(model, refused(''));
  expect([countsOf(before), before.costNanoUsd, before.stopReason]).toEqual([full, 0, 'refusal']);
  const midway = await chargeFor(model, refused('As I was saying'));
  expect(midway.costNanoUsd).toBe(costOf(listPrices[model], full));
});

test('cumulative message_deltas are not added up, and input that grows is charged as last reported', async () => {
  const events = messageEvents({
    model: 'claude-opus-5-5',
    usage: full,
    blocks: [{ type: 'text', text: 'ok' }],
  });
  const delta = (usage: Record<string, unknown>) => ({
    event: 'message_delta',
    data: { type: 'message_delta', delta: { stop_reason: null, stop_sequence: null }, usage },
  });
  const grown = { ...full, inputTokens: 10_682, outputTokens: 510 };
  const all = [
    ...events.slice(0, -2),
    delta({ output_tokens: 100 }),
    delta({ output_tokens: 200, input_tokens: 2679 }),
    delta(toWireUsage(grown)),
    ...events.slice(-1),
  ];
  const row = await chargeFor(
    'claude-opus-5-5',
    streamPieces(all.map((event) => Buffer.from(encodeEvent(event)))),
  );
  expect(countsOf(row)).toEqual(grown);
  expect(row.costNanoUsd).toBe(costOf(listPrices['claude-opus-5-5'], grown));
});

test('a price in config.json is used, also instead of a shipped one', async () => {
  const mine = { input: 500, output: 2000, cacheRead: 50, write5m: 625, write1h: 1000 };
  const row = await chargeFor('my-model', stream('my-model', full));
  expect(row).toMatchObject({ costNanoUsd: costOf(mine, full), priceEstimated: false });
  const flat = { input: 1000, output: 1000, cacheRead: 1000, write5m: 1000, write1h: 1000 };
  const override = await chargeFor('claude-sonnet-4-5', stream('claude-sonnet-4-5', full));
  expect(override.costNanoUsd).toBe(costOf(flat, full));
});

test.each([
  [tokens({ inputTokens: 1, outputTokens: 1, cacheReadTokens: 1 }), 1],
  [tokens({ inputTokens: 1, outputTokens: 1 }), 1],
  [tokens({ inputTokens: 1 }), 0],
  [tokens({ inputTokens: 1000, outputTokens: 1000 }), 800],
])(
  'fractions of a nano-dollar are rounded once per exchange, to the nearest (%o costs %i)',
  async (usage, cost) => {
    expect((await chargeFor('tiny-model', stream('tiny-model', usage))).costNanoUsd).toBe(cost);
  },
);

test('a model nobody knows is charged by its family and marked, never free', async () => {
  const opus = await chargeFor('claude-opus-99', stream('claude-opus-99', full));
  expect(opus.priceEstimated).toBe(true);
  expect(opus.costNanoUsd).toBeGreaterThan(0);
  const stranger = await chargeFor('some-llm-7b', stream('some-llm-7b', full));
  expect(stranger.priceEstimated).toBe(true);
  expect(stranger.costNanoUsd).toBeGreaterThan(0);
});
