// The data folder: its places, and the rule that one gateway at a time works in it. The rule is held by a lock of the
// operating system (through SQLite), so that a killed gateway never leaves it locked.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { writeFileAtomic } from '../lib/write-file-atomic.ts';

export interface DataFolder {
  readonly path: string;
  readonly ledger: string;
  /** Past spend from Claude Code's logs, apart from what was measured. */
  readonly history: string;
  readonly keys: string;
  /** Model lists last fetched from providers. */
  readonly models: string;
  /** Folder of the stored secrets. */
  readonly vault: string;
  readonly lock: string;
  readonly logs: string;
  readonly backups: string;
}

/** Names the places without touching the disk. */
export function dataFolderAt(path: string): DataFolder {
  return {
    path,
    ledger: join(path, 'ledger.db'),
    history: join(path, 'history.db'),
    keys: join(path, 'vault', 'local-keys.json'),
    models: join(path, 'models.json'),
    vault: join(path, 'vault'),
    lock: join(path, 'lock'),
    logs: join(path, 'logs'),
    backups: join(path, 'backups'),
  };
}

/** Creates the folders, private to the user. */
export function makeDataFolder(folder: DataFolder): void {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  chmodSync(folder.path, 0o700);
  for (const part of [folder.logs, folder.backups, folder.vault]) {
    mkdirSync(part, { recursive: true, mode: 0o700 });
  }
}

export interface FolderClaim {
  /** Tells other programs where this gateway is. */
  publish(text: string, suffix: string): void;
  release(): void;
}

/** Returns null when another gateway holds the folder. */
export function claimDataFolder(folder: DataFolder): FolderClaim | null {
  const guard = new Database(`${folder.lock}.db`, { timeout: 0 });
  try {
    guard.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    guard.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return null;
    throw error;
  }
  return {
    publish: (text, suffix) => writeFileAtomic(folder.lock, text, 0o600, suffix),
    release() {
      rmSync(folder.lock, { force: true });
      guard.close();
    },
  };
}

/** True while a gateway works in the folder, also one that does not answer; asking disturbs nobody. */
export function isDataFolderInUse(folder: DataFolder): boolean {
  if (!existsSync(`${folder.lock}.db`)) return false;
  const guard = new Database(`${folder.lock}.db`, { timeout: 0 });
  try {
    guard.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return (error as { code?: string }).code === 'SQLITE_BUSY';
  } finally {
    guard.close();
  }
}

/** Text of the lock file, or null. */
export function readLockText(folder: DataFolder): string | null {
  try {
    return readFileSync(folder.lock, 'utf8');
  } catch {
    return null;
  }
}
