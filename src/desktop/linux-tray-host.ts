// Whether a Linux desktop shows tray icons at all. Electron cannot say, and an app without window and icon would run
// unseen: where no tray is found, the window behaves like that of any other app.
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const question = [
  'call',
  '--session',
  '--dest=org.freedesktop.DBus',
  '--object-path=/org/freedesktop/DBus',
  '--method=org.freedesktop.DBus.NameHasOwner',
  'org.kde.StatusNotifierWatcher',
];

/** Asks the session bus who draws tray icons; no answer within two seconds, or no bus, counts as nobody. */
function askOnce(run: typeof execFile): Promise<boolean> {
  return new Promise((resolve) => {
    run('gdbus', question, { timeout: 2_000 }, (error, stdout) => {
      resolve(error === null && stdout.includes('true'));
    });
  });
}

/**
 * Asks until there is a tray or `attempts` are used up, a second apart: at login the panel may come up after us.
 */
export async function hasLinuxTrayHost(
  attempts: number,
  run: typeof execFile = execFile,
  wait: (delayMs: number) => Promise<unknown> = delay,
): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    if (await askOnce(run)) return true;
    if (attempt >= attempts) return false;
    await wait(1_000);
  }
}
