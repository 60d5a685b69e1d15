// Opens history.db: for the import (read and write, migrated), or for reading beside it. Only the import's worker
// writes, so that there is one writer.
import { existsSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StartError } from '../gateway-error.ts';
import { openLedgerForWriting } from '../ledger/open-database.ts';
import type { ReadableDb, WritableDb } from '../ledger/open-database.ts';
import { historyMigrations } from './history-schema.ts';

const VERSION = Math.max(...historyMigrations.map(({ number }) => number));
const PAGE_CACHE_KIB = 16 * 1024;
/** Pages in the write-ahead log before they are copied into the database: one batch changes a thousand. */
const CHECKPOINT_PAGES = 8000;

/** Throws StartError when the file is of a newer Tollgate or not a database. */
export function openHistoryForWriting(path: string): WritableDb {
  const db = openLedgerForWriting(path, historyMigrations);
  db.pragma(`cache_size = -${PAGE_CACHE_KIB}`);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  return db;
}

/** Null when nothing was imported. Throws StartError when the file is of a newer Tollgate or not a database. */
export function openHistoryForReading(path: string): ReadableDb | null {
  if (!existsSync(path)) return null;
  let db: InstanceType<typeof Database> | null = null;
  try {
    db = new Database(path, { readonly: true, fileMustExist: true });
    db.pragma('busy_timeout = 5000');
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version === VERSION) return db as ReadableDb;
    db.close();
    // 0: the file was made a moment ago, by an import that has not come to its tables.
    if (version === 0) return null;
    throw new Error(`its schema is ${version}, this Tollgate's is ${VERSION}`);
  } catch (error) {
    db?.close();
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `the history ${path} cannot be read (${why}); with "tollgate history remove" it can be taken out, and imported again.`,
    );
  }
}

/** Removes the database. The write-ahead log goes first, so that none is left beside a new database. */
export function deleteHistory(path: string): void {
  for (const file of [`${path}-wal`, `${path}-shm`, path]) rmSync(file, { force: true });
}

export interface HistorySummary {
  readonly messages: number;
  readonly costNanoUsd: number;
  readonly estimatedNanoUsd: number;
  readonly measuredMessages: number;
  readonly lastImportAt: number | null;
  readonly ledgerSeq: number;
  readonly ledgerId: string;
}

export function readSummary(db: ReadableDb): HistorySummary {
  return db
    .prepare(
      `SELECT messages, cost_nano_usd AS costNanoUsd, estimated_nano_usd AS estimatedNanoUsd,
         measured_messages AS measuredMessages, last_import_at AS lastImportAt, ledger_seq AS ledgerSeq,
         ledger_id AS ledgerId
       FROM summary`,
    )
    .get() as HistorySummary;
}
