// Replaces one of our own files so that a reader sees the old or the new content, never a part: temporary file in the
// same folder, fsync, rename, fsync of the folder, so that writes reach the disk in their order. Files of other programs
// need more care and have their own writer.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** `suffix` makes the temporary name unique. Mode is that of the new file. */
export function writeFileAtomic(path: string, text: string, mode: number, suffix: string): void {
  const temporary = `${path}.${suffix}.tmp`;
  const file = openSync(temporary, 'wx', mode);
  try {
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Windows cannot open a folder, and writes its entries through. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
