// `tollgate history`: past spend from Claude Code's own logs. The running gateway does the work, since the database is
// its own; this shows how it goes.
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import type { HistoryScan, HistoryStatus } from '../contract/history.ts';
import { CommandFailure } from './command-failure.ts';
import { formatCount, formatUsd } from './format-output.ts';
import { dataDirOf } from './places.ts';
import { findRunningGateway } from './running-gateway.ts';
import type { RunningGateway } from './running-gateway.ts';

interface HistoryOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

const POLL_MS = 150;
/** A large folder on a slow disk takes a while to look through; stopping an import waits for a last write. */
const SLOW_CALL_MS = 120_000;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

export function addHistoryCommand(program: Command): void {
  const history = program.command('history').description("past spend, read from Claude Code's own logs");
  const add = (name: string, description: string, run: (options: HistoryOptions) => Promise<void>): void => {
    history
      .command(name)
      .description(description)
      .option('--data-dir <dir>', 'where Tollgate keeps its files')
      .option('--json', 'print JSON')
      .action(run);
  };
  add('scan', 'what logs there are; reads no message and writes nothing', scan);
  add('import', 'read the logs into the history, apart from what Tollgate measures', importLogs);
  add('status', 'how an import goes, and what has been imported', status);
  add('cancel', 'stop the import; what was read stays, and a later import goes on from there', cancel);
  add('remove', 'take all imported history out again', remove);
}

async function needGateway(options: HistoryOptions): Promise<RunningGateway> {
  const dataDir = dataDirOf(options.dataDir);
  const gateway = await findRunningGateway(dataDir);
  if (gateway !== null) return gateway;
  throw new CommandFailure(
    `no Tollgate runs for ${dataDir}, and only a running one may work on its history; start it with "tollgate serve" or by opening the app.`,
  );
}

function answer(options: HistoryOptions, value: unknown, text: string): void {
  print(options.json === true ? JSON.stringify(value) : text);
}

async function scan(options: HistoryOptions): Promise<void> {
  const gateway = await needGateway(options);
  const found = await gateway.call('history.scan', {}, SLOW_CALL_MS);
  answer(options, found, sayScan(found));
}

function sayScan(found: HistoryScan): string {
  if (found.files === 0) return `There are no logs in ${found.folder}.`;
  const days = `${formatDay(found.oldest)} to ${formatDay(found.newest)}`;
  const unread =
    found.unreadFiles === 0
      ? 'All of it has been imported.'
      : `${formatCount(found.unreadFiles)} of them (${formatSize(found.unreadBytes)}) are still to be read: tollgate history import`;
  return `${formatCount(found.files)} logs (${formatSize(found.bytes)}) in ${found.folder}, ${days}.\n${unread}`;
}

async function importLogs(options: HistoryOptions): Promise<void> {
  const gateway = await needGateway(options);
  // Ends this command and the import with it.
  process.once('SIGINT', () => void gateway.call('history.cancel', {}, SLOW_CALL_MS).catch(() => undefined));
  let { status: now } = await gateway.call('history.import', {});
  const showsProgress = options.json !== true && process.stderr.isTTY;
  while (now.state === 'running') {
    if (showsProgress) process.stderr.write(`\r${sayProgress(now)}\u001b[K`);
    await wait(POLL_MS);
    now = await gateway.call('history.status', {});
  }
  if (showsProgress) process.stderr.write('\r\u001b[K');
  answer(options, now, sayStatus(now));
  if (now.state === 'cancelled') process.exitCode = 1;
  if (now.state === 'failed') process.exitCode = 2;
}

async function status(options: HistoryOptions): Promise<void> {
  const gateway = await needGateway(options);
  const now = await gateway.call('history.status', {});
  answer(options, now, now.state === 'running' ? sayProgress(now) : sayStatus(now));
}

async function cancel(options: HistoryOptions): Promise<void> {
  const gateway = await needGateway(options);
  const now = await gateway.call('history.cancel', {}, SLOW_CALL_MS);
  answer(options, now, sayStatus(now));
}

async function remove(options: HistoryOptions): Promise<void> {
  const gateway = await needGateway(options);
  const removed = await gateway.call('history.remove', {}, SLOW_CALL_MS);
  const { messages, costNanoUsd } = removed;
  answer(
    options,
    removed,
    `Taken out: ${formatCount(messages)} messages from Claude Code's logs, ${formatUsd(costNanoUsd)} at list prices. The logs themselves are as they were.`,
  );
}

function sayProgress(now: HistoryStatus): string {
  const percent = now.bytesTotal === 0 ? 100 : Math.floor((now.bytesDone / now.bytesTotal) * 100);
  return `Reading Claude Code's logs: ${percent} %, ${formatSize(now.bytesDone)} of ${formatSize(now.bytesTotal)}, ${formatCount(now.newMessages)} new messages`;
}

const endings: Readonly<Record<HistoryStatus['state'], string>> = {
  idle: '',
  running: '',
  done: 'The import is done.',
  cancelled: 'The import was cancelled; importing again goes on from where it was.',
  failed: 'The import failed.',
};

function sayStatus(now: HistoryStatus): string {
  const { imported } = now;
  const ending = endings[now.state];
  const lines = [
    now.problem === null ? ending : `${ending} ${now.problem}`,
    imported.messages === 0 && imported.measuredMessages === 0
      ? "Nothing has been imported from Claude Code's logs."
      : `From Claude Code's logs: ${formatCount(imported.messages)} messages, ${formatUsd(imported.costNanoUsd)} at list prices.`,
    now.newMessages === 0
      ? ''
      : `Found for the first time in this import: ${formatCount(now.newMessages)} messages.`,
    imported.measuredMessages === 0
      ? ''
      : `Left out, because Tollgate measured them itself: ${formatCount(imported.measuredMessages)} messages.`,
    imported.estimatedNanoUsd === 0
      ? ''
      : `Of this ${formatUsd(imported.estimatedNanoUsd)} is estimated: no price is known for the model.`,
    now.unreadableLines === 0 ? '' : `Lines that could not be read: ${formatCount(now.unreadableLines)}.`,
    now.unreadableFiles === 0
      ? ''
      : `Files or folders that could not be opened: ${formatCount(now.unreadableFiles)}.`,
  ];
  return lines.filter((line) => line.trim() !== '').join('\n');
}

function formatSize(bytes: number): string {
  const megabytes = bytes / 1_000_000;
  return `${megabytes.toLocaleString('en-US', { maximumFractionDigits: megabytes < 10 ? 1 : 0 })} MB`;
}

const formatDay = (at: number | null): string =>
  at === null ? 'unknown' : new Date(at).toLocaleDateString();
