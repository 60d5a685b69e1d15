// How the shell was started, where it keeps its things, and starting at login on three systems (trap 105).
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import envPaths from 'env-paths';
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
    sessionStart: false,
  });
  expect(readShellArguments(['--hidden'], { TOLLGATE_HOME: '/home-of-it' })).toEqual({
    dataDir: resolve('/home-of-it'),
    port: null,
    config: null,
    hidden: true,
    sessionStart: false,
  });
});

test('without an option the data folder is the platform’s, as for the gateway', () => {
  expect(readShellArguments([], { TOLLGATE_HOME: '' }).dataDir).toBe(
    envPaths('tollgate', { suffix: '' }).data,
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

type Run = NonNullable<Parameters<typeof hasLinuxTrayHost>[1]>;
/** A session bus that gives these answers, one after another; an error when it has none left. */
const busThat = (...answers: string[]): Run =>
  ((_file: string, _args: string[], _options: object, done: (...answer: unknown[]) => void) => {
    const answer = answers.shift();
    done(answer === undefined ? new Error('no gdbus here') : null, answer ?? '', '');
  }) as unknown as Run;
const noWait = async (): Promise<void> => {};

test.each([
  [['(true,)\n'], 1, true],
  [['(false,)\n'], 1, false],
  [[], 1, false],
  [['(false,)\n', '(false,)\n', '(true,)\n'], 10, true],
  [['(false,)\n', '(false,)\n', '(true,)\n'], 2, false],
])(
  'trap 101: the bus answers %j, asked %i times at most: a tray is there: %s',
  async (answers, attempts, expected) => {
    expect(await hasLinuxTrayHost(attempts, busThat(...answers), noWait)).toBe(expected);
  },
);
