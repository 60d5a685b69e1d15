// The `tollgate` command: reads the words, runs one command, turns errors into one plain line and an exit code
// (0 done, 1 the answer is no, 2 could not).
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { StartError, TakeOverError } from '../gateway/index.ts';
import { addBackgroundCommand } from './background-command.ts';
import { addBudgetCommand } from './budget-command.ts';
import { addClaudeCommands } from './claude-commands.ts';
import { CommandFailure } from './command-failure.ts';
import { addDoctorCommand } from './doctor-command.ts';
import { addGatewayCommands } from './gateway-commands.ts';
import { addMcpCommands } from './mcp-command.ts';
import { addModelsCommand } from './models-command.ts';
import { addHistoryCommand } from './history-command.ts';
import { packageFile } from './places.ts';
import { addRouteCommands } from './route-command.ts';
import { addServeCommand } from './serve-command.ts';
import { addSmallCommands } from './small-commands.ts';
import { addVaultCommands } from './vault-commands.ts';

const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

const program = new Command('tollgate')
  .description('A local gateway for Claude Code: live spend, provider switching, exact costs.')
  .version(version, '-v, --version')
  .helpOption('-h, --help')
  .exitOverride();

addServeCommand(program, version);
addGatewayCommands(program);
addMcpCommands(program);
addModelsCommand(program);
addBudgetCommand(program);
addRouteCommands(program);
addClaudeCommands(program);
addDoctorCommand(program);
addBackgroundCommand(program);
addHistoryCommand(program);
addSmallCommands(program);
addVaultCommands(program);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeFor(error);
}

function exitCodeFor(error: unknown): number {
  // Help and version are answers; for the rest commander has printed its line already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CommandFailure || error instanceof StartError || error instanceof TakeOverError) {
    process.stderr.write(`tollgate: ${error.message}\n`);
    return error instanceof CommandFailure ? error.exitCode : 2;
  }
  process.stderr.write(
    `tollgate: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return 2;
}
