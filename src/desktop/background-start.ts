// Leaves word in the data folder how the app is started in the background, together with the login item: a session of
// Claude Code that finds no gateway may then start it.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKGROUND_FILE, type BackgroundStart } from '../contract/background-start.ts';
import { hiddenArgument, type LoginItem } from './login-item.ts';

/** The same program the login item starts; its data folder is named, since it need not be the usual one. */
export function backgroundStart(executable: string, dataDir: string): BackgroundStart {
  return { version: 1, command: [executable, hiddenArgument, '--data-dir', dataDir] };
}

/** A login item that keeps that file in step. */
export function withBackgroundStart(item: LoginItem, executable: string, dataDir: string): LoginItem {
  const path = join(dataDir, BACKGROUND_FILE);
  return {
    isOn: () => item.isOn(),
    async set(open) {
      await item.set(open);
      if (!open) return rm(path, { force: true });
      await mkdir(dataDir, { recursive: true, mode: 0o700 });
      await writeFile(path, `${JSON.stringify(backgroundStart(executable, dataDir))}\n`, { mode: 0o600 });
    },
  };
}
