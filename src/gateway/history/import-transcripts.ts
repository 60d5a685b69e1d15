// One import, from the list of transcripts to the last write: leaves out what the gateway measured, reads what is new of
// each file, and writes messages together with how far their files were read. Runs in the worker.
import type { ReadableDb, WritableDb } from '../ledger/open-database.ts';
import type { PriceOverride } from '../../contract/settings.ts';
import { findTranscripts } from './find-transcripts.ts';
import type { TranscriptFile } from './find-transcripts.ts';
import { openHistoryStore } from './history-store.ts';
import type { HistoryStore } from './history-store.ts';
import { measuredAfter, settledMark } from './measured-exchanges.ts';
import type { MeasuredExchange } from './measured-exchanges.ts';
import { readSummary } from './open-history.ts';
import type { HistorySummary } from './open-history.ts';
import { isUnchanged, unreadBytes } from './transcript-state.ts';
import type { TranscriptState } from './transcript-state.ts';

/** Counts of one import; what they mean is said in the contract's HistoryStatus. */
export interface ImportFigures {
  filesDone: number;
  readonly filesTotal: number;
  bytesDone: number;
  readonly bytesTotal: number;
  newMessages: number;
  unreadableLines: number;
  unreadableFiles: number;
}

export interface ImportProgress {
  readonly figures: Readonly<ImportFigures>;
  readonly summary: HistorySummary;
}

export interface ImportLimits {
  /** Bytes read at once; a longer line makes the buffer grow. */
  readonly chunkBytes: number;
  /** No answer comes near it; a longer line is a tool's output, or no line at all. */
  readonly longestLine: number;
  /** Messages per transaction, and bytes read without one: what a killed import has to read again. */
  readonly batchMessages: number;
  readonly batchBytes: number;
}

export const importLimits: ImportLimits = {
  chunkBytes: 1024 * 1024,
  longestLine: 8 * 1024 * 1024,
  batchMessages: 16_000,
  batchBytes: 64 * 1024 * 1024,
};

export interface ImportSources {
  readonly claudeFolder: string;
  readonly db: WritableDb;
  /** Null when there is no ledger. */
  readonly ledger: ReadableDb | null;
  /** The user's own prices. */
  readonly prices: Readonly<Record<string, PriceOverride>>;
  readonly limits: ImportLimits;
  readonly now: () => number;
  readonly isCancelled: () => boolean;
  /** Called after every piece that was read, and at the start. */
  readonly onProgress: (read: () => ImportProgress) => void;
}

const BATCH_EXCHANGES = 2000;

/** Returns the last progress and whether all was read. Throws what the database throws. */
export async function importTranscripts(
  sources: ImportSources,
): Promise<{ readonly progress: ImportProgress; readonly complete: boolean }> {
  const { db, ledger, prices, limits, isCancelled } = sources;
  const store = openHistoryStore(db);
  leaveOutMeasured(db, ledger, store);
  const found = findTranscripts(sources.claudeFolder);
  const files = found.files.filter((file) => !isKnown(file, store.file(file.path)));
  const figures: ImportFigures = {
    filesDone: 0,
    filesTotal: files.length,
    bytesDone: 0,
    bytesTotal: files.reduce((sum, file) => sum + unreadBytes(file, store.file(file.path)), 0),
    newMessages: 0,
    unreadableLines: 0,
    unreadableFiles: found.unreadable,
  };
  let complete = !isCancelled();
  if (files.length > 0) {
    const onProgress = (): void => sources.onProgress(() => ({ figures, summary: readSummary(db) }));
    onProgress();
    // Loaded on demand: with nothing to read, neither the parser nor the price table is needed.
    const { readTranscripts } = await import('./read-transcripts.ts');
    complete = readTranscripts({ files, store, prices, limits, figures, isCancelled, onProgress });
    // What was measured while this ran.
    leaveOutMeasured(db, ledger, store);
  }
  if (complete) store.finish(sources.now());
  return { progress: { figures, summary: readSummary(db) }, complete };
}

const isKnown = (file: TranscriptFile, state: TranscriptState | null): boolean =>
  state !== null && isUnchanged(file, state);

/** Takes out of the sums what the ledger has measured since this was last done. */
export function leaveOutMeasured(db: WritableDb, ledger: ReadableDb | null, store: HistoryStore): void {
  if (ledger === null) return;
  const mark = settledMark(ledger);
  const { ledgerSeq, ledgerId } = readSummary(db);
  let batch: MeasuredExchange[] = [];
  for (const exchange of measuredAfter(ledger, { seq: ledgerSeq, id: ledgerId })) {
    batch.push(exchange);
    if (batch.length < BATCH_EXCHANGES) continue;
    store.leaveOut(batch);
    batch = [];
  }
  if (batch.length > 0) store.leaveOut(batch);
  if (mark.seq !== ledgerSeq || mark.id !== ledgerId) store.remember(mark);
}
