// The desktop shell as a user has it: real Electron, real gateway. Skipped, and saying so, where there is no binary.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test, type ElectronApplication } from '@playwright/test';
import { startGateway } from '../../support/start-gateway.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { repositoryRoot } from '../../support/run-tollgate.ts';
import { gatewayWindow, launchShell, readLock, reasonToSkip } from './launch-shell.ts';

const skip = reasonToSkip();
if (skip !== null) console.log(skip);
test.skip(skip !== null, skip ?? '');

let folder: TemporaryFolder;
let dataDir: string;
let app: ElectronApplication | null = null;

test.beforeEach(async () => {
  folder = await createTemporaryFolder();
  dataDir = join(folder.path, 'data');
});
test.afterEach(async () => {
  await app?.close();
  app = null;
  await folder.remove();
});

const start = async (): Promise<ElectronApplication> => (app = await launchShell(folder.path, dataDir));
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('the window shows the gateway’s page, without Node and with our few functions only', async () => {
  const window = await gatewayWindow(await start());
  const inside = await window.evaluate(() => ({
    require: typeof (globalThis as { require?: unknown }).require,
    process: typeof (globalThis as { process?: unknown }).process,
    api: Object.keys((globalThis as { tollgateDesktop?: object }).tollgateDesktop ?? {}).sort(),
  }));
  expect(inside).toEqual({
    require: 'undefined',
    process: 'undefined',
    api: ['getOpenAtLogin', 'hideWindow', 'openWindow', 'restartGateway', 'setOpenAtLogin'],
  });
  await expect(window.locator('body')).toContainText('Practice');
});

test('the page cannot leave the gateway, open windows or get permissions', async () => {
  const running = await start();
  const window = await gatewayWindow(running);
  const origin = new URL(window.url()).origin;
  await window.evaluate("void (location.href = 'https://example.com/')");
  expect(await window.evaluate("open('https://example.com/') === null")).toBe(true);
  const permission = await window.evaluate('Notification.requestPermission()');
  expect(permission).toBe('denied');
  expect(new URL(window.url()).origin).toBe(origin);
  expect(running.windows()).toHaveLength(1);
});

test('calls reach the shell and are checked there', async () => {
  const window = await gatewayWindow(await start());
  type Api = { getOpenAtLogin(): Promise<boolean>; setOpenAtLogin(open: unknown): Promise<boolean> };
  const results = await window.evaluate(async () => {
    const api = (globalThis as unknown as { tollgateDesktop: Api }).tollgateDesktop;
    const fails = (call: Promise<unknown>) =>
      call.then(
        () => 'done',
        (error: Error) => error.message,
      );
    return [
      await api.getOpenAtLogin(),
      await fails(api.setOpenAtLogin('yes')),
      await fails(api.setOpenAtLogin(true)),
    ];
  });
  expect(results[0]).toBe(false);
  expect(results[1]).toContain('wrong shape');
  expect(results[2]).toContain('installed app');
});

test('a killed gateway is started again and the window recovers by itself', async () => {
  const window = await gatewayWindow(await start());
  const before = readLock(dataDir);
  if (before === null) throw new Error('no gateway holds the data folder');
  const reloaded = window.waitForEvent('load');
  process.kill(before.pid, 'SIGKILL');
  await reloaded;
  await expect.poll(() => readLock(dataDir)?.pid).not.toBe(before.pid);
  await expect(window.locator('body')).toContainText('Practice');
  expect(new URL(window.url()).origin).toBe(new URL(before.url).origin);
});

test('a second start ends at once and leaves the first alone', async () => {
  const running = await start();
  await gatewayWindow(running);
  const binary = await running.evaluate(({ app: electron }) => electron.getPath('exe'));
  const second = spawn(binary, [repositoryRoot, '--data-dir', dataDir], {
    env: process.env,
    stdio: 'ignore',
  });
  const [code] = (await once(second, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect(running.windows()).toHaveLength(1);
});

test('quitting ends our own gateway cleanly', async () => {
  const running = await start();
  await gatewayWindow(running);
  const lock = readLock(dataDir);
  if (lock === null) throw new Error('no gateway holds the data folder');
  await running.close();
  app = null;
  expect(isAlive(lock.pid)).toBe(false);
  expect(readLock(dataDir)).toBeNull();
});

test('a gateway that already runs is adopted, and outlives the app', async () => {
  const gateway = await startGateway();
  app = await launchShell(gateway.home, gateway.dataDir);
  const window = await gatewayWindow(app);
  expect(new URL(window.url()).origin).toBe(gateway.url);
  await app.close();
  app = null;
  expect(isAlive(gateway.ready.pid)).toBe(true);
  await gateway.dispose();
});
