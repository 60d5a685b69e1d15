// Finds the program of an MCP server. A gateway that was started from a desktop knows a short PATH only, so the user's
// login shell is asked once, and the usual places of package managers are looked into (R55).
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

export interface FoundCommand {
  /** Absolute path of the program. */
  readonly file: string;
  /** PATH for its process, so that it finds its own helpers (`npx` needs `node`). */
  readonly path: string;
}

export interface CommandFinder {
  /** Null when there is no such program anywhere. */
  find(command: string, env: Environment): Promise<FoundCommand | null>;
}

const SHELL_TIMEOUT_MS = 3_000;
const MARK = '__tollgate_path__';

export function createCommandFinder(platform: NodeJS.Platform): CommandFinder {
  let shellPath: Promise<string[]> | null = null;
  return {
    async find(command, env) {
      const near = splitPath(pathOf(env));
      if (isAbsolute(command) || command.includes('/') || (platform === 'win32' && command.includes('\\'))) {
        if (!(await isProgram(command, platform))) return null;
        return { file: command, path: joinPath([...near, dirname(command)]) };
      }
      const direct = await findIn(command, near, env, platform);
      if (direct !== null) return { file: direct, path: joinPath(near) };
      if (platform !== 'win32') shellPath ??= askLoginShell(env);
      const wide = [...near, ...((await shellPath) ?? []), ...(await wellKnownFolders(env, platform))];
      const far = await findIn(command, wide, env, platform);
      return far === null ? null : { file: far, path: joinPath([...wide, dirname(far)]) };
    },
  };
}

function pathOf(env: Environment): string {
  return env['PATH'] ?? env['Path'] ?? '';
}

const splitPath = (path: string): string[] => path.split(delimiter).filter((folder) => folder !== '');
const joinPath = (folders: readonly string[]): string => [...new Set(folders)].join(delimiter);

async function findIn(
  command: string,
  folders: readonly string[],
  env: Environment,
  platform: NodeJS.Platform,
): Promise<string | null> {
  const endings =
    platform === 'win32' ? ['', ...(env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').toLowerCase().split(';')] : [''];
  for (const folder of folders) {
    if (!isAbsolute(folder)) continue;
    for (const ending of endings) {
      const file = join(folder, command + ending);
      if (await isProgram(file, platform)) return file;
    }
  }
  return null;
}

async function isProgram(file: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    if (platform !== 'win32') await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The PATH a terminal of this user would have; empty when the shell does not say in time. */
function askLoginShell(env: Environment): Promise<string[]> {
  const shell = env['SHELL'];
  if (shell === undefined || !isAbsolute(shell)) return Promise.resolve([]);
  return new Promise((resolve) => {
    const script = `printf '%s' "${MARK}$PATH${MARK}"`;
    const child = execFile(
      shell,
      ['-i', '-l', '-c', script],
      { timeout: SHELL_TIMEOUT_MS, killSignal: 'SIGKILL', env: { ...env, TERM: 'dumb' }, encoding: 'utf8' },
      (_error, output) => {
        const path = output.split(MARK)[1];
        resolve(path === undefined ? [] : splitPath(path));
      },
    );
    child.stdin?.end();
  });
}

async function wellKnownFolders(env: Environment, platform: NodeJS.Platform): Promise<string[]> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  if (platform === 'win32') {
    const roaming = env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
    return [join(roaming, 'npm'), join(home, '.local', 'bin'), join(home, '.bun', 'bin')];
  }
  const own = [
    '.local/bin',
    '.volta/bin',
    '.asdf/shims',
    '.local/share/mise/shims',
    '.bun/bin',
    '.cargo/bin',
    '.deno/bin',
    '.local/share/fnm/aliases/default/bin',
  ];
  const nvm = join(home, '.nvm', 'versions', 'node');
  const versions = await readdir(nvm).catch(() => []);
  const newest = versions.sort((left, right) => left.localeCompare(right, 'en', { numeric: true })).at(-1);
  return [
    '/opt/homebrew/bin',
    '/usr/local/bin',
    ...(home === '' ? [] : own.map((folder) => join(home, folder))),
    ...(newest === undefined ? [] : [join(nvm, newest, 'bin')]),
    '/usr/bin',
    '/bin',
  ];
}
