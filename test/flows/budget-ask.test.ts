// A budget that asks: the request is held until the user has answered, or refused with one clean answer (B5). Nothing is sent
// to the client meanwhile: a ping would commit to a 200, and the refusal would then be an error event that Claude Code
// answers with a second request; it waits six minutes for the head of an answer.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BudgetAskView } from '../../src/contract/budgets.ts';
import { answerMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { messagesBody, startRig, type Rig } from '../support/rig.ts';

const ask = { id: 'ask', scope: { type: 'all' }, period: 'day', limit: { usd: '0.02' }, mode: 'ask' };
let rig: Rig;
let watching: AbortController;
beforeEach(async () => {
  rig = await startRig({ budgets: [ask], budgetRules: { timeZone: 'UTC' } });
  watching = new AbortController();
  const blocks = [{ type: 'text' as const, text: 'x' }];
  rig.upstream.setAnswer(
    answerMessage({ model: 'claude-opus-5-5', blocks, usage: tokens({ outputTokens: 1000 }) }),
  );
});
afterEach(async () => {
  watching.abort();
  await rig.close();
});

/** Follows Control's events as a window does; yields once per piece. */
async function* events(): AsyncGenerator<void> {
  const answer = await fetch(`${rig.gateway.url}/control/events`, {
    headers: { authorization: `Bearer ${rig.gateway.ready.controlKey}` },
    signal: watching.signal,
  });
  try {
    for await (const _piece of answer.body ?? []) yield;
  } catch {
    return;
  }
}

/** Keeps a listener open and resolves with the asks as soon as there are `count`. */
async function watch(): Promise<(count: number) => Promise<BudgetAskView[]>> {
  const pieces = events();
  await pieces.next();
  const asks = async (): Promise<BudgetAskView[]> => (await rig.gateway.control.call('budget.asks', {})).asks;
  return async (count) => {
    for (;;) {
      const now = await asks();
      if (now.length === count) return now;
      if ((await pieces.next()).done === true) throw new Error('the events ended');
    }
  };
}

const send = () => rig.post(messagesBody({ max_tokens: 1000 }));
const message = (answer: { body: Buffer }): string =>
  (JSON.parse(answer.body.toString()) as { error: { message: string } }).error.message;

test('without anyone who listens it is refused at once, and the sentence says so', async () => {
  await rig.gateway.control.call('budget.set', { budget: { ...ask, limit: { usd: '0' } } as never });
  const refused = await send();
  expect(refused.status).toBe(429);
  expect(message(refused)).toContain('no window of Tollgate is open in which it could be allowed');
  expect(rig.upstream.requests.length).toBe(0);
});

test('allowed once passes one request; refused is one 429 with its sentence; more lets the rest of the amount pass', async () => {
  const asks = await watch();
  await rig.gateway.control.call('budget.set', { budget: { ...ask, limit: { usd: '0' } } as never });
  const { control } = rig.gateway;

  const first = send();
  const [question] = await asks(1);
  expect(question).toMatchObject({ budget: 'ask', left: 0, unit: 'usd', model: 'claude-opus-5-5' });
  expect(question?.needed).toBeGreaterThanOrEqual(20_000_000);
  expect(rig.upstream.requests.length).toBe(0);
  await control.call('budget.answer', { id: question?.id ?? '', answer: 'once' });
  expect((await first).status).toBe(200);

  const second = send();
  const [again] = await asks(1);
  await control.call('budget.answer', { id: again?.id ?? '', answer: 'refuse' });
  const refused = await second;
  expect([refused.status, refused.values('x-should-retry')]).toEqual([429, ['false']]);
  expect(message(refused)).toContain('you refused the request in Tollgate');

  const third = [send(), send()];
  const [one] = await asks(2);
  await control.call('budget.answer', { id: one?.id ?? '', answer: 'more', usd: '0.10' });
  expect((await Promise.all(third)).map(({ status }) => status)).toEqual([200, 200]);
  expect(rig.upstream.requests.length).toBe(3);
  expect((await control.call('budget.list', {})).budgets[0]).toMatchObject({
    used: 60_000_000,
    granted: 100_000_000,
  });
});

test('a client that leaves while it is held takes its question away; a stop refuses what is held', async () => {
  const asks = await watch();
  await rig.gateway.control.call('budget.set', { budget: { ...ask, limit: { usd: '0' } } as never });
  const leaving = new AbortController();
  const gone = fetch(`${rig.gateway.url}/v1/messages`, {
    method: 'POST',
    headers: [rig.gateway.key(), ['content-type', 'application/json']],
    body: messagesBody(),
    signal: leaving.signal,
  }).catch(() => 'gone');
  await asks(1);
  leaving.abort();
  await gone;
  await asks(0);
  const [row] = await rig.gateway.control.settled(1);
  expect(row).toMatchObject({ state: 'aborted', costNanoUsd: 0 });

  const held = send();
  await asks(1);
  const [answer] = await Promise.all([held, rig.gateway.stop()]);
  expect([answer.status, message(answer)]).toEqual([429, expect.stringContaining('Tollgate is stopping')]);
  expect(rig.upstream.requests.length).toBe(0);
});

test('pause presses through: a request that was held is not sent when Tollgate was paused meanwhile', async () => {
  const asks = await watch();
  await rig.gateway.control.call('budget.set', { budget: { ...ask, limit: { usd: '0' } } as never });
  const held = send();
  const [question] = await asks(1);
  await rig.gateway.control.call('gateway.pause', { paused: true });
  await rig.gateway.control.call('budget.answer', { id: question?.id ?? '', answer: 'once' });
  expect((await held).status).toBe(403);
  expect(rig.upstream.requests.length).toBe(0);
  expect((await rig.gateway.control.call('budget.list', {})).budgets[0]).toMatchObject({
    reserved: 0,
    used: 0,
  });
});
