// Starts the built desktop app with Electron's real binary, in a home of its own.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { LockFile } from '../../../src/contract/control-contract.ts';
import { repositoryRoot, scrubEnvironment } from '../../support/run-tollgate.ts';

/** Why nothing can be run here; null when Electron and the build are there. The package itself is not loaded: it would download. */
export function reasonToSkip(): string | null {
  const electron = join(repositoryRoot, 'node_modules', 'electron');
  const pathFile = join(electron, 'path.txt');
  if (!existsSync(pathFile) || !existsSync(join(electron, 'dist', readFileSync(pathFile, 'utf8').trim()))) {
    return 'skipped: no Electron binary';
  }
  if (!existsSync(join(repositoryRoot, 'out', 'main', 'main.js')))
    return 'skipped: not built, run "npm run build"';
  return null;
}

/** What a desktop program needs of the caller's environment besides the scrubbed one. */
function desktopEnvironment(home: string): Record<string, string> {
  const environment = scrubEnvironment(home);
  for (const name of [
    'DISPLAY',
    'WAYLAND_DISPLAY',
    'XAUTHORITY',
    'DBUS_SESSION_BUS_ADDRESS',
    'XDG_RUNTIME_DIR',
  ]) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}

export function launchShell(home: string, dataDir: string, ...more: string[]): Promise<ElectronApplication> {
  return _electron.launch({
    args: [repositoryRoot, '--data-dir', dataDir, '--port', '0', ...more],
    env: desktopEnvironment(home),
    cwd: home,
  });
}

/** The gateway that holds the data folder, null when there is none. */
export function readLock(dataDir: string): LockFile | null {
  const path = join(dataDir, 'lock');
  return existsSync(path) ? LockFile.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

/** The full window, showing the gateway's page. */
export async function gatewayWindow(app: ElectronApplication): Promise<Page> {
  const window = await app.firstWindow();
  await window.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//);
  return window;
}
