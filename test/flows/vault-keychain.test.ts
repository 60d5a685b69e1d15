// Contract: keys in the system keychain, seen from a client. A keychain that is slow or locked never holds up the start
// or a request: the answer says which provider waits for what, and heals by itself.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { answerMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/fake-upstream.ts';
import { fetchRaw, type ReceivedAnswer } from '../support/raw-http.ts';
import { messagesBody } from '../support/rig.ts';
import { openControl } from '../support/control-client.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { MemoryKeychain } from '../gateway/vault/memory-keychain.ts';

const secret = 'sk-ant-api03-in-the-keychain-0123456789-wxyz';

let upstream: FakeUpstream;
let keychain: MemoryKeychain;
let folder: TemporaryFolder;
let running: TestGateway | null = null;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  const usage = tokens({ inputTokens: 1, outputTokens: 1 });
  upstream.setAnswer(
    answerMessage({ model: 'claude-opus-5-5', usage, blocks: [{ type: 'text', text: 'ok' }] }),
  );
  folder = await createTemporaryFolder();
  keychain = new MemoryKeychain();
  await start();
  const control = openControl(running?.gateway.ready.url ?? '', running?.gateway.ready.controlKey ?? '');
  const stored = await control.call('vault.set', { id: 'mine', secret });
  expect([stored.secret.backend, stored.warnings]).toEqual(['keychain', []]);
  await running?.gateway.stop();
});
afterEach(() => running?.gateway.stop());
afterAll(async () => {
  await upstream.close();
  await folder.remove();
});

async function start(): Promise<TestGateway> {
  const configPath = join(folder.path, 'config.json');
  const provider = { id: 'kept', type: 'anthropic', baseUrl: upstream.url, credential: 'vault:mine' };
  await writeFile(configPath, JSON.stringify({ version: 1, providers: [provider] }));
  running = await startTestGateway(null, { dataDir: folder.path, configPath, keychain });
  return running;
}

function post({ gateway }: TestGateway): Promise<ReceivedAnswer> {
  return fetchRaw(`${gateway.ready.url}/v1/messages`, {
    body: messagesBody(),
    headers: [['Authorization', `Bearer ${gateway.ready.clientKey}`]],
  });
}

const messageOf = (answer: ReceivedAnswer): string =>
  (answer.json() as { error: { message: string } }).error.message;

test('a key in the keychain is fetched at the start and sent with the first request; a later lock stops nothing', async () => {
  keychain.fault = () => null;
  const gateway = await start();
  const next = upstream.nextRequest();
  await vi.waitFor(async () => expect((await post(gateway)).status).toBe(200));
  expect((await next).values('x-api-key')).toEqual([secret]);
  keychain.fault = () => 'refused';
  expect((await post(gateway)).status).toBe(200);
});

test('a keychain that is slow holds up neither start nor request; the client is told to try again, and then has it', async () => {
  keychain.fault = () => 'hang';
  const gateway = await start();
  const early = await post(gateway);
  expect([early.status, early.values('x-should-retry')]).toEqual([503, []]);
  expect(messageOf(early)).toContain('"kept"');
  keychain.fault = () => null;
  keychain.release();
  await vi.waitFor(async () => expect((await post(gateway)).status).toBe(200));
});

test('a locked keychain is one clear error that names the provider, shown in the status too; unlocking mends it', async () => {
  keychain.fault = () => 'refused';
  const gateway = await start();
  const control = openControl(gateway.gateway.ready.url, gateway.gateway.ready.controlKey);
  await vi.waitFor(async () => expect((await post(gateway)).status).toBe(502));
  expect(messageOf(await post(gateway))).toMatch(/"kept".*locked.*Unlock it/);
  const { providers } = await control.call('status.get', {});
  expect(providers.find(({ id }) => id === 'kept')?.problem).toMatch(/locked/);
  keychain.fault = () => null;
  const { secrets } = await control.call('vault.list', {});
  expect(secrets).toMatchObject([{ id: 'mine', problem: null, backend: 'keychain' }]);
  expect((await post(gateway)).status).toBe(200);
});
