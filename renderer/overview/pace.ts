// Where the day ends if the last two hours go on: pure, and silent rather than clever when there is too little to go by.
import { formatMoney } from '../format/money.ts';
import { endOfDay, startOfDay } from '../format/time.ts';

const quarterMs = 15 * 60_000;
/** Full quarter hours before the current one that count as "the pace": long enough to hold pauses, short enough to follow a change of work. */
const windowQuarters = 8;
/** Less than this since the first spend of the day says nothing about the rest of it. */
const leastMs = 60 * 60_000;

export interface PaceInput {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Settled nano-dollars of today. */
  readonly todayNanoUsd: number;
  /** The part of it that the practice provider made up. */
  readonly practiceNanoUsd: number;
  /** Settled nano-dollars per local quarter hour of today, oldest first. */
  readonly quarters: readonly number[];
}

export type Pace =
  /** No figure can be given honestly; `reason` says why. */
  | { readonly kind: 'unknown'; readonly reason: 'too-little' | 'practice' }
  /** Nothing was spent in the last two hours. */
  | { readonly kind: 'quiet' }
  | { readonly kind: 'known'; readonly endOfDayNanoUsd: number };

/** Index of the quarter hour of the local day that holds `now`. */
export function currentQuarter(now: number): number {
  return Math.floor((now - startOfDay(now)) / quarterMs);
}

/** Carries the average rate of the last two hours (or since the first spend, if later) on to midnight. */
export function measurePace(input: PaceInput): Pace {
  if (input.practiceNanoUsd > 0) return { kind: 'unknown', reason: 'practice' };
  const current = currentQuarter(input.now);
  const first = input.quarters.findIndex((spent) => spent > 0);
  if (input.todayNanoUsd <= 0 || first < 0) return { kind: 'unknown', reason: 'too-little' };
  const dayStart = startOfDay(input.now);
  if (input.now - (dayStart + first * quarterMs) < leastMs) return { kind: 'unknown', reason: 'too-little' };
  const from = Math.max(first, current - windowQuarters);
  const spent = input.quarters.slice(from, current + 1).reduce((sum, quarter) => sum + quarter, 0);
  if (spent <= 0) return { kind: 'quiet' };
  const elapsed = input.now - (dayStart + from * quarterMs);
  const rest = Math.max(0, endOfDay(input.now) - input.now);
  return { kind: 'known', endOfDayNanoUsd: Math.round(input.todayNanoUsd + (spent / elapsed) * rest) };
}

/** The pace as the sentence under the number. */
export function describePace(pace: Pace): string {
  switch (pace.kind) {
    case 'known':
      return `pace: ends day at ${formatMoney(pace.endOfDayNanoUsd)}`;
    case 'quiet':
      return 'pace: nothing spent in the last two hours';
    case 'unknown':
      return pace.reason === 'practice' ? 'pace: not given for practice' : 'pace: known after an hour of use';
  }
}
