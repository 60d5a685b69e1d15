// Contract: `serve` that cannot start says why in one plain line on standard error and exits 2: port taken, data folder in
// use, config that is not understood (with the path of the wrong key).
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTollgate, scrubEnvironment, type CommandResult } from '../support/run-tollgate.ts';
import { startGateway, writeConfig, type TestGateway } from '../support/start-gateway.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
let gateway: TestGateway;
beforeAll(async () => {
  folder = await createTemporaryFolder();
  gateway = await startGateway();
});
afterAll(async () => {
  await gateway.dispose();
  await folder.remove();
});

function expectOneLine({ code, stdout, stderr }: CommandResult): string {
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n').length).toBe(1);
  expect(stderr).not.toMatch(/\n\s+at /);
  return stderr;
}

const serve = (dataDir: string, ...more: string[]): Promise<CommandResult> =>
  runTollgate(['serve', '--data-dir', dataDir, ...more], scrubEnvironment(folder.path));

test('a second serve on the same data folder exits 2 and leaves the first one running', async () => {
  const result = await runTollgate(
    ['serve', '--port', '0', '--data-dir', gateway.dataDir],
    gateway.environment,
  );
  expect(expectOneLine(result)).toContain(gateway.dataDir);
  expect((await gateway.control.call('status.get', {})).pid).toBe(gateway.ready.pid);
});

test('a port that is taken exits 2 and names the port', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const line = expectOneLine(await serve(join(folder.path, 'taken'), '--port', String(port)));
  expect(line).toContain(String(port));
  other.close();
});

describe('a config that is not understood', () => {
  const wrong: [name: string, config: Record<string, unknown>, path: string][] = [
    ['unknown key at the top', { provders: [] }, 'provders'],
    [
      'unknown key inside',
      { providers: [{ id: 'a', type: 'anthropic', baseURL: 'https://x' }] },
      'providers[0]',
    ],
    ['unknown provider type', { providers: [{ id: 'a', type: 'openia' }] }, 'providers[0].type'],
    [
      'a secret in place of a reference',
      { providers: [{ id: 'a', type: 'anthropic', credential: 'sk-ant-1' }] },
      'providers[0].credential',
    ],
    [
      'a route to nowhere',
      { routes: [{ match: {}, to: [{ provider: 'nope' }] }] },
      'routes[0].to[0].provider',
    ],
    ['a price as a number', { prices: { m: { input: 0.5, output: '2' } } }, 'prices.m.input'],
    ['a version from the future', { version: 2 }, 'version'],
    ['a rule that this version would not enforce', { logging: {} }, 'logging'],
  ];
  test.each(wrong)('%s: exit 2 with the path of the wrong key', async (name, config, path) => {
    const dataDir = join(folder.path, name.replaceAll(' ', '-'));
    await writeConfig(dataDir, config);
    const line = expectOneLine(await serve(dataDir, '--port', '0'));
    const spellings = [path, path.replaceAll(/\[(\d+)\]/g, '.$1')];
    expect(spellings.some((spelling) => line.includes(spelling))).toBe(true);
    expect(line).not.toContain('sk-ant-1');
  });

  test('text that is not JSON: exit 2, and the file is named', async () => {
    const dataDir = join(folder.path, 'broken');
    const path = await writeConfig(dataDir, {});
    await writeFile(path, '{"version":1,,}');
    expect(expectOneLine(await serve(dataDir, '--port', '0'))).toContain('config.json');
  });

  test('--config reads another file, and a missing one is an error', async () => {
    const dataDir = join(folder.path, 'other-config');
    const path = await writeConfig(dataDir, { nonsense: 1 }, 'other.json');
    expect(expectOneLine(await serve(dataDir, '--port', '0', '--config', path))).toContain('nonsense');
    const missing = join(dataDir, 'missing.json');
    expect(expectOneLine(await serve(dataDir, '--port', '0', '--config', missing))).toContain('missing.json');
  });
});

test('a config with comments and a trailing comma is accepted', async () => {
  const dataDir = join(folder.path, 'commented');
  const path = await writeConfig(dataDir, {});
  await writeFile(path, '{\n  // mine\n  "version": 1, "providers": [],\n}\n');
  const started = await startGateway({ args: ['--config', path] });
  expect((await started.control.call('status.get', {})).configPath).toBe(path);
  await started.dispose();
});
