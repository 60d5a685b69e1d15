// Reads what is new of each transcript and hands it to the store in batches. Runs in the worker; loaded only when there
// is something to read.
import { closeSync, fstatSync, openSync } from 'node:fs';
import type { PriceOverride } from '../../contract/settings.ts';
import { createPriceTable } from '../ledger/price-table.ts';
import type { TranscriptFile } from './find-transcripts.ts';
import type { HistoryStore } from './history-store.ts';
import type { ImportFigures, ImportLimits } from './import-transcripts.ts';
import { MessageBatch } from './message-batch.ts';
import { projectOfFile } from './project-of-file.ts';
import { createLineReader } from './read-lines.ts';
import type { LineReader, LineText } from './read-lines.ts';
import { readTranscriptLine } from './transcript-line.ts';
import type { ReadLine } from './transcript-line.ts';
import { hasOnlyGrown, readBegunAt, readSums } from './transcript-state.ts';
import type { TranscriptState } from './transcript-state.ts';

export interface ReadingSources {
  readonly files: readonly TranscriptFile[];
  readonly store: HistoryStore;
  readonly prices: Readonly<Record<string, PriceOverride>>;
  /** Counted up while reading. */
  readonly figures: ImportFigures;
  readonly limits: ImportLimits;
  readonly isCancelled: () => boolean;
  /** Called after every piece that was read. */
  readonly onProgress: () => void;
}

/** Returns false when it was cancelled; what was read until then is written. Throws what the database throws. */
export function readTranscripts(sources: ReadingSources): boolean {
  const reading = new Reading(sources);
  const complete = sources.files.every((file) => reading.readFile(file));
  reading.write();
  return complete;
}

class Reading {
  readonly #sources: ReadingSources;
  readonly #reader: LineReader;
  readonly #batch: MessageBatch;
  /** Files read since the last write. */
  #read = new Set<TranscriptState>();
  #bytesSinceWrite = 0;

  constructor(sources: ReadingSources) {
    this.#sources = sources;
    this.#reader = createLineReader(sources.limits.chunkBytes, sources.limits.longestLine);
    this.#batch = new MessageBatch(createPriceTable(sources.prices), sources.store.origins);
  }

  /** Reads what is new of a file; false when the import was cancelled. */
  readFile(file: TranscriptFile): boolean {
    if (this.#sources.isCancelled()) return false;
    let fd: number;
    try {
      fd = openSync(file.path, 'r');
    } catch {
      this.#sources.figures.unreadableFiles++;
      return true;
    }
    try {
      return this.#readOpen(fd, statOpen(fd, file));
    } catch (error) {
      // A disk or a network folder that gives up in the middle of a file; what the database says is not for here.
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
      this.#sources.figures.unreadableFiles++;
      return true;
    } finally {
      closeSync(fd);
    }
  }

  #readOpen(fd: number, file: TranscriptFile): boolean {
    const state = startingState(fd, file, this.#sources.store);
    state.begunAt ??= readBegunAt(fd);
    // At once: should the reading fail, its messages need it all the same.
    this.#read.add(state);
    const { readTo, stopped } = this.#reader.read(fd, state.readTo, file.size, {
      line: (text) => this.#readLine(text, file, state),
      unreadable: () => this.#countUnreadable(state),
      progress: (bytes, upTo) => this.#progressed(bytes, state, () => advance(state, fd, file, upTo, upTo)),
    });
    advance(state, fd, file, readTo, stopped ? readTo : file.size);
    if (!stopped) this.#sources.figures.filesDone++;
    if (this.#isFull()) this.write();
    return !stopped;
  }

  #readLine(text: LineText, file: TranscriptFile, state: TranscriptState): boolean {
    const report = readEither(text);
    if (typeof report === 'string') return report === 'nothing';
    state.project ??= projectOfFile(file.projectFolder, report.directory);
    this.#batch.add(report, state);
    return true;
  }

  #countUnreadable(state: TranscriptState): void {
    state.unreadableLines++;
    this.#sources.figures.unreadableLines++;
  }

  /** `advanceState` brings the state of the file being read up to date. Returns false when the import was cancelled. */
  #progressed(bytes: number, state: TranscriptState, advanceState: () => void): boolean {
    const { figures } = this.#sources;
    // A file that turns out to be rewritten is read whole, which was not foreseen.
    figures.bytesDone = Math.min(figures.bytesDone + bytes, figures.bytesTotal);
    this.#bytesSinceWrite += bytes;
    if (this.#isFull()) {
      advanceState();
      this.write();
      this.#read.add(state);
    }
    this.#sources.onProgress();
    return !this.#sources.isCancelled();
  }

  #isFull(): boolean {
    const { batchMessages, batchBytes } = this.#sources.limits;
    return this.#batch.size >= batchMessages || this.#bytesSinceWrite >= batchBytes;
  }

  write(): void {
    if (this.#read.size === 0) return;
    this.#sources.figures.newMessages += this.#sources.store.write(this.#batch.take(), this.#read);
    this.#read = new Set();
    this.#bytesSinceWrite = 0;
  }
}

/** The short form will do when it tells the message; else the whole line has the word. */
function readEither(text: LineText): ReadLine {
  if (text.short !== null) {
    const report = readTranscriptLine(text.short);
    if (typeof report !== 'string' && report.slot !== 0 && report.model !== '') return report;
  }
  return readTranscriptLine(text.whole());
}

/** Where to begin: behind what was read before, or at the start of a new or rewritten file. */
function startingState(fd: number, file: TranscriptFile, store: HistoryStore): TranscriptState {
  const known = store.file(file.path);
  return known !== null && hasOnlyGrown(fd, file, known) ? known : store.newFile(file.path);
}

function advance(
  state: TranscriptState,
  fd: number,
  file: TranscriptFile,
  readTo: number,
  size: number,
): void {
  const { inode, modifiedMs, changedMs } = file;
  Object.assign(state, { readTo, size, inode, modifiedMs, changedMs, ...readSums(fd, readTo) });
}

/** The file as it is now that it is open. */
function statOpen(fd: number, file: TranscriptFile): TranscriptFile {
  const { ino: inode, size, mtimeMs: modifiedMs, ctimeMs: changedMs } = fstatSync(fd);
  return { ...file, inode, size, modifiedMs, changedMs };
}
