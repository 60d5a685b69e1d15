// Contract: keys that are on a machine already are found, shown with four characters only, and imported on request: a copy
// in the vault, a provider that works at once, and the place they came from left as it was to the byte.
import { readdir, readFile } from 'node:fs/promises';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/fake-upstream.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody } from '../support/rig.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const token = 'their-token-0123456789abcdef-qrst';
const apiKey = 'sk-ant-api03-in-the-environment-0123456789-wxyz';
const shellKey = 'sk-ant-api03-in-a-shell-file-0123456789-stuv';
const login = 'sk-ant-oat01-a-login-0123456789';

let upstream: FakeUpstream;
let gateway: TestGateway;
let settingsPath: string;
let settingsText: string;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.setAnswer(
    answerMessage({
      model: 'claude-opus-5-5',
      usage: tokens({ inputTokens: 1, outputTokens: 1 }),
      blocks: [{ type: 'text', text: 'ok' }],
    }),
  );
  gateway = await startGateway({
    config: {
      providers: [{ id: 'main', type: 'anthropic', label: 'Mine', credential: 'env:ANTHROPIC_API_KEY' }],
    },
    environment: { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_AUTH_TOKEN: login },
  });
  settingsPath = join(gateway.home, '.claude', 'settings.json');
  settingsText = `{\n\t"env": {"ANTHROPIC_BASE_URL": "${upstream.url}/", "ANTHROPIC_AUTH_TOKEN": "${token}"},\n\t"model": "opus"}`;
  await mkdir(join(gateway.home, '.claude'), { recursive: true });
  await writeFile(settingsPath, settingsText);
  await writeFile(join(gateway.home, '.zshrc'), `export ANTHROPIC_API_KEY=${shellKey}\n`);
});
afterAll(async () => {
  await gateway.dispose();
  await upstream.close();
});

const find = async () => (await gateway.control.call('keys.find', {})).keys;

test('looking shows place, address and four characters, finds no login, and writes nothing', async () => {
  const before = await readdir(gateway.home, { recursive: true });
  const keys = await find();
  expect(keys).toMatchObject([
    {
      label: 'Anthropic',
      baseUrl: null,
      masked: '…wxyz',
      place: 'the environment (ANTHROPIC_API_KEY)',
      known: null,
      problem: null,
    },
    { baseUrl: upstream.url, masked: '…qrst', place: `${settingsPath} (ANTHROPIC_AUTH_TOKEN)`, known: null },
    { label: 'Anthropic', masked: '…stuv', known: null },
  ]);
  for (const hidden of [token, apiKey, shellKey, login])
    expect(JSON.stringify(keys)).not.toContain(hidden.slice(0, -4));
  expect((await readdir(gateway.home, { recursive: true })).sort()).toEqual(before.sort());
});

test('importing copies the keys, adds providers that work at once, and leaves the places as they were', async () => {
  const keys = await find();
  const result = await gateway.control.call('keys.import', { ids: keys.map(({ id }) => id) });
  expect(result.imported.map(({ provider, updated }) => [provider, updated])).toEqual([
    ['main', true],
    ['127.0.0.1', false],
    ['anthropic', false],
  ]);
  expect(result.providers.find(({ id }) => id === 'main')).toMatchObject({
    label: 'Mine',
    credential: 'vault:main',
    problem: null,
  });
  await gateway.control.call('route.use', { provider: '127.0.0.1' });
  const next = upstream.nextRequest();
  const answer = await fetchRaw(`${gateway.url}/v1/messages`, {
    body: messagesBody(),
    headers: [gateway.key()],
  });
  expect(answer.status).toBe(200);
  expect((await next).values('authorization')).toEqual([`Bearer ${token}`]);
  expect(await readFile(settingsPath, 'utf8')).toBe(settingsText);
  expect(await readFile(join(gateway.home, '.zshrc'), 'utf8')).toBe(`export ANTHROPIC_API_KEY=${shellKey}\n`);
});

test('what was imported is known then, and importing it again, also twice at once, adds nothing', async () => {
  const keys = await find();
  expect(keys.map(({ known }) => known)).toEqual(['main', '127.0.0.1', 'anthropic']);
  const ids = keys.map(({ id }) => id);
  const again = await Promise.all([
    gateway.control.call('keys.import', { ids }),
    gateway.control.call('keys.import', { ids }),
  ]);
  expect(again.map(({ imported }) => imported)).toEqual([[], []]);
  const { secrets } = await gateway.control.call('vault.list', {});
  expect(secrets.map(({ id }) => id)).toEqual(['127.0.0.1', 'anthropic', 'main']);
});

test('a key that changed since it was shown is not imported in its place', async () => {
  await writeFile(
    join(gateway.home, '.zshrc'),
    'export ANTHROPIC_API_KEY=sk-ant-api03-a-first-new-one-0001\n',
  );
  const id = (await find()).find(({ known }) => known === null)?.id ?? '';
  await writeFile(
    join(gateway.home, '.zshrc'),
    'export ANTHROPIC_API_KEY=sk-ant-api03-a-second-new-one-0002\n',
  );
  await expect(gateway.control.call('keys.import', { ids: [id] })).rejects.toThrow(/Look for keys again/);
});

test('when the config cannot take the provider, the vault keeps nothing of it', async () => {
  const path = join(gateway.dataDir, 'config.json');
  const before = await readFile(path, 'utf8');
  const id = (await find()).find(({ known }) => known === null)?.id ?? '';
  await writeFile(path, '{"version": 1, "providers": [');
  await expect(gateway.control.call('keys.import', { ids: [id] })).rejects.toThrow(/left alone/);
  const { secrets } = await gateway.control.call('vault.list', {});
  expect(secrets.map(({ id: secret }) => secret)).toEqual(['127.0.0.1', 'anthropic', 'main']);
  await writeFile(path, before);
});

test('no imported key is in any file of the data folder in the clear', async () => {
  for (const entry of await readdir(gateway.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
    for (const hidden of [token, apiKey, shellKey, login])
      expect([entry.name, text.includes(hidden)]).toEqual([entry.name, false]);
  }
});
