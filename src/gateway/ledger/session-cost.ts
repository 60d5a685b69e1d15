// What one session has cost so far, for the status line: asked for often, so it is one look-up in an index.
import type { ReadableDb } from './open-database.ts';

export interface SessionCost {
  /** Nano-dollars, without practice. */
  readonly real: number;
  /** Nano-dollars that the practice provider made up. */
  readonly practice: number;
}

/** Sums settled rows; what is in flight is not in it. `flush` brings queued ledger writes into the database first. */
export function createSessionCost(db: ReadableDb, flush: () => void): (sessionId: string) => SessionCost {
  const sum = db.prepare(`
    SELECT COALESCE(SUM(CASE WHEN practice = 0 THEN cost_nano_usd END), 0) AS real,
           COALESCE(SUM(CASE WHEN practice = 1 THEN cost_nano_usd END), 0) AS practice
    FROM exchanges WHERE session_id = ? AND state <> 'live'`);
  return (sessionId) => {
    flush();
    return sum.get(sessionId) as SessionCost;
  };
}
