// Where things are on this machine: the data folder by option, TOLLGATE_HOME or the platform's custom; Claude Code's
// folder; the built window beside the program.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import envPaths from 'env-paths';
import { findClaudeFolder } from '../gateway/index.ts';

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
