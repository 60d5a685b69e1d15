// The index of transcripts in history.db: what was read of each file.
import type { ReadableDb, WritableDb } from '../ledger/open-database.ts';
import type { TranscriptState } from './transcript-state.ts';

export function readFileIndex(db: ReadableDb): Map<string, TranscriptState> {
  const rows = db
    .prepare(
      `SELECT id, path, inode, size, modified_ms AS modifiedMs, changed_ms AS changedMs, read_to AS readTo,
         head_sum AS headSum, tail_sum AS tailSum, begun_at AS begunAt, project, unreadable_lines AS unreadableLines
       FROM files`,
    )
    .all() as TranscriptState[];
  return new Map(rows.map((row) => [row.path, row]));
}

/** Returns a function that writes one file's state. */
export function prepareFileWrites(db: WritableDb): (state: TranscriptState) => void {
  const write = db.prepare(`
    INSERT OR REPLACE INTO files (id, path, inode, size, modified_ms, changed_ms, read_to, head_sum, tail_sum,
      begun_at, project, unreadable_lines)
    VALUES (@id, @path, @inode, @size, @modifiedMs, @changedMs, @readTo, @headSum, @tailSum, @begunAt, @project,
      @unreadableLines)`);
  return (state) => void write.run(state);
}
