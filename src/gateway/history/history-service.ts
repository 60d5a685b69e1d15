// The gateway's side of the history: one import at a time in a worker thread, its state for whoever asks, and reports
// that never hold up the relay. Nothing is read before it is asked for.
import type { HistoryRemoved, HistoryScan, HistoryStarted, HistoryStatus } from '../../contract/history.ts';
import type { PriceOverride } from '../../contract/settings.ts';
import type { UsageFromLogs, UsageGrouping } from '../../contract/usage.ts';
import { GatewayError } from '../gateway-error.ts';
import type { ReadableDb } from '../ledger/open-database.ts';
import type { HistoryJobKind } from './history-job.ts';
import { readUsageFromLogs } from './history-report.ts';
import type { ImportProgress } from './import-transcripts.ts';
import { rowsAfter } from './measured-exchanges.ts';
import { deleteHistory, openHistoryForReading, readSummary } from './open-history.ts';
import { runJob } from './run-job.ts';

export interface HistorySources {
  readonly claudeFolder: string;
  readonly historyPath: string;
  readonly ledgerPath: string;
  /** The gateway's own connection. */
  readonly ledger: ReadableDb;
  /** Brings queued rows into the ledger. */
  readonly flush: () => void;
  /** The user's own prices. */
  readonly prices: () => Readonly<Record<string, PriceOverride>>;
  readonly now: () => number;
  /** At most ten times a second, and whenever the state changes. */
  readonly onChange: (status: HistoryStatus) => void;
}

export interface HistoryService {
  scan(): Promise<HistoryScan>;
  startImport(): HistoryStarted;
  status(): HistoryStatus;
  /** Resolves when the import has stopped. */
  cancel(): Promise<HistoryStatus>;
  /** Throws GatewayError while an import runs. */
  remove(): Promise<HistoryRemoved>;
  report(since: number | null, by: UsageGrouping | undefined): Promise<UsageFromLogs>;
  /** Stops what runs; what was written stays. */
  close(): Promise<void>;
}

/** More ledger rows than this are not looked through on the relay's thread. */
const MOST_ROWS_HERE = 500;
const CLOSE_MS = 2000;

const idle: Omit<HistoryStatus, 'imported'> = {
  state: 'idle',
  startedAt: null,
  endedAt: null,
  filesDone: 0,
  filesTotal: 0,
  bytesDone: 0,
  bytesTotal: 0,
  newMessages: 0,
  unreadableLines: 0,
  unreadableFiles: 0,
  problem: null,
};

export function createHistoryService(sources: HistorySources): HistoryService {
  return new Service(sources);
}

class Service implements HistoryService {
  readonly #sources: HistorySources;
  #current = idle;
  /** Of the running import, from its own connection. */
  #imported: Imported | null = null;
  #cancelFlag = newFlag();
  /** Ends with the last job that was asked for: one after the other, as there is one writer of history.db. */
  #lastJob: Promise<void> = Promise.resolve();

  constructor(sources: HistorySources) {
    this.#sources = sources;
  }

  async scan(): Promise<HistoryScan> {
    const message = await this.#run('scan');
    if (message.kind !== 'scanned') throw new Error('the history worker ended without a result');
    return message.scan;
  }

  startImport(): HistoryStarted {
    if (this.#current.state === 'running') return { started: false, status: this.status() };
    this.#cancelFlag = newFlag();
    this.#change({ ...idle, state: 'running', startedAt: this.#sources.now() });
    void this.#inTurn(() => this.#import());
    return { started: true, status: this.status() };
  }

  status(): HistoryStatus {
    return { ...this.#current, imported: this.#imported ?? readImported(this.#sources.historyPath) };
  }

  async cancel(): Promise<HistoryStatus> {
    if (this.#current.state === 'running') {
      Atomics.store(this.#cancelFlag, 0, 1);
      await this.#lastJob;
    }
    return this.status();
  }

  async remove(): Promise<HistoryRemoved> {
    if (this.#current.state === 'running') {
      throw new GatewayError('CONFLICT', 'An import is running; cancel it first, then remove what it did.');
    }
    return this.#inTurn(async () => {
      const { messages, costNanoUsd } = readImported(this.#sources.historyPath);
      deleteOrExplain(this.#sources.historyPath);
      this.#change(idle);
      return { messages, costNanoUsd, status: this.status() };
    });
  }

  async report(since: number | null, by: UsageGrouping | undefined): Promise<UsageFromLogs> {
    const { historyPath, ledger, flush } = this.#sources;
    flush();
    try {
      if (isFarBehind(historyPath, ledger)) await this.#inTurn(() => this.#run('leave-out'));
      return readUsageFromLogs(historyPath, ledger, since, by);
    } catch (error) {
      throw new GatewayError('CONFLICT', messageOf(error), error);
    }
  }

  async close(): Promise<void> {
    Atomics.store(this.#cancelFlag, 0, 1);
    // A thread that hangs on a disk must not keep the gateway from ending: it may be killed at any time.
    await Promise.race([this.#lastJob, after(CLOSE_MS)]);
  }

  async #import(): Promise<void> {
    const { now } = this.#sources;
    try {
      const message = await this.#run('import', (progress) => this.#change(progress.figures, progress));
      if (message.kind !== 'imported') throw new Error('the history worker ended without a result');
      const { progress, complete } = message;
      const state = complete ? 'done' : 'cancelled';
      this.#change({ ...progress.figures, state, endedAt: now() }, progress);
    } catch (error) {
      this.#change({ state: 'failed', endedAt: now(), problem: messageOf(error) });
    } finally {
      this.#imported = null;
    }
  }

  #run(kind: HistoryJobKind, onProgress: (progress: ImportProgress) => void = () => undefined) {
    const { claudeFolder, historyPath, ledgerPath, prices, flush } = this.#sources;
    flush();
    const cancel = this.#cancelFlag.buffer;
    return runJob({ kind, claudeFolder, historyPath, ledgerPath, prices: prices(), cancel }, onProgress);
  }

  #change(changes: Partial<typeof idle>, progress: ImportProgress | null = null): void {
    if (progress !== null) this.#imported = importedFrom(progress.summary);
    this.#current = { ...this.#current, ...changes };
    this.#sources.onChange(this.status());
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastJob.then(work);
    this.#lastJob = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }
}

const newFlag = (): Int32Array<SharedArrayBuffer> => new Int32Array(new SharedArrayBuffer(4));

const after = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds).unref());

type Imported = HistoryStatus['imported'];

function importedFrom(summary: ImportProgress['summary']): Imported {
  const { messages, costNanoUsd, estimatedNanoUsd, measuredMessages, lastImportAt } = summary;
  return { messages, costNanoUsd, estimatedNanoUsd, measuredMessages, lastImportAt };
}

const nothingImported: Imported = {
  messages: 0,
  costNanoUsd: 0,
  estimatedNanoUsd: 0,
  measuredMessages: 0,
  lastImportAt: null,
};

/** One row; a file that cannot be read holds nothing that could be shown, and the next import says why. */
function readImported(historyPath: string): Imported {
  try {
    const db = openHistoryForReading(historyPath);
    if (db === null) return nothingImported;
    try {
      return importedFrom(readSummary(db));
    } finally {
      db.close();
    }
  } catch {
    return nothingImported;
  }
}

function isFarBehind(historyPath: string, ledger: ReadableDb): boolean {
  const history = openHistoryForReading(historyPath);
  if (history === null) return false;
  try {
    const { ledgerSeq, ledgerId } = readSummary(history);
    return rowsAfter(ledger, { seq: ledgerSeq, id: ledgerId }) > MOST_ROWS_HERE;
  } finally {
    history.close();
  }
}

function deleteOrExplain(historyPath: string): void {
  try {
    deleteHistory(historyPath);
  } catch (error) {
    throw new GatewayError('CONFLICT', `${historyPath} cannot be removed (${messageOf(error)}); try again.`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
