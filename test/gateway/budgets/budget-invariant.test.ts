// The invariant of B17: what a budget says is used is what the ledger's rows of that window come to, and what it says is held
// is what requests in flight reserved, after any interleaving of admitting, settling, aborting, crashing, changed clocks and
// changed budgets; and a hard budget is never passed by requests that keep to their own bounds (B5, B7, B8, B12, traps 55–57).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patience, runs } from '../../support/long-runs.ts';
import { budget, World } from './budget-world.ts';

const HOUR = 3_600_000;
const sets = [
  [
    budget('all', { type: 'all' }, 'day', { usd: '1.00' }),
    budget('each', { type: 'session' }, 'hour', { tokens: 20_000 }),
    budget('soft', { type: 'project', path: '/a' }, 'week', { usd: '0.10' }, 'soft'),
    budget('ever', { type: 'all' }, 'lifetime', { tokens: 120_000 }),
  ],
  [
    budget('all', { type: 'all' }, 'day', { usd: '2.00' }),
    budget('each', { type: 'session' }, 'day', { tokens: 40_000 }),
    budget('month', { type: 'model', model: '*opus*' }, 'month', { usd: '3.00' }),
  ],
  [],
];

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('admit' as const),
      session: fc.constantFrom('s', 't'),
      project: fc.constantFrom('/a', '/a/b', '/c'),
      maxTokens: fc.integer({ min: 1, max: 12_000 }),
      opened: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      index: fc.nat(20),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      state: fc.constantFrom('completed' as const, 'aborted' as const, 'failed' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('clock' as const),
      hours: fc.constantFrom(-49, -2, -1, 0.5, 1, 3, 25, 200),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('budgets' as const), set: fc.nat(2) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

async function play(world: World, one: Step): Promise<void> {
  switch (one.kind) {
    case 'admit':
      await world.admit(one.session, one.project, one.maxTokens, one.opened);
      return;
    case 'settle':
      world.settle(one.index, one.share, one.state);
      return;
    case 'turn':
      world.turn();
      return;
    case 'crash':
      world.crash();
      return;
    case 'clock':
      world.now += one.hours * HOUR;
      return;
    case 'budgets':
      world.change(sets[one.set] ?? []);
      return;
  }
}

test(
  'B17: used is the sum of the rows and held is the sum of what is in flight, whatever happens in whatever order',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const world = new World(sets[0] ?? []);
        try {
          for (const one of steps) {
            await play(world, one);
            world.check();
          }
        } finally {
          world.close();
        }
      }),
      { numRuns: runs(60, 3000) },
    );
  },
  patience,
);

test(
  'B12: requests that keep to their max_tokens never pass a hard budget, crashes included (traps 55, 56)',
  async () => {
    const safe = step.filter(({ kind }) => kind !== 'budgets');
    await fc.assert(
      fc.asyncProperty(fc.array(safe, { minLength: 10, maxLength: 60 }), async (steps) => {
        const world = new World(sets[0] ?? []);
        try {
          for (const one of steps) {
            await play(world, one);
            world.checkLimits();
          }
        } finally {
          world.close();
        }
      }),
      { numRuns: runs(60, 3000) },
    );
  },
  patience,
);

test('B7: 200 admissions at once against a budget that fits 7: exactly 7 pass, nothing more is held than the limit', async () => {
  const world = new World([budget('seven', { type: 'all' }, 'day', { usd: '0.14' })]);
  const passed = await Promise.all(
    Array.from({ length: 200 }, (_, index) => world.admit(`s${index}`, '/a', 1000, index % 2 === 0)),
  );
  expect(passed.filter(Boolean).length).toBe(7);
  world.check();
  world.checkLimits();
  world.close();
});
