// What the ledger says the gateway measured, for leaving the same messages of the logs out: read from a row on, so that
// each exchange is looked at once.
import type { ReadableDb } from '../ledger/open-database.ts';

/** By its message's id; without one by session and time (milliseconds since the epoch). */
export type MeasuredExchange =
  | { readonly messageId: string }
  | { readonly messageId: null; readonly session: string; readonly from: number; readonly to: number };

/** A row of the ledger, by number and id: a ledger that was begun anew has other ids. */
export interface LedgerMark {
  readonly seq: number;
  readonly id: string;
}

export const ledgerStart: LedgerMark = { seq: 0, id: '' };

/** A line of the log is written a moment after its exchange ended. */
const SLACK_MS = 5_000;

interface Row {
  readonly messageId: string | null;
  readonly session: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

/** How many rows the ledger has after the mark, without looking at them. */
export function rowsAfter(ledger: ReadableDb, mark: LedgerMark): number {
  const last = ledger.prepare('SELECT COALESCE(MAX(seq), 0) FROM exchanges').pluck().get() as number;
  return Math.max(0, last - validMark(ledger, mark).seq);
}

/**
 * All measured exchanges after the mark. One without a message id stands for the messages of its session and time, when
 * tokens were counted; without them nothing was measured that could count twice.
 */
export function* measuredAfter(ledger: ReadableDb, mark: LedgerMark): Generator<MeasuredExchange> {
  const rows = ledger
    .prepare(
      `SELECT message_id AS messageId, COALESCE(session_id, '') AS session, started_at AS startedAt, ended_at AS endedAt
       FROM exchanges
       WHERE seq > ? AND (message_id IS NOT NULL OR (session_id IS NOT NULL AND state <> 'live' AND
         input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens > 0))`,
    )
    .iterate(validMark(ledger, mark).seq) as IterableIterator<Row>;
  for (const { messageId, session, startedAt, endedAt } of rows) {
    if (messageId !== null) yield { messageId };
    else yield { messageId, session, from: startedAt, to: (endedAt ?? startedAt) + SLACK_MS };
  }
}

/** The last row before the first one in flight: rows up to it change no more. */
export function settledMark(ledger: ReadableDb): LedgerMark {
  const mark = ledger
    .prepare(
      `SELECT seq, id FROM exchanges
       WHERE seq < COALESCE((SELECT MIN(seq) FROM exchanges WHERE state = 'live'), ${Number.MAX_SAFE_INTEGER})
       ORDER BY seq DESC LIMIT 1`,
    )
    .get() as LedgerMark | undefined;
  return mark ?? ledgerStart;
}

/** A mark that names no row of this ledger stands for its start: looking twice at a row changes nothing. */
function validMark(ledger: ReadableDb, mark: LedgerMark): LedgerMark {
  const id = ledger.prepare('SELECT id FROM exchanges WHERE seq = ?').pluck().get(mark.seq);
  return id === mark.id ? mark : ledgerStart;
}
