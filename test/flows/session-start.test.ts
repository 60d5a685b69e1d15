// `tollgate session-start`, the SessionStart hook (traps 6, 23, 24, 26): silent and at once while all is well; patient
// with a gateway that restarts or is busy; starts a dead one where the user allowed it; else gives the settings back.
// What is not Tollgate's own is never touched.
import { createServer as createHttpServer } from 'node:http';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { LockFile } from '../../src/contract/control-contract.ts';
import { runSmallCommand } from '../support/run-small-command.ts';
import { findClosedPort } from '../support/fake-upstream.ts';
import { startGateway } from '../support/start-gateway.ts';

const silent = { code: 0, stdout: '', stderr: '' };
const original = '{\n  "model": "opus",\n  "hooks": {}\n}\n';

// The patience of the hook is most of what these tests take, so they wait side by side.
const it = test.concurrent;

const readSettings = (settingsPath: string): Promise<string> => readFile(settingsPath, 'utf8');
const messageOf = ({ stdout }: { stdout: string }): string =>
  (JSON.parse(stdout) as { systemMessage: string }).systemMessage;

/** A gateway that Claude Code is connected to. */
async function connected(onTestFinished: TestContext['onTestFinished'], args: readonly string[] = []) {
  const gateway = await startGateway({ args });
  onTestFinished(() => gateway.dispose());
  const settingsPath = join(gateway.home, '.claude', 'settings.json');
  await mkdir(join(gateway.home, '.claude'), { recursive: true });
  await writeFile(settingsPath, original);
  expect((await gateway.run('connect')).code).toBe(0);
  const hook = () =>
    runSmallCommand(
      ['session-start', '--data-dir', gateway.dataDir],
      gateway.environment,
      '{"hook_event_name":"SessionStart","source":"startup"}',
    );
  return { gateway, settingsPath, taken: await readSettings(settingsPath), hook };
}

it('all is well: not a word, and nothing is written', async ({ onTestFinished }) => {
  const { settingsPath, taken, hook } = await connected(onTestFinished);
  expect(await hook()).toEqual(silent);
  expect(await readSettings(settingsPath)).toBe(taken);
});

it('killed without a word, nobody allowed a start: the settings come back byte for byte, and the user is told', async ({
  onTestFinished,
}) => {
  const { gateway, settingsPath, hook } = await connected(onTestFinished);
  const { url } = gateway;
  await gateway.kill9();
  expect((await gateway.run('status')).stdout).toContain('reaches no model. Give its settings back');
  const told = await hook();
  expect([told.code, told.stderr]).toEqual([0, '']);
  expect(messageOf(told)).toContain(`Tollgate is not running at ${url}`);
  expect(messageOf(told)).toContain('given back');
  expect(await readSettings(settingsPath)).toBe(original);
  expect(await hook()).toEqual(silent);
});

it('several sessions at once: one gives back, and none of them fails', async ({ onTestFinished }) => {
  const { gateway, settingsPath, hook } = await connected(onTestFinished);
  await gateway.kill9();
  const answers = await Promise.all([hook(), hook(), hook()]);
  expect(answers.map(({ code, stderr }) => [code, stderr])).toEqual([
    [0, ''],
    [0, ''],
    [0, ''],
  ]);
  expect(await readSettings(settingsPath)).toBe(original);
});

it('a gateway that comes back within the patience is no dead one', async ({ onTestFinished }) => {
  const { gateway, settingsPath, taken, hook } = await connected(onTestFinished, [
    '--port',
    String(await findClosedPort()),
  ]);
  await gateway.kill9();
  const [told] = await Promise.all([hook(), gateway.restart()]);
  expect(told).toEqual(silent);
  expect(await readSettings(settingsPath)).toBe(taken);
});

(process.platform === 'win32' ? test.concurrent.skip : it)(
  'a slow gateway is not a dead one: held up for as long as it takes, it keeps the settings (needs signals)',
  async ({ onTestFinished }) => {
    const { gateway, settingsPath, taken, hook } = await connected(onTestFinished);
    gateway.signal('SIGSTOP');
    const told = await hook();
    gateway.signal('SIGCONT');
    expect(messageOf(told)).toContain('does not answer');
    expect(await readSettings(settingsPath)).toBe(taken);
  },
);

it('where a start is allowed the gateway is started, at its own port, and the settings stay', async ({
  onTestFinished,
}) => {
  const port = String(await findClosedPort());
  const { gateway, settingsPath, taken, hook } = await connected(onTestFinished, ['--port', port]);
  expect((await gateway.run('background', 'on', '--port', port)).stdout).toMatch(/^On: /);
  await gateway.kill9();
  expect(messageOf(await hook())).toBe('Tollgate was not running and has been started.');
  expect(await readSettings(settingsPath)).toBe(taken);
  const { pid } = LockFile.parse(JSON.parse(await readFile(join(gateway.dataDir, 'lock'), 'utf8')));
  expect(await hook()).toEqual(silent);
  expect((await gateway.run('background', 'off')).stdout).toMatch(/^Off: /);
  process.kill(pid, 'SIGKILL');
});

it('another program at our old port is not taken for Tollgate, whatever it answers (trap 24)', async ({
  onTestFinished,
}) => {
  const { gateway, settingsPath, hook } = await connected(onTestFinished);
  const { port } = new URL(gateway.url);
  await gateway.kill9();
  const stranger = createHttpServer((_request, response) => response.end('{"ok":true,"proof":"0"}')).listen(
    Number(port),
    '127.0.0.1',
  );
  await once(stranger, 'listening');
  const lockPath = join(gateway.dataDir, 'lock');
  const lock = LockFile.parse(JSON.parse(await readFile(lockPath, 'utf8')));
  await writeFile(lockPath, JSON.stringify({ ...lock, pid: process.pid }));
  expect(messageOf(await hook())).toContain('given back');
  expect(await readSettings(settingsPath)).toBe(original);
  stranger.closeAllConnections();
  stranger.close();
});

it('an address that is not ours is nobody’s business of ours: other tools, other Tollgates, none at all', async ({
  onTestFinished,
}) => {
  const { gateway, settingsPath, hook } = await connected(onTestFinished);
  await gateway.kill9();
  const dead = `http://127.0.0.1:${await findClosedPort()}`;
  for (const text of [
    `{"env":{"ANTHROPIC_BASE_URL":"${dead}","ANTHROPIC_AUTH_TOKEN":"sk-other"}}`,
    '{"env":{"ANTHROPIC_BASE_URL":"https://gateway.example.com"}}',
    '{"env":{}}',
    '{"env":',
    '[]',
  ]) {
    await writeFile(settingsPath, text);
    expect([text, await hook()]).toEqual([text, silent]);
    expect(await readSettings(settingsPath)).toBe(text);
  }
  await rm(settingsPath);
  expect(await hook()).toEqual(silent);
});

it('settings that Claude Code itself cannot read are left', async ({ onTestFinished }) => {
  const { gateway, settingsPath, taken, hook } = await connected(onTestFinished);
  await gateway.kill9();
  const broken = `${taken}}`;
  await writeFile(settingsPath, broken);
  expect(await hook()).toEqual(silent);
  expect(await readSettings(settingsPath)).toBe(broken);
});
