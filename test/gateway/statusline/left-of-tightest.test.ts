// What the status line says is left: the tightest money budget that surely concerns the session, never below nothing.
import { expect, test } from 'vitest';
import type { BudgetView } from '../../../src/contract/budgets.ts';
import { leftOfTightest } from '../../../src/gateway/statusline/status-line-facts.ts';

const budget = (more: Partial<BudgetView>): BudgetView => ({
  id: 'b',
  scope: { type: 'all' },
  period: 'day',
  mode: 'hard',
  unit: 'usd',
  limit: 100,
  used: 0,
  reserved: 0,
  granted: 0,
  reachedAt: null,
  windowStart: 0,
  windowEnd: null,
  state: 'ok',
  sentence: '',
  subjects: [],
  ...more,
});

test('the tightest of all and of the session itself speaks, with grants added and reservations taken off', () => {
  const day = budget({ used: 30, reserved: 5, granted: 10 });
  const each = budget({
    scope: { type: 'session' },
    limit: 50,
    subjects: [
      { subject: 'mine', used: 20, reserved: 1, granted: 0, reachedAt: null },
      { subject: 'other', used: 49, reserved: 0, granted: 0, reachedAt: null },
    ],
  });
  expect(leftOfTightest([day], 'mine')).toBe(75);
  expect(leftOfTightest([day, each], 'mine')).toBe(29);
  expect(leftOfTightest([day, each], 'new')).toBe(50);
  expect(leftOfTightest([budget({ used: 130 })], null)).toBe(0);
});

test('tokens, and scopes that may not concern the session, say nothing', () => {
  const project = budget({ scope: { type: 'project', path: '/a' }, limit: 1 });
  expect(leftOfTightest([budget({ unit: 'tokens' }), project], 'mine')).toBe(null);
  expect(leftOfTightest([], 'mine')).toBe(null);
});
