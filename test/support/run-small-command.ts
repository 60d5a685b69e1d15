// Runs one of the small commands of Claude Code's settings as Claude Code does: with words on standard input, by way of
// bin/tollgate.mjs or by a command line that a shell runs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CommandResult, Environment } from './run-tollgate.ts';

const entry = fileURLToPath(new URL('../../bin/tollgate.mjs', import.meta.url));

/** `bin/tollgate.mjs` with these words; `input` null leaves standard input open without a word. */
export function runSmallCommand(
  words: readonly string[],
  environment: Environment,
  input: string | null = '{}',
): Promise<CommandResult> {
  return run(process.execPath, [entry, ...words], environment, input);
}

export function runInShell(line: string, environment: Environment, input = '{}'): Promise<CommandResult> {
  return run('/bin/sh', ['-c', line], environment, input);
}

async function run(
  program: string,
  words: readonly string[],
  environment: Environment,
  input: string | null,
): Promise<CommandResult> {
  const child = spawn(program, [...words], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that ends without reading closes the pipe under the writer.
  child.stdin.on('error', () => undefined);
  if (input !== null) child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
