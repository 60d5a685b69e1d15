// When a dead gateway is started again, and when the shell gives up.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideRestart,
  healthyAfterMs,
  quickDeathLimit,
  restartDelayMs,
  type GatewayDeath,
} from '../../src/desktop/restart-policy.ts';

const death: GatewayDeath = { exitCode: 1, readyForMs: 10, lastErrorLine: 'boom', quickDeathsBefore: 0 };

/** Lets the gateway die over and over until the shell gives up; returns the delays on the way. */
function dieQuickly(): { delays: number[]; reason: string } {
  const delays: number[] = [];
  let quickDeathsBefore = 0;
  for (;;) {
    const decision = decideRestart({ ...death, quickDeathsBefore });
    if (decision.kind === 'give-up') return { delays, reason: decision.reason };
    delays.push(decision.delayMs);
    quickDeathsBefore = decision.quickDeaths;
  }
}

describe('restart policy', () => {
  test('delays double from half a second; the fifth quick death is the last', () => {
    expect(dieQuickly().delays).toEqual([500, 1_000, 2_000, 4_000]);
  });

  test('giving up says why: the last line of standard error is in the reason', () => {
    expect(dieQuickly().reason).toContain('boom');
  });

  test('a minute of health forgives all quick deaths before', () => {
    const decision = decideRestart({
      ...death,
      readyForMs: healthyAfterMs,
      quickDeathsBefore: quickDeathLimit - 1,
    });
    expect(decision).toMatchObject({ kind: 'restart', delayMs: 500, quickDeaths: 1 });
  });

  test('exit code 2 is shown with its own words and never retried', () => {
    const words = 'Port 8655 is in use by another program.';
    expect(decideRestart({ ...death, exitCode: 2, lastErrorLine: words })).toEqual({
      kind: 'give-up',
      reason: words,
    });
    expect(decideRestart({ ...death, exitCode: 2, lastErrorLine: null })).toMatchObject({ kind: 'give-up' });
  });

  test('an end without words says so', () => {
    const decision = decideRestart({ ...death, exitCode: null, readyForMs: null, lastErrorLine: null });
    expect(decision.reason).toBe('The gateway ended unexpectedly. It left no message.');
  });

  test('no delay is shorter than half a second or longer than thirty, and none shrinks', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), (quickDeaths) => {
        const delay = restartDelayMs(quickDeaths);
        expect(delay).toBeGreaterThanOrEqual(500);
        expect(delay).toBeLessThanOrEqual(30_000);
        expect(restartDelayMs(quickDeaths + 1)).toBeGreaterThanOrEqual(delay);
      }),
    );
  });
});
