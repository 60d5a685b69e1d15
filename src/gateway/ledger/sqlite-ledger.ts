// The ledger: what happened and what it cost, in SQLite. Rows are opened before anything is sent upstream and settled
// once; the writes of one turn of the event loop share one transaction.
import type { ExchangeRow } from '../../contract/rows.ts';
import { cellsOf, columnNames, rowFrom } from './entry-columns.ts';
import { QUARTER_HOUR_MS } from './ledger-entry.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { WritableDb } from './open-database.ts';

export interface Ledger {
  /** Records that the exchange began; must come before the request is sent upstream. */
  open(entry: LedgerEntry): void;
  /** Writes what is known so far of exchanges in flight, so that a crash loses no more than a second. */
  checkpoint(entries: readonly LedgerEntry[]): void;
  /** Writes the outcome, once per exchange, whether it was opened or not. */
  settle(entry: LedgerEntry): void;
  /** Newest first; `before` is the id of the last row already known. */
  list(limit: number, before?: string): ExchangeRow[];
  fact(name: string): string | null;
  setFact(name: string, value: string): void;
  /** Writes what is queued; call before closing. */
  flush(): void;
}

/** `defer` runs a function at the end of this turn of the event loop; `onError` hears of failed writes. */
export function createSqliteLedger(
  db: WritableDb,
  defer: (task: () => void) => void,
  onError: (error: unknown) => void,
): Ledger {
  const write = prepareWrites(db);
  let queue: (() => void)[] = [];

  const flush = db.transaction((tasks: readonly (() => void)[]) => {
    for (const task of tasks) task();
  });
  const drain = (): void => {
    const tasks = queue;
    if (tasks.length === 0) return;
    queue = [];
    try {
      flush.immediate(tasks);
    } catch {
      // One bad row must not take its neighbours with it: write them singly and report those that fail.
      for (const task of tasks) attempt(task, onError);
    }
  };
  const enqueue = (task: () => void): void => {
    if (queue.push(task) === 1) defer(drain);
  };

  const listLast = db.prepare('SELECT * FROM exchanges ORDER BY seq DESC LIMIT ?');
  const listBefore = db.prepare(
    'SELECT * FROM exchanges WHERE seq < (SELECT seq FROM exchanges WHERE id = ?) ORDER BY seq DESC LIMIT ?',
  );
  const readFact = db.prepare('SELECT value FROM facts WHERE name = ?').pluck();
  const writeFact = db.prepare(
    'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );

  return {
    open: (entry) => enqueue(() => write.insert(entry)),
    checkpoint: (entries) => enqueue(() => entries.forEach((entry) => write.update(entry))),
    settle: (entry) =>
      enqueue(() => {
        if (!write.update(entry)) write.insert(entry);
        write.rollUp(entry);
      }),
    list(limit, before) {
      drain();
      const records = before === undefined ? listLast.all(limit) : listBefore.all(before, limit);
      return (records as Record<string, unknown>[]).map(rowFrom);
    },
    fact: (name) => (readFact.get(name) as string | undefined) ?? null,
    setFact: (name, value) => void writeFact.run(name, value),
    flush: drain,
  };
}

function attempt(task: () => void, onError: (error: unknown) => void): void {
  try {
    task();
  } catch (error) {
    onError(error);
  }
}

interface Writes {
  insert(entry: LedgerEntry): void;
  /** False when no live row of this id exists. */
  update(entry: LedgerEntry): boolean;
  rollUp(entry: LedgerEntry): void;
}

function prepareWrites(db: WritableDb): Writes {
  const placeholders = columnNames.map(() => '?').join(', ');
  const insert = db.prepare(`INSERT INTO exchanges (${columnNames.join(', ')}) VALUES (${placeholders})`);
  const assignments = columnNames.filter((name) => name !== 'id').map((name) => `${name} = ?`);
  // Only a live row may change: an outcome is written once.
  const update = db.prepare(`UPDATE exchanges SET ${assignments.join(', ')} WHERE id = ? AND state = 'live'`);
  const rollUp = db.prepare(`
    INSERT INTO rollups VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
      exchanges = exchanges + 1,
      input_tokens = input_tokens + excluded.input_tokens,
      cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
      cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
      cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
      output_tokens = output_tokens + excluded.output_tokens,
      cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd`);
  return {
    insert: (entry) => void insert.run(cellsOf(entry)),
    update(entry) {
      const [id, ...cells] = cellsOf(entry);
      return update.run([...cells, id]).changes > 0;
    },
    rollUp: (entry) => void rollUp.run(rollUpCells(entry)),
  };
}

/** The key of a roll-up row and its figures; unknown names are kept as empty text. */
function rollUpCells(entry: LedgerEntry): (string | number)[] {
  return [
    Math.floor(entry.startedAt / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
    entry.provider ?? '',
    entry.practice ? 1 : 0,
    entry.modelServed ?? entry.modelAsked ?? '',
    entry.project ?? '',
    entry.inputTokens,
    entry.cacheReadTokens,
    entry.cacheWrite5mTokens,
    entry.cacheWrite1hTokens,
    entry.outputTokens,
    entry.costNanoUsd,
  ];
}

/**
 * Ends the rows a killed gateway left open: they keep the last figures seen, are marked unconfirmed and counted.
 * Returns how many there were. Call once, before the first exchange.
 */
export function closeAbandonedRows(db: WritableDb, now: number): number {
  const write = prepareWrites(db);
  return db.transaction(() => {
    const open = db.prepare(`SELECT * FROM exchanges WHERE state = 'live'`).all() as Record<
      string,
      unknown
    >[];
    const close = db.prepare(
      `UPDATE exchanges SET state = 'aborted', unconfirmed = 1, ended_at = ?, reason = ? WHERE id = ?`,
    );
    for (const record of open) {
      const row = rowFrom(record);
      close.run(
        now,
        'Tollgate was stopped while this was in flight; the figures are the last ones it saw.',
        row.id,
      );
      write.rollUp(row as LedgerEntry);
    }
    return open.length;
  })();
}
