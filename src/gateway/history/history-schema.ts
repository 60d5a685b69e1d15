// The tables of history.db: what was read of which transcript, every message seen in them once, and sums of those that
// count. A file of its own, so that an import never holds the lock that the ledger's writes need, and taking the
// history out again is removing a file.
import type { Migration } from '../ledger/migrations/index.ts';

export const historyMigrations: readonly Migration[] = [
  {
    number: 11,
    sql: `
      CREATE TABLE files (
        id INTEGER PRIMARY KEY,
        path TEXT NOT NULL UNIQUE,
        inode INTEGER NOT NULL,
        -- Bytes looked at; more on disk means there is something to read.
        size INTEGER NOT NULL,
        modified_ms REAL NOT NULL,
        changed_ms REAL NOT NULL,
        -- Behind the last whole line that was read. Checksums of the bytes at the start and before here tell whether
        -- the file was only added to.
        read_to INTEGER NOT NULL,
        head_sum INTEGER NOT NULL,
        tail_sum INTEGER NOT NULL,
        -- First time in the file; a fork of a session begins later than the messages it copied.
        begun_at INTEGER,
        project TEXT,
        unreadable_lines INTEGER NOT NULL
      ) STRICT;

      -- Where messages stand and what they are of; empty text stands for none. Few for each file.
      CREATE TABLE origins (
        id INTEGER PRIMARY KEY,
        file INTEGER NOT NULL REFERENCES files (id),
        model TEXT NOT NULL,
        project TEXT NOT NULL,
        session TEXT NOT NULL,
        agent TEXT NOT NULL,
        UNIQUE (file, model, project, session, agent)
      ) STRICT;

      -- A message per id and request. Slot 0 holds what may be a copy: sidechain lines and lines without a request id.
      -- State: 0 counts, 1 is a copy of a message that counts, 2 was measured by the gateway.
      CREATE TABLE messages (
        id_key INTEGER NOT NULL,
        slot INTEGER NOT NULL,
        state INTEGER NOT NULL CHECK (state IN (0, 1, 2)),
        origin INTEGER NOT NULL,
        at INTEGER NOT NULL,
        final INTEGER NOT NULL CHECK (final IN (0, 1)),
        input_tokens INTEGER NOT NULL,
        cache_read_tokens INTEGER NOT NULL,
        cache_write_5m_tokens INTEGER NOT NULL,
        cache_write_1h_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        web_search_requests INTEGER NOT NULL,
        cost_nano_usd INTEGER NOT NULL,
        price_estimated INTEGER NOT NULL CHECK (price_estimated IN (0, 1)),
        PRIMARY KEY (id_key, slot)
      ) STRICT, WITHOUT ROWID;

      -- Sums of the messages that count, per UTC quarter hour.
      CREATE TABLE rollups (
        bucket INTEGER NOT NULL,
        origin INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        input_tokens INTEGER NOT NULL,
        cache_read_tokens INTEGER NOT NULL,
        cache_write_5m_tokens INTEGER NOT NULL,
        cache_write_1h_tokens INTEGER NOT NULL,
        output_tokens INTEGER NOT NULL,
        cost_nano_usd INTEGER NOT NULL,
        estimated_nano_usd INTEGER NOT NULL,
        PRIMARY KEY (bucket, origin)
      ) STRICT, WITHOUT ROWID;

      -- What the gateway measured: message ids, and for exchanges whose id was never seen their session and time.
      CREATE TABLE measured (id_key INTEGER PRIMARY KEY) STRICT;
      CREATE TABLE measured_spans (
        session TEXT NOT NULL,
        from_ms INTEGER NOT NULL,
        to_ms INTEGER NOT NULL,
        PRIMARY KEY (session, from_ms, to_ms)
      ) STRICT, WITHOUT ROWID;

      -- One row. The ledger was looked through up to the row ledger_seq, whose id was ledger_id.
      CREATE TABLE summary (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        messages INTEGER NOT NULL,
        cost_nano_usd INTEGER NOT NULL,
        estimated_nano_usd INTEGER NOT NULL,
        measured_messages INTEGER NOT NULL,
        last_import_at INTEGER,
        ledger_seq INTEGER NOT NULL,
        ledger_id TEXT NOT NULL
      ) STRICT;
      INSERT INTO summary VALUES (1, 0, 0, 0, 0, NULL, 0, '');
    `,
  },
];
