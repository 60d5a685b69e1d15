// Soft budgets, budgets of a ledger that cannot be written, and limits that fit to the last unit (B5, B12, B13, trap 66).
import { afterEach, expect, test } from 'vitest';
import { budget, World } from './budget-world.ts';

let world: World;
afterEach(() => world.close());
const all = { type: 'all' };

test('a soft budget never refuses and warns once per window, also after a restart', async () => {
  world = new World([budget('soft', all, 'day', { usd: '0.02' }, 'soft')]);
  for (let turn = 0; turn < 3; turn += 1) {
    expect(await world.admit('s', '/a', 1000, false)).toBe(true);
    world.settle(0, 1, 'completed');
    world.turn();
  }
  world.crash();
  expect(await world.admit('s', '/a', 1000, false)).toBe(true);
  world.settle(0, 1, 'completed');
  expect(world.logged).toEqual(['budget-reached']);
  expect(world.views()[0]).toMatchObject({ state: 'reached', used: 80_000_000 });
  world.now += 24 * 3_600_000;
  expect(world.views()[0]).toMatchObject({ state: 'ok', used: 0, reachedAt: null });
  await world.admit('s', '/a', 1000, false);
  world.settle(0, 1, 'completed');
  expect(world.logged).toEqual(['budget-reached', 'budget-reached']);
});

test('a limit is used to its last unit, and one unit less refuses (B12)', async () => {
  world = new World([budget('t', all, 'day', { tokens: 100 })]);
  expect([await world.admit('s', '/a', 60, false), await world.admit('s', '/a', 41, false)]).toEqual([
    true,
    false,
  ]);
  expect([await world.admit('s', '/a', 40, false), await world.admit('s', '/a', 1, false)]).toEqual([
    true,
    false,
  ]);
  expect(world.refusal).toContain('has 100 tokens left, 100 tokens of it held by requests in flight');
});

test.each([
  ['hard', undefined, false],
  ['hard', 'refuse', false],
  ['hard', 'allow', true],
  ['ask', undefined, false],
  ['soft', undefined, true],
  ['soft', 'refuse', false],
])(
  'while the ledger cannot be written a %s budget set to %s lets requests pass: %s (trap 66)',
  async (mode, ifLedgerFails, passes) => {
    world = new World([
      {
        ...budget('b', all, 'day', { tokens: 1000 }, mode),
        ...(ifLedgerFails === undefined ? {} : { ifLedgerFails }),
      },
    ]);
    expect(await world.admit('s', '/a', 10, false)).toBe(true);
    world.breakLedger();
    expect(await world.admit('s', '/a', 10, false)).toBe(passes);
    expect(world.logged).toContain('budget-not-held');
    if (!passes) expect(world.refusal).toContain('Budget "b" cannot be held');
    // What memory knows still holds the limit.
    if (passes && mode === 'hard') expect(await world.admit('s', '/a', 981, false)).toBe(false);
    world.mendLedger();
    expect(await world.admit('s', '/a', 10, false)).toBe(true);
  },
);
