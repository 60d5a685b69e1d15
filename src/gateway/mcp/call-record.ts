// One row per tool call: what was called, for which turn of the model, how it ended, how much went over the line. Rows are
// gathered and written together; they never hold arguments or results.
import type { McpCallOutcome, McpCallRow } from '../../contract/mcp.ts';
import type { WritableDb } from '../ledger/open-database.ts';

export interface CallRecorder {
  add(row: McpCallRow): void;
  /** Newest first; `before` is the id of the last row already known. */
  list(limit: number, before?: string): McpCallRow[];
  /** Writes what is gathered; call before closing. */
  flush(): void;
}

const WRITE_AFTER_MS = 50;

interface StoredCall {
  readonly id: string;
  readonly started_at: number;
  readonly duration_ms: number;
  readonly client: string;
  readonly session_id: string | null;
  readonly server: string;
  readonly tool: string;
  readonly tool_use_id: string | null;
  readonly outcome: McpCallOutcome;
  readonly reason: string | null;
  readonly argument_bytes: number;
  readonly result_bytes: number;
}

export function createCallRecorder(db: WritableDb, onError: (error: unknown) => void): CallRecorder {
  const insert = db.prepare(
    `INSERT INTO mcp_calls (id, started_at, duration_ms, client, session_id, server, tool, tool_use_id, outcome, reason,
      argument_bytes, result_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const last = db.prepare('SELECT * FROM mcp_calls ORDER BY seq DESC LIMIT ?');
  const lastBefore = db.prepare(
    'SELECT * FROM mcp_calls WHERE seq < (SELECT seq FROM mcp_calls WHERE id = ?) ORDER BY seq DESC LIMIT ?',
  );
  let gathered: McpCallRow[] = [];
  let timer: NodeJS.Timeout | null = null;
  const write = db.transaction((rows: readonly McpCallRow[]) => {
    for (const row of rows) {
      insert.run(
        row.id,
        row.startedAt,
        row.durationMs,
        row.client,
        row.session,
        row.server,
        row.tool,
        row.toolUseId,
        row.outcome,
        row.reason,
        row.argumentBytes,
        row.resultBytes,
      );
    }
  });
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (gathered.length === 0) return;
    const rows = gathered;
    gathered = [];
    try {
      write.immediate(rows);
    } catch (error) {
      onError(error);
    }
  };
  return {
    add(row) {
      gathered.push(row);
      timer ??= setTimeout(flush, WRITE_AFTER_MS).unref();
    },
    list(limit, before) {
      flush();
      const rows = before === undefined ? last.all(limit) : lastBefore.all(before, limit);
      return (rows as StoredCall[]).map(rowFrom);
    },
    flush,
  };
}

function rowFrom(stored: StoredCall): McpCallRow {
  return {
    id: stored.id,
    startedAt: stored.started_at,
    durationMs: stored.duration_ms,
    client: stored.client,
    session: stored.session_id,
    server: stored.server,
    tool: stored.tool,
    toolUseId: stored.tool_use_id,
    outcome: stored.outcome,
    reason: stored.reason,
    argumentBytes: stored.argument_bytes,
    resultBytes: stored.result_bytes,
  };
}
