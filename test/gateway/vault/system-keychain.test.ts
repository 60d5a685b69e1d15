// What reaches the operating system's keychain: a native part that may not load, speaks in sentences, and can hang on a
// question that nobody answers. The keychain of the machine that runs this test is not touched.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { problemOf } from '../../../src/gateway/vault/system-keychain.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);
const moduleUrl = new URL('../../../src/gateway/vault/system-keychain.ts', import.meta.url).href;

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await createTemporaryFolder('tollgate-keychain');
});
afterEach(() => folder.remove());

/** Runs `script` in a process in which the native part is replaced by `native`, the source of a module. */
async function runWith(native: string, script: string): Promise<{ code: number; stdout: string }> {
  await mkdir(join(folder.path, 'native'), { recursive: true });
  const replaced = join(folder.path, 'native', 'index.mjs');
  const main = join(folder.path, 'main.mjs');
  await writeFile(replaced, native);
  await writeFile(
    main,
    `import { registerHooks } from 'node:module';
     import { pathToFileURL } from 'node:url';
     registerHooks({ resolve: (name, context, next) => name === '@napi-rs/keyring'
       ? { url: pathToFileURL(${JSON.stringify(replaced)}).href, shortCircuit: true } : next(name, context) });
     const { openSystemKeychain } = await import(${JSON.stringify(moduleUrl)});
     const keychain = openSystemKeychain();
     ${script}`,
  );
  try {
    const { stdout } = await run(process.execPath, [main], {
      timeout: 20_000,
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
    });
    return { code: 0, stdout };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string };
    return { code: failed.code ?? -1, stdout: failed.stdout ?? '' };
  }
}

const tell = `console.log(await keychain.read('a').then((text) => text, (error) => error.problem));`;

test('a native part that does not load is a missing keychain, not a crash', async () => {
  expect(await runWith(`throw new Error('Cannot find native binding');`, tell)).toEqual({
    code: 0,
    stdout: 'absent\n',
  });
});

test('on Linux the kernel’s own keyring, which forgets everything at the next boot, is never used', async () => {
  const native = `export class AsyncEntry {
    constructor(service, account, options) { this.text = [service, account, options?.linux?.store].join(' '); }
    async getPassword() { return this.text; } }`;
  expect((await runWith(native, tell)).stdout).toBe('Tollgate a secret-service\n');
});

test.skipIf(process.platform === 'win32')(
  'a question of the keychain that nobody answers does not hold up the end of the process (skipped on Windows: no FIFO)',
  async () => {
    const fifo = join(folder.path, 'fifo');
    await run('mkfifo', [fifo]);
    const native = `import { open } from 'node:fs/promises';
      export class AsyncEntry { async getPassword() { await open(${JSON.stringify(fifo)}, 'r'); } }`;
    const { code } = await runWith(native, `keychain.read('a'); setTimeout(() => process.exit(7), 50);`);
    expect(code).toBe(7);
  },
);

test.each([
  [
    'Platform failure: DBus error: Did not receive a reply. Possible causes include: the reply timeout',
    'silent',
  ],
  [
    'Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled at compile time',
    'absent',
  ],
  ["Couldn't access platform storage: Secret Service: no result found", 'absent'],
  ["Couldn't access platform storage: Secret Service: unlock prompt was dismissed", 'refused'],
  ["Couldn't access platform storage: User interaction is not allowed.", 'refused'],
  ["Couldn't access platform storage: AccessDenied", 'refused'],
])('its sentence is understood: %s', (detail, problem) => {
  expect(problemOf(detail)).toBe(problem);
});
