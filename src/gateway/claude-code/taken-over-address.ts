// Which address Tollgate put into a settings file, by its record or else by the note beside the settings: how one tells
// that a dead address there is ours to clear away, and not another tool's.
import { resolve } from 'node:path';
import { openBackupFolder } from './backup-folder.ts';
import { lookAt } from './decide-change.ts';
import { BASE_URL } from './env-keys.ts';
import { diskFiles } from './file-port.ts';
import { nameOf } from './settings-entries.ts';
import { settingsSurface } from './surface.ts';
import type { TakeOverRecord } from './take-over-record.ts';

/** One at most; none when nothing of ours is on record, or when settings or record cannot be read. */
export async function takenOverAddresses(dataDir: string, settingsPath: string): Promise<readonly string[]> {
  try {
    const path = resolve(settingsPath);
    const { record } = await lookAt(
      diskFiles,
      openBackupFolder(diskFiles, dataDir, path),
      settingsSurface(path),
    );
    return addressIn(record);
  } catch {
    return [];
  }
}

function addressIn(record: TakeOverRecord | null): string[] {
  const entry = record?.keys.find(({ address }) => nameOf(address) === BASE_URL);
  return entry === undefined ? [] : [String(JSON.parse(entry.written))];
}
