// The ledger: what happened and what it cost, in SQLite. Rows are opened before anything is sent upstream and settled
// once; writes that fall together share one transaction.
import type { ExchangeRow } from '../../contract/rows.ts';
import { cellsOf, columnNames, rowFrom } from './entry-columns.ts';
import { QUARTER_HOUR_MS } from './ledger-entry.ts';
import type { LedgerEntry } from './ledger-entry.ts';
import type { WritableDb } from './open-database.ts';

export interface Ledger {
  /** Records that the exchange began. */
  open(entry: LedgerEntry): void;
  /** Writes what is known so far of exchanges in flight, so that a crash loses no more than a second. */
  checkpoint(entries: readonly LedgerEntry[]): void;
  /** Writes the outcome, once per exchange; `opened` says whether its row was. */
  settle(entry: LedgerEntry, opened: boolean): void;
  /** Newest first; `before` is the id of the last row already known. */
  list(limit: number, before?: string): ExchangeRow[];
  fact(name: string): string | null;
  setFact(name: string, value: string): void;
  /** Writes at once, before the client hears of it, unless so much runs that writes are being gathered. */
  commit(): void;
  /** Writes what is queued; call before closing. */
  flush(): void;
}

/** What the ledger needs to know of its surroundings. */
export interface LedgerClock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Runs a task at the end of this turn of the event loop. */
  defer(task: () => void): void;
  /** Runs a task after some milliseconds. */
  later(task: () => void, milliseconds: number): void;
}

/**
 * From so many rows per window on, writes are gathered for a moment: a transaction costs five times what a row in it
 * costs. Below that, and no person's work comes near it, they are made in the same turn of the event loop.
 */
const BUSY_ROWS = 64;
const WINDOW_MS = 100;
const GATHER_MS = 20;
const MOST_KNOWN_PRICES = 1000;

/** The newest state of an exchange that is still to be written. */
interface Pending {
  entry: LedgerEntry;
  readonly isNew: boolean;
  settled: boolean;
}

export function createSqliteLedger(
  db: WritableDb,
  clock: LedgerClock,
  onError: (error: unknown) => void,
  /** Runs in the transaction that writes these outcomes. */
  onSettled: (settled: readonly LedgerEntry[]) => void = () => {},
): Ledger {
  const { put, commit, flush } = createWriteQueue(db, clock, onError, onSettled);
  const listLast = db.prepare('SELECT * FROM exchanges ORDER BY seq DESC LIMIT ?');
  const listBefore = db.prepare(
    'SELECT * FROM exchanges WHERE seq < (SELECT seq FROM exchanges WHERE id = ?) ORDER BY seq DESC LIMIT ?',
  );
  const readFact = db.prepare('SELECT value FROM facts WHERE name = ?').pluck();
  const writeFact = db.prepare(
    'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );

  return {
    open: (entry) => put(entry, true, false),
    checkpoint: (entries) => entries.forEach((entry) => put(entry, false, false)),
    settle: (entry, opened) => put(entry, !opened, true),
    list(limit, before) {
      flush();
      const records = before === undefined ? listLast.all(limit) : listBefore.all(before, limit);
      return (records as Record<string, unknown>[]).map(rowFrom);
    },
    fact: (name) => (readFact.get(name) as string | undefined) ?? null,
    setFact: (name, value) => void writeFact.run(name, value),
    commit,
    flush,
  };
}

/** Gathers rows and writes them in one transaction, now or a little later. */
function createWriteQueue(
  db: WritableDb,
  clock: LedgerClock,
  onError: (error: unknown) => void,
  onSettled: (settled: readonly LedgerEntry[]) => void,
) {
  const write = prepareWrites(db);
  let queue = new Map<string, Pending>();
  let scheduled = false;
  let lastDrain = -Infinity;
  const busy = createRateWatch();
  const writeAll = db.transaction((rows: readonly Pending[]) => {
    for (const { entry, isNew, settled } of rows) {
      if (isNew || (!write.update(entry) && settled)) write.insert(entry);
    }
    const settled = rows.filter((row) => row.settled).map((row) => row.entry);
    for (const rollUp of sumRollUps(settled)) write.rollUp(rollUp);
    onSettled(settled);
  });

  const schedule = (wait: number): void => {
    if (scheduled) return;
    scheduled = true;
    if (wait > 0 && busy(clock.now(), 0)) clock.later(drain, wait);
    else clock.defer(drain);
  };

  const drain = (): void => {
    scheduled = false;
    lastDrain = clock.now();
    if (queue.size === 0) return;
    const rows = [...queue.values()];
    queue = new Map();
    try {
      writeAll.immediate(rows);
    } catch {
      // One bad row must not take its neighbours with it: write them singly and report those that fail.
      for (const row of rows) attempt(() => writeAll.immediate([row]), onError);
    }
  };

  const put = (entry: LedgerEntry, isNew: boolean, settled: boolean): void => {
    const known = queue.get(entry.id);
    const now = clock.now();
    if (known === undefined) queue.set(entry.id, { entry, isNew, settled });
    else if (!known.settled) {
      known.entry = entry;
      known.settled = settled;
    }
    busy(now, 1);
    schedule(lastDrain + GATHER_MS - now);
  };
  const commit = (): void => {
    if (!busy(clock.now(), 0)) drain();
  };
  return { put, commit, flush: drain };
}

/** Counts rows as they come; true while they come faster than they are worth writing one by one. */
function createRateWatch(): (now: number, rows: number) => boolean {
  let since = -Infinity;
  let counted = 0;
  let before = 0;
  return (now, rows) => {
    if (now - since > WINDOW_MS) {
      before = now - since > 2 * WINDOW_MS ? 0 : counted;
      since = now;
      counted = 0;
    }
    counted += rows;
    return Math.max(counted, before) >= BUSY_ROWS;
  };
}

function attempt(task: () => void, onError: (error: unknown) => void): void {
  try {
    task();
  } catch (error) {
    onError(error);
  }
}

/** One row of the roll-ups: the four parts of its key, then the figures to add. */
type RollUpCells = readonly [
  bucket: number,
  provider: string,
  practice: number,
  model: string,
  project: string,
  ...figures: number[],
];
const ROLL_UP_KEY_CELLS = 5;

interface Writes {
  insert(entry: LedgerEntry): void;
  /** False when no live row of this id exists. */
  update(entry: LedgerEntry): boolean;
  rollUp(cells: RollUpCells): void;
}

function prepareWrites(db: WritableDb): Writes {
  const placeholders = columnNames.map(() => '?').join(', ');
  const insert = db.prepare(`INSERT INTO exchanges (${columnNames.join(', ')}) VALUES (${placeholders})`);
  const assignments = columnNames.filter((name) => name !== 'id').map((name) => `${name} = ?`);
  // Only a live row may change: an outcome is written once.
  const update = db.prepare(`UPDATE exchanges SET ${assignments.join(', ')} WHERE id = ? AND state = 'live'`);
  const priceIdOf = preparePriceIds(db);
  const rollUp = db.prepare(`
    INSERT INTO rollups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
      exchanges = exchanges + excluded.exchanges,
      input_tokens = input_tokens + excluded.input_tokens,
      cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
      cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
      cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
      output_tokens = output_tokens + excluded.output_tokens,
      cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd`);
  return {
    insert: (entry) => void insert.run(cellsOf(entry, priceIdOf)),
    update(entry) {
      const [id, ...cells] = cellsOf(entry, priceIdOf);
      return update.run([...cells, id]).changes > 0;
    },
    rollUp: (cells) => void rollUp.run(cells),
  };
}

/** Ids of stored price rows; the few in use are remembered. */
function preparePriceIds(db: WritableDb): (rows: string) => number {
  const known = new Map<string, number>();
  const find = db.prepare('SELECT id FROM prices WHERE rows = ?').pluck();
  const add = db.prepare('INSERT INTO prices (rows) VALUES (?)');
  return (rows) => {
    const id = known.get(rows) ?? (find.get(rows) as number | undefined);
    // An id made in this transaction is not remembered: the transaction may yet be undone.
    if (id === undefined) return Number(add.run(rows).lastInsertRowid);
    if (known.size >= MOST_KNOWN_PRICES) known.clear();
    known.set(rows, id);
    return id;
  };
}

/** The key of a roll-up row and the figures of one entry; unknown names are kept as empty text. */
function rollUpCells(entry: LedgerEntry): RollUpCells {
  return [
    Math.floor(entry.startedAt / QUARTER_HOUR_MS) * QUARTER_HOUR_MS,
    entry.provider ?? '',
    entry.practice ? 1 : 0,
    entry.modelServed ?? entry.modelAsked ?? '',
    entry.project ?? '',
    1,
    entry.inputTokens,
    entry.cacheReadTokens,
    entry.cacheWrite5mTokens,
    entry.cacheWrite1hTokens,
    entry.outputTokens,
    entry.costNanoUsd,
  ];
}

/** Entries of one key come to one row: the figures are whole numbers, so their sums are exact. */
function sumRollUps(entries: readonly LedgerEntry[]): Iterable<RollUpCells> {
  if (entries.length < 2) return entries.map(rollUpCells);
  const sums = new Map<string, RollUpCells>();
  for (const entry of entries) {
    const cells = rollUpCells(entry);
    const [bucket, provider, practice, model, project] = cells;
    const key = `${bucket} ${practice} ${provider.length} ${provider} ${model.length} ${model} ${project}`;
    const known = sums.get(key);
    sums.set(key, known === undefined ? cells : addFigures(known, cells));
  }
  return sums.values();
}

function addFigures(left: RollUpCells, right: RollUpCells): RollUpCells {
  return left.map((cell, index) =>
    index < ROLL_UP_KEY_CELLS ? cell : Number(cell) + Number(right[index]),
  ) as unknown as RollUpCells;
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
      write.rollUp(rollUpCells(row as LedgerEntry));
    }
    return open.length;
  })();
}
