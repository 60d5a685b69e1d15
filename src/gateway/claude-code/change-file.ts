// Changes one settings file: look at it and its record, decide (pure), keep a copy, note the intent, replace the file,
// note that it is done.
//
// At no step is the file anything but old or new, and at no step is the way back lost: the intent names both contents by
// hash, so the next call finds out how far an attempt came that was cut short, and goes on from there.
import { basename, dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openBackupFolder } from './backup-folder.ts';
import type { BackupFolder } from './backup-folder.ts';
import { lookAt } from './decide-change.ts';
import type { Decision, Look } from './decide-change.ts';
import { localKeyIn } from './env-keys.ts';
import { fingerprintOf } from './file-port.ts';
import type { FilePort } from './file-port.ts';
import { waitForOwner } from './owners-lock.ts';
import { isReturnNote, returnNotePath, sealNote } from './return-note.ts';
import { assertWritable, readSettingsFile, writeSettingsFile } from './settings-file.ts';
import { variablesOf } from './surface.ts';
import type { Surface } from './surface.ts';
import type { PendingChange, TakeOverRecord } from './take-over-record.ts';

/** What a change of a file needs beside the file. */
export interface ChangeTools {
  readonly files: FilePort;
  /** Tollgate's data folder; the record and the copies are kept in `backups` under it. */
  readonly dataDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface PlannedChange {
  readonly look: Look;
  readonly decision: Decision;
}

export type Decide = (look: Look) => Decision | Promise<Decision>;

/** Says what would be done; writes nothing. Throws TakeOverError. */
export async function planChange(
  tools: ChangeTools,
  surface: Surface,
  decide: Decide,
): Promise<PlannedChange> {
  const look = await lookAt(tools.files, folderOf(tools, surface), surface);
  return { look, decision: await decide(look) };
}

/** True when neither the file nor a record of it has to be touched. */
export function isIdle({ look, decision }: PlannedChange): boolean {
  return !decision.changed && look.recordFile === null;
}

/** Runs the work while no other process of Tollgate changes the same file. Throws BUSY. */
export function whileChanging<T>(tools: ChangeTools, surface: Surface, work: () => Promise<T>): Promise<T> {
  const folder = folderOf(tools, surface);
  return folder.whileLocked(tools.now(), async () => {
    await clearLeftovers(tools.files, folder, surface);
    return work();
  });
}

/** Carries a plan out, within `whileChanging`. Returns notes. Throws TakeOverError; the file is then as it was. */
export async function carryOut(tools: ChangeTools, { look, decision }: PlannedChange): Promise<string[]> {
  if (look.recordFile === 'damaged') await look.folder.setAsideRecord();
  if (!decision.changed) {
    await settle(tools, look, decision.next(null));
    return [];
  }
  // Who changes the state file holds its owner's lock already.
  if (look.surface.kind !== 'mcp') await waitForOwner({ ...tools, target: look.file.target });
  return apply(tools, look, decision);
}

function folderOf({ files, dataDir }: ChangeTools, { path }: Surface): BackupFolder {
  return openBackupFolder(files, dataDir, resolve(path));
}

async function apply(tools: ChangeTools, look: Look, decision: Decision): Promise<string[]> {
  const { files, now } = tools;
  const { file, folder, record } = look;
  assertWritable(file);
  const copy = decision.keepCopy && file.bytes !== null ? await folder.keepCopy(file.bytes, now()) : null;
  const next = decision.next(copy);
  const temporary = join(dirname(file.target), `${basename(file.target)}.tollgate-${folder.tag}.tmp`);
  const pending = { next, from: file.fingerprint, to: fingerprintOf(decision.bytes), temporary };
  await folder.writeRecord({ version: 2, settingsPath: file.path, settled: record, pending });
  if (next !== null) await writeNote(files, look, next);
  try {
    await writeSettingsFile(files, file, decision.bytes, temporary);
  } catch (error) {
    if (record === null) await removeNote(files, file.path).catch(() => undefined);
    throw error;
  }
  const notes = copy === null ? [] : [`A copy of ${file.path} as it was is in ${join(folder.path, copy)}.`];
  try {
    await finish(tools, look, decision, next);
  } catch (error) {
    // The change is made, and the intent is enough to find that out next time.
    if (!(error instanceof Error)) throw error;
    notes.push(`The change is made, but tidying up in ${folder.path} failed: ${error.message}`);
  }
  return notes;
}

async function finish(
  { files }: ChangeTools,
  { file, folder, record }: Look,
  decision: Decision,
  next: TakeOverRecord | null,
): Promise<void> {
  if (next === null) await removeNote(files, file.path);
  if (decision.bytes === null && record?.folderCreated === true)
    await files.removeEmptyFolder(dirname(file.target)).catch(() => undefined);
  await folder.writeRecord(
    next === null ? null : { version: 2, settingsPath: file.path, settled: next, pending: null },
  );
  await folder.dropOldCopies(next?.original.backup ?? null);
}

/** Brings the record up to date when the file needs no change. */
async function settle(tools: ChangeTools, look: Look, record: TakeOverRecord | null): Promise<void> {
  const { folder, recordFile, file } = look;
  if (record === null) {
    await removeNote(tools.files, file.path).catch(() => undefined);
    if (recordFile !== null && recordFile !== 'damaged') await folder.writeRecord(null);
    return;
  }
  const settled = recordFile === null || recordFile === 'damaged' ? null : recordFile;
  if (settled?.pending === null && isDeepStrictEqual(settled.settled, record)) return;
  await folder.writeRecord({ version: 2, settingsPath: file.path, settled: record, pending: null });
  if (!isDeepStrictEqual(look.record, record)) await writeNote(tools.files, look, record);
}

/** Best effort: the record in the data folder is the way back, the note is for when that is lost. */
async function writeNote(files: FilePort, look: Look, record: TakeOverRecord): Promise<void> {
  const { file, surface, document } = look;
  if (surface.kind === 'mcp') return;
  const path = returnNotePath(file.path);
  const temporary = `${path}.tmp`;
  const written = record.keys.flatMap(({ written: value }) => JSON.parse(value) as unknown);
  const keys = [localKeyIn(variablesOf(surface, document)), ...written.map(keyIn)];
  try {
    if (!file.folderExists) await files.makeFolder(dirname(file.target), 0o700);
    await files.remove(temporary);
    const bytes = sealNote(
      record,
      file.path,
      keys.flatMap((key) => key ?? []),
    );
    await files.createFile(temporary, bytes, 0o600);
    await files.rename(temporary, path);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    await files.remove(temporary).catch(() => undefined);
  }
}

/** A local key in a value that was written: the token itself, or a line of headers. */
function keyIn(value: unknown): string | null {
  return typeof value === 'string' ? (/(?:^|:\s*)(tg-\S+)$/m.exec(value)?.[1] ?? null) : null;
}

/** Only a note of ours: another file of that name stays. */
async function removeNote(files: FilePort, settingsPath: string): Promise<void> {
  const path = returnNotePath(settingsPath);
  if ((await files.facts(path)) === null) return;
  if (isReturnNote(await files.read(path))) await files.remove(path);
}

/** Removes what an attempt that was cut short left beside the settings; whether it succeeded is decided later. */
async function clearLeftovers(files: FilePort, folder: BackupFolder, surface: Surface): Promise<void> {
  const recordFile = await folder.readRecord();
  if (recordFile === null || recordFile === 'damaged' || recordFile.pending === null) return;
  const { pending, settled } = recordFile;
  await files.remove(pending.temporary).catch(() => undefined);
  await files.remove(`${returnNotePath(surface.path)}.tmp`).catch(() => undefined);
  if ((await holdsNow(files, surface, pending, settled)) === null)
    await removeNote(files, surface.path).catch(() => undefined);
  if ((pending.next ?? settled)?.folderCreated === true)
    await files.removeEmptyFolder(dirname(pending.temporary)).catch(() => undefined);
}

/** The record that holds after an attempt that was cut short; undefined when somebody else wrote since. */
async function holdsNow(
  files: FilePort,
  surface: Surface,
  pending: PendingChange,
  settled: TakeOverRecord | null,
): Promise<TakeOverRecord | null | undefined> {
  const file = await readSettingsFile(files, surface.path).catch(() => null);
  if (file?.fingerprint === pending.to) return pending.next;
  return file?.fingerprint === pending.from ? settled : undefined;
}
