// Runs the real `tollgate` command as a user would, in an environment that has nothing of the developer's own.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
const entry = fileURLToPath(new URL('../../bin/tollgate.mjs', import.meta.url));

export type Environment = Record<string, string>;

/** Home, config and temp folders all under `home`; of the caller's environment only what a process needs to start. */
export function scrubEnvironment(home: string, more: Environment = {}): Environment {
  const kept: Environment = {};
  for (const name of ['PATH', 'SYSTEMROOT', 'SystemRoot', 'windir', 'LANG']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return {
    ...kept,
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, 'AppData', 'Roaming'),
    LOCALAPPDATA: join(home, 'AppData', 'Local'),
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    TOLLGATE_HOME: join(home, 'tollgate-home'),
    TMPDIR: home,
    TEMP: home,
    TMP: home,
    TZ: 'UTC',
    TOLLGATE_KEYCHAIN: 'off',
    ...more,
  };
}

export type CommandResult = { code: number | null; stdout: string; stderr: string };

export function spawnTollgate(args: readonly string[], environment: Environment): ChildProcess {
  return spawn(process.execPath, [entry, ...args], {
    env: environment,
    cwd: environment['HOME'],
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs one command to its end. */
export async function runTollgate(args: readonly string[], environment: Environment): Promise<CommandResult> {
  const child = spawnTollgate(args, environment);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
