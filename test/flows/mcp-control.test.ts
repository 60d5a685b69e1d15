// Rules, switches, asks, the record of calls and the command line of the MCP gateway, as the window and a terminal
// use them (mcp.md R10, R20, R27, section 3; traps 82, 92).
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localFixture, until } from '../gateway/mcp/fixture.ts';
import { legacyClient, modernClient } from '../gateway/mcp/mcp-client.ts';
import type { Rpc } from '../gateway/mcp/mcp-client.ts';
import { runTollgate } from '../support/run-tollgate.ts';
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

const start = async (servers: Record<string, unknown>): Promise<void> => {
  gateway = await startGateway({ config: { mcpServers: servers } });
};
const modern = () => modernClient(gateway.ready.mcp, gateway.ready.clientKey);
const legacy = () => legacyClient(gateway.ready.mcp, gateway.ready.clientKey);
const namesIn = (message: Rpc): string[] =>
  (message.result?.['tools'] as { name: string }[]).map(({ name }) => name);
const toolNames = async (): Promise<string[]> => namesIn((await modern().ask('tools/list')).last);
const textOf = (message: Rpc): string =>
  (message.result?.['content'] as { text: string }[] | undefined)?.[0]?.text ?? JSON.stringify(message);
const config = (): { mcpServers: Record<string, Record<string, unknown>> } =>
  JSON.parse(readFileSync(join(gateway.dataDir, 'config.json'), 'utf8')) as never;

describe('a rule', () => {
  it('hides a denied tool and refuses it on call, also from a client with an old list (trap 82)', async () => {
    await start({ files: localFixture({}, { tools: { '*': 'allow', 'e*': 'deny', echo: 'deny' } }) });
    const names = await toolNames();
    expect(names).toContain('files__odd');
    expect(names).not.toContain('files__echo');
    expect(names).not.toContain('files__environment');
    for (const client of [modern(), await legacy()]) {
      const { last } = await client.ask('tools/call', { name: 'files__echo' });
      expect(last.result?.['isError']).toBe(true);
      expect(textOf(last)).toMatch(/A rule in Tollgate does not allow this tool\./);
    }
    const single = modernClient(`${gateway.ready.mcp}/s/files`, gateway.ready.clientKey);
    expect(namesIn((await single.ask('tools/list')).last)).not.toContain('echo');
    expect((await single.ask('tools/call', { name: 'echo' })).last.result?.['isError']).toBe(true);
  });

  it('turned in mid-session is told to every client within a second and holds at once (R20, problem 4)', async () => {
    await start({ files: localFixture() });
    const client = await legacy();
    const stream = await client.listen();
    await client.ask('tools/list');
    const from = performance.now();
    await gateway.control.call('mcp.rule', { name: 'files', pattern: 'echo', rule: 'deny' });
    await stream.next(({ method }) => method === 'notifications/tools/list_changed');
    expect(performance.now() - from).toBeLessThan(1_000);
    expect(textOf((await client.ask('tools/call', { name: 'files__echo' })).last)).toContain(
      'A rule in Tollgate',
    );
    await gateway.control.call('mcp.enable', { name: 'files', enabled: false });
    expect(textOf((await client.ask('tools/call', { name: 'files__odd' })).last)).toContain(
      'The MCP server "files" is turned off in Tollgate',
    );
    expect(config().mcpServers['files']).toMatchObject({ enabled: false, tools: { echo: 'deny' } });
    stream.close();
  });
});

describe('a call that must be asked for', () => {
  const asked = async (): Promise<{ id: string; server: string; tool: string; arguments: string }> => {
    let found: Awaited<ReturnType<typeof gateway.control.call<'mcp.asks'>>>['asks'] = [];
    await until('the call waits', async () => {
      found = (await gateway.control.call('mcp.asks', {})).asks;
      return found.length > 0;
    });
    const [first] = found;
    if (first === undefined) throw new Error('nothing waits');
    return first;
  };
  const answer = (id: string, word: 'once' | 'session' | 'always' | 'deny') =>
    gateway.control.call('mcp.answer', { id, answer: word });
  const servers = () => ({ files: localFixture({}, { tools: { echo: 'ask' } }) });

  it('is listed, held with progress, shown with its arguments, and made when the user allows it once', async () => {
    await start(servers());
    expect(await toolNames()).toContain('files__echo');
    const call = modern().ask(
      'tools/call',
      { name: 'files__echo', arguments: { text: 'hello' } },
      { progressToken: 'p' },
    );
    const ask = await asked();
    expect(ask).toMatchObject({ server: 'files', tool: 'echo', arguments: '{"text":"hello"}' });
    await answer(ask.id, 'once');
    const { messages, last } = await call;
    expect(messages[0]).toMatchObject({ method: 'notifications/progress', params: { progressToken: 'p' } });
    expect(textOf(last)).toContain('hello');
    // Once is once.
    const second = modern().ask('tools/call', { name: 'files__echo' });
    await answer((await asked()).id, 'deny');
    expect(textOf((await second).last)).toContain('The user did not allow this call.');
    await expect(answer(ask.id, 'once')).rejects.toThrow(/does not wait any more/);
  });

  it('is asked once per session when the user says so, and again in another session', async () => {
    await start(servers());
    const client = await legacy();
    const call = client.ask('tools/call', { name: 'files__echo' });
    await answer((await asked()).id, 'session');
    await call;
    expect(textOf((await client.ask('tools/call', { name: 'files__echo' })).last)).toContain('"echo"');
    const other = await legacy();
    const again = other.ask('tools/call', { name: 'files__echo' });
    const ask = await asked();
    await answer(ask.id, 'deny');
    expect(textOf((await again).last)).toContain('did not allow');
  });

  it('is never asked again after always, which stands in config.json', async () => {
    await start(servers());
    const calls = [1, 2].map(() => modern().ask('tools/call', { name: 'files__echo' }));
    await until('both wait', async () => (await gateway.control.call('mcp.asks', {})).asks.length === 2);
    await answer((await asked()).id, 'always');
    for (const call of calls) expect(textOf((await call).last)).toContain('"echo"');
    expect(config().mcpServers['files']?.['tools']).toEqual({ echo: 'allow' });
    expect(textOf((await modern().ask('tools/call', { name: 'files__echo' })).last)).toContain('"echo"');
  });

  it('is forgotten when the client gives up, and never reaches the server', async () => {
    await start(servers());
    const call = await modern().open('tools/call', { name: 'files__echo' }, { progressToken: 1 });
    await asked();
    call.close();
    await until('nothing waits', async () => (await gateway.control.call('mcp.asks', {})).asks.length === 0);
    await until('it is recorded', async () => {
      const { rows } = await gateway.control.call('mcp.calls', { limit: 1 });
      return rows[0]?.outcome === 'cancelled';
    });
  });

  it('does not hold up the end of Tollgate', async () => {
    await start(servers());
    const call = modern().ask('tools/call', { name: 'files__echo' });
    await asked();
    expect(await gateway.stop()).toEqual({ code: 0, signal: null });
    await call.catch(() => undefined);
  });
});

describe('the record of calls', () => {
  it('has one row per call with what joins it to the model’s turn, and no arguments', async () => {
    await start({ files: localFixture({}, { tools: { odd: 'deny' } }) });
    await toolNames();
    const client = await legacy();
    for (const name of ['echo', 'fails', 'breaks', 'odd', 'dies']) {
      await client.ask('tools/call', {
        name: `files__${name}`,
        arguments: { secret: 'never-kept' },
        _meta: { 'claudecode/toolUseId': `toolu_${name}` },
      });
    }
    const { rows } = await gateway.control.call('mcp.calls', { limit: 10 });
    expect(rows.map(({ tool, outcome, toolUseId }) => [tool, outcome, toolUseId])).toEqual([
      ['dies', 'failed', 'toolu_dies'],
      ['odd', 'denied', 'toolu_odd'],
      ['breaks', 'error', 'toolu_breaks'],
      ['fails', 'tool-error', 'toolu_fails'],
      ['echo', 'completed', 'toolu_echo'],
    ]);
    for (const row of rows) {
      expect(row).toMatchObject({ server: 'files', client: 'claude-code', session: client.session });
      expect(row.argumentBytes).toBe('{"secret":"never-kept"}'.length);
      expect(row.resultBytes).toBeGreaterThan(0);
    }
    const page = await gateway.control.call('mcp.calls', { limit: 2, before: rows[1]?.id ?? '' });
    expect(page.rows.map(({ tool }) => tool)).toEqual(['breaks', 'fails']);
    expect(readFileSync(join(gateway.dataDir, 'ledger.db')).includes('never-kept')).toBe(false);
  });
});

describe('names', () => {
  it('are legal, short enough, unique after folding, and the same after a restart (R9-R12, trap 92, problems 2, 3)', async () => {
    const long = 'a'.repeat(90);
    const tool = (name: string): string => JSON.stringify({ name, inputSchema: { type: 'object' } });
    const tools = ['a.b', 'a_b', 'a:b', 'A.B', 'ünï', long, `${long}2`, '工具', 'x__y', 'constructor'].map(
      tool,
    );
    await start({ workspace: localFixture({ tools }), My_Server: localFixture({ tools }) });
    await until('both are known', async () => (await toolNames()).length === 20);
    const names = await toolNames();
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(20);
    for (const name of names) expect(`mcp__tollgate__${name}`).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    const { servers } = await gateway.control.call('mcp.list', {});
    for (const server of servers) {
      for (const { name, exposedName } of server.tools) {
        const { last } = await modern().ask('tools/call', { name: exposedName ?? '' });
        expect(JSON.parse(textOf(last))).toMatchObject({ name });
      }
    }
    await gateway.stop();
    await gateway.restart();
    expect(await toolNames()).toEqual(names);
  });
});

describe('tollgate mcp', () => {
  it('adds, lists, tests, calls, switches, rules and removes, with --json throughout', async () => {
    await start({});
    const run = async (...args: string[]): Promise<{ code: number | null; out: string; error: string }> => {
      const { code, stdout, stderr } = await gateway.run('mcp', ...args);
      return { code, out: stdout.trim(), error: stderr.trim() };
    };
    const json = async (...args: string[]): Promise<Record<string, unknown>> => {
      const { code, out, error } = await run(...args, '--json');
      expect([args, code, error]).toEqual([args, expect.any(Number), '']);
      return JSON.parse(out) as Record<string, unknown>;
    };
    expect((await run('list')).out).toContain('There is no MCP server yet');
    const { command, args } = localFixture();
    // What follows "--" belongs to the server.
    const added = await runTollgate(
      [
        'mcp',
        'add',
        'files',
        '--json',
        '--env',
        'A=b',
        '--data-dir',
        gateway.dataDir,
        '--',
        command,
        ...args,
      ],
      gateway.environment,
    );
    expect([added.code, added.stderr]).toEqual([0, '']);
    expect(config().mcpServers['files']).toEqual({ command, args, env: { A: 'b' } });
    expect(await json('test', 'files')).toMatchObject({
      ok: true,
      server: { state: 'ready', era: 'legacy' },
    });
    expect((await run('list')).out).toMatch(/^server +state +tools +command or address\nfiles +ready +10 /);
    expect(await json('call', 'files', 'echo', '--arguments', '{"text":"hi"}')).toMatchObject({ ok: true });
    const failed = await run('call', 'files', 'fails');
    expect([failed.code, failed.out]).toEqual([1, expect.stringContaining('it did not work') as unknown]);
    await json('deny', 'files', 'e*');
    expect((await run('call', 'files', 'echo')).out).toContain('A rule in Tollgate');
    await json('unrule', 'files', 'e*');
    expect(await json('disable', 'files')).toMatchObject({ server: { enabled: false, state: 'disabled' } });
    expect((await run('call', 'files', 'echo')).error).toContain('is turned off; enable it first');
    await json('enable', 'files');
    expect((await json('calls'))['rows']).toHaveLength(3);
    await json('remove', 'files');
    expect(config().mcpServers).toEqual({});
    for (const [words, said] of [
      [['test', 'nobody'], 'There is no MCP server "nobody"'],
      [['add', 'x'], 'give the command of a local server'],
      [['add', 'a b', '--url', 'https://x.example'], 'a server’s name has'],
      [['add', 'x', '--url', 'http://x.example'], 'must be an https:// address'],
      [['call', 'x', 'y', '--arguments', '[1]'], 'the arguments must be a JSON object'],
    ] as const) {
      const { code, error } = await run(...words);
      expect([words, code, error]).toEqual([words, 2, expect.stringContaining(said) as unknown]);
    }
  });
});
