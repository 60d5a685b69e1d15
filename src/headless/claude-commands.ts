// `tollgate connect` and `disconnect`: take over Claude Code's settings and give them back, with or without a running
// gateway.
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { TakeOverResult } from '../contract/control-contract.ts';
import {
  claudeSettingsPath,
  connectClaude,
  dataFolderAt,
  disconnectClaude,
  makeDataFolder,
  LocalKeys,
} from '../gateway/index.ts';
import { claudeFolderOf, dataDirOf } from './places.ts';
import { findRunningGateway } from './running-gateway.ts';

const DEFAULT_URL = 'http://127.0.0.1:8655';

interface TakeOverOptions {
  readonly dataDir?: string;
  readonly claudeDir?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export function addClaudeCommands(program: Command): void {
  withOptions(program.command('connect').description("send Claude Code's traffic through Tollgate")).action(
    connect,
  );
  withOptions(
    program.command('disconnect').description("give Claude Code's settings back as they were"),
  ).action(disconnect);
}

function withOptions(command: Command): Command {
  return command
    .option('--data-dir <dir>', 'where Tollgate keeps its files')
    .option('--claude-dir <dir>', "Claude Code's config folder")
    .option('--dry-run', 'show the exact change, write nothing')
    .option('--json', 'print JSON');
}

async function connect(options: TakeOverOptions): Promise<void> {
  const dataDir = dataDirOf(options.dataDir);
  const gateway = await findRunningGateway(dataDir);
  const result = await connectClaude({
    settingsPath: claudeSettingsPath(claudeFolderOf(options.claudeDir)),
    dataDir,
    url: gateway?.url ?? DEFAULT_URL,
    key: localKey(dataDir),
    dryRun: options.dryRun === true,
    now: Date.now,
  });
  const notes =
    gateway === null && result.applied
      ? [
          ...result.notes,
          `No Tollgate runs yet: start it ("tollgate serve"), or Claude Code finds nothing at ${DEFAULT_URL}.`,
        ]
      : result.notes;
  report({ ...result, notes }, options, 'Claude Code goes through Tollgate already.');
}

async function disconnect(options: TakeOverOptions): Promise<void> {
  const result = await disconnectClaude({
    settingsPath: claudeSettingsPath(claudeFolderOf(options.claudeDir)),
    dataDir: dataDirOf(options.dataDir),
    dryRun: options.dryRun === true,
    now: Date.now,
  });
  report(result, options, 'There is nothing of Tollgate in Claude Code’s settings.');
}

/** The first client's key, made now when this data folder has none. */
function localKey(dataDir: string): string {
  const folder = dataFolderAt(dataDir);
  makeDataFolder(folder);
  return new LocalKeys(folder.keys, { randomBytes, now: Date.now }).firstClientKey();
}

function report(result: TakeOverResult, options: TakeOverOptions, unchanged: string): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(result)}\n`);
    return;
  }
  const lines = [
    result.diff === '' ? unchanged : result.diff.trimEnd(),
    ...result.notes,
    ...(result.applied ? [`Written: ${result.settingsPath}`] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
