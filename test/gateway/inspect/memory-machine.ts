// A computer in memory, of any platform: files by path, an environment, programs as functions. What is not listed is not
// there, and nothing of the machine that runs the test can be seen.
import { posix, win32 } from 'node:path';
import type { CommandAnswer, Machine } from '../../../src/gateway/claude-code/inspect/machine.ts';

export type MemoryFile =
  string | Buffer | { readonly unreadable: string } | { readonly link: string } | { readonly program: true };

export interface MachineInput {
  readonly platform?: NodeJS.Platform;
  readonly home?: string;
  readonly env?: Record<string, string>;
  readonly files?: Record<string, MemoryFile>;
  /** Answers of programs, by the line that would start them. */
  readonly programs?: Record<string, string | Buffer>;
}

export interface MemoryMachine extends Machine {
  /** Every program that was started, as one line. */
  readonly started: string[];
  /** Every path that was read. */
  readonly read: string[];
}

const homes: Partial<Record<NodeJS.Platform, string>> = {
  linux: '/home/ada',
  darwin: '/Users/ada',
  win32: 'C:\\Users\\ada',
};

export function createMachine(input: MachineInput = {}): MemoryMachine {
  const platform = input.platform ?? 'linux';
  const paths = platform === 'win32' ? win32 : posix;
  const files = new Map(Object.entries(input.files ?? {}));
  const started: string[] = [];
  const read: string[] = [];
  const follow = (path: string, left = 8): string | null => {
    if (left === 0) return null;
    const file = files.get(path);
    if (file !== undefined)
      return isLink(file) ? follow(paths.resolve(paths.dirname(path), file.link), left - 1) : path;
    const parent = paths.dirname(path);
    if (parent === path) return path;
    const real = follow(parent, left - 1);
    const joined = real === null ? null : paths.join(real, paths.basename(path));
    return joined === null || joined === path ? joined : follow(joined, left - 1);
  };
  const isFolder = (path: string): boolean =>
    [...files.keys()].some((known) =>
      known.startsWith(path.endsWith(paths.sep) ? path : `${path}${paths.sep}`),
    );
  const bytesOf = (file: MemoryFile): Buffer =>
    Buffer.isBuffer(file) ? file : Buffer.from(typeof file === 'string' ? file : '');
  const machine: MemoryMachine = {
    platform,
    home: input.home ?? homes[platform] ?? '/home/ada',
    env: input.env ?? {},
    started,
    read,
    files: {
      async stat(path) {
        const real = follow(path);
        if (real === null) return null;
        const file = files.get(real);
        if (file !== undefined) {
          const mode = typeof file === 'object' && 'program' in file ? 0o755 : 0o644;
          return { kind: 'file', size: bytesOf(file).length, mode, uid: 1000, changedAt: 0 };
        }
        return isFolder(real) ? { kind: 'folder', size: 0, mode: 0o755, uid: 1000, changedAt: 0 } : null;
      },
      async realPath(path) {
        const real = follow(path);
        return real !== null && (files.has(real) || isFolder(real)) ? real : null;
      },
      async readLink(path) {
        const file = files.get(path);
        return file !== undefined && isLink(file) ? file.link : null;
      },
      async read(path, limit) {
        const real = follow(path);
        if (real === null) return { state: 'unreadable', why: 'is a link that leads in a circle' };
        const file = files.get(real);
        if (file === undefined) return { state: 'absent' };
        read.push(real);
        if (typeof file === 'object' && 'unreadable' in file)
          return { state: 'unreadable', why: file.unreadable };
        const bytes = bytesOf(file);
        return bytes.length > limit ? { state: 'unreadable', why: 'is too large' } : { state: 'ok', bytes };
      },
      async readParts(path, limit, onPart) {
        const answer = await machine.files.read(path, limit);
        if (answer.state === 'ok') onPart(answer.bytes);
        return answer.state;
      },
      async list(folder) {
        const real = follow(folder) ?? folder;
        const start = `${real}${paths.sep}`;
        const names = [...files.keys()].flatMap((path) =>
          path.startsWith(start) ? [path.slice(start.length).split(paths.sep, 1)[0] ?? ''] : [],
        );
        return [...new Set(names)];
      },
    },
    async run(program, args): Promise<CommandAnswer> {
      const line = [program, ...args].join(' ');
      started.push(line);
      const answer = input.programs?.[line];
      return answer === undefined
        ? { code: null, stdout: Buffer.alloc(0) }
        : { code: 0, stdout: Buffer.isBuffer(answer) ? answer : Buffer.from(answer) };
    },
  };
  return machine;
}

function isLink(file: MemoryFile): file is { readonly link: string } {
  return typeof file === 'object' && 'link' in file;
}

/** `reg query` as Windows answers it. */
export function registryAnswer(key: string, values: Record<string, string>): string {
  const lines = Object.entries(values).map(([name, value]) => `    ${name}    REG_SZ    ${value}`);
  return `\r\n${key}\r\n${lines.join('\r\n')}\r\n\r\n`;
}
