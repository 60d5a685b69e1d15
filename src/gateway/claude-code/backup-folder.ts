// The part of Tollgate's data folder that remembers settings files of other programs: per file one record of what was
// changed, byte copies of the originals, and a lock. All of it is private to the user (0600 in a 0700 folder), since
// settings files hold keys.
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { errorCode, fingerprintOf } from './file-port.ts';
import type { FilePort } from './file-port.ts';
import { readRecordFile } from './old-record.ts';
import { whileLocked } from './settings-lock.ts';
import { TakeOverError } from './take-over-error.ts';
import type { RecordFile } from './take-over-record.ts';

const KEPT_COPIES = 10;

export interface BackupFolder {
  readonly path: string;
  /** Names this settings file in this data folder and no other; for a temporary file beside the settings. */
  readonly tag: string;
  /** Null when there is none; `damaged` when there is one that cannot be understood. */
  readRecord(): Promise<RecordFile | null | 'damaged'>;
  /** Replaces the record whole; null removes it. */
  writeRecord(record: RecordFile | null): Promise<void>;
  /** Moves a damaged record out of the way, to be looked at by hand. */
  setAsideRecord(): Promise<void>;
  /** Keeps a byte copy and returns its name. */
  keepCopy(bytes: Buffer, now: number): Promise<string>;
  /** The copy's bytes; null when it is gone or not what it was. */
  readCopy(name: string, fingerprint: string): Promise<Buffer | null>;
  removeCopy(name: string): Promise<void>;
  /** Removes all but the newest copies; `inUse` stays in any case. */
  dropOldCopies(inUse: string | null): Promise<void>;
  /** Runs the work while no other process of Tollgate changes the same settings file. Throws BUSY. */
  whileLocked<T>(now: number, work: () => Promise<T>): Promise<T>;
}

export function openBackupFolder(files: FilePort, dataDir: string, settingsPath: string): BackupFolder {
  const path = join(dataDir, 'backups');
  // Of the settings path alone, so that a data folder can be moved.
  const id = shortHash(resolve(settingsPath));
  const recordPath = join(path, `claude-${id}.record.json`);
  const lockPath = join(path, `claude-${id}.lock`);
  const copyPattern = new RegExp(`^claude-${id}-\\d{8}T\\d{9}Z(-\\d+)?\\.settings\\.json$`);
  /** Writes by way of a temporary file, so that no reader ever sees a part. */
  const writeWhole = async (target: string, bytes: Buffer): Promise<void> => {
    const temporary = `${target}.tmp`;
    try {
      await files.remove(temporary);
      await files.createFile(temporary, bytes, 0o600);
      await files.rename(temporary, target);
    } catch (error) {
      await files.remove(temporary).catch(() => undefined);
      throw error;
    }
    await files.syncFolder(path);
  };

  return {
    path,
    tag: shortHash(`${resolve(path)}\n${resolve(settingsPath)}`),
    async readRecord() {
      const bytes = await guarded(path, () => orAbsent(files.read(recordPath)));
      if (bytes === null) return null;
      return readRecordFile(parseJson(bytes.toString('utf8'))) ?? 'damaged';
    },
    writeRecord: (record) =>
      guarded(path, async () => {
        if (record === null) await files.remove(recordPath);
        else await writeWhole(recordPath, Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
      }),
    setAsideRecord: () => guarded(path, () => files.rename(recordPath, `${recordPath}.damaged`)),
    keepCopy: (bytes, now) =>
      guarded(path, async () => {
        const name = await freeName(files, path, `claude-${id}-${stampOf(now)}`);
        await writeWhole(join(path, name), bytes);
        return name;
      }),
    async readCopy(name, fingerprint) {
      const bytes = await guarded(path, () => orAbsent(files.read(join(path, name))));
      return bytes !== null && fingerprintOf(bytes) === fingerprint ? bytes : null;
    },
    removeCopy: (name) => files.remove(join(path, name)),
    async dropOldCopies(inUse) {
      const copies = (await files.list(path)).filter((name) => copyPattern.test(name)).sort();
      for (const name of copies.slice(0, -KEPT_COPIES)) {
        if (name !== inUse) await files.remove(join(path, name));
      }
    },
    whileLocked: (now, work) =>
      guarded(path, async () => {
        await makePrivate(files, path);
        return whileLocked(files, lockPath, now, async () => {
          await removeHalfWritten(files, path, `claude-${id}`);
          return work();
        });
      }),
  };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

async function makePrivate(files: FilePort, path: string): Promise<void> {
  await files.makeFolder(path, 0o700);
  const facts = await files.facts(path);
  if (facts !== null && (facts.mode & 0o077) !== 0) await files.setMode(path, 0o700);
}

/** Temporary files of a process that died; under the lock nobody else can be writing them. */
async function removeHalfWritten(files: FilePort, path: string, stem: string): Promise<void> {
  for (const name of await files.list(path)) {
    if (name.startsWith(stem) && name.endsWith('.tmp')) await files.remove(join(path, name));
  }
}

async function freeName(files: FilePort, folder: string, stem: string): Promise<string> {
  let name = `${stem}.settings.json`;
  for (let number = 2; (await files.facts(join(folder, name))) !== null; number++)
    name = `${stem}-${number}.settings.json`;
  return name;
}

/** `20261122T115151235Z`: sorts by time. */
function stampOf(now: number): string {
  return new Date(now).toISOString().replace(/[-:.]/g, '');
}

/** Errors of the system become ours; everything else passes. */
async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof TakeOverError || errorCode(error) === '' ? error : dataFolderError(path, error);
  }
}

function dataFolderError(path: string, error: unknown): TakeOverError {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const message = `There is no room on the disk for the record in ${path}, so nothing was changed. Free some and try again.`;
    return new TakeOverError('DISK_FULL', message, { cause: error });
  }
  const message = `Tollgate could not use its records in ${path} (${code || String(error)}), so nothing was changed. Make the folder readable and writable for you and try again.`;
  return new TakeOverError('DATA_FOLDER_UNWRITABLE', message, { cause: error });
}

async function orAbsent<T>(operation: Promise<T>): Promise<T | null> {
  try {
    return await operation;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
