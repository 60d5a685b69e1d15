// A gateway that starts brings a take-over of its own in line (traps 6, 24, 25): settings follow to a new port, the old
// port answers on, a change cut short is finished; other tools' settings stay as they are. And the door stays open for
// sessions that keep their old address after a give-back, which are named.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody, sessionHeader } from '../support/rig.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const original = '{\n  "model": "opus"\n}\n';

let gateway: TestGateway;
afterEach(() => gateway.dispose());

const settingsPath = (): string => join(gateway.home, '.claude', 'settings.json');
const readSettings = (): Promise<string> => readFile(settingsPath(), 'utf8');
const status = () => gateway.control.call('status.get', {});

async function connected(): Promise<string> {
  gateway = await startGateway();
  await mkdir(join(gateway.home, '.claude'), { recursive: true });
  await writeFile(settingsPath(), original);
  expect((await gateway.run('connect')).code).toBe(0);
  return readSettings();
}

const ask = (url: string, session = 's') =>
  fetchRaw(`${url}/v1/messages`, {
    method: 'POST',
    headers: [
      gateway.key(),
      ['content-type', 'application/json'],
      sessionHeader(session),
      ['x-tollgate-project', '/home/me/acme'],
    ],
    body: messagesBody(),
  });

test('a new port: the settings follow, the user’s edits stay, the old port answers on, and it is all given back', async () => {
  const taken = await connected();
  const before = gateway.url;
  await gateway.stop();
  const edited = taken.replace('"opus"', '"sonnet"');
  await writeFile(settingsPath(), edited);
  await gateway.restart();
  expect(gateway.url).not.toBe(before);
  expect(await readSettings()).toBe(edited.replaceAll(before, gateway.url));
  expect((await status()).claudeCode.routedBy).toBe('tollgate');
  expect((await status()).warnings.join()).toContain(`before: ${before}`);
  expect((await ask(before)).status).toBe(200);
  // The same lock is on that door.
  expect((await fetchRaw(`${before}/v1/models`, {})).status).toBe(401);
  const rebound = await fetchRaw(`${before}/v1/models`, {
    headers: [gateway.key(), ['Host', 'evil.example']],
  });
  expect(rebound.status).toBe(403);
  expect((await gateway.run('disconnect')).code).toBe(0);
  expect(await readSettings()).toBe(original.replace('"opus"', '"sonnet"'));
});

test('an old port that another program has taken is left to it, and the settings follow all the same (trap 24)', async () => {
  await connected();
  const before = gateway.url;
  await gateway.kill9();
  const other = createServer().listen(Number(new URL(before).port), '127.0.0.1');
  await once(other, 'listening');
  await gateway.restart();
  expect(await readSettings()).toContain(gateway.url);
  expect((await status()).warnings.join()).not.toContain('answered there');
  other.close();
});

test('the same port, no connection, another tool’s address, broken settings: a start writes nothing (trap 29)', async () => {
  await connected();
  await gateway.run('disconnect');
  for (const text of [
    original,
    '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:1","ANTHROPIC_AUTH_TOKEN":"sk-other"}}',
    '{"env":',
  ]) {
    await gateway.stop();
    await writeFile(settingsPath(), text);
    await gateway.restart();
    expect(await readSettings()).toBe(text);
    expect((await status()).warnings).toEqual([]);
  }
});

test('connected, then another tool took over: a start does not fight it (trap 16)', async () => {
  const taken = await connected();
  await gateway.stop();
  const theirs = taken.replace(/http:\/\/127\.0\.0\.1:\d+/, 'http://127.0.0.1:15721');
  await writeFile(settingsPath(), theirs);
  await gateway.restart();
  expect(await readSettings()).toBe(theirs);
});

test('a change that a crash cut short is finished in the record at the next start, and what it left is cleared (trap 6)', async () => {
  await connected();
  const backups = join(gateway.dataDir, 'backups');
  const recordName = (await readdir(backups)).find((name) => name.endsWith('.record.json')) ?? '';
  const record = JSON.parse(await readFile(join(backups, recordName), 'utf8')) as {
    settled: { written: string; original: { fingerprint: string } };
    pending: unknown;
  };
  await gateway.kill9();
  // As it is when the process dies after the file was replaced and before that was noted.
  const temporary = join(gateway.home, '.claude', 'settings.json.tollgate-left.tmp');
  await writeFile(temporary, 'half');
  const { settled } = record;
  const pending = { next: settled, from: settled.original.fingerprint, to: settled.written, temporary };
  await writeFile(join(backups, recordName), JSON.stringify({ ...record, settled: null, pending }));
  await gateway.restart();
  expect(JSON.parse(await readFile(join(backups, recordName), 'utf8'))).toMatchObject({ pending: null });
  expect(await readdir(join(gateway.home, '.claude'))).not.toContain('settings.json.tollgate-left.tmp');
  await gateway.run('disconnect');
  expect(await readSettings()).toBe(original);
});

test('after a disconnect the door stays open, and status names the sessions that still come through', async () => {
  await connected();
  await ask(gateway.url, 'kept');
  await gateway.control.settled(1);
  expect((await status()).lingeringSessions).toEqual([]);
  const said = await gateway.run('disconnect');
  expect(said.stdout).toMatch(/One running session \(\/home\/me\/acme\) keeps the old address/);
  expect((await ask(gateway.url, 'kept')).status).toBe(200);
  await gateway.control.settled(2);
  expect((await status()).lingeringSessions).toMatchObject([{ sessionId: 'kept', project: '/home/me/acme' }]);
  expect((await gateway.run('status')).stdout).toMatch(/One running session \(\/home\/me\/acme\) keeps/);
  await gateway.run('connect');
  expect((await status()).lingeringSessions).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'stopping by signal leaves the settings and says how to give them back; when not connected it says nothing (needs signals)',
  async () => {
    const taken = await connected();
    await gateway.stop();
    expect(gateway.stderr()).toContain(`tollgate disconnect --data-dir ${gateway.dataDir}`);
    expect(await readSettings()).toBe(taken);
    await gateway.restart();
    await gateway.run('disconnect');
    const said = gateway.stderr();
    await gateway.stop();
    expect(gateway.stderr()).toBe(said);
    await gateway.restart();
  },
);
