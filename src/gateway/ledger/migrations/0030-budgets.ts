// Budgets: what was used per window, what requests in flight hold, and what was granted on top. Amounts are nano-dollars
// in a money budget and tokens in a token budget; windows are known by the instant they began.

export const migration0030 = {
  number: 30,
  sql: `
    -- What each budget counted; another definition under the same id begins again from the exchanges.
    CREATE TABLE budget_counters (
      budget TEXT PRIMARY KEY,
      definition TEXT NOT NULL,
      -- The window that was summed from the exchanges as counting began. Every other window that may hold an exchange
      -- from before is summed when it is first asked for: those that begin earlier, or not after the last exchange then.
      since INTEGER NOT NULL,
      known_until INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE budget_usage (
      budget TEXT NOT NULL,
      subject TEXT NOT NULL,
      window_start INTEGER NOT NULL,
      used INTEGER NOT NULL,
      reached_at INTEGER,
      PRIMARY KEY (budget, subject, window_start)
    ) STRICT, WITHOUT ROWID;

    -- One row per exchange in flight, written before it is sent upstream and taken out with its outcome.
    CREATE TABLE budget_reservations (
      exchange TEXT PRIMARY KEY,
      nano_usd INTEGER NOT NULL,
      tokens INTEGER NOT NULL,
      -- JSON: [[budget, subject, window_start], …]
      holds TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    -- Never changed and never deleted: the record of who went over what, and by how much.
    CREATE TABLE budget_grants (
      seq INTEGER PRIMARY KEY,
      budget TEXT NOT NULL,
      definition TEXT NOT NULL,
      subject TEXT NOT NULL,
      window_start INTEGER NOT NULL,
      window_end INTEGER,
      amount INTEGER NOT NULL,
      allowed_before INTEGER NOT NULL,
      allowed_after INTEGER NOT NULL,
      granted_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX budget_grants_by_window ON budget_grants (budget, window_start, subject);
  `,
} as const;
