// Takes Claude Code's settings over and gives them back: look at the file and the record, decide (pure), keep a copy,
// note the intent, replace the file, note that it is done. Works without a running gateway.
//
// At no step is the settings file anything but old or new, and at no step is the way back lost: the intent names both
// contents by hash, so the next call finds out how far an attempt came that was cut short, and goes on from there.
import { basename, dirname, join, resolve } from 'node:path';
import type { TakeOverResult } from '../../contract/control-contract.ts';
import { openBackupFolder } from './backup-folder.ts';
import type { BackupFolder } from './backup-folder.ts';
import { decideConnect, decideDisconnect, lookAt } from './decide-change.ts';
import type { Decision, Look } from './decide-change.ts';
import { diskFiles, fingerprintOf, hashOf } from './file-port.ts';
import type { FilePort } from './file-port.ts';
import { assertWritable, changedMeanwhile, writeSettingsFile } from './settings-file.ts';
import type { TakeOverRecord } from './take-over-record.ts';

export interface DisconnectOptions {
  /** Claude Code's user settings file; it need not exist. */
  readonly settingsPath: string;
  /** Tollgate's data folder; the record and the copies are kept in `backups` under it. */
  readonly dataDir: string;
  /** True writes nothing anywhere. */
  readonly dryRun: boolean;
  /** The `basedOn` of a result that was shown; a file that changed since is refused with SETTINGS_CHANGED. */
  readonly basedOn?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The disk, unless a test lends another. */
  readonly files?: FilePort;
}

export interface ConnectOptions extends DisconnectOptions {
  /** Address of the gateway, without a path. */
  readonly url: string;
  /** Local key of the client. */
  readonly key: string;
}

/**
 * Points Claude Code's user settings at the gateway. Throws TakeOverError; the file is then as it was.
 * `applied` is false on a dry run and when nothing had to change.
 */
export async function connectClaude(options: ConnectOptions): Promise<TakeOverResult> {
  return change(options, (look) => decideConnect(look, options.url, options.key, options.now()));
}

/** Gives the settings back as they were, other people's edits kept. Throws TakeOverError; the file is then as it was. */
export async function disconnectClaude(options: DisconnectOptions): Promise<TakeOverResult> {
  return change(options, decideDisconnect);
}

async function change(
  options: DisconnectOptions,
  decide: (look: Look) => Decision | Promise<Decision>,
): Promise<TakeOverResult> {
  const files = options.files ?? diskFiles;
  const settingsPath = resolve(options.settingsPath);
  const folder = openBackupFolder(files, options.dataDir, settingsPath);
  const prepare = async (): Promise<{ look: Look; decision: Decision }> => {
    const look = await lookAt(files, folder, settingsPath);
    if (options.basedOn !== undefined && options.basedOn !== basedOn(look))
      throw changedMeanwhile(settingsPath);
    return { look, decision: await decide(look) };
  };
  if (options.dryRun) {
    const { look, decision } = await prepare();
    return resultOf(look, decision, false, []);
  }
  return folder.whileLocked(options.now(), async () => {
    await clearLeftovers(files, folder);
    const { look, decision } = await prepare();
    if (look.recordFile === 'damaged') await folder.setAsideRecord();
    if (decision.changed)
      return resultOf(look, decision, true, await apply(files, look, decision, options.now()));
    await settle(look, decision.next(null));
    return resultOf(look, decision, false, []);
  });
}

async function apply(files: FilePort, look: Look, decision: Decision, now: number): Promise<string[]> {
  const { file, folder, record } = look;
  assertWritable(file);
  const copy = decision.keepCopy && file.bytes !== null ? await folder.keepCopy(file.bytes, now) : null;
  const next = decision.next(copy);
  const temporary = join(dirname(file.target), `${basename(file.target)}.tollgate-${folder.tag}.tmp`);
  const pending = { next, from: file.fingerprint, to: fingerprintOf(decision.bytes), temporary };
  await folder.writeRecord({ version: 1, settingsPath: file.path, settled: record, pending });
  await writeSettingsFile(files, file, decision.bytes, temporary);

  const notes =
    copy === null ? [] : [`A copy of your settings as they were is in ${join(folder.path, copy)}.`];
  if (decision.bytes === null && record?.folderCreated === true) {
    await files.removeEmptyFolder(dirname(file.target)).catch(() => undefined);
  }
  try {
    await folder.writeRecord(
      next === null ? null : { version: 1, settingsPath: file.path, settled: next, pending: null },
    );
    await folder.dropOldCopies(next?.original.backup ?? null);
  } catch (error) {
    // The change is made, and the intent is enough to find that out next time.
    if (!(error instanceof Error)) throw error;
    notes.push(`The change is made, but tidying up in ${folder.path} failed: ${error.message}`);
  }
  return notes;
}

/** Removes what an attempt that was cut short left beside the settings; whether it succeeded is decided later. */
async function clearLeftovers(files: FilePort, folder: BackupFolder): Promise<void> {
  const recordFile = await folder.readRecord();
  if (recordFile === null || recordFile === 'damaged' || recordFile.pending === null) return;
  const { temporary, next } = recordFile.pending;
  await files.remove(temporary).catch(() => undefined);
  if ((next ?? recordFile.settled)?.folderCreated === true)
    await files.removeEmptyFolder(dirname(temporary)).catch(() => undefined);
}

/** Brings the record up to date when the settings need no change. */
async function settle({ folder, recordFile, file }: Look, record: TakeOverRecord | null): Promise<void> {
  if (recordFile === null || recordFile === 'damaged') return;
  if (recordFile.pending === null && recordFile.settled === record) return;
  const settled =
    record === null ? null : { version: 1 as const, settingsPath: file.path, settled: record, pending: null };
  await folder.writeRecord(settled);
}

function basedOn({ file }: Look): string {
  return hashOf(file.bytes ?? Buffer.alloc(0));
}

function resultOf(
  look: Look,
  decision: Decision,
  applied: boolean,
  notes: readonly string[],
): TakeOverResult {
  return {
    settingsPath: look.file.path,
    diff: decision.diff,
    basedOn: basedOn(look),
    applied,
    notes: [...decision.notes, ...notes],
  };
}
