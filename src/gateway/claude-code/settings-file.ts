// Claude Code's settings file on disk: finds the real file behind links, reads it, replaces it whole or not at all.
// A link stays a link; mode and owner stay what they were, and extended attributes where the system can copy them.
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode, fingerprintOf } from './file-port.ts';
import type { FileFacts, FilePort } from './file-port.ts';
import { TakeOverError } from './take-over-error.ts';

export interface SettingsFile {
  /** The path that was asked for. */
  readonly path: string;
  /** The file behind it once every link is followed. */
  readonly target: string;
  /** Null when there is no file. */
  readonly bytes: Buffer | null;
  readonly fingerprint: string;
  readonly facts: FileFacts | null;
  readonly folderExists: boolean;
}

/** Throws SETTINGS_NOT_A_FILE for folders, devices and links that lead nowhere, SETTINGS_UNREADABLE otherwise. */
export async function readSettingsFile(files: FilePort, path: string): Promise<SettingsFile> {
  try {
    const target = await findTarget(files, path);
    const facts = await files.facts(target);
    if (facts !== null && facts.kind !== 'file') throw notAFile(path, 'is not a file');
    const bytes = facts === null ? null : await files.read(target);
    const folderExists = (await files.facts(dirname(target))) !== null;
    return { path, target, bytes, fingerprint: fingerprintOf(bytes), facts, folderExists };
  } catch (error) {
    if (error instanceof TakeOverError) throw error;
    const reason = errorCode(error) || String(error);
    throw new TakeOverError(
      'SETTINGS_UNREADABLE',
      `${path} cannot be read (${reason}). Make it readable for you and try again.`,
      { cause: error },
    );
  }
}

/**
 * The file at the end of every link, there or not: a link to a file that does not exist yet gets that file. One into a
 * folder that does not exist is refused, for its owner (a dotfiles folder, a drive that is not there) decides what
 * belongs at its end, and a file made there now would be in the way when it comes back.
 */
async function findTarget(files: FilePort, path: string): Promise<string> {
  const facts = await files.facts(path);
  if (facts === null) {
    const folder = dirname(path);
    if ((await files.facts(folder)) === null) return path;
    const real = await orAbsent(files.realPath(folder));
    if (real === null) throw notAFile(folder, 'is a link to something that does not exist');
    return join(real, basename(path));
  }
  const real = await orAbsent(files.realPath(path));
  if (real !== null) return real;
  const named = resolve(await files.realPath(dirname(path)), await files.readLink(path));
  if ((await files.facts(dirname(named))) === null)
    throw notAFile(path, 'is a link into a folder that does not exist');
  return findTarget(files, named);
}

async function orAbsent(operation: Promise<string>): Promise<string | null> {
  try {
    return await operation;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function notAFile(path: string, what: string): TakeOverError {
  return new TakeOverError('SETTINGS_NOT_A_FILE', `${path} ${what}. Mend or remove it and try again.`);
}

/** Throws SETTINGS_READ_ONLY for a file that its owner made read-only, which a rename alone would not notice. */
export function assertWritable(file: SettingsFile): void {
  if (file.facts === null || (file.facts.mode & 0o222) !== 0) return;
  throw new TakeOverError(
    'SETTINGS_READ_ONLY',
    `${file.path} is read-only, so it was left alone. Allow writing to it and try again.`,
  );
}

/**
 * Puts `bytes` (null: no file) in place of what was read. Throws SETTINGS_CHANGED when the file is not as it was read,
 * and other codes as the system tells; the file is then as it was, and nothing is left beside it.
 */
export async function writeSettingsFile(
  files: FilePort,
  file: SettingsFile,
  bytes: Buffer | null,
  temporary: string,
): Promise<void> {
  try {
    if (!(await replace(files, file, bytes, temporary))) throw changedMeanwhile(file.path);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error instanceof TakeOverError ? error : writeError(file.path, error);
  }
  await files.syncFolder(dirname(file.target));
}

async function replace(
  files: FilePort,
  file: SettingsFile,
  bytes: Buffer | null,
  temporary: string,
): Promise<boolean> {
  if (bytes === null) return files.removeIfSame(file.target, file.fingerprint);
  if (!file.folderExists) await files.makeFolder(dirname(file.target), 0o700);
  // One that a crash left; its name is ours alone, and so is the lock held now.
  await files.remove(temporary);
  const { facts, target } = file;
  const like = facts === null ? undefined : { path: target, uid: facts.uid, gid: facts.gid };
  await files.createFile(temporary, bytes, facts?.mode ?? 0o600, like);
  if ((await findTarget(files, file.path)) !== file.target) return false;
  return files.replaceIfSame(file.target, temporary, file.fingerprint);
}

export function changedMeanwhile(path: string): TakeOverError {
  return new TakeOverError(
    'SETTINGS_CHANGED',
    `${path} was changed by somebody else in the meantime, so it was left alone. Look at the new diff and try again.`,
  );
}

function writeError(path: string, error: unknown): TakeOverError {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TakeOverError(
      'DISK_FULL',
      `There is no room on the disk for the new ${path}. Free some and try again.`,
      {
        cause: error,
      },
    );
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new TakeOverError(
      'SETTINGS_READ_ONLY',
      `${path} or its folder may not be written (${code}). Allow it, close programs that hold the file, and try again.`,
      { cause: error },
    );
  }
  return new TakeOverError(
    'SETTINGS_WRITE_FAILED',
    `${path} could not be written (${code || String(error)}) and is as it was. Close programs that hold it and try again.`,
    { cause: error },
  );
}
