// The running totals on display: today, this month, quarter hours of today. Read from the roll-ups once per day, then
// kept by addition, so that showing the meter never queries the history.
import type { MeterView } from '../../contract/rows.ts';
import type { Totals } from '../../contract/usage.ts';
import { QUARTER_HOUR_MS } from './ledger-entry.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { ReadableDb } from './open-database.ts';
import { startOfDay, startOfMonth, startOfNextDay } from './time-windows.ts';
import { addTo, practiceCost, quarterHours, reportUsage } from './usage-report.ts';

export interface Meter {
  /** Counts a settled exchange. */
  add(entry: LedgerEntry): void;
  /** `liveNanoUsd` is the running estimate of what is in flight. */
  view(liveNanoUsd: number): MeterView;
}

interface Day {
  readonly start: number;
  /** Start of the next day. */
  readonly end: number;
  readonly monthStart: number;
  readonly today: Totals;
  practiceNanoUsd: number;
  readonly month: Totals;
  readonly quarters: number[];
}

/** `flush` brings queued ledger writes into the database before it is read. */
export function createMeter(db: ReadableDb, flush: () => void, now: () => number): Meter {
  let day = readDay(db, flush, now());

  const current = (): Day => {
    const at = now();
    if (at < day.start || at >= day.end) day = readDay(db, flush, at);
    return day;
  };

  return {
    add(entry) {
      // The entry is in the ledger's queue already: a day that was read just now has counted it.
      const before = day;
      const open = current();
      if (open !== before) return;
      if (entry.startedAt >= open.monthStart) addTo(open.month, totalsOf(entry));
      if (entry.startedAt < open.start) return;
      addTo(open.today, totalsOf(entry));
      if (entry.practice) open.practiceNanoUsd += entry.costNanoUsd;
      const quarter = Math.floor((entry.startedAt - open.start) / QUARTER_HOUR_MS);
      while (open.quarters.length <= quarter) open.quarters.push(0);
      open.quarters[quarter] = (open.quarters[quarter] ?? 0) + entry.costNanoUsd;
    },
    view(liveNanoUsd) {
      const open = current();
      const quarter = Math.floor((now() - open.start) / QUARTER_HOUR_MS);
      while (open.quarters.length <= quarter) open.quarters.push(0);
      return {
        today: { ...open.today },
        todayPracticeNanoUsd: open.practiceNanoUsd,
        month: { ...open.month },
        liveNanoUsd,
        quarters: [...open.quarters],
      };
    },
  };
}

function readDay(db: ReadableDb, flush: () => void, now: number): Day {
  flush();
  const start = startOfDay(now);
  const monthStart = startOfMonth(now);
  return {
    start,
    end: startOfNextDay(now),
    monthStart,
    today: reportUsage(db, start).totals,
    practiceNanoUsd: practiceCost(db, start),
    month: reportUsage(db, monthStart).totals,
    quarters: quarterHours(db, start, now),
  };
}

function totalsOf(entry: LedgerEntry): Totals {
  return {
    exchanges: 1,
    inputTokens: entry.inputTokens,
    cacheReadTokens: entry.cacheReadTokens,
    cacheWrite5mTokens: entry.cacheWrite5mTokens,
    cacheWrite1hTokens: entry.cacheWrite1hTokens,
    outputTokens: entry.outputTokens,
    costNanoUsd: entry.costNanoUsd,
  };
}
