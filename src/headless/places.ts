// Where things are on this machine: the data folder by option, TOLLGATE_HOME or the platform's custom; Claude Code's
// folder; the built window beside the program.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';
import { findClaudeFolder } from '../gateway/index.ts';
import type { TollgateProgram } from '../gateway/index.ts';

/** Absolute path of the data folder. */
export function dataDirOf(option: string | undefined): string {
  const fromEnvironment = process.env['TOLLGATE_HOME'];
  if (option !== undefined) return resolve(option);
  if (fromEnvironment !== undefined && fromEnvironment !== '') return resolve(fromEnvironment);
  return envPaths('tollgate', { suffix: '' }).data;
}

/** Claude Code's config folder. */
export function claudeFolderOf(option: string | undefined): string {
  return findClaudeFolder({
    explicit: option === undefined ? undefined : resolve(option),
    env: process.env,
    home: homedir(),
  });
}

/** Root of the checkout or package: this file lies in src/headless, its built form in out/headless. */
const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

export const packageFile = join(packageRoot, 'package.json');
export const windowDir = join(packageRoot, 'out', 'renderer');
export const windowIsBuilt = (): boolean => existsSync(join(windowDir, 'index.html'));

/**
 * How Claude Code's settings can name Tollgate's own commands. The packaged app may not run as plain Node; the shell
 * tells its gateway where the app is (TOLLGATE_APP).
 */
export function programFor(dataDir: string): TollgateProgram {
  const app = process.env['TOLLGATE_APP'];
  if (app !== undefined && app !== '') return { node: null, entry: app, dataDir };
  return { node: process.execPath, entry: join(packageRoot, 'bin', 'tollgate.mjs'), dataDir };
}
