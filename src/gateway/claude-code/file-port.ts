// The few file operations with which a settings file is read, replaced and removed. A port, so that tests can break off
// at every step; `diskFiles` is the real one. Writes reach the disk before they return.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants, readFileSync, renameSync, unlinkSync } from 'node:fs';
import {
  chmod,
  copyFile,
  link,
  lstat,
  mkdir,
  open,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  rmdir,
} from 'node:fs/promises';

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** A file whose owner, and extended attributes where the system can, a new one takes on before it has content. */
export interface FileModel {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

/** Every operation rejects with the system's error, whose `code` tells why. */
export interface FilePort {
  /** Facts of the path itself, links not followed; null when nothing is there. */
  facts(path: string): Promise<FileFacts | null>;
  /** The path with every link followed. */
  realPath(path: string): Promise<string>;
  /** What a link names, as it stands in it. */
  readLink(path: string): Promise<string>;
  read(path: string): Promise<Buffer>;
  list(folder: string): Promise<string[]>;
  /** Makes the folder with all above it; the mode holds for new ones. */
  makeFolder(path: string, mode: number): Promise<void>;
  /** Makes one folder; fails with EEXIST when the path is taken. */
  makeOneFolder(path: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  /** Fails when the path exists. The file has the mode from its first byte on. */
  createFile(path: string, bytes: Buffer, mode: number, like?: FileModel): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives the file a second name; fails when that exists. */
  link(from: string, to: string): Promise<void>;
  /** Moves `temporary` onto `path` if that still has the fingerprint; false when it has not. */
  replaceIfSame(path: string, temporary: string, fingerprint: string): Promise<boolean>;
  /** Removes the file if it still has the fingerprint; false when it has not. */
  removeIfSame(path: string, fingerprint: string): Promise<boolean>;
  /** Does nothing when the path does not exist. */
  remove(path: string): Promise<void>;
  /** Fails when anything is in the folder. */
  removeEmptyFolder(path: string): Promise<void>;
  /** Makes a rename last through a power cut where the system can; never fails. */
  syncFolder(path: string): Promise<void>;
}

/** SHA-256 in hex. */
export function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a record knows a content by; null is a file that does not exist. */
export function fingerprintOf(bytes: Buffer | null): string {
  return bytes === null ? 'absent' : hashOf(bytes);
}

export const diskFiles: FilePort = {
  async facts(path) {
    const stats = await orNull(lstat(path));
    if (stats === null) return null;
    const kind = stats.isFile()
      ? 'file'
      : stats.isDirectory()
        ? 'folder'
        : stats.isSymbolicLink()
          ? 'link'
          : 'other';
    return { kind, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid, changedAt: stats.mtimeMs };
  },
  realPath: (path) => realpath(path),
  readLink: (path) => readlink(path),
  read: (path) => readFile(path),
  list: (folder) => readdir(folder),
  makeFolder: async (path, mode) => void (await mkdir(path, { recursive: true, mode })),
  makeOneFolder: (path) => mkdir(path, { mode: 0o700 }),
  setMode: (path, mode) => chmod(path, mode),
  async createFile(path, bytes, mode, like) {
    const file = await open(path, 'wx', mode & 0o600);
    try {
      if (like !== undefined) {
        await copyAttributes(like.path, path);
        const stats = await file.stat();
        if (like.uid !== stats.uid || like.gid !== stats.gid) await file.chown(like.uid, like.gid);
      }
      await file.chmod(mode);
      await file.truncate(0);
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename: (from, to) => rename(from, to),
  async link(from, to) {
    try {
      await link(from, to);
    } catch (error) {
      if (errorCode(error) === 'EEXIST' || errorCode(error) === 'ENOENT') throw error;
      // A file system without second names, such as exFAT: a copy that refuses to replace does nearly the same.
      await copyFile(from, to, constants.COPYFILE_EXCL);
    }
  },
  // Check and act are synchronous, back to back: no other work of this process, and next to none of another, fits between.
  async replaceIfSame(path, temporary, fingerprint) {
    if (fingerprintOf(readNow(path)) !== fingerprint) return false;
    renameSync(temporary, path);
    return true;
  },
  async removeIfSame(path, fingerprint) {
    if (fingerprintOf(readNow(path)) !== fingerprint) return false;
    unlinkSync(path);
    return true;
  },
  remove: (path) => rm(path, { force: true }),
  removeEmptyFolder: (path) => rmdir(path),
  async syncFolder(path) {
    // Windows cannot open a folder, some network file systems cannot sync one: the rename has happened all the same.
    const folder = await open(path, 'r').catch(() => null);
    await folder?.sync().catch(() => undefined);
    await folder?.close().catch(() => undefined);
  },
};

/**
 * Node cannot reach extended attributes, the system's own copy program can: GNU's without the content, macOS's with it,
 * which is overwritten at once. Elsewhere, or when it fails, the file goes without, as there is nothing more to be done.
 */
async function copyAttributes(from: string, to: string): Promise<void> {
  const options =
    process.platform === 'linux'
      ? ['--attributes-only', '--preserve=mode,xattr']
      : process.platform === 'darwin'
        ? ['-p']
        : null;
  if (options === null) return;
  await new Promise<void>((done) => {
    execFile('/bin/cp', [...options, '--', from, to], { timeout: 5000, env: { LC_ALL: 'C' } }, () => done());
  });
}

function readNow(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function orNull<T>(operation: Promise<T>): Promise<T | null> {
  try {
    return await operation;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** The system's name of an error (`ENOENT`), or an empty string. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
