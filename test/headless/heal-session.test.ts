// What the SessionStart hook decides, on a clock that costs no time: patience before anything, a start where it is
// allowed, a give-back as the last resort, and hands off what is not Tollgate's (traps 23, 24, 26).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { heal, PATIENCE_MS, type HealingWorld } from '../../src/headless/heal-session.ts';

const address = 'http://127.0.0.1:8655';

interface Plan {
  readonly own?: readonly string[];
  /** The gateway answers from this millisecond on; null: never. */
  readonly answersAt?: number | null;
  readonly url?: string;
  readonly inUse?: boolean;
  readonly mayStart?: boolean;
  readonly startWorks?: boolean;
  /** Milliseconds from the start to the first answer. */
  readonly startTakes?: number;
  readonly giveBack?: () => boolean;
}

async function run(plan: Plan): Promise<{ message: string | null; done: string[]; took: number }> {
  const done: string[] = [];
  let now = 0;
  let answersAt = plan.answersAt ?? null;
  const world: HealingWorld = {
    ownAddresses: async () => plan.own ?? [address],
    findRunning: async () => (answersAt !== null && now >= answersAt ? (plan.url ?? address) : null),
    isInUse: () => plan.inUse ?? false,
    mayStart: plan.mayStart ?? false,
    async start() {
      done.push('start');
      if (plan.startWorks === false) return false;
      if (plan.startTakes !== undefined) answersAt = now + plan.startTakes;
      return true;
    },
    async giveBack() {
      done.push('give back');
      return plan.giveBack?.() ?? true;
    },
    now: () => now,
    pause: async (milliseconds) => void (now += milliseconds),
  };
  return { message: await heal(address, world), done, took: now };
}

describe('hands off', () => {
  test('an address that is not on record as ours', async () => {
    expect(await run({ own: [] })).toEqual({ message: null, done: [], took: 0 });
    expect(await run({ own: ['http://127.0.0.1:9000'] })).toMatchObject({ message: null, done: [] });
  });

  test('a gateway that answers, at once or within the patience, however the address is spelt', async () => {
    for (const answersAt of [0, 3000, PATIENCE_MS - 200])
      expect(await run({ answersAt, own: ['http://localhost:8655/'] })).toMatchObject({
        message: null,
        done: [],
      });
  });

  test('a gateway that holds the data folder and does not answer: it is told of, never given up', async () => {
    const { message, done } = await run({ inUse: true, mayStart: true });
    expect([done, message]).toEqual([[], expect.stringContaining('does not answer')]);
  });
});

test('a dead gateway is waited for before the settings are given back', async () => {
  const { message, done, took } = await run({});
  expect(done).toEqual(['give back']);
  expect(took).toBeGreaterThanOrEqual(PATIENCE_MS);
  expect(message).toContain('given back');
});

test('where a start is allowed it is started, and given the time to open a large ledger', async () => {
  const { message, done } = await run({ mayStart: true, startTakes: 12_000 });
  expect([done, message]).toEqual([['start'], 'Tollgate was not running and has been started.']);
});

test.each([{ startWorks: false }, { startTakes: 60_000 }])(
  'a start that fails (%o) ends in a give-back',
  async (how) => {
    const { message, done } = await run({ mayStart: true, ...how });
    expect([done, message]).toEqual([
      ['start', 'give back'],
      expect.stringContaining('could not be started'),
    ]);
  },
);

test('a gateway that came up elsewhere is told of, since this session still has the old address (trap 25)', async () => {
  const { message, done } = await run({ mayStart: true, startTakes: 0, url: 'http://127.0.0.1:9000' });
  expect(done).toEqual(['start']);
  expect(message).toContain('http://127.0.0.1:9000');
});

test('of several sessions that give back at once, the late ones keep quiet; another failure is told', async () => {
  const busy = await run({
    giveBack() {
      throw Object.assign(new Error('busy'), { code: 'BUSY' });
    },
  });
  expect(busy.message).toBe(null);
  const failed = await run({
    giveBack() {
      throw new Error('settings.json is read-only.');
    },
  });
  expect(failed.message).toContain('settings.json is read-only.');
  expect((await run({ giveBack: () => false })).message).toContain('tollgate disconnect');
});

test('whatever happens, a living gateway keeps its settings, and a stranger’s are never touched', async () => {
  const anything = fc.record({
    own: fc.constantFrom<readonly string[]>([address], [], ['http://127.0.0.1:1']),
    answersAt: fc.option(fc.integer({ min: 0, max: 20_000 })),
    inUse: fc.boolean(),
    mayStart: fc.boolean(),
    startWorks: fc.boolean(),
    startTakes: fc.integer({ min: 0, max: 40_000 }),
  });
  await fc.assert(
    fc.asyncProperty(anything, async (plan) => {
      const { done } = await run(plan);
      const alive = plan.inUse || (plan.answersAt !== null && plan.answersAt <= 1000);
      if (!plan.own.includes(address) || alive) expect(done).toEqual([]);
      if (!plan.mayStart) expect(done).not.toContain('start');
    }),
  );
});
