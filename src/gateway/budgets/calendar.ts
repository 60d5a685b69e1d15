// Calendar windows in a time zone by name: which hour, day, week or month an instant falls into, right also where clocks
// change and where midnight does not exist. Pure; a window is known by the instant it began, so nothing is ever reset.
import type { BudgetPeriod } from '../../contract/budgets.ts';

export type WeekStart = 'monday' | 'sunday' | 'saturday';

export interface Calendar {
  readonly timeZone: string;
  readonly weekStart: WeekStart;
}

/** Milliseconds since the epoch; `end` is exclusive, null for a lifetime. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number | null;
}

interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days from Sunday to the first day of the week. */
const firstDay: Readonly<Record<WeekStart, number>> = { sunday: 0, monday: 1, saturday: 6 };

/** The window that holds the instant `at`. */
export function windowAt(period: BudgetPeriod, at: number, calendar: Calendar): TimeWindow {
  switch (period) {
    case 'lifetime':
      return { start: 0, end: null };
    case 'hour': {
      const offset = offsetAt(at, calendar.timeZone);
      const start = Math.floor((at + offset) / HOUR) * HOUR - offset;
      return { start, end: start + HOUR };
    }
    case 'day':
    case 'week':
    case 'month':
      return dateWindow(period, at, calendar);
  }
}

function dateWindow(period: 'day' | 'week' | 'month', at: number, calendar: Calendar): TimeWindow {
  const { year, month, day } = localTime(at, calendar.timeZone);
  const today = Date.UTC(year, month - 1, day);
  const begin = (date: number): number => startOfDate(date, calendar.timeZone);
  if (period === 'day') return { start: begin(today), end: begin(today + DAY) };
  if (period === 'month')
    return { start: begin(Date.UTC(year, month - 1, 1)), end: begin(Date.UTC(year, month, 1)) };
  const since = (new Date(today).getUTCDay() - firstDay[calendar.weekStart] + 7) % 7;
  return { start: begin(today - since * DAY), end: begin(today + (7 - since) * DAY) };
}

/**
 * The first instant of a calendar date, given as its midnight in UTC. Where the clock skips midnight the date begins at the
 * skip; where it shows midnight twice, at the first one.
 */
function startOfDate(date: number, timeZone: string): number {
  const before = offsetAt(date - DAY, timeZone);
  const after = offsetAt(date + DAY, timeZone);
  const candidates = [date - Math.max(before, after), date - Math.min(before, after)];
  for (const candidate of candidates) {
    if (candidate + offsetAt(candidate, timeZone) === date) return candidate;
  }
  // Midnight falls into the skipped hour: the date begins where the offset changes.
  return findChange(date - 2 * DAY, date + 2 * DAY, timeZone, date);
}

/** The first instant whose local time is not before `date`, by halving. */
function findChange(from: number, to: number, timeZone: string, date: number): number {
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle + offsetAt(middle, timeZone) >= date) high = middle;
    else low = middle;
  }
  return high;
}

/** What local clocks are ahead of UTC, in milliseconds. */
function offsetAt(at: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = localTime(at, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / SECOND) * SECOND;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

export function localTime(at: number, timeZone: string): LocalTime {
  const fields = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) {
    if (type in fields) fields[type as keyof LocalTime] = Number(value);
  }
  return fields;
}

/** The computer's own zone; UTC where it has none that is known by name. */
export function ownTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  try {
    formatOf(timeZone);
    return timeZone;
  } catch {
    return 'UTC';
  }
}
