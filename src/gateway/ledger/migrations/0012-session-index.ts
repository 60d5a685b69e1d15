// Finds a session's exchanges without reading the others: the status line asks after each message.

export const migration0012 = {
  number: 12,
  sql: `CREATE INDEX exchanges_by_session ON exchanges (session_id) WHERE session_id IS NOT NULL;`,
} as const;
