// Somebody else writes the settings again and again while Tollgate connects and disconnects (trap 13): whatever falls
// between whichever of our steps, no write of theirs is lost and none of ours is left behind.
import { expect, test } from 'vitest';
import { TakeOverError } from '../../../src/gateway/claude-code/take-over-error.ts';
import type { FilePort } from '../../../src/gateway/claude-code/file-port.ts';
import { runs } from '../../support/long-runs.ts';
import { createMemoryHome } from './memory-home.ts';

/** Numbers that look thrown and are the same in every run. */
function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test('trap 13: a thousand rounds against another writer lose nothing', async () => {
  const home = createMemoryHome('{\n  "theirs": 0,\n  "list": []\n}\n');
  const throwDice = createDice(8655);
  let written = 0;
  const writeTheirs = (): void => {
    const settings = JSON.parse(home.read() ?? '') as { theirs: number };
    expect(settings.theirs).toBe(written);
    settings.theirs = ++written;
    home.write(JSON.stringify(settings, null, 2));
  };
  // Every call gives way to the other writer now and then, before it does anything.
  const files = Object.fromEntries(
    Object.entries(home.files).map(([name, operation]) => [
      name,
      typeof operation !== 'function'
        ? operation
        : async (...args: unknown[]): Promise<unknown> => {
            if (throwDice() < 0.02) writeTheirs();
            return (operation as (...args: unknown[]) => Promise<unknown>)(...args);
          },
    ]),
  ) as unknown as FilePort;

  const outcomes = { done: 0, refused: 0 };
  for (let round = 0; round < runs(1000, 10_000); round++) {
    try {
      await (round % 2 === 0 ? home.connect({ files, wishes: { mcp: false } }) : home.disconnect({ files }));
      outcomes.done++;
    } catch (error) {
      expect(error).toBeInstanceOf(TakeOverError);
      expect((error as TakeOverError).code).toBe('SETTINGS_CHANGED');
      outcomes.refused++;
    }
    expect((JSON.parse(home.read() ?? '') as { theirs: number }).theirs).toBe(written);
  }
  await home.disconnect();
  expect(JSON.parse(home.read() ?? '')).toEqual({ theirs: written, list: [] });
  expect(written).toBeGreaterThan(200);
  expect(outcomes.done).toBeGreaterThan(900);
});
