// Processes of MCP servers: started when needed, never left behind, their faults kept to themselves (mcp.md R18, R28,
// R51-R58; traps 84, 85; user problems 1, 6, 7, 20).
import { mkdtempSync, rmSync, writeFileSync, chmodSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { McpServerView } from '../../src/contract/mcp.ts';
import { isAlive, linesOf, localFixture, startRemoteFixture, until } from '../gateway/mcp/fixture.ts';
import { legacyClient, modernClient } from '../gateway/mcp/mcp-client.ts';
import { startGateway } from '../support/start-gateway.ts';
import type { TestGateway } from '../support/start-gateway.ts';

let folder: string;
let gateway: TestGateway;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-mcp-'));
});
afterEach(async () => {
  await gateway.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const start = async (
  servers: Record<string, unknown>,
  environment: Record<string, string> = {},
): Promise<void> => {
  gateway = await startGateway({ config: { mcpServers: servers }, environment });
};
const modern = () => modernClient(gateway.ready.mcp, gateway.ready.clientKey);
const toolNames = async (): Promise<string[]> =>
  ((await modern().ask('tools/list')).last.result?.['tools'] as { name: string }[]).map(({ name }) => name);
const callText = async (name: string, args: object = {}): Promise<string> => {
  const { last } = await modern().ask('tools/call', { name, arguments: args });
  return (last.result?.['content'] as { text: string }[] | undefined)?.[0]?.text ?? JSON.stringify(last);
};
const view = async (name: string): Promise<McpServerView> => {
  const { servers } = await gateway.control.call('mcp.list', {});
  const found = servers.find((server) => server.name === name);
  if (found === undefined) throw new Error(`no server ${name}`);
  return found;
};
const pidFile = (): string => join(folder, 'pids');
const pids = (): number[] => linesOf(pidFile()).map(Number);
const noneAlive = (): boolean => pids().every((pid) => !isAlive(pid));
/** A server that clings to life, with a child in its group and one outside of it. */
const clinging = () => localFixture({ stubborn: true, offspring: true, pidFile: pidFile() });
const startClinging = async (): Promise<void> => {
  await start({ files: clinging() });
  await until('the tools are there', async () => (await toolNames()).includes('files__echo'));
  await until('the offspring runs', () => pids().length === 3);
  expect(pids().every(isAlive)).toBe(true);
};

describe('no process is left within five seconds', () => {
  it('after a server was turned off, and turning it on starts it again', async () => {
    await startClinging();
    await gateway.control.call('mcp.enable', { name: 'files', enabled: false });
    await until('all are gone', noneAlive, 5_000);
    expect(await toolNames()).toEqual([]);
    await gateway.control.call('mcp.enable', { name: 'files', enabled: true });
    expect(await callText('files__echo')).toContain('"echo"');
  });

  it('after a server was removed', async () => {
    await startClinging();
    await gateway.control.call('mcp.remove', { name: 'files' });
    await until('all are gone', noneAlive, 5_000);
  });

  it('after Tollgate was stopped', async () => {
    await startClinging();
    await gateway.stop();
    expect(noneAlive()).toBe(true);
  });

  it('after Tollgate was killed outright, and nothing of the next run is taken for it', async () => {
    await startClinging();
    const before = pids();
    await gateway.kill9();
    await gateway.restart();
    // While the guard of the killed one still works, the next one starts its servers.
    expect(await callText('files__echo')).toContain('"echo"');
    await until('all of before are gone', () => before.every((pid) => !isAlive(pid)), 5_000);
    await until('the new offspring runs', () => pids().length === 6);
    await gateway.kill9();
    await until('all are gone without a next start', noneAlive, 5_000);
  });

  it('after a server ended by itself and left offspring', async () => {
    await startClinging();
    await callText('files__dies');
    await until('all are gone', noneAlive, 5_000);
  });
});

describe('a server', () => {
  it('is started when a client comes, not before (R51)', async () => {
    await start({ files: localFixture({ pidFile: pidFile() }) });
    expect(pids()).toEqual([]);
    expect((await view('files')).state).toBe('idle');
    // The very first list waits a moment for servers never seen before.
    expect(await toolNames()).toContain('files__echo');
    expect(pids().length).toBe(1);
  });

  it('is known after a restart without being started, and started by the first call (R18)', async () => {
    await start({ files: localFixture({ pidFile: pidFile() }) });
    const before = (await modern().ask('tools/list')).body;
    await gateway.stop();
    await gateway.restart();
    const after = (await modern().ask('tools/list')).body;
    expect(after.replace(/"id":\d+/, '')).toBe(before.replace(/"id":\d+/, ''));
    expect(pids().length).toBe(1);
    expect(await callText('files__echo')).toContain('"echo"');
    expect(pids().length).toBe(2);
  });

  it('that hangs at the handshake, floods stderr or prints text leaves the others alone (R18, R54, trap 84)', async () => {
    await start({
      hangs: localFixture({ hangHandshake: true }),
      floods: localFixture({ stderrLength: 3_000_000 }),
      prints: localFixture({ noise: true }),
      dead: localFixture({ exitAtStart: true, stderr: 'cannot find my config\n' }),
    });
    for (const server of ['floods', 'prints'])
      await until(`${server} is known`, async () => (await toolNames()).includes(`${server}__echo`));
    // The one moment for newcomers is over: from now on lists come from memory alone.
    const from = performance.now();
    await toolNames();
    expect(performance.now() - from).toBeLessThan(1_000);
    expect((await view('hangs')).state).toBe('starting');
    expect((await view('floods')).stderr.length).toBeLessThan(64 * 1024);
    expect((await view('dead')).problem).toContain('cannot find my config');
    expect(await callText('prints__echo', { text: 'a' })).toContain('"text":"a"');
  });

  it('that answers after the first list is announced to those who listen, in both eras (R20, R21, problem 20)', async () => {
    const toolsFile = join(folder, 'tools');
    writeFileSync(toolsFile, '{"name":"announce","inputSchema":{"type":"object"}}\n');
    await start({ files: localFixture({ toolsFile }) });
    const legacy = await legacyClient(gateway.ready.mcp, gateway.ready.clientKey);
    const stream = await legacy.listen();
    const subscription = await modern().open('subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    expect(await toolNames()).toEqual(['files__announce']);
    writeFileSync(
      toolsFile,
      '{"name":"announce","inputSchema":{"type":"object"}}\n{"name":"new","inputSchema":{"type":"object"}}\n',
    );
    await callText('files__announce');
    const changed = 'notifications/tools/list_changed';
    await stream.next(({ method }) => method === changed);
    const told = await subscription.next(({ method }) => method === changed);
    expect(told.params).toEqual({ _meta: { 'io.modelcontextprotocol/subscriptionId': 1 } });
    await until('the new tool is listed', async () => (await toolNames()).length === 2);
    const count = (): number => stream.messages.filter(({ method }) => method === changed).length;
    await gateway.control.call('mcp.rule', { name: 'files', pattern: 'new', rule: 'deny' });
    await until('the switch is told', async () => (await toolNames()).length === 1 && count() >= 1);
    // The same list again is no change: the next thing told is the switch turned back.
    const before = count();
    await callText('files__announce');
    await gateway.control.call('mcp.rule', { name: 'files', pattern: 'new', rule: null });
    await until('the switch is told', () => count() > before);
    expect(count()).toBe(before + 1);
    stream.close();
    subscription.close();
  });

  it('that dies in a call fails that call only, says that it may have run, and is not asked twice (R28, R53)', async () => {
    const logFile = join(folder, 'log');
    await start({ files: localFixture({ logFile }) });
    await toolNames();
    expect(await callText('files__dies')).toMatch(/ended with code 3\. The tool may have run: check/);
    expect(linesOf(logFile).filter((line) => line.includes('"dies"')).length).toBe(1);
    // The next call finds a new process.
    expect(await callText('files__echo')).toContain('"echo"');
    const { rows } = await gateway.control.call('mcp.calls', { limit: 10 });
    expect(rows.map(({ tool, outcome }) => [tool, outcome])).toEqual([
      ['echo', 'completed'],
      ['dies', 'failed'],
    ]);
  });

  it('that ends again and again is left alone until the user says otherwise (R53)', async () => {
    await start({ files: localFixture({ exitAtStart: true, pidFile: pidFile() }) });
    for (let attempt = 0; attempt < 3; attempt++) await gateway.control.call('mcp.test', { name: 'files' });
    await until(
      'it is in a loop',
      async () => {
        await toolNames();
        return (await view('files')).state === 'crash-loop';
      },
      40_000,
    );
    const started = pids().length;
    await toolNames();
    expect(pids().length).toBe(started);
    const { ok, server } = await gateway.control.call('mcp.test', { name: 'files' });
    expect([ok, server.state]).toEqual([false, 'failed']);
    expect(pids().length).toBe(started + 1);
  });

  it('keeps its tools listed while it is down, and its calls fail at once with a reason (R18)', async () => {
    const remote = await startRemoteFixture({ era: 'modern' });
    try {
      await start({ far: { type: 'http', url: remote.url } });
      const names = await toolNames();
      await remote.stop();
      expect(await callText('far__echo')).toMatch(
        /"far" did not answer the call of echo: .*\. The tool did not run\./,
      );
      expect(await toolNames()).toEqual(names);
    } finally {
      await remote.stop();
    }
  });

  it('whose session expired is greeted anew, and the call is made once (R67, problem 9)', async () => {
    const logFile = join(folder, 'log');
    const remote = await startRemoteFixture({ era: 'legacy', forgetAfter: 8, logFile });
    try {
      await start({ far: { type: 'http', url: remote.url } });
      await toolNames();
      for (let round = 0; round < 4; round++) expect(await callText('far__echo')).toContain('"echo"');
      expect(
        linesOf(logFile).filter((line) => line.includes('"headers"') && line.includes('"initialize"')).length,
      ).toBe(2);
    } finally {
      await remote.stop();
    }
  });

  it('that wants a login says so instead of failing in silence', async () => {
    const remote = await startRemoteFixture({ era: 'modern', authorization: 'Bearer right' });
    try {
      await start({ far: { type: 'http', url: remote.url, headers: { Authorization: 'Bearer wrong' } } });
      const { ok, server } = await gateway.control.call('mcp.test', { name: 'far' });
      expect(ok).toBe(false);
      expect(server.problem).toContain('wants a login or a key (status 401)');
    } finally {
      await remote.stop();
    }
  });

  it('gets its program, its variables and its folder filled in, or says which is missing (R55, R58)', async () => {
    const bin = join(folder, 'home', '.local', 'bin');
    mkdirSync(bin, { recursive: true });
    // A program that only a folder of package managers has, with a helper of the same folder.
    writeFileSync(join(bin, 'my-server'), `#!/bin/sh\nexec my-node "$@"\n`);
    writeFileSync(join(bin, 'my-node'), `#!/bin/sh\nexec "${process.execPath}" "$@"\n`);
    for (const name of ['my-server', 'my-node']) chmodSync(join(bin, name), 0o755);
    const { args } = localFixture();
    await start(
      {
        files: {
          command: 'my-server',
          args,
          env: { GREETING: '${WORD} ${MISSING:-you}', SHELL: '/bin/false' },
          cwd: '${PLACE}',
        },
        lost: { command: 'no-such-program-anywhere' },
        unset: { command: 'my-server', args, env: { A: '${NEVER_SET}' } },
      },
      { HOME: join(folder, 'home'), WORD: 'hello', PLACE: folder },
    );
    await until('the tools are there', async () => (await toolNames()).includes('files__environment'));
    const environment = JSON.parse(await callText('files__environment')) as Record<string, string>;
    expect(environment).toMatchObject({ GREETING: 'hello you', cwd: folder });
    expect(environment['PATH']).toContain(bin);
    const test = async (name: string) => (await gateway.control.call('mcp.test', { name })).server.problem;
    expect(await test('lost')).toContain('"no-such-program-anywhere" was not found on this computer');
    expect(await test('unset')).toContain('the environment variable NEVER_SET is not set');
  });

  it('whose definition is broken loses that tool only, and every other server keeps all (R32, problem 1)', async () => {
    const good = '{"name":"good","inputSchema":{"type":"object"}}';
    const bad = [
      '{"name":"a"}',
      '{"name":"b","inputSchema":null}',
      '{"name":"c","inputSchema":{"type":"string"}}',
      '{"name":"d","inputSchema":{"anyOf":[{"type":"object"}]}}',
      '{"name":5,"inputSchema":{"type":"object"}}',
      '{"name":"f","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":"yes"}}',
      '{"name":"g","inputSchema":{"type":"object","properties":{"x":{"type":"strnig"}}}}',
      '{"name":"h","inputSchema":{"type":"object"},"description":7}',
      '{"name":"i","inputSchema":{"type":"object","properties":{"n":{"maximum":1e400}}}}',
      '{"name":"j","inputSchema":{"type":"object","required":"n"}}',
      '{"name":"good","inputSchema":{"type":"object"}}',
      '"text"',
      'null',
    ];
    await start({ poison: localFixture({ tools: [good, ...bad] }), fine: localFixture() });
    await until('both are known', async () => (await toolNames()).length === 11);
    expect((await toolNames()).filter((name) => name.startsWith('poison'))).toEqual(['poison__good']);
    const { tools } = await view('poison');
    expect(tools.filter(({ problem }) => problem !== null).length).toBe(bad.length);
    expect(await callText('poison__good')).toContain('"good"');
  });

  it('may turn in circles or bring many pages (R15, problem 5)', async () => {
    const tools = Array.from(
      { length: 25 },
      (_, index) => `{"name":"t${index}","inputSchema":{"type":"object"}}`,
    );
    await start({
      pages: localFixture({ tools, pageSize: 4 }),
      circle: localFixture({ tools, pageSize: 4, circle: true }),
    });
    await until('both are known', async () => (await toolNames()).some((name) => name.startsWith('circle')));
    expect((await toolNames()).filter((name) => name.startsWith('pages')).length).toBe(25);
  });
});
