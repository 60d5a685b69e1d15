// Decides a take-over and a give-back from what is on disk: which content the file gets, what is said about it, and
// what the record says from then on. Writes nothing.
import type { BackupFolder } from './backup-folder.ts';
import { BASE_URL, holdsKey, wantedKeys } from './env-keys.ts';
import { fingerprintOf } from './file-port.ts';
import type { FilePort } from './file-port.ts';
import { planGiveBack } from './plan-give-back.ts';
import { planTakeOver } from './plan-take-over.ts';
import type { TakeOverPlan } from './plan-take-over.ts';
import { diffSettings } from './settings-diff.ts';
import { readSettingsFile } from './settings-file.ts';
import type { SettingsFile } from './settings-file.ts';
import { decodeSettings, parseSettings } from './settings-text.ts';
import type { SettingsRefusal } from './settings-text.ts';
import { TakeOverError } from './take-over-error.ts';
import { resolveRecord } from './take-over-record.ts';
import type { RecordFile, TakeOverRecord } from './take-over-record.ts';

/** What is there now. */
export interface Look {
  readonly file: SettingsFile;
  readonly text: string | null;
  readonly folder: BackupFolder;
  /** The record as found, and the take-over that holds by it. */
  readonly recordFile: RecordFile | null | 'damaged';
  readonly record: TakeOverRecord | null;
}

export interface Decision {
  /** The file's new content; null removes it. */
  readonly bytes: Buffer | null;
  readonly changed: boolean;
  readonly diff: string;
  readonly notes: readonly string[];
  readonly keepCopy: boolean;
  /** The record from then on, given the name of the copy. */
  readonly next: (copy: string | null) => TakeOverRecord | null;
}

/** Reads the file and the record. Throws SETTINGS_MALFORMED for a file that Claude Code would reject, and read errors. */
export async function lookAt(files: FilePort, folder: BackupFolder, settingsPath: string): Promise<Look> {
  const file = await readSettingsFile(files, settingsPath);
  const decoded = file.bytes === null ? null : decodeSettings(file.bytes);
  if (decoded?.ok === false) throw refused(settingsPath, decoded);
  const document = parseSettings(decoded?.text ?? null);
  if (!document.ok) throw refused(settingsPath, document);
  const recordFile = await folder.readRecord();
  const known = recordFile === 'damaged' ? null : recordFile;
  const record = resolveRecord(known, file.fingerprint, (key) => holdsKey(document, key));
  return { file, text: decoded?.text ?? null, folder, recordFile, record };
}

export function decideConnect(look: Look, url: string, key: string, at: number): Decision {
  const { file, text, record } = look;
  const plan = planTakeOver({ settingsPath: file.path, text, wanted: wantedKeys(url, key), record });
  if (!plan.ok) throw refused(file.path, plan);
  if (plan.text === text) {
    return {
      bytes: file.bytes,
      changed: false,
      diff: '',
      notes: plan.notes,
      keepCopy: false,
      next: () => record,
    };
  }
  const bytes = Buffer.from(plan.text);
  return {
    bytes,
    changed: true,
    diff: plan.diff,
    notes: plan.notes,
    keepCopy: !plan.ours && file.bytes !== null,
    next: (copy) => ({
      original: originalOf(look, plan, copy),
      env: plan.env,
      folderCreated: plan.ours ? (record?.folderCreated ?? false) : !file.folderExists,
      keys: [...plan.keys],
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
  const { file, text, record, folder } = look;
  const unchanged = (notes: readonly string[]): Decision => {
    return { bytes: file.bytes, changed: false, diff: '', notes, keepCopy: false, next: () => null };
  };
  if (text === null)
    return unchanged(['There is no settings file of Claude Code, so there is nothing to give back.']);
  const original = await readOriginal(look);
  if (original !== undefined) {
    const before = original === null ? null : original.toString('utf8');
    const notes = noteRunning(
      record?.keys.some((key) => key.name === BASE_URL && key.before === null) === true,
    );
    const diff = diffSettings(file.path, text, before);
    return { bytes: original, changed: true, diff, notes, keepCopy: false, next: () => null };
  }
  const plan = planGiveBack({ settingsPath: file.path, text, record });
  if (!plan.ok) throw refused(file.path, plan);
  const damaged =
    look.recordFile === 'damaged'
      ? [`The record of the change is damaged; copies are in ${folder.path}.`]
      : [];
  if (plan.text === text) return unchanged([...plan.notes, ...damaged]);
  const removed = plan.changes.some(({ name, change: kind }) => name === BASE_URL && kind === 'removed');
  return {
    bytes: plan.text === null ? null : Buffer.from(plan.text),
    changed: true,
    diff: plan.diff,
    notes: [...plan.notes, ...damaged, ...noteRunning(removed)],
    keepCopy: false,
    next: () => null,
  };
}

/** The original bytes when nobody wrote since we did (null: there was no file); undefined when they cannot be used. */
async function readOriginal({ file, record, folder }: Look): Promise<Buffer | null | undefined> {
  if (record === null || !record.original.exact || record.written !== file.fingerprint) return undefined;
  if (!record.original.existed) return null;
  const { backup, fingerprint } = record.original;
  // Without the copy the way key by key leads to the same text.
  return (backup === null ? null : await folder.readCopy(backup, fingerprint)) ?? undefined;
}

/** Measured: a running session takes over new values of `env` at once, but keeps a value that was removed. */
function noteRunning(removed: boolean): string[] {
  if (!removed) return [];
  return ['Sessions of Claude Code that run now keep going through Tollgate until they are started anew.'];
}

function refused(path: string, { place, problem }: SettingsRefusal): TakeOverError {
  const message = `${path}, line ${place.line}, column ${place.column}: ${problem}. The file was left alone; try again when that is done.`;
  return new TakeOverError('SETTINGS_MALFORMED', message, { place });
}
