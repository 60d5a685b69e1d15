// Commands about a gateway: status, usage, use, key. They ask the running one; what only reads the ledger works
// without it too.
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { Since } from '../contract/control-contract.ts';
import type { GatewayStatus } from '../contract/control-contract.ts';
import type { ClaudeCodeView, ClientView } from '../contract/rows.ts';
import { noTotals, UsageGrouping } from '../contract/usage.ts';
import type { Totals, UsageReport } from '../contract/usage.ts';
import {
  claudeSettingsPath,
  dataFolderAt,
  diskMachine,
  describeLingering,
  isSameAddress,
  openLedgerForReading,
  readClaudeCode,
  readUsageFromLogs,
  reportUsage,
  startOf,
  takenOverAddresses,
} from '../gateway/index.ts';
import { formatCount, formatTable, formatUsd } from './format-output.ts';
import { claudeFolderOf, dataDirOf } from './places.ts';
import { findRunningGateway, needRunningGateway } from './running-gateway.ts';

interface CommonOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value));

export function addGatewayCommands(program: Command): void {
  withCommon(program.command('status').description('what runs, and who routes Claude Code'))
    .option('--claude-dir <dir>', "Claude Code's config folder")
    .action(showStatus);
  withCommon(program.command('usage').description('tokens and cost'))
    .option('--since <when>', 'today, week, month, all, or an ISO date or time', parseSince, 'today')
    .option('--by <group>', 'model, project, provider, session or agent', parseGrouping)
    .option('--with-logs', "also what was imported from Claude Code's logs, in a section of its own")
    .action(showUsage);
  withCommon(program.command('use').description('make a provider the first in the default route, at once'))
    .argument('<provider>')
    .action(useProvider);
  const key = program.command('key').description('local keys, one per client');
  withCommon(key.command('list').description('the clients that hold a key')).action(listKeys);
  withCommon(key.command('add').description('make a key for another client; it is shown once'))
    .argument('<name>')
    .action(addKey);
  withCommon(key.command('revoke').description('take a key away, at once'))
    .argument('<id>')
    .action(revokeKey);
}

function withCommon(command: Command): Command {
  return command.option('--data-dir <dir>', 'where Tollgate keeps its files').option('--json', 'print JSON');
}

function parseSince(text: string): Since {
  const since = Since.safeParse(text);
  if (since.success) return since.data;
  throw new InvalidArgumentError(
    'use today, week, month, all, a date like 2026-11-22, or a time like 2026-11-22T14:00',
  );
}

function parseGrouping(text: string): UsageGrouping {
  const grouping = UsageGrouping.safeParse(text);
  if (grouping.success) return grouping.data;
  throw new InvalidArgumentError('use model, project, provider, session or agent');
}

async function showStatus(options: CommonOptions & { claudeDir?: string }): Promise<void> {
  const gateway = await findRunningGateway(dataDirOf(options.dataDir));
  if (gateway !== null) {
    const status = await gateway.call('status.get', {});
    const { url: window } = await gateway.call('window.link', {});
    if (options.json === true) printJson({ running: true, ...status, window });
    else print(sayStatus(status, window));
    return;
  }
  const settingsPath = claudeSettingsPath(claudeFolderOf(options.claudeDir));
  const claudeCode = await readClaudeCode({ settingsPath, ourUrls: [], machine: diskMachine(process.env) });
  if (options.json === true) printJson({ running: false, dataDir: dataDirOf(options.dataDir), claudeCode });
  else
    print(
      `Tollgate is not running. Start it with "tollgate serve" or by opening the app.\n${claudeCode.note}${await sayStranded(dataDirOf(options.dataDir), claudeCode)}`,
    );
  process.exitCode = 1;
}

/** Settings that lead here while nothing answers are the one thing that must not be overlooked. */
async function sayStranded(dataDir: string, { settingsPath, baseUrl }: ClaudeCodeView): Promise<string> {
  const ours = await takenOverAddresses(dataDir, settingsPath);
  if (baseUrl === null || !ours.some((address) => isSameAddress(address, baseUrl))) return '';
  return '\nUntil it runs, Claude Code reaches no model. Give its settings back with "tollgate disconnect".';
}

function sayStatus(status: GatewayStatus, window: string): string {
  const lines = [
    `Tollgate ${status.version} runs at ${status.url} (process ${status.pid})${status.paused ? ', paused' : ''}.`,
    status.claudeCode.note,
    ...sayLingering(status),
    ...status.warnings,
    '',
    ...status.providers.map(
      (provider) =>
        `${provider.current ? '>' : ' '} ${provider.id}${provider.practice ? ' (practice, spends nothing)' : ''}  ${provider.problem ?? 'ready'}`,
    ),
    '',
    `Window: ${window}`,
  ];
  return lines.join('\n');
}

function sayLingering({ lingeringSessions }: GatewayStatus): string[] {
  const sentence = describeLingering(lingeringSessions);
  if (sentence === null) return [];
  const lines = lingeringSessions.map(
    ({ sessionId, project, lastSeenAt }) =>
      `  ${sessionId}  ${project ?? 'project unknown'}  last seen ${new Date(lastSeenAt).toLocaleTimeString()}`,
  );
  return [sentence, ...lines];
}

async function showUsage(
  options: CommonOptions & { since: Since; by?: UsageGrouping; withLogs?: boolean },
): Promise<void> {
  const dataDir = dataDirOf(options.dataDir);
  const report = readUsage(dataDir, options);
  const { fromLogs } = report;
  if (options.json === true) {
    const { since, totals, groups } = report;
    printJson({ since, totals, groups, ...(fromLogs === undefined ? {} : { fromLogs }) });
    return;
  }
  const header = [
    options.by ?? '',
    'exchanges',
    'input',
    'cache read',
    'write 5m',
    'write 1h',
    'output',
    'cost',
  ];
  const table = ({ groups, totals }: Pick<UsageReport, 'groups' | 'totals'>, head: string[]): string => {
    const rows = groups.map((group) => [group.key, ...usageCells(group)]);
    return formatTable([head, ...rows, ['total', ...usageCells(totals)]]);
  };
  print(table(report, header));
  if (fromLogs === undefined) return;
  const logHeader = header.map((name) => (name === 'exchanges' ? 'messages' : name));
  print(`\nFrom Claude Code's logs, not measured by Tollgate and not part of the above:`);
  print(table(fromLogs, logHeader));
  if (fromLogs.estimatedNanoUsd > 0)
    print(`Of this ${formatUsd(fromLogs.estimatedNanoUsd)} is estimated: no price is known for the model.`);
}

/** The ledger is read beside the gateway, so that a long report never holds up a stream. */
function readUsage(
  dataDir: string,
  { since, by, withLogs }: { since: Since; by?: UsageGrouping; withLogs?: boolean },
): UsageReport {
  const folder = dataFolderAt(dataDir);
  const start = startOf(since, Date.now());
  const db = openLedgerForReading(folder.ledger);
  try {
    const report = db === null ? { since: null, totals: noTotals, groups: [] } : reportUsage(db, start, by);
    return withLogs === true
      ? { ...report, fromLogs: readUsageFromLogs(folder.history, db, start, by) }
      : report;
  } finally {
    db?.close();
  }
}

function usageCells(totals: Totals): string[] {
  return [
    formatCount(totals.exchanges),
    formatCount(totals.inputTokens),
    formatCount(totals.cacheReadTokens),
    formatCount(totals.cacheWrite5mTokens),
    formatCount(totals.cacheWrite1hTokens),
    formatCount(totals.outputTokens),
    formatUsd(totals.costNanoUsd),
  ];
}

async function useProvider(provider: string, options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  const result = await gateway.call('route.use', { provider });
  if (options.json === true) printJson(result);
  else
    print(
      result.previous === result.current
        ? `${result.current} answers already.`
        : `${result.current} answers from now on (before: ${result.previous}).`,
    );
}

async function listKeys(options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  const { clients } = await gateway.call('key.list', {});
  if (options.json === true) printJson({ clients });
  else print(sayClients(clients));
}

async function addKey(name: string, options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  const added = await gateway.call('key.add', { name });
  if (options.json === true) printJson(added);
  else print(`Key for ${added.client.name} (${added.client.id}), shown only now:\n${added.key}`);
}

async function revokeKey(id: string, options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  const { clients } = await gateway.call('key.revoke', { id });
  if (options.json === true) printJson({ revoked: id, clients });
  else print(`The key of ${id} opens nothing any more.`);
}

function sayClients(clients: readonly ClientView[]): string {
  if (clients.length === 0) return 'No client holds a key.';
  const rows = clients.map((client) => [
    client.id,
    client.name,
    `…${client.keyEnd}`,
    new Date(client.createdAt).toLocaleString(),
  ]);
  return formatTable([['id', 'name', 'key', 'made'], ...rows]);
}
