// Whether a Linux desktop shows tray icons at all. Electron cannot say, and an app without window and icon would run
// unseen: where no tray is found, the window behaves like that of any other app.
import { execFile } from 'node:child_process';

const question = [
  'call',
  '--session',
  '--dest=org.freedesktop.DBus',
  '--object-path=/org/freedesktop/DBus',
  '--method=org.freedesktop.DBus.NameHasOwner',
  'org.kde.StatusNotifierWatcher',
];

/** Asks the session bus who draws tray icons; no answer within two seconds, or no bus, counts as nobody. */
export function hasLinuxTrayHost(run: typeof execFile = execFile): Promise<boolean> {
  return new Promise((resolve) => {
    run('gdbus', question, { timeout: 2_000 }, (error, stdout) => {
      resolve(error === null && stdout.includes('true'));
    });
  });
}
