// Decides a take-over and a give-back from what is on disk: which content the file gets, what is said about it, and
// what the record says from then on. Writes nothing.
import type { TakeOverKey } from '../../contract/connect.ts';
import type { BackupFolder } from './backup-folder.ts';
import { holdsEntry } from './decide-entry.ts';
import { BASE_URL, localKeyIn } from './env-keys.ts';
import { errorCode, fingerprintOf } from './file-port.ts';
import type { FilePort } from './file-port.ts';
import { planGiveBack } from './plan-give-back.ts';
import { planTakeOver } from './plan-take-over.ts';
import type { TakeOverPlan } from './plan-take-over.ts';
import { openNote, returnNotePath } from './return-note.ts';
import { diffSettings } from './settings-diff.ts';
import { readSettingsFile } from './settings-file.ts';
import type { SettingsFile } from './settings-file.ts';
import { decodeSettings } from './settings-text.ts';
import type { SettingsDocument, SettingsRefusal } from './settings-text.ts';
import { variablesOf } from './surface.ts';
import type { Surface } from './surface.ts';
import { TakeOverError } from './take-over-error.ts';
import { resolveRecord } from './take-over-record.ts';
import type { RecordFile, TakeOverRecord } from './take-over-record.ts';
import type { TakeOverAim } from './wanted-entries.ts';

/** What is there now. */
export interface Look {
  readonly surface: Surface;
  readonly file: SettingsFile;
  readonly text: string | null;
  readonly document: SettingsDocument;
  readonly folder: BackupFolder;
  /** The record as found, and the take-over that holds by it, or else by the note beside the settings. */
  readonly recordFile: RecordFile | null | 'damaged';
  readonly record: TakeOverRecord | null;
}

export interface Decision {
  /** The file's new content; null removes it. */
  readonly bytes: Buffer | null;
  readonly changed: boolean;
  readonly diff: string;
  readonly keys: readonly TakeOverKey[];
  readonly notes: readonly string[];
  readonly keepCopy: boolean;
  /** The record from then on, given the name of the copy. */
  readonly next: (copy: string | null) => TakeOverRecord | null;
}

/** Reads the file and the record. Throws SETTINGS_MALFORMED for a file that its program would reject, and read errors. */
export async function lookAt(files: FilePort, folder: BackupFolder, surface: Surface): Promise<Look> {
  const { path } = surface;
  const file = await readSettingsFile(files, path);
  const decoded = file.bytes === null ? null : decodeSettings(file.bytes);
  if (decoded?.ok === false) throw refused(path, decoded);
  const text = decoded?.text ?? null;
  const document = surface.parse(text);
  if (!document.ok) throw refused(path, document);
  const recordFile = await folder.readRecord();
  const known = recordFile === 'damaged' ? null : recordFile;
  const record =
    resolveRecord(known, file.fingerprint, (key) => holdsEntry(document, key)) ??
    (known === null ? await readNote(files, surface, document) : null);
  return { surface, file, text, document, folder, recordFile, record };
}

async function readNote(
  files: FilePort,
  surface: Surface,
  document: SettingsDocument,
): Promise<TakeOverRecord | null> {
  const key = localKeyIn(variablesOf(surface, document));
  if (key === null) return null;
  const bytes = await files.read(returnNotePath(surface.path)).catch((error: unknown) => {
    if (errorCode(error) === '') throw error;
    return null;
  });
  return bytes === null ? null : openNote(bytes, key);
}

export function decideConnect(
  look: Look,
  aim: TakeOverAim,
  connect: TakeOverRecord['connect'],
  at: number,
): Decision {
  const { surface, file, text, record } = look;
  const plan = planTakeOver({ surface, text, aim, record });
  if (!plan.ok) throw refused(file.path, plan);
  const shown = { diff: plan.diff, keys: plan.changes, notes: plan.notes };
  if (plan.text === text) {
    const next = record === null ? null : { ...record, connect };
    return { ...shown, bytes: file.bytes, changed: false, keepCopy: false, next: () => next };
  }
  const bytes = plan.text === null ? null : Buffer.from(plan.text);
  return {
    ...shown,
    bytes,
    changed: true,
    keepCopy: surface.keepsCopies && !plan.ours && file.bytes !== null,
    next: (copy) => ({
      original: originalOf(look, plan, copy),
      containers: [...plan.containers],
      folderCreated: plan.ours ? (record?.folderCreated ?? false) : !file.folderExists,
      keys: [...plan.keys],
      connect,
      written: fingerprintOf(bytes),
      at,
    }),
  };
}

function originalOf(
  { file, record }: Look,
  plan: TakeOverPlan,
  copy: string | null,
): TakeOverRecord['original'] {
  const { emptyText } = plan;
  if (!plan.ours) {
    return {
      existed: file.bytes !== null,
      exact: true,
      fingerprint: file.fingerprint,
      backup: copy,
      emptyText,
    };
  }
  // A file that is already ours is no original: what an earlier record says of that still holds.
  if (record === null)
    return { existed: true, exact: false, fingerprint: file.fingerprint, backup: null, emptyText };
  return { ...record.original, exact: record.original.exact && record.written === file.fingerprint };
}

export async function decideDisconnect(look: Look): Promise<Decision> {
  const { surface, file, text, record } = look;
  const unchanged = (notes: readonly string[]): Decision => {
    return {
      bytes: file.bytes,
      changed: false,
      diff: '',
      keys: [],
      notes,
      keepCopy: false,
      next: () => null,
    };
  };
  if (text === null) return unchanged([]);
  const plan = planGiveBack({ surface, text, record });
  if (!plan.ok) throw refused(file.path, plan);
  const damaged =
    look.recordFile === 'damaged'
      ? [`The record of the change is damaged; copies are in ${look.folder.path}.`]
      : [];
  const original = await readOriginal(look);
  const notes = [...plan.notes, ...damaged];
  if (original === undefined && plan.text === text) return unchanged(notes);
  const left = original === undefined ? plan.text : (original?.toString('utf8') ?? null);
  const isRemoved = plan.changes.some(({ name, change }) => name.endsWith(BASE_URL) && change === 'removed');
  return {
    bytes: original === undefined ? (left === null ? null : Buffer.from(left)) : original,
    changed: true,
    diff: diffSettings(file.path, text, left, surface.dialect),
    keys: plan.changes,
    notes: [...notes, ...(isRemoved && surface.kind === 'settings' ? [RUNNING] : [])],
    keepCopy: false,
    next: () => null,
  };
}

/** Measured: a running session takes over new values of `env` at once, but keeps a value that was removed. */
const RUNNING =
  'Sessions of Claude Code that run now keep going through Tollgate until they are started anew.';

/** The original bytes when nobody wrote since we did (null: there was no file); undefined when they cannot be used. */
async function readOriginal({ file, record, folder }: Look): Promise<Buffer | null | undefined> {
  if (record === null || !record.original.exact || record.written !== file.fingerprint) return undefined;
  if (!record.original.existed) return null;
  const { backup, fingerprint } = record.original;
  // Without the copy the way key by key leads to the same text.
  return (backup === null ? null : await folder.readCopy(backup, fingerprint)) ?? undefined;
}

function refused(path: string, { place, problem }: SettingsRefusal): TakeOverError {
  const message = `${path}, line ${place.line}, column ${place.column}: ${problem}. The file was left alone; try again when that is done.`;
  return new TakeOverError('SETTINGS_MALFORMED', message, { place });
}
