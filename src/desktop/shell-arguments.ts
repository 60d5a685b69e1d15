// What the tray app was started with. The arguments are those of `tollgate serve`, so that `npm start -- …` means the
// same with and without a desktop; Chromium's own switches may stand among them and are left alone.
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import envPaths from 'env-paths';

export interface ShellArguments {
  /** Absolute path of the data folder, the same that `serve` would choose. */
  readonly dataDir: string;
  /** Port as given; null leaves the choice to the shell. */
  readonly port: string | null;
  /** Settings file as given; null means `<dataDir>/config.json`. */
  readonly config: string | null;
  /** True when started at login: nothing but the tray appears. */
  readonly hidden: boolean;
  /** True when run by Claude Code as a hook: no app at all, only a look at whether the gateway answers. */
  readonly sessionStart: boolean;
}

/** Reads the command line (`process.argv` without program and app path) and the environment. */
export function readShellArguments(argv: readonly string[], env: NodeJS.ProcessEnv): ShellArguments {
  const { values } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    options: {
      'data-dir': { type: 'string' },
      port: { type: 'string' },
      config: { type: 'string' },
      hidden: { type: 'boolean' },
      'session-start': { type: 'boolean' },
    },
  });
  const text = (value: string | boolean | undefined) =>
    typeof value === 'string' && value !== '' ? value : null;
  const home = env['TOLLGATE_HOME'];
  const dataDir =
    text(values['data-dir']) ??
    (home !== undefined && home !== '' ? home : envPaths('tollgate', { suffix: '' }).data);
  return {
    dataDir: resolve(dataDir),
    port: text(values.port),
    config: text(values.config),
    hidden: values.hidden === true,
    sessionStart: values['session-start'] === true,
  };
}

/**
 * Where Chromium's profile and the shell's preferences live. Electron's default is `<app data>/Tollgate`, which on
 * macOS is the gateway's own data folder in other letters; a folder inside it also makes "single instance" mean
 * one shell per data folder.
 */
export function shellFolder(dataDir: string): string {
  return join(dataDir, 'desktop');
}
