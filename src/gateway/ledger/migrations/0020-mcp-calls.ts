// One row per MCP tool call, joined with the model's turn by the id of its `tool_use` block. Written once, at its end.

export const migration0020 = {
  number: 20,
  sql: `
    CREATE TABLE mcp_calls (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      started_at INTEGER NOT NULL,
      duration_ms REAL NOT NULL,
      client TEXT NOT NULL,
      session_id TEXT,
      server TEXT NOT NULL,
      -- The server's own name of the tool.
      tool TEXT NOT NULL,
      tool_use_id TEXT,
      outcome TEXT NOT NULL
        CHECK (outcome IN ('completed', 'tool-error', 'error', 'denied', 'failed', 'cancelled')),
      reason TEXT,
      argument_bytes INTEGER NOT NULL,
      result_bytes INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX mcp_calls_by_time ON mcp_calls (started_at);
    CREATE INDEX mcp_calls_by_tool_use ON mcp_calls (tool_use_id) WHERE tool_use_id IS NOT NULL;
  `,
} as const;
