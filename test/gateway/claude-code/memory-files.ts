// A file port in memory, and one that breaks off at a chosen step: together they play every crash of a take-over
// without waiting for a disk.
import { dirname } from 'node:path';
import { fingerprintOf } from '../../../src/gateway/claude-code/file-port.ts';
import type { FilePort } from '../../../src/gateway/claude-code/file-port.ts';

interface MemoryFile {
  bytes: Buffer;
  mode: number;
}

export interface MemoryFiles extends FilePort {
  readonly contents: Map<string, MemoryFile>;
  readonly folders: Map<string, number>;
}

export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}

export function createMemoryFiles(): MemoryFiles {
  const contents = new Map<string, MemoryFile>();
  const folders = new Map<string, number>([['/', 0o755]]);
  const existing = (path: string): MemoryFile => {
    const file = contents.get(path);
    if (file === undefined) throw systemError('ENOENT');
    return file;
  };
  const isSame = (path: string, fingerprint: string): boolean =>
    fingerprintOf(contents.get(path)?.bytes ?? null) === fingerprint;
  const move = (from: string, to: string): void => {
    const file = existing(from);
    contents.delete(from);
    contents.set(to, file);
  };
  return {
    contents,
    folders,
    async facts(path) {
      const file = contents.get(path);
      const mode = file?.mode ?? folders.get(path);
      if (mode === undefined) return null;
      return { kind: file === undefined ? 'folder' : 'file', mode, uid: 0, gid: 0, changedAt: 0 };
    },
    async realPath(path) {
      if (!contents.has(path) && !folders.has(path)) throw systemError('ENOENT');
      return path;
    },
    readLink: async () => {
      throw systemError('EINVAL');
    },
    read: async (path) => Buffer.from(existing(path).bytes),
    list: async (folder) =>
      [...contents.keys()]
        .filter((path) => dirname(path) === folder)
        .map((path) => path.slice(folder.length + 1)),
    async makeFolder(path, mode) {
      for (let folder = path; !folders.has(folder); folder = dirname(folder)) folders.set(folder, mode);
    },
    async makeOneFolder(path) {
      if (folders.has(path) || contents.has(path)) throw systemError('EEXIST');
      if (!folders.has(dirname(path))) throw systemError('ENOENT');
      folders.set(path, 0o700);
    },
    async setMode(path, mode) {
      if (folders.has(path)) folders.set(path, mode);
      else existing(path).mode = mode;
    },
    async createFile(path, bytes, mode) {
      if (contents.has(path)) throw systemError('EEXIST');
      if (!folders.has(dirname(path))) throw systemError('ENOENT');
      contents.set(path, { bytes: Buffer.from(bytes), mode });
    },
    rename: async (from, to) => move(from, to),
    async link(from, to) {
      if (contents.has(to)) throw systemError('EEXIST');
      contents.set(to, existing(from));
    },
    async replaceIfSame(path, temporary, fingerprint) {
      if (!isSame(path, fingerprint)) return false;
      move(temporary, path);
      return true;
    },
    async removeIfSame(path, fingerprint) {
      if (!isSame(path, fingerprint)) return false;
      contents.delete(path);
      return true;
    },
    remove: async (path) => void contents.delete(path),
    async removeEmptyFolder(path) {
      const inside = [...contents.keys(), ...folders.keys()].some(
        (other) => other !== path && dirname(other) === path,
      );
      if (inside) throw systemError('ENOTEMPTY');
      folders.delete(path);
    },
    syncFolder: async () => undefined,
  };
}

export type Break =
  /** The process dies before, or right after, the step takes effect; nothing works from then on. */
  | 'killed-before'
  | 'killed-after'
  /** It dies in the middle of writing a file; for other steps the same as `killed-before`. */
  | 'killed-within'
  /** The step alone fails, as the system would have it fail. */
  | { readonly code: string };

export class Killed extends Error {}

export interface BreakingFiles {
  readonly files: FilePort;
  /** True once the step was reached. */
  reached(): boolean;
}

/** Counts the steps that change something, from 1, and breaks off at the given one. */
export function breakAt(files: FilePort, step: number, how: Break): BreakingFiles {
  let count = 0;
  let dead = false;
  const alive = (): void => {
    if (dead) throw new Killed('the process is dead');
  };
  const die = (): never => {
    dead = true;
    throw new Killed(`killed at step ${step}`);
  };
  const changing = async <T>(run: () => Promise<T>, partly?: () => Promise<unknown>): Promise<T> => {
    alive();
    count++;
    if (count !== step) return run();
    if (typeof how === 'object') {
      await partly?.();
      throw systemError(how.code);
    }
    if (how === 'killed-after') await run();
    if (how === 'killed-within') await partly?.();
    return die();
  };
  const reading = async <T>(run: () => Promise<T>): Promise<T> => {
    alive();
    return run();
  };
  return {
    reached: () => count >= step,
    files: {
      facts: (path) => reading(() => files.facts(path)),
      realPath: (path) => reading(() => files.realPath(path)),
      readLink: (path) => reading(() => files.readLink(path)),
      read: (path) => reading(() => files.read(path)),
      list: (path) => reading(() => files.list(path)),
      makeFolder: (path, mode) => changing(() => files.makeFolder(path, mode)),
      makeOneFolder: (path) => changing(() => files.makeOneFolder(path)),
      setMode: (path, mode) => changing(() => files.setMode(path, mode)),
      createFile: (path, bytes, mode, like) =>
        changing(
          () => files.createFile(path, bytes, mode, like),
          () => files.createFile(path, bytes.subarray(0, bytes.length >> 1), mode, like),
        ),
      rename: (from, to) => changing(() => files.rename(from, to)),
      link: (from, to) => changing(() => files.link(from, to)),
      replaceIfSame: (path, temporary, fingerprint) =>
        changing(() => files.replaceIfSame(path, temporary, fingerprint)),
      removeIfSame: (path, fingerprint) => changing(() => files.removeIfSame(path, fingerprint)),
      remove: (path) => changing(() => files.remove(path)),
      removeEmptyFolder: (path) => changing(() => files.removeEmptyFolder(path)),
      syncFolder: (path) => reading(() => files.syncFolder(path)),
    },
  };
}
