// Contract: kill -9 in the middle of a stream loses nothing but the open exchange, and that one is marked. The ledger opens on
// the next start, and earlier rows are as they were. (traps 56, 57)
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeEvent, messageEvents, sseHeaders, streamMessage } from '../support/anthropic-answers.ts';
import { tokens, totalsOf } from '../support/expected-cost.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-5-5';
const usage = tokens({
  inputTokens: 1000,
  cacheReadTokens: 30_000,
  cacheWrite5mTokens: 2000,
  outputTokens: 400,
});
const script = { model, usage, blocks: [{ type: 'text' as const, text: 'hello' }] };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('after kill -9 in mid-stream the ledger opens with every earlier row and the open one marked', async () => {
  rig.upstream.enqueue(streamMessage(script), streamMessage(script), streamMessage(script));
  for (const session of ['a', 'b', 'c']) await rig.post(messagesBody({ model }), [sessionHeader(session)]);
  const before = await rig.gateway.control.settled(3);

  const start = messageEvents(script)
    .slice(0, 1)
    .map((event) => encodeEvent(event));
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    await exchange.send(start.join(''));
  });
  const cut = rig.open(messagesBody({ model }), [sessionHeader('open')]);
  await cut.received('message_start');
  await rig.gateway.control.waitForExchanges((rows) => rows.some((row) => row.state === 'live'));
  await rig.gateway.kill9();
  expect((await cut.answer).complete).toBe(false);

  await rig.gateway.restart();
  const after = await rig.gateway.control.exchanges();
  expect(after.filter((row) => row.sessionId !== 'open')).toEqual(before);
  const open = after.filter((row) => row.sessionId === 'open');
  expect(open.length).toBe(1);
  expect(open[0]?.unconfirmed).toBe(true);
  expect(['failed', 'aborted']).toContain(open[0]?.state);

  const bySession = await rig.gateway.control.groups('session');
  for (const session of ['a', 'b', 'c']) expect(bySession.get(session)).toEqual(totalsOf(model, usage));
  rig.upstream.enqueue(streamMessage(script));
  expect((await rig.post(messagesBody({ model }), [sessionHeader('d')])).complete).toBe(true);
  await rig.gateway.control.settled(5);
  expect((await rig.gateway.control.groups('session')).get('d')).toEqual(totalsOf(model, usage));
});

test('an answer that a client has read to its end is in the ledger, however soon the gateway is killed', async () => {
  rig.upstream.setAnswer(streamMessage(script));
  for (let round = 0; round < 5; round += 1) {
    const sessions = Array.from({ length: 6 }, (_, index) => `storm ${round} ${index}`);
    const running = sessions.map((session) => rig.open(messagesBody({ model }), [sessionHeader(session)]));
    await Promise.race(running.map((exchange) => exchange.answer));
    await rig.gateway.kill9();
    const answers = await Promise.allSettled(running.map((exchange) => exchange.answer));
    await rig.gateway.restart();
    const rows = await rig.gateway.control.exchanges();
    expect(rows.filter((row) => row.state === 'live')).toEqual([]);
    answers.forEach((answer, index) => {
      if (answer.status !== 'fulfilled' || !answer.value.complete) return;
      const mine = rows.filter((row) => row.sessionId === sessions[index]);
      expect(mine.map((row) => [row.inputTokens, row.outputTokens])).toEqual([
        [usage.inputTokens, usage.outputTokens],
      ]);
    });
  }
});

test('after all these kills the sum of the rows is the total, with the gateway running and without it', async () => {
  const rows = await rig.gateway.control.exchanges();
  const totals = await rig.gateway.control.totals();
  expect(totals.exchanges).toBe(rows.length);
  expect(totals.costNanoUsd).toBe(rows.reduce((sum, row) => sum + row.costNanoUsd, 0));
  await rig.gateway.stop();
  const offline = await rig.gateway.run('usage', '--since', 'all', '--json');
  expect((JSON.parse(offline.stdout) as { totals: unknown }).totals).toEqual(totals);
});
