// Starting at login, on three systems: macOS and Windows have an API for it, Linux has a file in the autostart folder.
// What holds is read back from the system, never remembered, so that a change made elsewhere is seen.
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface LoginItem {
  isOn(): boolean;
  set(open: boolean): Promise<void>;
}

/** Argument that keeps a start at login to the tray. */
export const hiddenArgument = '--hidden';

/** What is used of Electron's app. */
export interface LoginItemApp {
  getLoginItemSettings(options?: { path?: string; args?: string[] }): { openAtLogin: boolean };
  setLoginItemSettings(settings: { openAtLogin: boolean; path?: string; args?: string[] }): void;
}

/** macOS ignores path and arguments, and tells the app itself that it was opened at login. */
export function systemLoginItem(app: LoginItemApp, executable: string): LoginItem {
  const how = { path: executable, args: [hiddenArgument] };
  return {
    isOn: () => app.getLoginItemSettings(how).openAtLogin,
    set: async (open) => app.setLoginItemSettings({ openAtLogin: open, ...how }),
  };
}

/** Quotes one argument as the Desktop Entry Specification's Exec key wants it. */
function quoteExec(argument: string): string {
  return `"${argument.replaceAll('%', '%%').replace(/["`$\\]/g, '\\$&')}"`.replaceAll('\\', '\\\\');
}

/** Contents of the autostart file. `executable`: the AppImage when there is one, since it mounts elsewhere each time. */
export function autostartEntry(executable: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Tollgate',
    'Comment=Gateway for Claude Code in the tray',
    `Exec=${quoteExec(executable)} ${hiddenArgument}`,
    'Icon=tollgate',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** The autostart file of the XDG specification. */
export function autostartPath(env: NodeJS.ProcessEnv, home: string): string {
  const configured = env['XDG_CONFIG_HOME'];
  const folder = configured !== undefined && configured !== '' ? configured : join(home, '.config');
  return join(folder, 'autostart', 'tollgate.desktop');
}

export function linuxLoginItem(path: string, executable: string): LoginItem {
  return {
    isOn: () => existsSync(path),
    async set(open) {
      if (!open) return rm(path, { force: true });
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, autostartEntry(executable));
    },
  };
}

/** Writes the entry again when it is on: an update or a moved AppImage may have changed the path. */
export async function refreshLoginItem(item: LoginItem): Promise<void> {
  if (item.isOn()) await item.set(true);
}
