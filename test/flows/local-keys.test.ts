// Contract: every program has its own local key. `tollgate key add` shows it once, `key list` never shows a whole one, and a
// revoked key is refused from the next request on, also after a restart.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody, startRig, type Rig } from '../support/rig.ts';

type AddedKey = { client: { id: string; name: string; keyEnd: string }; key: string };
type KeyList = { clients: { id: string; name: string; keyEnd: string; createdAt: number }[] };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  const usage = tokens({ inputTokens: 1, outputTokens: 1 });
  rig.upstream.setAnswer(
    streamMessage({ model: 'claude-opus-5-5', usage, blocks: [{ type: 'text', text: 'ok' }] }),
  );
});
afterAll(() => rig.close());

async function statusWith(key: string): Promise<number> {
  const headers = [['Authorization', `Bearer ${key}`]] as const;
  return (await fetchRaw(`${rig.gateway.url}/v1/messages`, { body: messagesBody(), headers })).status;
}

async function runJson<Shape>(...args: string[]): Promise<Shape> {
  const { code, stdout, stderr } = await rig.gateway.run(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Shape;
}

test("a new key works at once, its exchanges carry its client's id, and a revoked one is 401 at once", async () => {
  const added = await runJson<AddedKey>('key', 'add', 'my script');
  expect(added.key).toMatch(/^tg-/);
  expect(added.key.endsWith(added.client.keyEnd)).toBe(true);
  expect(await statusWith(added.key)).toBe(200);
  const [row] = await rig.gateway.control.settled(1);
  expect(row?.client).toBe(added.client.id);

  const list = await rig.gateway.run('key', 'list', '--json');
  expect(list.stdout).not.toContain(added.key);
  expect(list.stdout).not.toContain(rig.gateway.ready.clientKey);
  const listed = (JSON.parse(list.stdout) as KeyList).clients;
  expect(listed).toEqual(
    expect.arrayContaining([expect.objectContaining({ id: added.client.id, name: 'my script' }) as unknown]),
  );

  const revoked = await rig.gateway.run('key', 'revoke', added.client.id);
  expect([revoked.code, revoked.stderr]).toEqual([0, '']);
  expect(await statusWith(added.key)).toBe(401);
  expect(await statusWith(rig.gateway.ready.clientKey)).toBe(200);
});

test('keys and revocations survive a restart', async () => {
  const kept = await runJson<AddedKey>('key', 'add', 'kept');
  const gone = await runJson<AddedKey>('key', 'add', 'gone');
  await rig.gateway.control.call('key.revoke', { id: gone.client.id });
  const builtIn = rig.gateway.ready.clientKey;
  await rig.gateway.stop();
  await rig.gateway.restart();
  expect([await statusWith(kept.key), await statusWith(gone.key), await statusWith(builtIn)]).toEqual([
    200, 401, 200,
  ]);
});

test('a key is not readable in the data folder as text, apart from what the gateway needs to hand out', async () => {
  const added = await runJson<AddedKey>('key', 'add', 'hidden');
  await statusWith(added.key);
  for (const entry of await readdir(rig.gateway.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
    expect([entry.name, text.includes(added.key)]).toEqual([entry.name, false]);
  }
});

test('revoking what does not exist is exit 1 or 2 with a sentence', async () => {
  const { code, stderr } = await rig.gateway.run('key', 'revoke', 'no-such-key');
  expect([1, 2]).toContain(code);
  expect(stderr).toContain('no-such-key');
});
