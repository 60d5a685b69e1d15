// Contract: the data folder and the ready line. One gateway per folder; what a crash leaves behind never keeps the next start
// out; commands without a gateway read the folder themselves; a hand-written config keeps its comments.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { noTotals } from '../../src/contract/usage.ts';
import { sendJson } from '../support/anthropic-answers.ts';
import { findClosedPort, startFakeUpstream } from '../support/fake-upstream.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody } from '../support/rig.ts';
import { runTollgate, scrubEnvironment } from '../support/run-tollgate.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

let gateway: TestGateway | null = null;
afterEach(async () => {
  await gateway?.dispose();
  gateway = null;
});

test('the ready line is the only thing on standard output and names working addresses', async () => {
  gateway = await startGateway();
  const { ready } = gateway;
  expect(gateway.stdout().split('\n').length).toBe(1);
  expect(ready.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(ready.ui).toMatch(new RegExp(`^${ready.url}/\\?k=.{20,}$`));
  expect(ready.mcp).toBe(`${ready.url}/mcp`);
  expect(ready.clientKey).toMatch(/^tg-.{20,}$/);
  expect(ready.dataDir).toBe(gateway.dataDir);
  expect((await fetchRaw(`${ready.url}/healthz`)).status).toBe(200);
});

test('on an empty machine a first request is answered and counted, without any config', async () => {
  gateway = await startGateway();
  const answer = await fetchRaw(`${gateway.url}/v1/messages`, {
    body: messagesBody({ stream: false }),
    headers: [gateway.key()],
  });
  expect(answer.status).toBe(200);
  const { usage } = answer.json() as { usage: { input_tokens: number; output_tokens: number } };
  await gateway.control.settled(1);
  const { stdout } = await gateway.run('usage', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    totals: { exchanges: 1, inputTokens: usage.input_tokens, outputTokens: usage.output_tokens },
  });
});

test('files with keys are readable by their owner only', async () => {
  gateway = await startGateway();
  const { mode } = await stat(join(gateway.dataDir, 'lock'));
  if (process.platform !== 'win32') expect(mode & 0o077).toBe(0);
});

test('a lock left by a crash keeps nobody out, also when its process id now belongs to another program', async () => {
  gateway = await startGateway();
  const left = [
    JSON.stringify({
      pid: process.pid,
      url: `http://127.0.0.1:${await findClosedPort()}`,
      controlKey: 'old',
    }),
    '{"pid":',
  ];
  for (const text of left) {
    await gateway.kill9();
    await writeFile(join(gateway.dataDir, 'lock'), text);
    const status = await gateway.run('status');
    expect([text, status.code]).toEqual([text, 1]);
    await gateway.restart();
    expect((await gateway.control.call('status.get', {})).pid).toBe(gateway.ready.pid);
  }
});

test('of six that start at once on one folder exactly one runs', async () => {
  const folder = await createTemporaryFolder();
  const dataDir = join(folder.path, 'shared');
  const starts = await Promise.allSettled(
    Array.from({ length: 6 }, () => startGateway({ args: ['--data-dir', dataDir] })),
  );
  const running = starts.filter((start) => start.status === 'fulfilled').map((start) => start.value);
  expect(running.length).toBe(1);
  for (const start of starts)
    if (start.status === 'rejected') expect(String(start.reason)).toContain('"code":2');
  for (const one of running) await one.dispose();
  await folder.remove();
});

test('without --data-dir the folder is $TOLLGATE_HOME', async () => {
  const folder = await createTemporaryFolder();
  const environment = scrubEnvironment(folder.path);
  const { code } = await runTollgate(['key', 'list', '--json'], environment);
  expect(code === 0 || code === 2).toBe(true);
  const usage = await runTollgate(['usage', '--since', 'all', '--json'], environment);
  expect([usage.code, JSON.parse(usage.stdout)]).toMatchObject([0, { totals: noTotals }]);
  await folder.remove();
});

test('usage of a folder that no gateway ever used is nothing, and the folder is not littered', async () => {
  const folder = await createTemporaryFolder();
  const dataDir = join(folder.path, 'never-used');
  const usage = await runTollgate(['usage', '--json', '--data-dir', dataDir], scrubEnvironment(folder.path));
  expect([usage.code, JSON.parse(usage.stdout)]).toMatchObject([0, { totals: noTotals, groups: [] }]);
  await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  await folder.remove();
});

test('a hand-written config keeps its comments and layout when the gateway writes to it', async () => {
  const text = [
    '// my gateways',
    '{',
    '    "version": 1,',
    '    "providers": [ // two of them',
    '        { "id": "a", "type": "anthropic", "baseUrl": "http://127.0.0.1:1", "credential": "none" },',
    '        { "id": "b", "type": "anthropic", "baseUrl": "http://127.0.0.1:2", "credential": "none" }, // second',
    '    ],',
    '    /* routes */',
    '    "routes": [ { "match": {}, "to": [ { "provider": "a" }, { "provider": "b" } ] } ],',
    '}',
    '',
  ];
  const folder = await createTemporaryFolder();
  const path = join(folder.path, 'config.json');
  await mkdir(folder.path, { recursive: true });
  await writeFile(path, text.join('\n'));
  gateway = await startGateway({ args: ['--config', path] });
  expect((await gateway.run('use', 'b')).code).toBe(0);
  const after = (await readFile(path, 'utf8')).split('\n');
  const isRouteLine = (line: string): boolean => /"routes"|"match"|"to"|^\s*[\]{}]|"provider":/.test(line);
  for (const line of text) if (!isRouteLine(line)) expect(after).toContain(line);
  expect(after.join('\n')).toContain('// two of them');
  expect(after.join('\n')).toContain('// second');
  expect((await gateway.control.call('status.get', {})).providers.find((one) => one.current)?.id).toBe('b');
  await folder.remove();
});

test('proxies in the environment do not capture traffic to this machine (trap 46)', async () => {
  const proxy = `http://127.0.0.1:${await findClosedPort()}`;
  const upstream = await startFakeUpstream();
  upstream.setAnswer(sendJson(200, { ok: true }));
  gateway = await startGateway({
    config: {
      providers: [{ id: 'local', type: 'anthropic', baseUrl: upstream.url, credential: 'none' }],
      routes: [{ match: {}, to: [{ provider: 'local' }] }],
    },
    environment: {
      HTTP_PROXY: proxy,
      http_proxy: proxy,
      HTTPS_PROXY: proxy,
      ALL_PROXY: proxy,
      NODE_USE_ENV_PROXY: '1',
    },
  });
  const { url } = gateway.ready;
  expect((await fetchRaw(`${url}/v1/models`, { headers: [gateway.key()] })).json()).toEqual({ ok: true });
  expect((await gateway.run('status')).code).toBe(0);
  await upstream.close();
});
