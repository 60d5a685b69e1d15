// `tollgate statusline` and `tollgate session-start` as the help lists them. Claude Code runs both, often, so the entry
// normally starts their small programs in bin/ before any of this is loaded.
import type { Command } from 'commander';

type SmallProgram = (words: readonly string[]) => Promise<void>;

export function addSmallCommands(program: Command): void {
  withDataDir(
    program.command('statusline').description("one line of spend, for Claude Code's statusLine setting"),
  ).action(() => run('statusline.mjs', 'runStatusLine'));
  withDataDir(
    program
      .command('session-start')
      .description("sees that Claude Code's settings lead to a running Tollgate, for its SessionStart hook"),
  )
    .option('--claude-dir <dir>', "Claude Code's config folder")
    .action(() => run('session-start.mjs', 'runSessionStart'));
}

function withDataDir(command: Command): Command {
  return command.option('--data-dir <dir>', 'where Tollgate keeps its files');
}

async function run(file: string, name: string): Promise<void> {
  // From src/headless and out/headless alike.
  const address = new URL(`../../bin/${file}`, import.meta.url).href;
  const parts = (await import(address)) as Record<string, SmallProgram>;
  await parts[name]?.(process.argv.slice(3));
}
