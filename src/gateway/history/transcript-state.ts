// What is remembered of a transcript between imports, and what that says about the file as it lies there now: read
// already, grown, or to be read anew.
import { readSync } from 'node:fs';
import type { TranscriptFile } from './find-transcripts.ts';
import { checksumOfBytes } from './checksum.ts';

export interface TranscriptState {
  /** Row in the index. */
  readonly id: number;
  readonly path: string;
  inode: number;
  /** Bytes looked at. */
  size: number;
  modifiedMs: number;
  changedMs: number;
  /** Behind the last whole line that was read. */
  readTo: number;
  headSum: number;
  tailSum: number;
  begunAt: number | null;
  project: string | null;
  unreadableLines: number;
}

/** So much is compared at the start of a file, and so much before the place up to which it was read. */
const COMPARED_BYTES = 4096;
/** Within this much the first time of a file is looked for: mostly it stands in the first line. */
const HEAD_BYTES = [4 * 1024, 64 * 1024];
const timePattern = /"timestamp":"(\d{4}-\d\d-\d\dT[^"]{1,30})"/;

export function newTranscriptState(path: string, id: number): TranscriptState {
  return {
    id,
    path,
    inode: 0,
    size: 0,
    modifiedMs: 0,
    changedMs: 0,
    readTo: 0,
    headSum: 0,
    tailSum: 0,
    begunAt: null,
    project: null,
    unreadableLines: 0,
  };
}

export function isUnchanged(file: TranscriptFile, state: TranscriptState): boolean {
  return (
    file.size === state.size &&
    file.modifiedMs === state.modifiedMs &&
    file.changedMs === state.changedMs &&
    file.inode === state.inode
  );
}

/** Bytes an import would read of the file, as far as sizes tell. */
export function unreadBytes(file: TranscriptFile, state: TranscriptState | null): number {
  if (state === null) return file.size;
  if (isUnchanged(file, state)) return 0;
  return file.size > state.size ? file.size - state.readTo : file.size;
}

/** True when the file holds what was read of it before, and more. */
export function hasOnlyGrown(fd: number, file: TranscriptFile, state: TranscriptState): boolean {
  if (file.size <= state.size || state.readTo === 0) return false;
  const sums = readSums(fd, state.readTo);
  return sums.headSum === state.headSum && sums.tailSum === state.tailSum;
}

/** Checksums that recognise the first `readTo` bytes of a file. */
export function readSums(fd: number, readTo: number): Pick<TranscriptState, 'headSum' | 'tailSum'> {
  const length = Math.min(COMPARED_BYTES, readTo);
  return {
    headSum: checksumOfBytes(readAt(fd, 0, length)),
    tailSum: checksumOfBytes(readAt(fd, readTo - length, length)),
  };
}

/** The first time in the file, in milliseconds since the epoch; null when none stands near its start. */
export function readBegunAt(fd: number): number | null {
  for (const length of HEAD_BYTES) {
    const time = timePattern.exec(readAt(fd, 0, length).toString('latin1'))?.[1];
    const begunAt = time === undefined ? Number.NaN : Date.parse(time);
    if (!Number.isNaN(begunAt)) return begunAt;
  }
  return null;
}

function readAt(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
}
