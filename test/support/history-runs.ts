// Imports in the test's own thread, on real files and a real ledger, with limits so small that every rule of cutting,
// batching and going on is used by a handful of lines.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  importTranscripts,
  type ImportLimits,
  type ImportProgress,
} from '../../src/gateway/history/import-transcripts.ts';
import { readUsageFromLogs } from '../../src/gateway/history/history-report.ts';
import { openHistoryForReading, openHistoryForWriting } from '../../src/gateway/history/open-history.ts';
import { openLedgerForReading, openLedgerForWriting } from '../../src/gateway/ledger/open-database.ts';
import type { WritableDb } from '../../src/gateway/ledger/open-database.ts';
import type { UsageFromLogs, UsageGrouping } from '../../src/contract/usage.ts';

export const tinyLimits: ImportLimits = {
  chunkBytes: 64,
  longestLine: 4096,
  batchMessages: 3,
  batchBytes: 2000,
};

export type MeasuredRow = {
  messageId: string | null;
  session?: string | null;
  startedAt?: number;
  endedAt?: number | null;
  state?: 'live' | 'completed';
  outputTokens?: number;
};

export type HistoryRun = {
  readonly claudeFolder: string;
  readonly ledger: WritableDb;
  readonly historyPath: string;
  /** `stopAfter`: cancelled (`cancel`) or killed (`crash`) at the so-manieth look at the flag. */
  import(
    stop?: { how: 'cancel' | 'crash'; after: number },
    limits?: ImportLimits,
  ): Promise<ImportProgress | null>;
  measure(row: MeasuredRow): void;
  settle(messageId: string): void;
  report(since?: number | null, by?: UsageGrouping): UsageFromLogs;
  /** All that the history holds, in an order and with names that do not depend on how it came in. */
  dump(historyPath?: string): unknown;
  /** The same files and ledger imported at once into a new history. */
  importAfresh(): Promise<unknown>;
  dispose(): void;
};

class Crash extends Error {}

export function createHistoryRun(): HistoryRun {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-history-'));
  const claudeFolder = join(folder, 'claude');
  mkdirSync(claudeFolder);
  const ledgerPath = join(folder, 'ledger.db');
  const historyPath = join(folder, 'history.db');
  const ledger = openLedgerForWriting(ledgerPath);
  let rows = 0;

  const importInto: (
    path: string,
    ...rest: Parameters<HistoryRun['import']>
  ) => ReturnType<HistoryRun['import']> = async (path, stop, limits = tinyLimits) => {
    const db = openHistoryForWriting(path);
    const reading = openLedgerForReading(ledgerPath);
    let looks = 0;
    const isCancelled = (): boolean => {
      looks++;
      if (stop === undefined || looks <= stop.after) return false;
      if (stop.how === 'crash') throw new Crash();
      return true;
    };
    try {
      const { progress } = await importTranscripts({
        claudeFolder,
        db,
        ledger: reading,
        prices: {},
        limits,
        now: () => 0,
        isCancelled,
        onProgress: () => undefined,
      });
      return progress;
    } catch (error) {
      if (error instanceof Crash) return null;
      throw error;
    } finally {
      reading?.close();
      db.close();
    }
  };

  const run: HistoryRun = {
    claudeFolder,
    ledger,
    historyPath,
    import: (stop, limits) => importInto(historyPath, stop, limits),
    measure(row) {
      rows++;
      ledger
        .prepare(
          `INSERT INTO exchanges (id, started_at, ended_at, state, client, session_id, project_source, practice,
             streaming, attempts, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
             output_tokens, web_search_requests, cost_nano_usd, usage_basis, price_estimated, message_id)
           VALUES (@id, @startedAt, @endedAt, @state, 'test', @session, 'none', 0, 1, 1, 0, 0, 0, 0, @outputTokens, 0,
             0, 'reported', 0, @messageId)`,
        )
        .run({
          startedAt: 0,
          endedAt: 0,
          state: 'completed',
          session: null,
          outputTokens: 1,
          ...row,
          id: `ex_${rows}`,
        });
    },
    settle: (messageId) =>
      void ledger
        .prepare(`UPDATE exchanges SET state = 'completed' WHERE message_id = ? AND state = 'live'`)
        .run(messageId),
    report(since = null, by) {
      const reading = openLedgerForReading(ledgerPath);
      try {
        return readUsageFromLogs(historyPath, reading, since, by);
      } finally {
        reading?.close();
      }
    },
    dump: (path = historyPath) => dumpHistory(path),
    async importAfresh() {
      const path = join(folder, 'afresh.db');
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
      await importInto(path, undefined, {
        ...tinyLimits,
        chunkBytes: 1 << 20,
        longestLine: 1 << 20,
        batchMessages: 1e6,
        batchBytes: 1e9,
      });
      return dumpHistory(path);
    },
    dispose() {
      ledger.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return run;
}

function dumpHistory(path: string): unknown {
  const db = openHistoryForReading(path);
  if (db === null) return null;
  const place = 'f.path, o.model, o.project, o.session, o.agent';
  const joined = 'JOIN origins o ON o.id = t.origin JOIN files f ON f.id = o.file';
  try {
    return {
      messages: db
        .prepare(`SELECT ${place}, t.* FROM messages t ${joined} ORDER BY t.id_key, t.slot`)
        .all()
        .map(withoutOrigin),
      rollups: db
        .prepare(`SELECT ${place}, t.* FROM rollups t ${joined} ORDER BY ${place}, t.bucket`)
        .all()
        .map(withoutOrigin),
      summary: db
        .prepare('SELECT messages, cost_nano_usd, estimated_nano_usd, measured_messages FROM summary')
        .get(),
    };
  } finally {
    db.close();
  }
}

function withoutOrigin(row: unknown): Record<string, unknown> {
  const { origin: _origin, ...rest } = row as Record<string, unknown>;
  return rest;
}
