// Opens ledger.db: for the gateway (read and write, migrated) or for the command line (read only, beside a running
// gateway). A database of a newer Tollgate is refused, never touched (trap 80).
import { chmodSync, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { StartError } from '../gateway-error.ts';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/index.ts';

type Sqlite = InstanceType<typeof Database>;
/** A handle that may only be read through. */
export type ReadableDb = Sqlite & { readonly readable: true };
/** The gateway's own handle; there is one writer per data folder. */
export type WritableDb = ReadableDb & { readonly writable: true };

/** Opens and migrates. Throws StartError when the file is of a newer version or not a database. */
export function openLedgerForWriting(path: string, steps: readonly Migration[] = migrations): WritableDb {
  const db = openFile(path, false);
  try {
    // Before the first pragma: even a change of the journal mode would write to a newer Tollgate's file.
    refuseNewer(db, path, steps);
    // NORMAL survives the death of the process; FULL would cost 0.3 ms per row for power cuts.
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    db.pragma('busy_timeout = 5000');
    chmodSync(path, 0o600);
    migrate(db, steps);
  } catch (error) {
    db.close();
    throw error instanceof StartError ? error : unreadable(path, error);
  }
  return db as WritableDb;
}

/** Opens for reading only. Returns null when there is no ledger yet. */
export function openLedgerForReading(path: string): ReadableDb | null {
  if (!existsSync(path)) return null;
  const db = openFile(path, true);
  db.pragma('busy_timeout = 5000');
  try {
    refuseNewer(db, path, migrations);
  } catch (error) {
    db.close();
    throw error;
  }
  return db as ReadableDb;
}

function openFile(path: string, readonly: boolean): Sqlite {
  try {
    return new Database(path, { readonly, fileMustExist: readonly });
  } catch (error) {
    throw unreadable(path, error);
  }
}

function refuseNewer(db: Sqlite, path: string, steps: readonly Migration[]): void {
  const version = versionOf(db);
  if (version > newest(steps)) throw tooNew(path, version);
}

function migrate(db: Sqlite, steps: readonly Migration[]): void {
  const version = versionOf(db);
  for (const step of steps) {
    if (step.number <= version) continue;
    db.transaction(() => {
      db.exec(step.sql);
      db.pragma(`user_version = ${step.number}`);
    })();
  }
}

const versionOf = (db: Sqlite): number => db.pragma('user_version', { simple: true }) as number;
const newest = (steps: readonly Migration[]): number => Math.max(0, ...steps.map((step) => step.number));

function tooNew(path: string, version: number): StartError {
  return new StartError(
    `${path} was written by a newer Tollgate (schema ${version}); update Tollgate, or use another data folder with --data-dir.`,
  );
}

function unreadable(path: string, cause: unknown): StartError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StartError(
    `the ledger ${path} cannot be opened (${why}); move the file away to begin a new one.`,
  );
}
