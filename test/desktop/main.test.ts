// The composed shell, main.ts itself, with a fake of Electron and a real gateway: start, link, tray, calls, a killed
// gateway, quitting.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callControl } from '../../src/desktop/control-client.ts';
import { desktopChannels } from '../../src/preload/desktop-api.ts';
import { scrubEnvironment } from '../support/run-tollgate.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import {
  createFakeElectron,
  FakeWorld,
  type FakeBrowserWindow,
  type FakeTray,
} from './support/fake-electron.ts';

/** Preferences kept in memory. */
class FakeStore extends Map<string, unknown> {
  constructor() {
    super();
  }
}

let folder: TemporaryFolder;
let dataDir: string;
let world: FakeWorld;
const argv = process.argv;

beforeEach(async () => {
  folder = await createTemporaryFolder();
  dataDir = join(folder.path, 'data');
  world = new FakeWorld();
  world.environment = scrubEnvironment(folder.path);
  process.argv = ['electron', '.', '--data-dir', dataDir, '--port', '0'];
  vi.resetModules();
  vi.doMock('electron', () => createFakeElectron(world));
  vi.doMock('electron-store', () => ({ default: FakeStore }));
  vi.doMock('../../src/desktop/linux-tray-host.ts', () => ({ hasLinuxTrayHost: async () => true }));
});

afterEach(async () => {
  process.argv = argv;
  for (const child of world.children) child.kill('SIGKILL');
  await folder.remove();
});

const first = <T>(list: readonly T[]): T => {
  const [item] = list;
  if (item === undefined) throw new Error('the list is empty');
  return item;
};
const lastPage = (window: FakeBrowserWindow): string => window.loaded.at(-1) ?? '';
const showsGateway = (window: FakeBrowserWindow | undefined): boolean =>
  window?.loaded.at(-1)?.includes('/?k=') ?? false;
const iconOf = (tray: FakeTray): string => basename(tray.image).replace(/(Template)?\.png$/, '');

async function startShell() {
  await import('../../src/desktop/main.ts');
  const { app } = (await import('electron')) as unknown as ReturnType<typeof createFakeElectron>;
  await world.until(() => showsGateway(world.windows[0]));
  const tray = first(world.trays);
  await world.until(() => iconOf(tray) === 'on');
  return { app, window: first(world.windows), tray };
}

/** The tray's menu, as a user gets it on this system. */
function openMenu(tray: FakeTray) {
  tray.emit('right-click');
  if (tray.menu === null) throw new Error('the tray has no menu');
  return tray.menu;
}

test('from start to quit: window by one-time link, tray, pause, a killed gateway, a clean end', async () => {
  const { app, window, tray } = await startShell();
  expect(world.paths.get('userData')).toBe(join(dataDir, 'desktop'));
  expect(window.options['webPreferences']).toMatchObject({ sandbox: true, contextIsolation: true });

  // The link opens the door once: a cookie for the first caller, nothing for the second.
  const link = lastPage(window);
  const opened = await fetch(link, { redirect: 'manual' });
  expect(opened.headers.get('set-cookie')).toContain('HttpOnly');
  expect((await fetch(link, { redirect: 'manual' })).headers.get('set-cookie')).toBeNull();

  expect(tray.toolTip).toContain('today $0.00');
  openMenu(tray).click('pause');
  await world.until(() => iconOf(tray) === 'blocked');
  openMenu(tray).click('pause');
  await world.until(() => iconOf(tray) === 'on');

  first(world.children).kill('SIGKILL');
  await world.until(() => showsGateway(window) && lastPage(window) !== link);
  expect(new URL(lastPage(window)).origin).toBe(new URL(link).origin);
  await world.until(() => iconOf(tray) === 'on');

  app.quit();
  app.quit();
  await world.until(() => world.quitDone);
  expect(world.windows).toHaveLength(0);
  expect(world.children).toHaveLength(2);
  // Windows has no SIGTERM: the fake, unlike the message to gateway-entry.ts, can only end the gateway hard there.
  if (process.platform === 'win32') return;
  expect(world.children[1]?.exitCode).toBe(0);
  expect(existsSync(join(dataDir, 'lock'))).toBe(false);
});

test('a click on the icon opens the popover, the window’s calls reach the shell, strangers do not', async () => {
  const { app, window, tray } = await startShell();
  tray.emit('click');
  const popover = world.windows[1];
  expect(popover).toMatchObject({ visible: true, options: { width: 360, height: 520, frame: false } });

  const call = (channel: string, url: string, ...input: unknown[]) => {
    const handler = world.handlers.get(channel);
    if (handler === undefined) throw new Error(`nobody serves ${channel}`);
    return handler({ sender: { id: popover?.webContents.id }, senderFrame: { url, parent: null } }, ...input);
  };
  const page = `${new URL(lastPage(window)).origin}/`;
  await call(desktopChannels.hideWindow, page);
  expect(popover?.visible).toBe(false);
  expect(await call(desktopChannels.getOpenAtLogin, page)).toBe(false);
  await expect(call(desktopChannels.setOpenAtLogin, page, true)).rejects.toThrow('installed app');
  await expect(call(desktopChannels.hideWindow, 'https://example.com/')).rejects.toThrow('refused');

  app.quit();
  await world.until(() => world.quitDone);
});

test('quitting while Claude Code is connected asks once; then it gives back and goes (trap 23)', async () => {
  const settingsPath = join(folder.path, '.claude', 'settings.json');
  mkdirSync(join(folder.path, '.claude'), { recursive: true });
  writeFileSync(settingsPath, '{ "model": "opus" }\n');
  const { app, tray } = await startShell();
  const { controlKey, url } = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as Record<
    string,
    string
  >;
  await callControl({ url: url ?? '', controlKey: controlKey ?? '' }, 'claude.connect', {
    dryRun: false,
    options: { mcp: false },
  });
  expect(readFileSync(settingsPath, 'utf8')).toContain(url);

  world.answers.push({ label: 'Keep running in the tray' });
  app.quit();
  await world.until(() => world.windows.length === 0);
  expect(world.quitDone).toBe(false);
  expect((await fetch(`${url}/healthz`)).ok).toBe(true);

  openMenu(tray).click('open-window');
  expect(world.windows).toHaveLength(1);
  world.answers.push({ label: 'Give settings back and quit' });
  openMenu(tray).click('quit');
  await world.until(() => world.quitDone);
  expect(readFileSync(settingsPath, 'utf8')).toBe('{ "model": "opus" }\n');
  expect(world.questions).toHaveLength(2);
});

test('the control key is in no log and in no address', async () => {
  const { app, window } = await startShell();
  const { controlKey } = JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8')) as { controlKey: string };
  app.quit();
  await world.until(() => world.quitDone);
  expect(readFileSync(join(dataDir, 'logs', 'desktop.log'), 'utf8')).not.toContain(controlKey);
  expect(window.loaded.join()).not.toContain(controlKey);
});

test('a second instance for the data folder starts nothing and quits', async () => {
  world.hasLock = false;
  await import('../../src/desktop/main.ts');
  await world.until(() => world.quitDone);
  expect(world.windows).toHaveLength(0);
  expect(world.children).toHaveLength(0);
});
