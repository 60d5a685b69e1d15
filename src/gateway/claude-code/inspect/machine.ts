// What looking at a computer needs: its platform, environment and home, files read within limits, and programs run without
// a shell. A port, so that every platform's rules can be tried on any other; `disk-machine.ts` is the real one.
import { posix, win32 } from 'node:path';
import type { PlatformPath } from 'node:path';

export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other';
  /** Bytes. */
  readonly size: number;
  /** Permission bits; 0 where the system has none. */
  readonly mode: number;
  readonly uid: number;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

export type FileText =
  | { readonly state: 'ok'; readonly bytes: Buffer }
  | { readonly state: 'absent' }
  /** `why` completes the sentence "the file …". */
  | { readonly state: 'unreadable'; readonly why: string };

/** No operation rejects, none waits longer than a few seconds, none writes. */
export interface ReadFiles {
  /** Links followed; null when nothing is there or it cannot be reached. */
  stat(path: string): Promise<FileStat | null>;
  /** The path with every link followed; null when it leads nowhere or in a circle. */
  realPath(path: string): Promise<string | null>;
  /** What a link holds, as written; null when it is no link. */
  readLink(path: string): Promise<string | null>;
  /** The whole file, unless it is longer than `limit` bytes. */
  read(path: string, limit: number): Promise<FileText>;
  /** Hands over the file piece by piece; longer ones than `limit` are refused before the first piece. */
  readParts(path: string, limit: number, onPart: (part: Buffer) => void): Promise<FileText['state']>;
  /** Names in a folder; none when it is not there. */
  list(folder: string): Promise<readonly string[]>;
}

export interface CommandAnswer {
  /** Null when the program could not be started, was ended by the time limit, or died of a signal. */
  readonly code: number | null;
  readonly stdout: Buffer;
}

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: ReadFiles;
  /** Runs a program without a shell, in a scrubbed environment, for at most `timeoutMs`. Never rejects. */
  run(program: string, args: readonly string[], timeoutMs: number): Promise<CommandAnswer>;
}

/** Path rules of the machine that is looked at. */
export function pathsOf(machine: Pick<Machine, 'platform'>): PlatformPath {
  return machine.platform === 'win32' ? win32 : posix;
}

/** A variable of the environment; Windows does not mind the case of its name. Empty counts as set. */
export function variableOf(machine: Machine, name: string): string | undefined {
  const exact = machine.env[name];
  if (exact !== undefined || machine.platform !== 'win32') return exact;
  const same = Object.keys(machine.env).find((key) => key.toUpperCase() === name.toUpperCase());
  return same === undefined ? undefined : machine.env[same];
}
