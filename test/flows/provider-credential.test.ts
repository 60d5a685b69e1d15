// Contract: where a provider's key comes from. A missing one is said in one sentence, never sent around; `file:` is read
// afresh; `client` passes the caller's own login and never a local key; and no secret is left lying in the data folder.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerMessage, errorJson, sendJson } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import type { HeaderList, RecordedRequest } from '../support/fake-upstream.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody, providerFor, sessionHeader, startRig, upstreamKey, type Rig } from '../support/rig.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const loginToken = 'sk-ant-oat01-the-developers-own-login';
const fileKey = 'sk-ant-from-a-file-111';

let folder: TemporaryFolder;
let keyFile: string;
let rig: Rig;
beforeAll(async () => {
  folder = await createTemporaryFolder();
  keyFile = join(folder.path, 'key.txt');
  await writeFile(keyFile, `${fileKey}\n`);
  const names = ['missing', 'file', 'own', 'none'];
  rig = await startRig((upstream) => ({
    providers: [
      providerFor(upstream),
      { ...providerFor(upstream, 'missing'), credential: 'env:NOBODY_SET_THIS' },
      { ...providerFor(upstream, 'file'), credential: `file:${keyFile}` },
      { ...providerFor(upstream, 'own'), credential: 'client' },
      { ...providerFor(upstream, 'none'), credential: 'none' },
    ],
    routes: [
      ...names.map((name) => ({ match: { model: `claude-${name}` }, to: [{ provider: name }] })),
      { match: {}, to: [{ provider: 'upstream' }] },
    ],
  }));
  const usage = tokens({ inputTokens: 1, outputTokens: 1 });
  rig.upstream.setAnswer(
    answerMessage({ model: 'claude-opus-5-5', usage, blocks: [{ type: 'text', text: 'ok' }] }),
  );
});
afterAll(async () => {
  await rig.close();
  await folder.remove();
});

async function seenUpstream(model: string, headers: HeaderList): Promise<RecordedRequest> {
  const next = rig.upstream.nextRequest();
  const answer = await fetchRaw(`${rig.gateway.url}/v1/messages`, { body: messagesBody({ model }), headers });
  expect(answer.status).toBe(200);
  return next;
}
const credentialsOf = (request: RecordedRequest): string[] => [
  ...request.values('authorization'),
  ...request.values('x-api-key'),
];

test('a provider without its key is an error that names the variable; nothing is sent, nothing is charged', async () => {
  const before = rig.upstream.requests.length;
  const answer = await rig.post(messagesBody({ model: 'claude-missing' }), [sessionHeader('missing')]);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  const { error } = answer.json() as { error: { message: string } };
  expect(error.message).toContain('NOBODY_SET_THIS');
  expect(answer.values('x-should-retry')).toEqual(['false']);
  expect(rig.upstream.requests.length).toBe(before);
  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect(rows.find((row) => row.sessionId === 'missing')).toMatchObject({ state: 'failed', costNanoUsd: 0 });
  const { providers } = await rig.gateway.control.call('status.get', {});
  expect(providers.find((provider) => provider.id === 'missing')?.problem).toContain('NOBODY_SET_THIS');
});

test('a key file is read without its line end, and a changed one works from the next request on', async () => {
  const first = await seenUpstream('claude-file', [rig.gateway.key()]);
  expect(credentialsOf(first).map((value) => value.replace('Bearer ', ''))).toEqual([fileKey]);
  await writeFile(keyFile, 'sk-ant-changed-222');
  const second = await seenUpstream('claude-file', [rig.gateway.key()]);
  expect(credentialsOf(second).map((value) => value.replace('Bearer ', ''))).toEqual(['sk-ant-changed-222']);
});

describe('the caller’s own login', () => {
  test('passes as it is, with its beta, and the local key does not', async () => {
    const { clientKey } = rig.gateway.ready;
    const request = await seenUpstream('claude-own', [
      ['x-tollgate-key', clientKey],
      ['Authorization', `Bearer ${loginToken}`],
      ['anthropic-beta', 'oauth-2025-04-20,claude-code-20250219'],
    ]);
    expect(credentialsOf(request)).toEqual([`Bearer ${loginToken}`]);
    expect(request.values('anthropic-beta')).toEqual(['oauth-2025-04-20,claude-code-20250219']);
    expect(JSON.stringify(request.headers)).not.toContain(clientKey);
  });

  test('without the oauth beta the upstream says 401, and the client gets to read just that', async () => {
    rig.upstream.enqueue(
      sendJson(401, errorJson('authentication_error', 'OAuth authentication is not supported')),
    );
    const answer = await fetchRaw(`${rig.gateway.url}/v1/messages`, {
      body: messagesBody({ model: 'claude-own' }),
      headers: [
        ['x-tollgate-key', rig.gateway.ready.clientKey],
        ['Authorization', `Bearer ${loginToken}`],
      ],
    });
    expect([answer.status, answer.json()]).toEqual([
      401,
      errorJson('authentication_error', 'OAuth authentication is not supported'),
    ]);
  });

  test('is never a local key: a caller who sends nothing else is told so, and nothing reaches the upstream with it', async () => {
    const { clientKey } = rig.gateway.ready;
    const before = rig.upstream.requests.length;
    await rig.post(messagesBody({ model: 'claude-own' }));
    for (const request of rig.upstream.requests.slice(before)) {
      expect(JSON.stringify(request.headers)).not.toContain(clientKey);
    }
  });
});

test('a provider of credential "none" gets no credential at all', async () => {
  const request = await seenUpstream('claude-none', [rig.gateway.key()]);
  expect(credentialsOf(request)).toEqual([]);
});

test('no key and no login is written anywhere in the data folder or printed', async () => {
  await rig.gateway.stop();
  const secrets = [upstreamKey, loginToken, fileKey];
  for (const entry of await readdir(rig.gateway.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
    for (const secret of secrets) expect([entry.name, text.includes(secret)]).toEqual([entry.name, false]);
  }
  for (const secret of [...secrets, rig.gateway.ready.controlKey])
    expect(rig.gateway.stderr()).not.toContain(secret);
  await rig.gateway.restart();
});
