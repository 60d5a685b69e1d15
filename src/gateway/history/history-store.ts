// Writes what an import found into history.db: each message once, its sums, and how far the files were read, in one
// transaction, so that a killed import leaves a whole one. Messages that the gateway measured itself count nowhere here.
import type { WritableDb } from '../ledger/open-database.ts';
import { compareReports } from './compare-reports.ts';
import { prepareFileWrites, readFileIndex } from './file-index.ts';
import { createKeyFilter, noFilter } from './key-filter.ts';
import type { LedgerMark, MeasuredExchange } from './measured-exchanges.ts';
import { openMeasured } from './measured-messages.ts';
import type { Measured } from './measured-messages.ts';
import {
  COPY,
  COUNTS,
  MEASURED,
  messageColumns,
  messageFields,
  messageParameters,
} from './message-columns.ts';
import type { MessageRow } from './message-columns.ts';
import { openOrigins } from './origins.ts';
import type { Origins } from './origins.ts';
import { prepareRollups } from './rollup-changes.ts';
import type { RollupChanges } from './rollup-changes.ts';
import { newTranscriptState } from './transcript-state.ts';
import type { TranscriptState } from './transcript-state.ts';

export interface HistoryStore {
  readonly origins: Origins;
  /** What is remembered of a file; null when it was never read. */
  file(path: string): TranscriptState | null;
  /** A state for a file that is read from its start. */
  newFile(path: string): TranscriptState;
  /** Writes messages and the states of files read, all or nothing. Returns how many messages were new. */
  write(messages: readonly MessageRow[], files: Iterable<TranscriptState>): number;
  /** Leaves out what the gateway measured. */
  leaveOut(measured: readonly MeasuredExchange[]): void;
  /** The ledger was looked through up to here. */
  remember(mark: LedgerMark): void;
  /** An import was done at this time. */
  finish(at: number): void;
}

export function openHistoryStore(db: WritableDb): HistoryStore {
  const files = readFileIndex(db);
  const filesById = new Map([...files.values()].map((file) => [file.id, file]));
  const origins = openOrigins(db, (id) => filesById.get(id));
  const measured = openMeasured(db, (origin) => origins.placeOf(origin).session);
  const rollups = prepareRollups(db);
  const writeFile = prepareFileWrites(db);
  const messages = prepareMessageWrites(db, origins, measured);
  const setMark = db.prepare('UPDATE summary SET ledger_seq = ?, ledger_id = ?');
  const setFinished = db.prepare('UPDATE summary SET last_import_at = ?');
  let nextFile = Math.max(0, ...filesById.keys()) + 1;

  const write = db.transaction((found: readonly MessageRow[], read: Iterable<TranscriptState>) => {
    for (const file of read) writeFile(file);
    origins.writeNew();
    const changes = rollups.begin();
    let added = 0;
    for (const message of found) if (messages.put(message, changes)) added++;
    changes.write();
    return added;
  });
  const leaveOut = db.transaction((exchanges: readonly MeasuredExchange[]) => {
    const changes = rollups.begin();
    for (const row of measured.add(exchanges)) messages.leaveOut(row, changes);
    changes.write();
  });

  return {
    origins,
    file: (path) => files.get(path) ?? null,
    newFile(path) {
      const state = newTranscriptState(path, files.get(path)?.id ?? nextFile++);
      filesById.set(state.id, state);
      return state;
    },
    write: (found, read) => write.immediate(found, read),
    leaveOut: (exchanges) => leaveOut.immediate(exchanges),
    remember: (mark) => void setMark.run(mark.seq, mark.id),
    finish: (at) => void setFinished.run(at),
  };
}

function prepareMessageWrites(db: WritableDb, origins: Origins, measured: Measured) {
  const find = db.prepare(`SELECT ${messageColumns} FROM messages WHERE id_key = ?`);
  const write = db.prepare(`INSERT OR REPLACE INTO messages VALUES (${messageParameters})`);
  const setState = db.prepare('UPDATE messages SET state = ? WHERE id_key = ? AND slot = ?');
  const countMeasured = db.prepare('UPDATE summary SET measured_messages = measured_messages + ?');
  const isEmpty = db.prepare('SELECT 1 FROM messages LIMIT 1').get() === undefined;
  const filter = isEmpty ? createKeyFilter() : noFilter;

  /** Adds a message to the sums of its state, or takes it out of them. */
  const count = (row: MessageRow, sign: 1 | -1, changes: RollupChanges): void => {
    if (row.state === COUNTS) changes.count(row, sign);
    if (row.state === MEASURED) countMeasured.run(sign);
  };
  const changeState = (row: MessageRow, state: number, changes: RollupChanges): void => {
    count(row, -1, changes);
    setState.run(state, row.idKey, row.slot);
    count({ ...row, state }, 1, changes);
  };
  const putAs = (row: MessageRow, isCopy: boolean, changes: RollupChanges): void => {
    row.state = isCopy ? COPY : measured.covers(row) ? MEASURED : COUNTS;
    write.run(messageFields(row));
    count(row, 1, changes);
  };
  const isBetter = (a: MessageRow, b: MessageRow): boolean => {
    const order = compareReports(a, b, (id) => origins.placeOf(id));
    return order > 0 || (order === 0 && a.costNanoUsd > b.costNanoUsd);
  };

  return {
    /** Returns true when the message was not known. */
    put(message: MessageRow, changes: RollupChanges): boolean {
      const rows = filter.addAndTest(message.idKey) ? (find.all(message.idKey) as MessageRow[]) : [];
      const known = rows.find((row) => row.slot === message.slot);
      if (known !== undefined) {
        if (!isBetter(message, known)) return false;
        count(known, -1, changes);
        putAs(message, known.state === COPY, changes);
        return false;
      }
      putAs(message, message.slot === 0 && rows.length > 0, changes);
      // A main message has come for which only what may be a copy stood here.
      const copy = rows.find(({ slot }) => slot === 0);
      if (copy !== undefined && copy.state !== COPY) changeState(copy, COPY, changes);
      return rows.length === 0;
    },
    leaveOut(row: MessageRow, changes: RollupChanges): void {
      if (row.state === COUNTS) changeState(row, MEASURED, changes);
    },
  };
}
