// The computer as it is: files read within limits of size and time, programs run without a shell. A drive that does not
// answer costs a few seconds and one missing fact, never a hanging gateway.
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { CommandAnswer, FileText, Machine, ReadFiles } from './machine.ts';

const ANSWERS_WITHIN_MS = 3_000;
const PART_BYTES = 64 * 1024;
const LARGEST_OUTPUT = 4 * 1024 * 1024;
/** A named pipe must not hold us up: opened so, it answers at once. Windows has no such flag. */
const OPEN_FLAGS = constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0);
/** What a program may know of our environment: enough to start, nothing that is a secret or steers it. */
const keptNames = [
  'PATH',
  'Path',
  'HOME',
  'USERPROFILE',
  'SystemRoot',
  'SYSTEMROOT',
  'windir',
  'ComSpec',
  'PATHEXT',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramFiles',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'NVM_DIR',
  'VOLTA_HOME',
];

/** `env`: the environment of the process that asks; `home`: the user's home folder, by default from that environment. */
export function diskMachine(
  env: Machine['env'],
  home = env['HOME'] ?? env['USERPROFILE'] ?? homedir(),
  platform: NodeJS.Platform = process.platform,
): Machine {
  return {
    platform,
    home,
    env,
    files: diskReadFiles,
    run: (program, args, timeoutMs) => runProgram(program, args, { env, home, timeoutMs }),
  };
}

export const diskReadFiles: ReadFiles = {
  stat: (path) =>
    within(
      stat(path).then((stats) => ({
        kind: stats.isFile()
          ? ('file' as const)
          : stats.isDirectory()
            ? ('folder' as const)
            : ('other' as const),
        size: stats.size,
        mode: stats.mode & 0o7777,
        uid: stats.uid,
        changedAt: stats.mtimeMs,
      })),
      null,
    ),
  realPath: (path) => within(realpath(path), null),
  readLink: (path) => within(readlink(path), null),
  async read(path, limit) {
    const parts: Buffer[] = [];
    const answer = await readFile(path, limit, (part) => parts.push(part));
    return answer.state === 'ok' ? { state: 'ok', bytes: Buffer.concat(parts) } : answer;
  },
  readParts: async (path, limit, onPart) => (await readFile(path, limit, onPart)).state,
  list: (folder) => within(readdir(folder), []),
};

const tooSlow: FileText = { state: 'unreadable', why: 'did not answer in time' };

async function readFile(path: string, limit: number, onPart: (part: Buffer) => void): Promise<FileText> {
  let stopped = false;
  const answer = await within(
    readOpened(path, limit, (part) => {
      if (!stopped) onPart(part);
    }),
    tooSlow,
  );
  stopped = true;
  return answer;
}

async function readOpened(path: string, limit: number, onPart: (part: Buffer) => void): Promise<FileText> {
  let file: FileHandle | null = null;
  try {
    file = await open(path, OPEN_FLAGS);
    const stats = await file.stat();
    if (!stats.isFile()) return { state: 'unreadable', why: 'is not a file' };
    if (stats.size > limit)
      return { state: 'unreadable', why: `is larger than ${Math.round(limit / 1024)} KB` };
    let taken = 0;
    // A file that grows while it is read, or lies about its size, ends at the limit all the same.
    while (taken <= limit) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PART_BYTES), 0, PART_BYTES, null);
      if (bytesRead === 0) return { state: 'ok', bytes: Buffer.alloc(0) };
      taken += bytesRead;
      onPart(buffer.subarray(0, bytesRead));
    }
    return { state: 'unreadable', why: `is larger than ${Math.round(limit / 1024)} KB` };
  } catch (error) {
    return failed(error);
  } finally {
    await file?.close().catch(() => undefined);
  }
}

function failed(error: unknown): FileText {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'absent' };
  if (code === 'ELOOP') return { state: 'unreadable', why: 'is a link that leads in a circle' };
  if (code === 'EACCES' || code === 'EPERM')
    return { state: 'unreadable', why: 'may not be read by this account' };
  return { state: 'unreadable', why: `cannot be read (${code})` };
}

/** The answer, or `otherwise` when there is none in time or at all. */
async function within<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ANSWERS_WITHIN_MS);
  });
  try {
    return await Promise.race([work.catch(() => otherwise), late]);
  } finally {
    clearTimeout(timer);
  }
}

interface RunOptions {
  readonly env: Machine['env'];
  readonly home: string;
  readonly timeoutMs: number;
}

function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<CommandAnswer> {
  const kept = Object.fromEntries(
    keptNames.flatMap((name) => {
      const value = options.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return new Promise((resolve) => {
    try {
      const child = execFile(
        program,
        [...args],
        {
          // Nothing that only asks for a version should look for updates or call home.
          env: { ...kept, DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
          cwd: options.home,
          timeout: options.timeoutMs,
          killSignal: 'SIGKILL',
          maxBuffer: LARGEST_OUTPUT,
          encoding: 'buffer',
          windowsHide: true,
          shell: false,
        },
        (error, stdout) => resolve({ code: error === null ? 0 : codeOf(error), stdout }),
      );
      child.stdin?.end();
    } catch {
      // A batch file on Windows is refused before it starts.
      resolve({ code: null, stdout: Buffer.alloc(0) });
    }
  });
}

function codeOf(error: Error): number | null {
  return 'code' in error && typeof error.code === 'number' ? error.code : null;
}

/** The same machine with the answers of its programs remembered for a while: a status must not start any each time. */
export function rememberAnswers(machine: Machine, keptMs: number, now: () => number): Machine {
  const answers = new Map<string, { readonly until: number; readonly answer: Promise<CommandAnswer> }>();
  return {
    ...machine,
    run(program, args, timeoutMs) {
      const mark = [program, ...args].join('\0');
      const known = answers.get(mark);
      if (known !== undefined && known.until > now()) return known.answer;
      const answer = machine.run(program, args, timeoutMs);
      answers.set(mark, { until: now() + keptMs, answer });
      return answer;
    },
  };
}
