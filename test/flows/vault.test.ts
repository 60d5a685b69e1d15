// Contract: the vault of a really started gateway. A stored key reaches its provider and nobody else: no file of the data
// folder, no log, no answer of Control, no error shows it. A killed gateway loses no secret that it said was stored.
import { spawn } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/fake-upstream.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody, sessionHeader } from '../support/rig.ts';
import { repositoryRoot } from '../support/run-tollgate.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const secret = 'sk-ant-api03-vault-secret-0123456789-ABCDEFGH-wxyz';
const replaced = 'sk-ant-api03-replaced-secret-9876543210-HGFEDCBA-qrst';

let upstream: FakeUpstream;
let gateway: TestGateway;
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
      providers: [
        { id: 'vaulted', type: 'anthropic', baseUrl: upstream.url, credential: 'vault:mine' },
        {
          id: 'bearer',
          type: 'anthropic',
          baseUrl: upstream.url,
          credential: 'vault:mine',
          keyHeader: 'authorization',
        },
        { id: 'shell', type: 'anthropic', baseUrl: upstream.url, credential: 'env:ONLY_IN_THE_SHELL' },
      ],
      routes: [
        { match: { model: 'claude-bearer' }, to: [{ provider: 'bearer' }] },
        { match: { model: 'claude-shell' }, to: [{ provider: 'shell' }] },
        { match: {}, to: [{ provider: 'vaulted' }] },
      ],
    },
  });
});
afterAll(async () => {
  await gateway.dispose();
  await upstream.close();
});

const post = (model = 'claude-opus-5-5') =>
  fetchRaw(`${gateway.url}/v1/messages`, {
    body: messagesBody({ model }),
    headers: [gateway.key(), sessionHeader()],
  });

async function keySeenUpstream(model?: string): Promise<string[]> {
  const next = upstream.nextRequest();
  expect((await post(model)).status).toBe(200);
  const request = await next;
  return [...request.values('x-api-key'), ...request.values('authorization')];
}

/** Runs `tollgate vault …` with the secret on standard input. */
function runVault(args: readonly string[], input: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(
    process.execPath,
    [join(repositoryRoot, 'bin', 'tollgate.mjs'), 'vault', ...args, '--data-dir', gateway.dataDir],
    { env: gateway.environment, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stdin.end(input);
  return new Promise((resolve) => void child.once('close', (code) => resolve({ code, output })));
}

/** The secret in every spelling in which it could lie about. */
function spellings(text: string): string[] {
  const bytes = Buffer.from(text);
  return [
    text,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    text.slice(0, 20),
  ];
}

async function expectNowhereOnDisk(...secrets: string[]): Promise<void> {
  for (const entry of await readdir(gateway.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), 'latin1');
    for (const spelling of secrets.flatMap(spellings)) {
      expect([entry.name, text.includes(spelling)]).toEqual([entry.name, false]);
    }
  }
}

describe('a provider with the credential vault:ID', () => {
  test('without its secret is an error that names the provider and says what to do; nothing is sent', async () => {
    const before = upstream.requests.length;
    const answer = await post();
    expect([answer.status, answer.values('x-should-retry')]).toEqual([502, ['false']]);
    const { error } = answer.json() as { error: { message: string } };
    expect(error.message).toContain('"vaulted"');
    expect(error.message).toContain('tollgate vault set mine');
    expect(upstream.requests.length).toBe(before);
    const { missing } = await gateway.control.call('vault.list', {});
    expect(missing).toEqual([{ id: 'mine', usedBy: ['vaulted', 'bearer'] }]);
  });

  test('gets the key from the next request on, in the header that the settings name', async () => {
    const stored = await gateway.control.call('vault.set', { id: 'mine', secret: `  ${secret}\n` });
    expect(stored.secret).toMatchObject({
      id: 'mine',
      end: 'wxyz',
      backend: 'file',
      usedBy: ['vaulted', 'bearer'],
    });
    expect(await keySeenUpstream()).toEqual([secret]);
    expect(await keySeenUpstream('claude-bearer')).toEqual([`Bearer ${secret}`]);
  });

  test('has its key again after a restart, also one that was killed', async () => {
    await gateway.kill9();
    await gateway.restart();
    expect(await keySeenUpstream()).toEqual([secret]);
  });

  test('a secret in a file without a keychain is said in the status', async () => {
    const { warnings } = await gateway.control.call('status.get', {});
    expect(warnings.join()).toMatch(/encrypted file, not in the system keychain.*"mine"/);
  });

  test('a variable of the shell that an app from the dock does not see: the vault is offered', async () => {
    const { providers } = await gateway.control.call('status.get', {});
    expect(providers.find(({ id }) => id === 'shell')?.problem).toMatch(/ONLY_IN_THE_SHELL.*vault/);
    expect((await post('claude-shell')).status).toBe(502);
  });
});

describe('the command line', () => {
  test('takes the secret from standard input, and shows at most four characters of it', async () => {
    const set = await runVault(['set', 'mine'], `${replaced}\n`);
    expect([set.code, set.output]).toEqual([0, expect.stringContaining('Stored "mine"')]);
    expect(await keySeenUpstream()).toEqual([replaced]);
    const list = await runVault(['list'], '');
    expect(list.output).toContain('…qrst');
    for (const { output } of [set, list]) expect(output).not.toContain(replaced.slice(0, -4));
  });

  test('does not take it as an argument', async () => {
    const { code, output } = await runVault(['set', 'mine', replaced], '');
    expect([code, output]).toEqual([2, expect.stringContaining('never an argument')]);
    expect(output).not.toContain(replaced);
  });

  test.each([
    ['nothing', '', /no secret in it/],
    ['a Claude login', 'sk-ant-oat01-a-login-of-somebody', /not an API key/],
    ['more than any secret has', 'x'.repeat(20_000), /16,384/],
  ])('refuses %s, and keeps what was there', async (_name, input, words) => {
    const { code, output } = await runVault(['set', 'mine'], input);
    expect([code, output]).toEqual([2, expect.stringMatching(words)]);
    expect(await keySeenUpstream()).toEqual([replaced]);
  });

  test('refuses a local key, an id that is none, and removing what is in use', async () => {
    expect((await runVault(['set', 'mine'], gateway.ready.clientKey)).output).toMatch(/local key/);
    expect((await runVault(['set', '../mine'], secret)).code).toBe(2);
    expect((await runVault(['remove', 'mine'], '')).output).toMatch(/vaulted, bearer/);
    expect((await runVault(['remove', 'nobody'], '')).code).toBe(2);
    expect(await keySeenUpstream()).toEqual([replaced]);
  });

  test('removes with --force, and the provider says what is missing', async () => {
    expect((await runVault(['remove', 'mine', '--force'], '')).code).toBe(0);
    expect((await post()).status).toBe(502);
    expect((await runVault(['list'], '')).output).toContain('vaulted, bearer needs "mine"');
    await gateway.control.call('vault.set', { id: 'mine', secret: replaced });
  });
});

test('no answer of Control, no log, no printed line and no file shows a stored secret', async () => {
  const views = await Promise.all([
    gateway.control.call('vault.list', {}),
    gateway.control.call('status.get', {}),
    gateway.control.call('snapshot.get', {}),
    gateway.control.call('vault.set', { id: 'mine', secret: replaced }),
    gateway.control.call('provider.test', { provider: 'vaulted' }),
  ]);
  const refused = await gateway.control.call('vault.set', { id: 'NOT VALID', secret: replaced }).then(
    () => 'stored',
    (error: Error) => error.message,
  );
  expect(refused).toContain('REQUEST_INVALID');
  const shown = JSON.stringify(views) + refused + gateway.stdout() + gateway.stderr();
  for (const spelling of [secret, replaced].flatMap(spellings)) expect(shown).not.toContain(spelling);
  await expectNowhereOnDisk(secret, replaced);
});

test('rights that others got on the vault’s files are taken away at the next start', async () => {
  const files = ['vault', 'vault/secrets.json', 'vault/secrets.key'].map((name) =>
    join(gateway.dataDir, name),
  );
  await gateway.stop();
  for (const file of files) await chmod(file, 0o777);
  await gateway.restart();
  const modes = await Promise.all(files.map(async (file) => (await stat(file)).mode & 0o077));
  expect(modes).toEqual([0, 0, 0]);
  expect(await keySeenUpstream()).toEqual([replaced]);
});

test('a gateway killed while secrets are stored keeps every one it said was stored, and all older ones', async () => {
  const acknowledged = new Set<string>();
  for (let round = 0; round < 4; round++) {
    const ids = Array.from({ length: 12 }, (_, index) => `round-${round}-${index}`);
    const stored = ids.map((id) =>
      gateway.control.call('vault.set', { id, secret: `${secret}-${id}` }).then(
        () => acknowledged.add(id),
        () => undefined,
      ),
    );
    // The first answers have come, the last sets are under way.
    await Promise.all(stored.slice(0, 1 + round * 3));
    await gateway.kill9();
    await Promise.all(stored);
    await gateway.restart();
    const { secrets, warnings } = await gateway.control.call('vault.list', {});
    const kept = new Map(secrets.map((one) => [one.id, one]));
    for (const id of acknowledged) expect(kept.get(id)).toMatchObject({ problem: null });
    expect(warnings.join()).not.toContain('damaged');
    expect(await keySeenUpstream()).toEqual([replaced]);
  }
  expect(acknowledged.size).toBeGreaterThan(4);
  const names = await readdir(join(gateway.dataDir, 'vault'));
  expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a damaged vault does not stop the start; the status says so and nothing is overwritten', async () => {
  const path = join(gateway.dataDir, 'vault', 'secrets.json');
  await gateway.stop();
  const whole = await readFile(path);
  const half = whole.subarray(0, whole.length / 2);
  await writeFile(path, half);
  await gateway.restart();
  const { warnings } = await gateway.control.call('status.get', {});
  expect(warnings.join()).toContain(path);
  await expect(gateway.control.call('vault.set', { id: 'mine', secret })).rejects.toThrow(
    /Nothing was changed/,
  );
  expect(await readFile(path)).toEqual(half);
  expect((await post()).status).toBe(502);
});
