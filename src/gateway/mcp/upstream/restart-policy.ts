// When a server that ended or could not be reached may be tried again: at once, then after longer and longer pauses, and
// after too many times in a row only when the user says so (R53). Pure.

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** So many failures in a row are a loop. */
export const FAILURES_TO_LOOP = 5;
/** A server that ran so long has shown that it works. */
export const STABLE_MS = 5 * 60_000;

export interface FailureCount {
  readonly failures: number;
  /** Milliseconds since the epoch. */
  readonly retryAt: number;
}

export const noFailures: FailureCount = { failures: 0, retryAt: 0 };

/** `ranMs`: how long it ran before it failed; 0 when it never did. */
export function countFailure(before: FailureCount, now: number, ranMs: number): FailureCount {
  const failures = ranMs >= STABLE_MS ? 1 : before.failures + 1;
  const pause = failures === 1 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 2));
  return { failures, retryAt: now + pause };
}

export const isLoop = ({ failures }: FailureCount): boolean => failures >= FAILURES_TO_LOOP;
