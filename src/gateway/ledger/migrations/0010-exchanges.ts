// The first tables: one row per exchange, roll-ups per quarter hour, and a few remembered facts.
// Money is integer nano-dollars; times are integer milliseconds since the epoch. What a text may be is held by the types:
// checked again in every row, it would cost a fifth of the write.

export const migration0010 = {
  number: 10,
  sql: `
    -- Price rows as JSON, each combination once: most exchanges share a few.
    CREATE TABLE prices (id INTEGER PRIMARY KEY, rows TEXT NOT NULL UNIQUE) STRICT;

    CREATE TABLE exchanges (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      started_at INTEGER NOT NULL,
      ended_at INTEGER,
      state TEXT NOT NULL,
      client TEXT NOT NULL,
      session_id TEXT,
      agent_id TEXT,
      parent_agent_id TEXT,
      request_class TEXT,
      developer TEXT,
      project TEXT,
      project_source TEXT NOT NULL,
      provider TEXT,
      practice INTEGER NOT NULL,
      model_asked TEXT,
      model_served TEXT,
      streaming INTEGER NOT NULL,
      status INTEGER,
      stop_reason TEXT,
      attempts INTEGER NOT NULL,
      first_byte_ms REAL,
      duration_ms REAL,
      input_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_5m_tokens INTEGER NOT NULL,
      cache_write_1h_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      web_search_requests INTEGER NOT NULL,
      cost_nano_usd INTEGER NOT NULL,
      usage_basis TEXT NOT NULL,
      price_estimated INTEGER NOT NULL,
      -- The price rows used: a later price edit never rewrites history (B15).
      price_id INTEGER REFERENCES prices (id),
      message_id TEXT,
      upstream_request_id TEXT,
      route_reason TEXT,
      reason TEXT,
      unconfirmed INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE INDEX exchanges_by_time ON exchanges (started_at);
    CREATE INDEX exchanges_live ON exchanges (state) WHERE state = 'live';

    -- Sums per UTC quarter hour: every time zone's midnight falls on one of its borders.
    CREATE TABLE rollups (
      bucket INTEGER NOT NULL,
      provider TEXT NOT NULL,
      practice INTEGER NOT NULL,
      model TEXT NOT NULL,
      project TEXT NOT NULL,
      exchanges INTEGER NOT NULL,
      input_tokens INTEGER NOT NULL,
      cache_read_tokens INTEGER NOT NULL,
      cache_write_5m_tokens INTEGER NOT NULL,
      cache_write_1h_tokens INTEGER NOT NULL,
      output_tokens INTEGER NOT NULL,
      cost_nano_usd INTEGER NOT NULL,
      PRIMARY KEY (bucket, provider, practice, model, project)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
} as const;
