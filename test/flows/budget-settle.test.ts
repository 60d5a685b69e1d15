// A reservation always ends, and the budget then has what the exchange's row has: complete, cut by the client, failed by the
// provider, refused by the provider, renamed by a route (B6, B10, B16, traps 56, 58).
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  encodeEvent,
  errorJson,
  messageEvents,
  sendJson,
  sseHeaders,
  streamMessage,
} from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { messagesBody, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-5-5';
const script = {
  model,
  blocks: [{ type: 'text' as const, text: 'hello' }],
  usage: tokens({ inputTokens: 100, outputTokens: 500 }),
};
let rig: Rig;
let settled = 0;
beforeAll(async () => {
  rig = await startRig({
    budgets: [
      { id: 'all', scope: { type: 'all' }, period: 'lifetime', limit: { usd: '1.00' }, mode: 'hard' },
    ],
    routes: [
      { match: { model: 'cheap' }, to: [{ provider: 'upstream', model }] },
      { match: {}, to: [{ provider: 'upstream' }] },
    ],
  });
});
afterAll(() => rig.close());

/** Nothing is held, and what is used is the sum of the rows. */
async function expectSettled(): Promise<void> {
  settled += 1;
  const rows = await rig.gateway.control.settled(settled);
  const [view] = (await rig.gateway.control.call('budget.list', {})).budgets;
  expect([view?.reserved, view?.used]).toEqual([0, rows.reduce((sum, row) => sum + row.costNanoUsd, 0)]);
}

test('a complete answer is settled with what the provider reported', async () => {
  rig.upstream.enqueue(streamMessage(script));
  expect((await rig.post(messagesBody())).complete).toBe(true);
  await expectSettled();
});

test('a client that leaves in mid-stream pays what was begun, and holds nothing', async () => {
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    await exchange.send(
      messageEvents(script)
        .slice(0, 4)
        .map((event) => encodeEvent(event))
        .join(''),
    );
  });
  const open = rig.open(messagesBody());
  await open.received('message_start');
  const [during] = (await rig.gateway.control.call('budget.list', {})).budgets;
  expect(during?.reserved).toBeGreaterThan(1024 * 20_000);
  open.destroy();
  await expectSettled();
});

test.each([400, 429, 500, 529])(
  'an error %d of the provider costs nothing, and is not the budget’s',
  async (status) => {
    rig.upstream.enqueue(sendJson(status, errorJson('api_error', 'no')));
    const answer = await rig.post(messagesBody());
    expect(answer.status).toBe(status);
    expect(answer.values('anthropic-ratelimit-unified-status')).toEqual([]);
    await expectSettled();
  },
);

test('a connection that breaks before the answer costs nothing', async () => {
  rig.upstream.enqueue(
    (exchange) => exchange.reset(),
    (exchange) => exchange.reset(),
  );
  expect((await rig.post(messagesBody())).status).toBe(502);
  await expectSettled();
});

test('a route that renames the model reserves and settles at the price of the model that serves', async () => {
  rig.upstream.enqueue(streamMessage(script));
  const open = rig.open(messagesBody({ model: 'cheap' }));
  expect((await open.answer).complete).toBe(true);
  await expectSettled();
  const refused = await rig.post(messagesBody({ model: 'cheap', max_tokens: 60_000 }));
  settled += 1;
  // 60,000 tokens of Opus are 1.20 dollars.
  expect(refused.status).toBe(429);
  expect(refused.body.toString()).toContain('this request may take up to $1.20');
});
