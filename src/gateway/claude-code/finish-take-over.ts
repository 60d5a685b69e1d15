// Finishes what a crash cut short: finds out whether the change of a settings file was made, brings the record in line
// with that, and removes what was left beside the file. The settings themselves are never changed here (trap 6).
import { resolve } from 'node:path';
import { openBackupFolder } from './backup-folder.ts';
import { carryOut, planChange, whileChanging } from './change-file.ts';
import type { ChangeTools } from './change-file.ts';
import type { Decision, Look } from './decide-change.ts';
import { editorSurface, settingsSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import type { RecordFile } from './take-over-record.ts';

/** Throws TakeOverError when the file or the record cannot be read; everything is then as it was. */
export async function finishTakeOver(tools: ChangeTools, settingsPath: string): Promise<void> {
  const settings = settingsSurface(resolve(settingsPath));
  const before = await readRecord(tools, settings);
  await finishFile(tools, settings, before);
  const editors = [before?.settled, before?.pending?.next].flatMap(
    (record) => record?.connect?.editors ?? [],
  );
  for (const path of new Set(editors)) {
    const editor = editorSurface(path);
    await finishFile(tools, editor, await readRecord(tools, editor));
  }
}

async function readRecord({ files, dataDir }: ChangeTools, { path }: Surface): Promise<RecordFile | null> {
  const record = await openBackupFolder(files, dataDir, path).readRecord();
  return record === 'damaged' ? null : record;
}

async function finishFile(tools: ChangeTools, surface: Surface, record: RecordFile | null): Promise<void> {
  if (record === null || record.pending === null) return;
  await whileChanging(tools, surface, async () => {
    await carryOut(tools, await planChange(tools, surface, leaveAsItIs));
  });
}

/** Looking has resolved which record holds; that is what is written. */
function leaveAsItIs({ file, record }: Look): Decision {
  return {
    bytes: file.bytes,
    changed: false,
    diff: '',
    keys: [],
    notes: [],
    keepCopy: false,
    next: () => record,
  };
}
