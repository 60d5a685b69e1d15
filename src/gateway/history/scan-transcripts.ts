// What an import would find: files, bytes, times. Writes nothing.
import { closeSync, openSync } from 'node:fs';
import type { HistoryScan } from '../../contract/history.ts';
import { findTranscripts } from './find-transcripts.ts';
import type { TranscriptFile } from './find-transcripts.ts';
import { readFileIndex } from './file-index.ts';
import { openHistoryForReading } from './open-history.ts';
import { readBegunAt, unreadBytes } from './transcript-state.ts';
import type { TranscriptState } from './transcript-state.ts';

export function scanTranscripts(claudeFolder: string, historyPath: string): HistoryScan {
  const index = readIndex(historyPath);
  const { folder, files } = findTranscripts(claudeFolder);
  const unread = files.map((file) => unreadBytes(file, index.get(file.path) ?? null));
  const beginnings = files.map((file) => index.get(file.path)?.begunAt ?? begunAtOf(file));
  return {
    folder,
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.size, 0),
    oldest: files.length === 0 ? null : Math.floor(beginnings.reduce((a, b) => Math.min(a, b))),
    newest:
      files.length === 0
        ? null
        : Math.floor(files.reduce((last, file) => Math.max(last, file.modifiedMs), 0)),
    unreadFiles: unread.filter((bytes) => bytes > 0).length,
    unreadBytes: unread.reduce((sum, bytes) => sum + bytes, 0),
  };
}

function readIndex(historyPath: string): Map<string, TranscriptState> {
  const db = openHistoryForReading(historyPath);
  if (db === null) return new Map();
  try {
    return readFileIndex(db);
  } finally {
    db.close();
  }
}

/** A file without any time in it counts from when it was last written. */
function begunAtOf(file: TranscriptFile): number {
  let fd: number;
  try {
    fd = openSync(file.path, 'r');
  } catch {
    return file.modifiedMs;
  }
  try {
    return readBegunAt(fd) ?? file.modifiedMs;
  } catch {
    return file.modifiedMs;
  } finally {
    closeSync(fd);
  }
}
