// Held requests: one answer each, an end when nobody answers, a bound on how many wait (B5).
import { expect, test } from 'vitest';
import { BudgetAsks } from '../../../src/gateway/budgets/budget-asks.ts';
import type { AskOptions, AskQuestion } from '../../../src/gateway/budgets/budget-asks.ts';

const question: AskQuestion = {
  budget: 'b',
  subject: null,
  unit: 'usd',
  left: 0,
  needed: 1,
  sentence: 'Used up.',
  model: 'm',
  project: null,
  sessionId: null,
  client: 'c',
};
const stays = () => () => {};

function open(more: Partial<AskOptions> = {}): BudgetAsks {
  let number = 0;
  return new BudgetAsks({
    newId: () => `${++number}`,
    now: () => 1000,
    patienceMs: 60_000,
    hasListeners: () => true,
    onChange: () => {},
    ...more,
  });
}

test('an answer ends it once; a second one finds nothing', async () => {
  const asks = open();
  const end = asks.ask(question, stays);
  expect(asks.views).toEqual([{ ...question, id: '1', askedAt: 1000, expiresAt: 61_000 }]);
  expect([asks.answer('1', 'once'), asks.answer('1', 'refused'), asks.answer('x', 'once')]).toEqual([
    true,
    false,
    false,
  ]);
  expect([await end, asks.views]).toEqual(['once', []]);
});

test('nobody answers: it expires; nobody listens: it is not held at all', async () => {
  expect(await open({ patienceMs: 1 }).ask(question, stays)).toBe('expired');
  expect(await open({ hasListeners: () => false }).ask(question, stays)).toBe('nobody');
});

test('the hundred and first is refused, and closing ends all that wait and all that come', async () => {
  const asks = open();
  const held = Array.from({ length: 100 }, () => asks.ask(question, stays));
  expect(await asks.ask(question, stays)).toBe('too-many');
  asks.close();
  expect(new Set(await Promise.all(held))).toEqual(new Set(['stopping']));
  expect(await asks.ask(question, stays)).toBe('stopping');
});

test('a client that leaves ends its own question only', async () => {
  const asks = open();
  let leave: () => void = () => {};
  const left = asks.ask(question, (gone) => {
    leave = gone;
    return () => {};
  });
  void asks.ask(question, stays);
  leave();
  expect([await left, asks.views.map(({ id }) => id)]).toEqual(['gone', ['2']]);
});
