// Where the small commands that Claude Code runs find the data folder: by the same rule as the whole command line, but
// without loading it.
import { resolve } from 'node:path';

/** Absolute path. `words`: what stands after the command's name. */
export async function findDataDir(words, env) {
  const place = words.indexOf('--data-dir');
  const named =
    place === -1 ? words.find((word) => word.startsWith('--data-dir='))?.slice(11) : words[place + 1];
  if (named !== undefined && named !== '') return resolve(named);
  const fromEnvironment = env.TOLLGATE_HOME;
  if (fromEnvironment !== undefined && fromEnvironment !== '') return resolve(fromEnvironment);
  const { default: envPaths } = await import('env-paths');
  return envPaths('tollgate', { suffix: '' }).data;
}
