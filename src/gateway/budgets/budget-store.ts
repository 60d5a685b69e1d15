// What budgets keep in the ledger's database: sums per window, reservations of requests in flight, grants. Sums are
// written in the transaction that settles an exchange; a new budget is summed once from what the ledger has.
import { QUARTER_HOUR_MS } from '../ledger/ledger-entry.ts';
import type { WritableDb } from '../ledger/open-database.ts';
import type { SpendFacts } from './budget-scope.ts';
import type { TimeWindow } from './calendar.ts';

/** Where a request counts: one window of one subject of one budget. */
export type Hold = readonly [budget: string, subject: string, windowStart: number];

export interface Reservation {
  readonly exchange: string;
  readonly nanoUsd: number;
  readonly tokens: number;
  readonly holds: readonly Hold[];
}

/** What an exchange came to, in the unit of each budget. */
export interface Charge {
  readonly exchange: string;
  readonly parts: readonly {
    readonly hold: Hold;
    readonly amount: number;
    /** When the limit was first reached in this window. */
    readonly reachedAt: number | null;
  }[];
}

export interface Usage {
  readonly used: number;
  readonly reachedAt: number | null;
}

export interface NewGrant {
  readonly budget: string;
  readonly definition: string;
  readonly subject: string;
  readonly window: TimeWindow;
  readonly amount: number;
  readonly before: number;
  readonly after: number;
  readonly at: number;
}

/** A sum of settled exchanges that are alike for budgets. */
export interface Spent {
  readonly facts: Omit<SpendFacts, 'practice' | 'subscription'>;
  readonly nanoUsd: number;
  readonly tokens: number;
}

/** What a killed gateway left: a reservation, and what the exchange's row says now. */
export interface Leftover extends Reservation {
  readonly spentNanoUsd: number;
  readonly spentTokens: number;
}

export type BudgetStore = ReturnType<typeof createBudgetStore>;

const tokenSum =
  'input_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens';

/** All calls throw what SQLite throws. */
export function createBudgetStore(db: WritableDb) {
  return { ...hotStatements(db), ...accountStatements(db), ...ledgerSums(db) };
}

/** What runs for every request that a budget concerns. */
function hotStatements(db: WritableDb) {
  const insert = db.prepare(
    'INSERT OR REPLACE INTO budget_reservations (exchange, nano_usd, tokens, holds) VALUES (?, ?, ?, ?)',
  );
  const release = db.prepare('DELETE FROM budget_reservations WHERE exchange = ?');
  const add = db.prepare(`
    INSERT INTO budget_usage (budget, subject, window_start, used, reached_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET used = used + excluded.used, reached_at = COALESCE(reached_at, excluded.reached_at)`);
  const admit = db.transaction((decide: () => Reservation | null) => {
    const reservation = decide();
    if (reservation === null) return false;
    const { exchange, nanoUsd, tokens, holds } = reservation;
    insert.run(exchange, nanoUsd, tokens, JSON.stringify(holds));
    return true;
  });
  return {
    /** Decides and writes in one transaction; `decide` returns null to refuse. True when the reservation is written. */
    reserve: (decide: () => Reservation | null): boolean => admit.immediate(decide),
    /** Runs inside the transaction that settles the exchange. */
    charge({ exchange, parts }: Charge): void {
      release.run(exchange);
      for (const { hold, amount, reachedAt } of parts) add.run(...hold, amount, reachedAt);
    },
  };
}

function accountStatements(db: WritableDb) {
  const readUsage = db.prepare(
    'SELECT used, reached_at AS reachedAt FROM budget_usage WHERE budget = ? AND subject = ? AND window_start = ?',
  );
  const subjects = db.prepare(
    'SELECT subject FROM budget_usage WHERE budget = ? AND window_start = ? ORDER BY used DESC LIMIT ?',
  );
  const setReached = db.prepare(
    'UPDATE budget_usage SET reached_at = ? WHERE budget = ? AND subject = ? AND window_start = ?',
  );
  const granted = db.prepare(
    `SELECT COALESCE(SUM(amount), 0) FROM budget_grants
     WHERE budget = ? AND window_start = ? AND subject = ? AND definition = ?`,
  );
  const grant = db.prepare(`
    INSERT INTO budget_grants
      (budget, definition, subject, window_start, window_end, amount, allowed_before, allowed_after, granted_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  return {
    usage: (hold: Hold): Usage | undefined => readUsage.get(...hold) as Usage | undefined,
    /** Subjects that have used something in a window, the fullest first. */
    subjects: (budget: string, windowStart: number, limit: number): string[] =>
      subjects.pluck().all(budget, windowStart, limit) as string[],
    setReached: (hold: Hold, at: number | null): void => void setReached.run(at, ...hold),
    granted: ([budget, subject, windowStart]: Hold, definition: string): number =>
      granted.pluck().get(budget, windowStart, subject, definition) as number,
    grant: (given: NewGrant): void =>
      void grant.run(
        given.budget,
        given.definition,
        given.subject,
        given.window.start,
        given.window.end,
        given.amount,
        given.before,
        given.after,
        given.at,
      ),
  };
}

interface SumRow {
  readonly developer: string | null;
  readonly project: string | null;
  readonly sessionId: string | null;
  readonly client: string | null;
  readonly provider: string | null;
  readonly modelAsked: string | null;
  readonly modelServed: string | null;
  readonly nanoUsd: number;
  readonly tokens: number;
}

/** Where the ledger is the source: new budgets, and what a killed gateway left. */
function ledgerSums(db: WritableDb) {
  const sums = `SUM(cost_nano_usd) AS nanoUsd, SUM(${tokenSum}) AS tokens`;
  const fromRollUps = db.prepare(`
    SELECT NULL AS developer, NULLIF(project, '') AS project, NULL AS sessionId, NULL AS client, provider,
      NULL AS modelAsked, model AS modelServed, ${sums}
    FROM rollups WHERE bucket >= ? AND bucket < ? AND practice = 0 GROUP BY project, provider, model`);
  const fromExchanges = db.prepare(`
    SELECT developer, project, session_id AS sessionId, client, provider,
      model_asked AS modelAsked, model_served AS modelServed, ${sums}
    FROM exchanges WHERE started_at >= ? AND started_at < ? AND state <> 'live' AND practice = 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7`);
  const readCounters = db.prepare(
    'SELECT budget, definition, since, known_until AS knownUntil FROM budget_counters',
  );
  const putCounter = db.prepare(
    `INSERT OR REPLACE INTO budget_counters (budget, definition, since, known_until)
     VALUES (?, ?, ?, COALESCE((SELECT MAX(started_at) FROM exchanges), 0))`,
  );
  const dropCounter = db.prepare('DELETE FROM budget_counters WHERE budget = ?');
  const dropUsage = db.prepare('DELETE FROM budget_usage WHERE budget = ?');
  const setUsage = db.prepare(
    `INSERT INTO budget_usage (budget, subject, window_start, used) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET used = excluded.used`,
  );
  const leftovers = db.prepare(`
    SELECT r.exchange, r.nano_usd AS nanoUsd, r.tokens, r.holds,
      COALESCE(e.cost_nano_usd, 0) AS spentNanoUsd,
      COALESCE(${tokenSum}, 0) AS spentTokens
    FROM budget_reservations r LEFT JOIN exchanges e ON e.id = r.exchange`);
  return {
    transaction: <T>(task: () => T): T => db.transaction(task).immediate(),
    counters: () =>
      readCounters.all() as {
        readonly budget: string;
        readonly definition: string;
        readonly since: number;
        readonly knownUntil: number;
      }[],
    putCounter: (budget: string, definition: string, since: number): void =>
      void putCounter.run(budget, definition, since),
    dropCounter(budget: string): void {
      dropCounter.run(budget);
      dropUsage.run(budget);
    },
    setUsage: (hold: Hold, used: number): void => void setUsage.run(...hold, used),
    /** What was spent in a window. `detailed`: also by session, client, developer and model asked for. */
    spent({ start, end }: TimeWindow, detailed: boolean): Spent[] {
      const until = end ?? Number.MAX_SAFE_INTEGER;
      const whole = start % QUARTER_HOUR_MS === 0 && (end === null || end % QUARTER_HOUR_MS === 0);
      const rows = (!detailed && whole ? fromRollUps : fromExchanges).all(start, until) as SumRow[];
      return rows.map(toSpent);
    },
    leftovers: (): Leftover[] =>
      (leftovers.all() as (Omit<Leftover, 'holds'> & { holds: string })[]).map((row) => ({
        ...row,
        holds: JSON.parse(row.holds) as Hold[],
      })),
  };
}

function toSpent(row: SumRow): Spent {
  const { developer, project, sessionId, client, provider, modelAsked, modelServed, nanoUsd, tokens } = row;
  const models = [modelAsked, modelServed].filter((name) => name !== null);
  const facts = { developer, project, sessionId, client: client ?? '', provider: provider ?? '', models };
  return { facts, nanoUsd, tokens };
}
