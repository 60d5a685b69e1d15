// Calendar windows in the user's own time zone (the process's): where today, this week and this month began. Pure;
// built from calendar fields, so that days with a clock change come out right.
import type { Since } from '../../contract/control-contract.ts';

export function startOfDay(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

export function startOfNextDay(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

/** Weeks begin on Monday (ISO 8601). */
export function startOfWeek(now: number): number {
  const date = new Date(now);
  const sinceMonday = (date.getDay() + 6) % 7;
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - sinceMonday).getTime();
}

export function startOfMonth(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), 1).getTime();
}

/** Milliseconds since the epoch where the window begins; null for `all`. A date without an offset is local time. */
export function startOf(since: Since, now: number): number | null {
  switch (since) {
    case 'all':
      return null;
    case 'today':
      return startOfDay(now);
    case 'week':
      return startOfWeek(now);
    case 'month':
      return startOfMonth(now);
    default:
      return new Date(/T/.test(since) ? since : `${since}T00:00`).getTime();
  }
}
