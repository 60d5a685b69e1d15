// How the shell was started, where it keeps its things, and starting at login on three systems (trap 105).
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { hasLinuxTrayHost } from '../../src/desktop/linux-tray-host.ts';
import {
  autostartEntry,
  autostartPath,
  linuxLoginItem,
  refreshLoginItem,
  systemLoginItem,
} from '../../src/desktop/login-item.ts';
import { readWindowBounds, saveWindowBounds } from '../../src/desktop/preferences.ts';
import { readShellArguments, shellFolder } from '../../src/desktop/shell-arguments.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

test('the arguments are those of serve; Chromium’s own are left alone', () => {
  const argv = [
    '--no-sandbox',
    '--remote-debugging-port=0',
    '--data-dir',
    '/d',
    '--port',
    '0',
    '--config=/c.json',
    '.',
  ];
  expect(readShellArguments(argv, {})).toEqual({
    dataDir: resolve('/d'),
    port: '0',
    config: '/c.json',
    hidden: false,
  });
  expect(readShellArguments(['--hidden'], { TOLLGATE_HOME: '/home-of-it' })).toEqual({
    dataDir: resolve('/home-of-it'),
    port: null,
    config: null,
    hidden: true,
  });
});

test('without an option the data folder is the one the gateway would choose', async () => {
  const { dataDirOf } = await import('../../src/headless/places.ts');
  const { TOLLGATE_HOME: _home, ...env } = process.env;
  expect(readShellArguments([], { ...env, TOLLGATE_HOME: '' }).dataDir).toBe(
    process.env['TOLLGATE_HOME'] === undefined ? dataDirOf(undefined) : readShellArguments([], env).dataDir,
  );
});

test("the shell's own files stay out of the gateway's way", () => {
  expect(shellFolder('/d')).toBe(join('/d', 'desktop'));
});

test('a broken preference counts as none', () => {
  for (const saved of [undefined, null, 'x', { x: 1 }, { x: 0.5, y: 0, width: 1, height: 1 }]) {
    expect(readWindowBounds({ get: () => saved, set: () => {} })).toBeNull();
  }
  let stored: unknown;
  const bounds = { x: -10, y: 20, width: 900, height: 640 };
  saveWindowBounds({ get: () => stored, set: (_key, value) => (stored = value) }, bounds);
  expect(readWindowBounds({ get: () => stored, set: () => {} })).toEqual(bounds);
});

test('macOS and Windows: what holds is read from the system, and the start is hidden', async () => {
  const settings: unknown[] = [];
  const item = systemLoginItem(
    {
      getLoginItemSettings: () => ({ openAtLogin: settings.length > 0 }),
      setLoginItemSettings: (wished) => void settings.push(wished),
    },
    '/Applications/Tollgate',
  );
  expect(item.isOn()).toBe(false);
  await refreshLoginItem(item);
  expect(settings).toEqual([]);
  await item.set(true);
  expect(settings).toEqual([{ openAtLogin: true, path: '/Applications/Tollgate', args: ['--hidden'] }]);
});

test('Linux: an autostart file, written anew when the program has moved, gone when switched off', async () => {
  const folder = await createTemporaryFolder();
  const path = autostartPath({ XDG_CONFIG_HOME: folder.path }, '/home/me');
  expect(path).toBe(join(folder.path, 'autostart', 'tollgate.desktop'));
  expect(autostartPath({}, '/home/me')).toBe(join('/home/me', '.config', 'autostart', 'tollgate.desktop'));
  const item = linuxLoginItem(path, '/apps/Tollgate-2.AppImage');
  await refreshLoginItem(item);
  expect(item.isOn()).toBe(false);
  await item.set(true);
  await writeFile(path, autostartEntry('/apps/Tollgate-1.AppImage'));
  await refreshLoginItem(item);
  expect(await readFile(path, 'utf8')).toContain('Exec="/apps/Tollgate-2.AppImage" --hidden\n');
  await item.set(false);
  await item.set(false);
  expect(item.isOn()).toBe(false);
  await folder.remove();
});

test('a path with signs that mean something to the desktop is quoted', () => {
  expect(autostartEntry('/a b/$x"50%`\\')).toContain('Exec="/a b/\\\\$x\\\\"50%%\\\\`\\\\\\\\" --hidden');
});

test.each([
  ['(true,)\n', null, true],
  ['(false,)\n', null, false],
  ['', new Error('no gdbus here'), false],
])('trap 101: the bus answers %j, error %s: a tray is there: %s', async (output, error, expected) => {
  const run = ((_file: string, _args: string[], _options: object, done: (...answer: unknown[]) => void) =>
    done(error, output, '')) as unknown as Parameters<typeof hasLinuxTrayHost>[0];
  expect(await hasLinuxTrayHost(run)).toBe(expected);
});
