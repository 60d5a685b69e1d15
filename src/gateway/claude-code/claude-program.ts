// Claude Code's own command line, for what is better left to it: where it is, and how it is run - without a shell, in a
// scrubbed environment, for a limited time.
import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

export interface ProgramAnswer {
  /** Null when it could not be started or was ended by the time limit. */
  readonly code: number | null;
  /** What it said on both outputs. */
  readonly output: string;
}

/** Runs Claude Code with arguments. Never rejects. */
export type RunClaude = (args: readonly string[]) => Promise<ProgramAnswer>;

export interface ClaudeProgramSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

const TIMEOUT_MS = 20_000;
const keptNames = [
  'PATH',
  'Path',
  'HOME',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'SystemRoot',
  'SYSTEMROOT',
  'windir',
  'ProgramFiles',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
];

/** Absolute path of a `claude` that can be started without a shell; null when there is none. */
export async function findClaudeProgram({
  env,
  home,
  platform,
}: ClaudeProgramSources): Promise<string | null> {
  const name = platform === 'win32' ? 'claude.exe' : 'claude';
  const folders = [
    // A relative entry would mean another program in every folder.
    ...(env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(isAbsolute),
    join(home, '.local', 'bin'),
    join(home, '.claude', 'local'),
    ...(platform === 'win32' ? [] : ['/opt/homebrew/bin', '/usr/local/bin']),
  ];
  for (const folder of folders) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => null);
    if (facts?.isFile() === true && (platform === 'win32' || (facts.mode & 0o111) !== 0)) return path;
  }
  return null;
}

/** `configFolder`: named to the program when it would not find it unasked. */
export function createClaudeRunner(
  program: string,
  { env, home }: ClaudeProgramSources,
  configFolder: string | null,
): RunClaude {
  const kept = Object.fromEntries(
    keptNames.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );
  const environment = {
    ...kept,
    HOME: home,
    ...(configFolder === null ? {} : { CLAUDE_CONFIG_DIR: configFolder }),
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  return (args) =>
    new Promise((resolve) => {
      const options = {
        env: environment,
        cwd: home,
        timeout: TIMEOUT_MS,
        killSignal: 'SIGKILL' as const,
        windowsHide: true,
      };
      const child = execFile(program, [...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ code, output: `${stdout}\n${stderr}`.trim() });
      });
      child.stdin?.end();
    });
}
