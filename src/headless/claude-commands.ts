// `tollgate connect` and `disconnect`: take over Claude Code's settings and give them back, with or without a running
// gateway.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Option } from 'commander';
import type { Command } from 'commander';
import type { ConnectOptions, TakeOverResult } from '../contract/connect.ts';
import {
  claudeSettingsPath,
  connectClaude,
  dataFolderAt,
  disconnectClaude,
  findCompanions,
  findKeyBan,
  LocalKeys,
  makeDataFolder,
} from '../gateway/index.ts';
import { describeTakeOver } from './describe-take-over.ts';
import { claudeFolderOf, dataDirOf, programFor } from './places.ts';
import { findLingering } from './find-lingering.ts';
import { findRunningGateway } from './running-gateway.ts';

const DEFAULT_URL = 'http://127.0.0.1:8655';
/** Shown, and never written, when a dry run finds a data folder that has no keys yet. */
const KEY_TO_BE_MADE = 'tg-…';

interface TakeOverOptions {
  readonly dataDir?: string;
  readonly claudeDir?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface ConnectCommandOptions extends TakeOverOptions {
  readonly credential?: 'key' | 'login';
  readonly statusLine?: boolean;
  readonly sessionHook?: boolean;
  readonly vscode?: boolean;
  readonly mcp?: boolean;
}

export function addClaudeCommands(program: Command): void {
  withOptions(program.command('connect').description("send Claude Code's traffic through Tollgate"))
    .addOption(
      new Option(
        '--credential <kind>',
        'key: a local key in place of its login; login: keep the claude.ai login (default: key)',
      ).choices(['key', 'login']),
    )
    .option('--status-line', "show spend in Claude Code's status line (default: no)")
    .option('--no-status-line')
    .option('--session-hook', 'undo the change when a session starts and no Tollgate answers (default: yes)')
    .option('--no-session-hook')
    .option('--vscode', 'change the settings of VS Code and its kin as well (default: no)')
    .option('--no-vscode')
    .option('--mcp', 'register the MCP endpoint with Claude Code (default: yes)')
    .option('--no-mcp')
    .addHelpText('after', '\nWhat you say here is remembered for the next connect.')
    .action(connect);
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

async function connect(options: ConnectCommandOptions): Promise<void> {
  const dataDir = dataDirOf(options.dataDir);
  const claudeFolder = claudeFolderOf(options.claudeDir);
  const gateway = await findRunningGateway(dataDir);
  const isDry = options.dryRun === true;
  const result = await connectClaude({
    settingsPath: claudeSettingsPath(claudeFolder),
    dataDir,
    url: gateway?.url ?? DEFAULT_URL,
    key: localKey(dataDir, isDry),
    dryRun: isDry,
    now: Date.now,
    wishes: wishesOf(options),
    program: programFor(dataDir),
    environment: process.env,
    companions: await findCompanions(claudeFolder, process.env),
    forbidsKey: await findKeyBan(claudeFolder, process.env),
  });
  const missing = `No Tollgate runs yet: start it ("tollgate serve"), or Claude Code finds nothing at ${DEFAULT_URL}.`;
  const notes = gateway === null && result.applied ? [...result.notes, missing] : result.notes;
  report({ ...result, notes }, options, 'connect');
}

function wishesOf({
  credential,
  statusLine,
  sessionHook,
  vscode,
  mcp,
}: ConnectCommandOptions): ConnectOptions {
  return { credential, statusLine, sessionHook, vscode, mcp };
}

async function disconnect(options: TakeOverOptions): Promise<void> {
  const claudeFolder = claudeFolderOf(options.claudeDir);
  const dataDir = dataDirOf(options.dataDir);
  const result = await disconnectClaude({
    settingsPath: claudeSettingsPath(claudeFolder),
    dataDir,
    dryRun: options.dryRun === true,
    now: Date.now,
    companions: await findCompanions(claudeFolder, process.env),
  });
  const lingering = result.applied ? await findLingering(dataDir) : [];
  report({ ...result, notes: [...result.notes, ...lingering] }, options, 'disconnect');
}

/** The first client's key, made now when this data folder has none - but not for a dry run, which writes nothing. */
function localKey(dataDir: string, isDry: boolean): string {
  const folder = dataFolderAt(dataDir);
  if (isDry && !existsSync(folder.keys)) return KEY_TO_BE_MADE;
  makeDataFolder(folder);
  return new LocalKeys(folder.keys, { randomBytes, now: Date.now }).firstClientKey();
}

function report(result: TakeOverResult, options: TakeOverOptions, direction: 'connect' | 'disconnect'): void {
  const text =
    options.json === true
      ? JSON.stringify(result)
      : describeTakeOver(result, {
          direction,
          isDry: options.dryRun === true,
          isColoured: process.stdout.isTTY && !process.env['NO_COLOR'],
        });
  process.stdout.write(`${text}\n`);
}
