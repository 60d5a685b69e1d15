// `tollgate statusline` as Claude Code runs it: the session's and today's cost from the running gateway, and silence with
// exit code 0 whenever anything is wrong. It never shows the control key to whoever listens.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { CommandResult } from '../support/run-tollgate.ts';
import { LockFile } from '../../src/contract/control-contract.ts';
import { formatMoney } from '../../src/gateway/lib/format-money.ts';
import { runInShell, runSmallCommand } from '../support/run-small-command.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { messageEvents, encodeEvents, sseHeaders } from '../support/anthropic-answers.ts';
import { tokens, totalsOf } from '../support/expected-cost.ts';
import { statusLineCommand } from '../../src/gateway/claude-code/tollgate-command.ts';

const model = 'claude-opus-5-5';
const silent = { code: 0, stdout: '', stderr: '' };

let rig: Rig | null = null;
let gateway: TestGateway | null = null;
afterEach(async () => {
  await rig?.close();
  if (rig === null) await gateway?.dispose();
  rig = null;
  gateway = null;
});

const lineOnce = (of: TestGateway, session: string | null, more: Record<string, string> = {}) =>
  runSmallCommand(
    ['statusline', '--data-dir', of.dataDir],
    { ...of.environment, NO_COLOR: '1', ...more },
    JSON.stringify({
      session_id: session,
      model: { id: model, display_name: 'Opus' },
      workspace: { current_dir: '/home/me/acme', project_dir: '/home/me/acme' },
      cost: { total_cost_usd: 99 },
    }),
  );

const line = (...words: Parameters<typeof lineOnce>) => shown(() => lineOnce(...words));

/** As it is shown: a busy machine may make the gateway late, and a late answer is left out by promise. */
async function shown(ask: () => Promise<CommandResult>): Promise<CommandResult> {
  for (let attempt = 1; attempt < 10; attempt++) {
    const result = await ask();
    if (result.stdout !== '') return result;
  }
  return ask();
}

async function readLock(of: TestGateway): Promise<LockFile> {
  return LockFile.parse(JSON.parse(await readFile(join(of.dataDir, 'lock'), 'utf8')));
}

/** Sends one answer of known cost through the rig. */
async function spend(session: string, outputTokens: number): Promise<number> {
  if (rig === null) throw new Error('no rig');
  const usage = tokens({ inputTokens: 1000, outputTokens });
  const events = messageEvents({ model, usage, blocks: [{ type: 'text', text: 'hello' }] });
  rig.upstream.enqueue(async (exchange) => {
    exchange.head(200, sseHeaders);
    exchange.end(encodeEvents(events));
  });
  await rig.post(messagesBody({ model }), [sessionHeader(session)]);
  return totalsOf(model, usage).costNanoUsd;
}

test('tells this session’s and today’s cost to the cent, and who answers', async () => {
  rig = await startRig();
  const first = await spend('one', 20_000);
  const second = await spend('two', 70_000);
  await rig.gateway.control.settled(2);
  expect(await line(rig.gateway, 'one')).toEqual({
    ...silent,
    stdout: `${formatMoney(first)} session · ${formatMoney(first + second)} today · upstream\n`,
  });
  expect((await line(rig.gateway, 'never-seen')).stdout).toMatch(/^\$0\.00 session · /);
  expect((await line(rig.gateway, null)).stdout).toBe(`${formatMoney(first + second)} today · upstream\n`);
  await rig.gateway.kill9();
  await rig.gateway.restart();
  expect((await line(rig.gateway, 'one')).stdout).toContain(`${formatMoney(first)} session`);
});

test('practice is labelled as practice; the width and NO_COLOR are obeyed', async () => {
  gateway = await startGateway();
  await fetchRaw(`${gateway.url}/v1/messages`, {
    method: 'POST',
    headers: [gateway.key(), ['content-type', 'application/json'], sessionHeader('p')],
    body: messagesBody(),
  });
  await gateway.control.settled(1);
  expect((await line(gateway, 'p')).stdout).toMatch(
    /^(<?\$0\.\d+) session, practice · \1 today, practice · Practice\n$/,
  );
  const narrow = await line(gateway, 'p', { COLUMNS: '32' });
  expect([...narrow.stdout.trimEnd()].length).toBeLessThanOrEqual(28);
  const coloured = await line(gateway, 'p', { NO_COLOR: '' });
  expect(coloured.stdout).toContain('\u001b[2m');
});

test('what is wrong is never an error message: no folder, no gateway, killed gateway, broken lock, strange input', async () => {
  gateway = await startGateway();
  const { dataDir, environment } = gateway;
  const ask = (input: string | null, words = ['statusline', '--data-dir', dataDir]) =>
    runSmallCommand(words, { ...environment, NO_COLOR: '1' }, input);
  for (const input of [
    '',
    'nonsense',
    'null',
    '[]',
    '{"session_id":7}',
    `{"session_id":"${'x'.repeat(500)}"}`,
  ])
    expect([input, (await shown(() => ask(input))).stdout]).toEqual([input, '$0.00 today · Practice\n']);
  // A caller that never closes its pipe must not hold the line up.
  expect((await shown(() => ask(null))).stdout).toBe('$0.00 today · Practice\n');
  expect(await ask('{}', ['statusline', '--data-dir', join(dataDir, 'none')])).toEqual(silent);
  const lock = await readFile(join(dataDir, 'lock'), 'utf8');
  await gateway.kill9();
  expect(await ask('{}')).toEqual(silent);
  for (const text of [
    '',
    '{"pid":',
    '{}',
    lock.replace('127.0.0.1', 'example.com'),
    lock.replace(/tgs-[^"]+/, 'a\\r\\nb'),
  ]) {
    await writeFile(join(dataDir, 'lock'), text);
    expect([text, await ask('{}')]).toEqual([text, silent]);
  }
});

test('a stranger at our old port learns no key but the one that opens the status line, and cannot steer the terminal', async () => {
  gateway = await startGateway();
  const lock = await readLock(gateway);
  const { port } = new URL(gateway.url);
  await gateway.kill9();
  const heard: string[] = [];
  const answers = ['\u001b]0;owned\u0007', '\u001b[2Jgone', 'a\tb', ''];
  const stranger = createServer((request, response) => {
    heard.push(JSON.stringify(request.rawHeaders));
    response.end(`${answers.shift() ?? 'x'}\n`);
  }).listen(Number(port), '127.0.0.1');
  await once(stranger, 'listening');
  // Its process id was given to another program meanwhile.
  await writeFile(join(gateway.dataDir, 'lock'), JSON.stringify({ ...lock, pid: process.pid }));
  for (let count = answers.length; count > 0; count--) expect(await lineOnce(gateway, 's')).toEqual(silent);
  expect(heard.length).toBe(4);
  expect(heard.join()).not.toContain(lock.controlKey);
  expect(heard.join()).toContain(lock.statusLineKey);
  stranger.close();
});

test('a gateway that does not answer in time costs the line, not the prompt', async () => {
  gateway = await startGateway();
  const lock = await readLock(gateway);
  const { port } = new URL(gateway.url);
  await gateway.kill9();
  const mute = createServer(() => undefined).listen(Number(port), '127.0.0.1');
  await once(mute, 'listening');
  await writeFile(join(gateway.dataDir, 'lock'), JSON.stringify({ ...lock, pid: process.pid }));
  expect(await lineOnce(gateway, 's')).toEqual(silent);
  mute.closeAllConnections();
  mute.close();
});

test('its key opens the status line and nothing else', async () => {
  gateway = await startGateway();
  const { statusLineKey } = await readLock(gateway);
  if (statusLineKey === undefined) throw new Error('the lock has no status line key');
  const ask = (path: string) =>
    fetchRaw(`${gateway?.url ?? ''}${path}`, {
      method: 'POST',
      headers: [['x-tollgate-key', statusLineKey]],
      body: '{}',
    });
  expect((await ask('/statusline')).status).toBe(200);
  for (const path of ['/control/status.get', '/control/key.add', '/v1/messages', '/'])
    expect([path, (await ask(path)).status]).toEqual([path, 401]);
});

test.skipIf(process.platform === 'win32')(
  'where there is no Node, curl asks (the packaged app; needs curl)',
  async () => {
    gateway = await startGateway();
    const path = join(gateway.dataDir, 'statusline.curl');
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(await readFile(path, 'utf8')).not.toContain(gateway.ready.controlKey);
    const command = statusLineCommand({ node: null, entry: '/app', dataDir: gateway.dataDir });
    const environment = { ...gateway.environment, NO_COLOR: '1' };
    const input = '{"session_id":"s"}';
    expect((await shown(() => runInShell(command, environment, input))).stdout).toBe(
      '$0.00 session · $0.00 today · Practice\n',
    );
    const narrow = await shown(() => runInShell(command, { ...environment, COLUMNS: '21' }, input));
    expect(narrow.stdout).toBe('$0.00 session\n');
    await gateway.stop();
    expect(await runInShell(command, environment, input)).toEqual(silent);
  },
);
