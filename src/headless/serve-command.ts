// `tollgate serve`: the gateway in the foreground. One line of JSON when ready; SIGTERM and SIGINT drain and end it.
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { claudeSettingsPath, createGateway, openSystemKeychain, readClaudeCode } from '../gateway/index.ts';
import type { GatewayHost } from '../gateway/index.ts';
import { openLog } from './open-log.ts';
import { claudeFolderOf, dataDirOf, programFor, windowDir } from './places.ts';

const DEFAULT_PORT = 8655;
const PING_AFTER_MS = 15_000;
const DRAIN_MS = 10_000;

interface ServeOptions {
  readonly dataDir?: string;
  readonly port: number;
  readonly config?: string;
  readonly claudeDir?: string;
}

export function addServeCommand(program: Command, version: string): void {
  program
    .command('serve')
    .description('run the gateway in the foreground')
    .option('--data-dir <dir>', 'where Tollgate keeps its files')
    .option('--port <number>', 'port on 127.0.0.1; 0 picks a free one', parsePort, DEFAULT_PORT)
    .option('--config <file>', 'read settings from this file instead of config.json in the data folder')
    .option('--claude-dir <dir>', "Claude Code's config folder")
    .action((options: ServeOptions) => serve(options, version));
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535');
  return port;
}

async function serve(options: ServeOptions, version: string): Promise<void> {
  const stopAsked = new Promise<void>((done) => {
    process.once('SIGTERM', () => done());
    process.once('SIGINT', () => done());
  });
  const dataDir = dataDirOf(options.dataDir);
  const log = openLog(join(dataDir, 'logs'));
  const host: GatewayHost = {
    version,
    dataDir,
    configPath: options.config === undefined ? join(dataDir, 'config.json') : resolve(options.config),
    configRequired: options.config !== undefined,
    port: options.port,
    env: process.env,
    claudeFolder: claudeFolderOf(options.claudeDir),
    keychain: process.env['TOLLGATE_KEYCHAIN'] === 'off' ? null : openSystemKeychain(),
    program: programFor(dataDir),
    windowDir,
    now: Date.now,
    randomBytes,
    log,
    pingAfterMs: PING_AFTER_MS,
    drainMs: DRAIN_MS,
  };
  const gateway = await createGateway(host);
  process.stdout.write(`${JSON.stringify({ event: 'ready', ...gateway.ready })}\n`);
  await stopAsked;
  await gateway.stop();
  await sayWhereSettingsLead(host, gateway.ready.url);
  await log.close();
  // A client that holds a connection open must not keep a stopped gateway alive.
  process.exit(0);
}

/**
 * The settings stay as they are, since a service that is restarted must not make them flap; whoever stops for good should
 * know how to give them back.
 */
async function sayWhereSettingsLead(host: GatewayHost, url: string): Promise<void> {
  const settingsPath = claudeSettingsPath(host.claudeFolder);
  const { routedBy } = await readClaudeCode({ settingsPath, ourUrls: [url] });
  if (routedBy !== 'tollgate') return;
  process.stderr.write(
    `tollgate: Claude Code's settings still lead to ${url}, where nothing answers now. Start Tollgate again, or give the settings back with: tollgate disconnect --data-dir ${quoteWord(host.dataDir)}\n`,
  );
}

const quoteWord = (word: string): string => (/^[\w./:\\-]+$/.test(word) ? word : JSON.stringify(word));
