// `tollgate background`: whether Claude Code's sessions may start the gateway when it does not run. The tray app's users
// have the login item instead.
import { Argument } from 'commander';
import type { Command } from 'commander';
import { allowBackgroundStart, forbidBackgroundStart, readBackgroundStart } from './background-start.ts';
import { dataDirOf, programFor } from './places.ts';

interface BackgroundOptions {
  readonly dataDir?: string;
  readonly port?: string;
  readonly json?: boolean;
}

export function addBackgroundCommand(program: Command): void {
  program
    .command('background')
    .description('may a Claude Code session start the gateway when it does not run?')
    .addArgument(new Argument('[answer]').choices(['on', 'off']))
    .option('--data-dir <dir>', 'where Tollgate keeps its files')
    .option('--port <number>', 'port of the gateway that is started')
    .option('--json', 'print JSON')
    .action(runBackground);
}

function runBackground(answer: 'on' | 'off' | undefined, options: BackgroundOptions): void {
  const dataDir = dataDirOf(options.dataDir);
  const { node, entry } = programFor(dataDir);
  const port = options.port === undefined ? [] : ['--port', options.port];
  const serve = [...(node === null ? [entry] : [node, entry]), 'serve', '--data-dir', dataDir, ...port];
  if (answer === 'on') allowBackgroundStart(dataDir, serve);
  if (answer === 'off') forbidBackgroundStart(dataDir);
  const allowed = readBackgroundStart(dataDir);
  if (options.json === true)
    process.stdout.write(
      `${JSON.stringify({ allowed: allowed !== null, command: allowed?.command ?? null })}\n`,
    );
  else process.stdout.write(`${describe(allowed?.command ?? null)}\n`);
}

function describe(command: readonly string[] | null): string {
  return command === null
    ? 'Off: when the gateway does not run, a new session of Claude Code gets its settings back as they were.'
    : `On: when the gateway does not run, a new session of Claude Code starts it with: ${command.join(' ')}`;
}
