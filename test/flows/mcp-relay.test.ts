// The aggregator over real processes and sockets: every kind of server behind every kind of client, each byte kept, each
// request answered by the server it belongs to (mcp.md R3, R4, R23-R29, R35-R38, R40, R65; traps 82, 84, 91).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf, localFixture, startRemoteFixture, until } from '../gateway/mcp/fixture.ts';
import type { RemoteFixture } from '../gateway/mcp/fixture.ts';
import { legacyClient, modernClient } from '../gateway/mcp/mcp-client.ts';
import { startTestGateway } from '../support/test-gateway.ts';
import type { TestGateway } from '../support/test-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-mcp-'));
const logs = (name: string): string => join(folder, `${name}.log`);
const remotes: RemoteFixture[] = [];
let running: TestGateway;

const kinds = ['stdio-legacy', 'stdio-modern', 'http-legacy', 'http-modern', 'sse-legacy'] as const;
const eras = ['legacy', 'modern'] as const;

beforeAll(async () => {
  const servers: Record<string, unknown> = {};
  for (const kind of kinds) {
    const [transport, era] = kind.split('-') as ['stdio' | 'http' | 'sse', 'legacy' | 'modern'];
    const options = { transport, era, logFile: logs(kind), instructions: `About ${kind}.` };
    if (transport === 'stdio') servers[kind] = localFixture(options);
    else {
      const authorization = `Bearer for-${kind}`;
      const remote = await startRemoteFixture({ ...options, authorization });
      remotes.push(remote);
      servers[kind] = {
        type: transport,
        url: remote.url,
        headers: { Authorization: `Bearer \${KEY_${transport}_${era}}` },
      };
    }
  }
  running = await startTestGateway(
    { version: 1, mcpServers: servers },
    {
      env: {
        HOME: folder,
        ANTHROPIC_API_KEY: 'sk-ant-never-passed-on',
        KEY_http_legacy: 'for-http-legacy',
        KEY_http_modern: 'for-http-modern',
        KEY_sse_legacy: 'for-sse-legacy',
      },
    },
  );
});
afterAll(async () => {
  await running.close();
  for (const remote of remotes) await remote.stop();
  rmSync(folder, { recursive: true, force: true });
});

const url = (server?: string): string =>
  `${running.gateway.ready.mcp}${server === undefined ? '' : `/s/${server}`}`;
const key = (): string => running.gateway.ready.clientKey;

/** One way to ask for both eras. */
async function clientOf(era: (typeof eras)[number], server?: string) {
  if (era === 'modern') {
    const client = modernClient(url(server), key());
    return { ask: client.ask, raw: null };
  }
  const client = await legacyClient(url(server), key());
  return {
    ask: (method: string, params: Record<string, unknown> = {}, meta: Record<string, unknown> = {}) =>
      client.ask(method, Object.keys(meta).length === 0 ? params : { ...params, _meta: meta }),
    raw: client.raw,
  };
}

/** The JSON text behind a member of a one-message answer, byte for byte. */
const afterKey = (body: string, member: string): string => body.slice(body.indexOf(member));

describe('lists', () => {
  it('hold the tools of all servers under names of their own, in one order, in both eras (R8, R17)', async () => {
    const seen: string[][] = [];
    for (const era of eras) {
      const client = await clientOf(era);
      await until('all servers are known', async () => {
        const { last } = await client.ask('tools/list');
        return (last.result?.['tools'] as unknown[]).length === kinds.length * 10;
      });
      const { last } = await client.ask('tools/list');
      seen.push((last.result?.['tools'] as { name: string }[]).map(({ name }) => name));
    }
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toEqual([...(seen[0] ?? [])].sort());
    for (const kind of kinds) expect(seen[0]).toContain(`${kind}__echo`);
    for (const name of seen[0] ?? []) expect(name).toMatch(/^[A-Za-z0-9_-]{1,49}$/);
  });

  it.each(kinds)('keep every byte of a definition but its name: %s (R29)', async (kind) => {
    const exact =
      '"title":"Odd", "inputSchema":{"type":"object","$schema":"http://json-schema.org/draft-07/schema#","properties":{"n":{"type":"number","default":1.0,"maximum":1.5e300}}}, "outputSchema":{"type":"object"},"annotations":{"readOnlyHint":true,"x-own":[12345678901234567890]},"_meta":{"vendor/x":1.50},"icons":[],"future":{"a":null} }';
    for (const era of eras) {
      for (const server of [undefined, kind]) {
        const { body } = await (await clientOf(era, server)).ask('tools/list');
        const name = server === undefined ? `${kind}__odd` : 'odd';
        expect(body).toContain(`{ "name" : "${name}", ${exact}`);
      }
    }
  });

  it('never pass a server’s cache hints on: a click changes what they promise (R19)', async () => {
    const { last } = await modernClient(url('http-modern'), key()).ask('tools/list');
    expect(last.result).toMatchObject({ ttlMs: 0, cacheScope: 'private', resultType: 'complete' });
  });

  it('share the room for instructions among the servers (R7)', async () => {
    const { last } = await modernClient(url(), key()).ask('server/discover');
    const text = String(last.result?.['instructions']);
    for (const kind of kinds) expect(text).toContain(`[${kind}] About ${kind}.`);
    const own = await legacyClient(url('stdio-legacy'), key());
    expect(own.hello.last.result?.['instructions']).toBe('About stdio-legacy.');
  });
});

describe.each(kinds)('a call to a server over %s', (kind) => {
  describe.each(eras)('from a client of the %s era', (era) => {
    it('reaches it, and nothing is added or lost on the way (R23, R29)', async () => {
      const client = await clientOf(era);
      const meta = { 'claudecode/toolUseId': 'toolu_1', 'vendor/z': [1] };
      const { last, status } = await client.ask(
        'tools/call',
        { name: `${kind}__echo`, arguments: { text: 'ä', deep: { n: 1 } }, extra: true },
        meta,
      );
      expect(status).toBe(200);
      const content = last.result?.['content'] as { text: string }[];
      const received = JSON.parse(content[0]?.text ?? '') as { _meta: Record<string, unknown> };
      expect(received).toMatchObject({ name: 'echo', arguments: { text: 'ä', deep: { n: 1 } }, extra: true });
      expect(received._meta).toMatchObject(meta);
      const hop = Object.keys(received._meta).filter((name) => name.startsWith('io.modelcontextprotocol/'));
      // The envelope is said anew on each hop: a modern server gets ours, a legacy one none.
      expect(hop.length > 0).toBe(kind.endsWith('modern'));
      if (kind.endsWith('modern'))
        expect(received._meta['io.modelcontextprotocol/clientInfo']).toMatchObject({ name: 'tollgate' });
    });

    it('gets the result byte for byte (R29, R30)', async () => {
      const { body } = await (await clientOf(era)).ask('tools/call', { name: `${kind}__odd`, arguments: {} });
      expect(afterKey(body, '"content"')).toContain(
        '"content":[{"type":"future","data":1.0,"big":12345678901234567890}],"structuredContent":{"z":1,"a":1e400},"_meta":{"vendor/y":[1.50]},"unknown":"kept"',
      );
    });

    it('gets errors and failed tools word for word (R27)', async () => {
      const client = await clientOf(era);
      const failed = await client.ask('tools/call', { name: `${kind}__fails` });
      expect(failed.last.result).toMatchObject({ isError: true, content: [{ text: 'it did not work' }] });
      const broken = await client.ask('tools/call', { name: `${kind}__breaks` });
      expect(broken.last.error).toEqual({
        code: -32099,
        message: 'broken on purpose',
        data: { why: [1, 2] },
      });
    });

    it('brings every progress under the client’s own token, and none without one (R24)', async () => {
      const client = await clientOf(era);
      for (const token of [7, 'seven']) {
        const { messages } = await client.ask(
          'tools/call',
          { name: `${kind}__slow`, arguments: { ms: 5 } },
          { progressToken: token },
        );
        const said = messages.filter(({ method }) => method === 'notifications/progress');
        expect(said.map(({ params }) => [params?.['progressToken'], params?.['progress']])).toEqual([
          [token, 0],
          [token, 50],
          [token, 100],
        ]);
      }
      const silent = await client.ask('tools/call', { name: `${kind}__slow`, arguments: { ms: 1 } });
      expect(silent.messages.length).toBe(1);
    });

    it('works on the server’s own address under the server’s own names (R13)', async () => {
      const { last } = await (await clientOf(era, kind)).ask('tools/call', { name: 'echo', arguments: {} });
      expect(last.result).toHaveProperty('content');
      const foreign = await (await clientOf(era, kind)).ask('tools/call', { name: `${kind}__echo` });
      expect(foreign.last.error?.code).toBe(-32602);
    });
  });

  it('survives a server that says what no server should', async () => {
    const { last } = await (await clientOf('modern')).ask('tools/call', { name: `${kind}__hostile` });
    expect(last.result).toMatchObject({ content: [{ text: 'survived' }] });
  });

  it('is taken back at the server when the client cancels, in its own words (R25)', async () => {
    const state = async (): Promise<unknown[]> => {
      const lines = linesOf(logs(kind)).filter((line) => line.includes('notifications/cancelled'));
      return lines;
    };
    // Legacy: the notification says it. A lost connection alone does not.
    const before = (await state()).length;
    const legacy = await legacyClient(url(), key());
    const call = await legacy.openCall('mine', 'tools/call', {
      name: `${kind}__never`,
      _meta: { progressToken: 1 },
    });
    await call.next(({ method }) => method === 'notifications/progress');
    await legacy.tell('notifications/cancelled', { requestId: 'mine' });
    await call.ended;
    // Modern: closing the answer says it.
    const modern = await modernClient(url(), key()).open(
      'tools/call',
      { name: `${kind}__never` },
      { progressToken: 1 },
    );
    await modern.next(({ method }) => method === 'notifications/progress');
    modern.close();
    if (kind !== 'http-modern')
      await until('both were taken back', async () => (await state()).length === before + 2);
  });
});

describe('prompts, resources and completions', () => {
  it.each(kinds)('are named after their server and lead back to it: %s (R35, R37, R38)', async (kind) => {
    for (const era of eras) {
      const client = await clientOf(era);
      const prompts = (await client.ask('prompts/list')).body;
      expect(prompts).toContain(`{"name":"${kind}__greet","description":"Greets","x-own":1.0}`);
      const prompt = await client.ask('prompts/get', { name: `${kind}__greet`, arguments: { who: 'me' } });
      expect(JSON.stringify(prompt.last.result)).toContain('who');
      const resources = (await client.ask('resources/list')).body;
      expect(resources).toContain(`"uri":"${kind}+fixture://one"`);
      const templates = (await client.ask('resources/templates/list')).body;
      expect(templates).toContain(`"uriTemplate":"${kind}+fixture://item/{id}"`);
      const read = await client.ask('resources/read', { uri: `${kind}+fixture://item/7` });
      expect(read.body).toContain(
        `{"uri":"${kind}+fixture://item/7","text":"content of fixture://item/7","size":1.0}`,
      );
      const completion = await client.ask('completion/complete', {
        ref: { type: 'ref/prompt', name: `${kind}__greet` },
        argument: { name: 'who', value: 'm' },
      });
      expect(JSON.stringify(completion.last.result)).toContain('\\"name\\":\\"greet\\"');
      const own = await (await clientOf(era, kind)).ask('resources/read', { uri: 'fixture://one' });
      expect(own.body).toContain('"uri":"fixture://one"');
    }
  });

  it('that nobody has are refused in the words of each era (R36)', async () => {
    const uri = 'nobody://here';
    expect((await (await clientOf('legacy')).ask('resources/read', { uri })).last.error?.code).toBe(-32002);
    expect((await (await clientOf('modern')).ask('resources/read', { uri })).last.error?.code).toBe(-32602);
    expect((await (await clientOf('modern')).ask('prompts/get', { name: 'none' })).last.error?.code).toBe(
      -32602,
    );
  });
});

describe('a server’s log messages', () => {
  it.each(['stdio-legacy', 'http-legacy'] as const)(
    'reach the client that waits, from its level on: %s (R40)',
    async (kind) => {
      const said = (messages: readonly { method?: string; params?: Record<string, unknown> }[]) =>
        messages
          .filter(({ method }) => method === 'notifications/message')
          .map(({ params }) => params?.['level']);
      const client = await legacyClient(url(), key());
      await client.ask('logging/setLevel', { level: 'error' });
      expect(said((await client.ask('tools/call', { name: `${kind}__logs` })).messages)).toEqual(['error']);
      await client.ask('logging/setLevel', { level: 'debug' });
      expect(said((await client.ask('tools/call', { name: `${kind}__logs` })).messages)).toEqual([
        'debug',
        'error',
      ]);
      const modern = modernClient(url(), key());
      expect(said((await modern.ask('tools/call', { name: `${kind}__logs` })).messages)).toEqual([]);
      const level = { 'io.modelcontextprotocol/logLevel': 'error' };
      expect(said((await modern.ask('tools/call', { name: `${kind}__logs` }, level)).messages)).toEqual([
        'error',
      ]);
    },
  );
});

describe('secrets', () => {
  it('of the client and of Tollgate reach no server; its own do (R57, R65)', async () => {
    const client = await clientOf('modern');
    const { last } = await client.ask('tools/call', { name: 'stdio-legacy__environment' });
    const [content] = last.result?.['content'] as { text: string }[];
    const environment = JSON.parse(content?.text ?? '{}') as Record<string, string>;
    expect(Object.keys(environment)).not.toContain('ANTHROPIC_API_KEY');
    expect(JSON.stringify(environment)).not.toContain(key());
    expect(environment['cwd']).toBe(folder);
    for (const kind of ['http-legacy', 'http-modern'] as const) {
      const wire = linesOf(logs(kind)).join('\n');
      expect(wire).toContain(`Bearer for-${kind}`);
      expect(wire).not.toContain(key());
      expect(wire).not.toContain('x-claude-code');
    }
  });
});
