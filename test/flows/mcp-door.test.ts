// The MCP endpoint with no server behind it: both protocol eras on one address, locked like every route, streams held
// open, sessions that end when they should and survive a restart (mcp.md R1-R3, R16, R21, R47-R50, R68, R69).
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { legacyClient, modernClient, modernMeta, openStream, send } from '../gateway/mcp/mcp-client.ts';
import { startGateway } from '../support/start-gateway.ts';
import { startTestGateway } from '../support/test-gateway.ts';
import type { TestGateway } from '../support/test-gateway.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway();
});
afterAll(() => running.close());

const url = (): string => running.gateway.ready.mcp;
const key = (): string => running.gateway.ready.clientKey;
const modern = () => modernClient(url(), key());
const base = (): Record<string, string> => ({
  authorization: `Bearer ${key()}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
});
const legacyLists = [
  ['tools/list', 'tools'],
  ['prompts/list', 'prompts'],
  ['resources/list', 'resources'],
  ['resources/templates/list', 'resourceTemplates'],
] as const;

describe('the lock of the MCP endpoint', () => {
  it('answers 401 without a hint at OAuth to a request without a key (R69)', async () => {
    for (const method of ['POST', 'GET', 'DELETE']) {
      for (const path of ['', '/s/anything']) {
        const answer = await send(`${url()}${path}`, method, {}, method === 'POST' ? '{}' : undefined);
        expect([method, path, answer.status]).toEqual([method, path, 401]);
        expect(answer.headers['www-authenticate']).toBeUndefined();
      }
    }
  });

  it('serves a plain 404 where clients look for OAuth, with and without a key', async () => {
    for (const path of [
      '/.well-known/oauth-protected-resource',
      '/.well-known/oauth-protected-resource/mcp',
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration',
    ]) {
      for (const headers of [{}, base()]) {
        const answer = await send(`${running.gateway.ready.url}${path}`, 'GET', headers);
        expect([path, answer.status]).toEqual([path, 404]);
        expect(answer.body).not.toMatch(/<html|issuer|authorization_servers/);
      }
    }
  });

  it('refuses a rebound Host and a foreign Origin in both eras (R68)', async () => {
    for (const wrong of [{ host: 'evil.example' }, { origin: 'https://evil.example' }, { origin: 'null' }]) {
      const answer = await send(url(), 'POST', { ...base(), ...wrong }, '{}');
      expect(answer.status).toBe(403);
    }
  });
});

describe('the revisions with sessions', () => {
  it.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    'agrees to %s, gives a session and answers empty lists (R3)',
    async (version) => {
      const client = await legacyClient(url(), key(), version);
      expect(client.hello.status).toBe(200);
      expect(client.hello.last.result).toMatchObject({
        protocolVersion: version,
        serverInfo: { name: 'tollgate' },
        capabilities: { tools: { listChanged: true }, prompts: {}, resources: {}, logging: {} },
      });
      expect(client.session).toMatch(/^[\x21-\x7e]{22,}$/);
      expect((await client.ask('ping')).last.result).toEqual({});
      for (const [method, list] of legacyLists)
        expect((await client.ask(method)).last.result).toEqual({ [list]: [] });
      expect((await client.ask('tools/list', { cursor: 'x' })).last.error?.code).toBe(-32602);
      expect((await client.ask('no/such')).last.error?.code).toBe(-32601);
      expect((await client.ask('tools/call', { name: 'nothing' })).last.error?.code).toBe(-32602);
      expect((await client.ask('logging/setLevel', { level: 'warning' })).last.result).toEqual({});
      expect((await client.ask('logging/setLevel', { level: 'loud' })).last.error?.code).toBe(-32602);
    },
  );

  it('offers its latest revision to a client that asks for an unknown one (R2)', async () => {
    const client = await legacyClient(url(), key(), '2025-11-25');
    expect(client.hello.last.result?.['protocolVersion']).toBe('2025-11-25');
    const odd = await send(
      url(),
      'POST',
      base(),
      '{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"1999-01-01","capabilities":{}}}',
    );
    expect(odd.last).toMatchObject({ id: 'a', result: { protocolVersion: '2025-11-25' } });
  });

  it('answers 400 without a session, 404 for an unknown one, 400 for an unknown revision, 202 for notifications (R50)', async () => {
    const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
    expect((await send(url(), 'POST', base(), list)).status).toBe(400);
    const lost = await send(url(), 'POST', { ...base(), 'mcp-session-id': 'made-up' }, list);
    expect([lost.status, lost.last.error?.code]).toEqual([404, -32001]);
    const client = await legacyClient(url(), key());
    const told = await client.tell('notifications/initialized');
    expect([told.status, told.body]).toEqual([202, '']);
    const wrong = { ...client.headers, 'mcp-protocol-version': '2020-01-01' };
    expect((await send(url(), 'POST', wrong, list)).status).toBe(400);
  });

  it('answers broken bodies with the right JSON-RPC error, never with a page (R2, R50)', async () => {
    const client = await legacyClient(url(), key());
    for (const [body, code] of [
      ['{', -32700],
      ['', -32700],
      ['[]', -32600],
      ['{"jsonrpc":"2.0"}', -32600],
      ['{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600],
      ['{"jsonrpc":"2.0","id":{},"method":"ping"}', -32600],
      ['{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', -32600],
      ['"text"', -32600],
      ['null', -32600],
    ] as const) {
      const answer = await client.raw(body);
      expect([body, answer.status, answer.last.error?.code]).toEqual([body, 400, code]);
    }
    const form = await send(url(), 'POST', { ...client.headers, 'content-type': 'text/plain' }, '{}');
    expect(form.status).toBe(415);
    const huge = { ...client.headers, 'content-length': String(33 * 1024 * 1024) };
    expect((await send(url(), 'POST', huge, 'x'.repeat(33 * 1024 * 1024))).status).toBe(413);
  });

  it('allows batches in 2025-03-26 only', async () => {
    const batch =
      '[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"},{"jsonrpc":"2.0","id":"b","method":"tools/list"}]';
    const old = await legacyClient(url(), key(), '2025-03-26');
    const answer = await old.raw(batch);
    expect(answer.messages.map(({ id }) => id).sort()).toEqual([1, 'b']);
    expect((await (await legacyClient(url(), key())).raw(batch)).status).toBe(400);
  });

  it('holds one stream per session and closes an older one (R21)', async () => {
    const client = await legacyClient(url(), key());
    const first = await client.listen();
    expect([first.status, first.headers['content-type']]).toEqual([200, 'text/event-stream']);
    const second = await client.listen();
    await first.ended;
    second.close();
    expect((await send(url(), 'GET', { ...base(), accept: 'text/event-stream' })).status).toBe(405);
  });

  it('ends a session and its stream on DELETE, and keeps it ended (R48)', async () => {
    const client = await legacyClient(url(), key());
    const stream = await client.listen();
    expect((await client.end()).status).toBe(200);
    await stream.ended;
    expect((await client.ask('ping')).status).toBe(404);
    expect((await client.end()).status).toBe(404);
    expect((await send(url(), 'DELETE', base())).status).toBe(405);
  });

  it('knows a session only by the key that began it', async () => {
    const client = await legacyClient(url(), key());
    const added = await fetch(`${running.gateway.ready.url}/control/key.add`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.gateway.ready.controlKey}` },
      body: '{"name":"other"}',
    });
    const other = ((await added.json()) as { key: string }).key;
    const headers = { ...client.headers, authorization: `Bearer ${other}` };
    expect((await send(url(), 'POST', headers, '{"jsonrpc":"2.0","id":1,"method":"ping"}')).status).toBe(404);
  });
});

describe('revision 2026-07-28', () => {
  it('discovers what is offered, without a session', async () => {
    const answer = await modern().ask('server/discover');
    expect(answer.status).toBe(200);
    expect(answer.headers['mcp-session-id']).toBeUndefined();
    expect(answer.last.result).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      ttlMs: 0,
      cacheScope: 'private',
      capabilities: { tools: { listChanged: true } },
      _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'tollgate' } },
    });
    expect(answer.last.result?.['capabilities']).not.toHaveProperty('logging');
  });

  it('answers empty lists that nobody may keep (R19)', async () => {
    for (const [method, list] of legacyLists) {
      expect((await modern().ask(method)).last.result).toEqual({
        [list]: [],
        resultType: 'complete',
        ttlMs: 0,
        cacheScope: 'private',
      });
    }
  });

  it('answers removed and unknown methods with 404 and -32601 (R50)', async () => {
    for (const method of ['initialize', 'ping', 'logging/setLevel', 'resources/subscribe', 'no/such']) {
      const answer = await modern().ask(method);
      expect([method, answer.status, answer.last.error?.code]).toEqual([method, 404, -32601]);
    }
  });

  it('answers an unknown revision with 400, -32022 and what it knows (R2)', async () => {
    for (const version of ['2027-01-01', '1900-01-01']) {
      const headers = { ...modern().headersFor('tools/list'), 'mcp-protocol-version': version };
      const meta = modernMeta({ 'io.modelcontextprotocol/protocolVersion': version });
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } });
      const answer = await modern().raw(headers, body);
      expect([answer.status, answer.last.error?.code]).toEqual([400, -32022]);
      expect(answer.last.error?.data).toMatchObject({
        requested: version,
        supported: expect.arrayContaining(['2026-07-28']) as unknown,
      });
    }
  });

  it('refuses headers that are missing or say something else than the body', async () => {
    const { headersFor } = modern();
    const body = (params: object, method = 'tools/call'): string =>
      JSON.stringify({ jsonrpc: '2.0', id: 7, method, params: { ...params, _meta: modernMeta() } });
    const good = headersFor('tools/call', 'a__b');
    const without = (name: string) =>
      Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
    const call = body({ name: 'a__b', arguments: {} });
    for (const headers of [
      without('mcp-protocol-version'),
      without('mcp-method'),
      without('mcp-name'),
      { ...good, 'mcp-protocol-version': '2025-11-25' },
      { ...good, 'mcp-method': 'tools/list' },
      { ...good, 'mcp-name': 'other' },
      { ...good, 'mcp-name': '=?base64?%%%?=' },
    ]) {
      const answer = await modern().raw(headers, call);
      expect([answer.status, answer.last.error?.code, answer.last.id]).toEqual([400, -32020, 7]);
    }
    const encoded = { ...good, 'mcp-name': `=?base64?${Buffer.from('ä').toString('base64')}?=` };
    expect((await modern().raw(encoded, body({ name: 'ä' }))).status).toBe(200);
    const claimless = await modern().raw(
      headersFor('tools/list'),
      '{"jsonrpc":"2.0","id":1,"method":"tools/list"}',
    );
    expect([claimless.status, claimless.last.error?.code]).toEqual([400, -32602]);
  });

  it('answers GET and DELETE with 405 (R50)', async () => {
    for (const method of ['GET', 'DELETE'])
      expect((await send(url(), method, { ...base(), 'mcp-protocol-version': '2026-07-28' })).status).toBe(
        405,
      );
  });

  it('acknowledges a subscription first, and holds it open (R21)', async () => {
    const stream = await modern().open('subscriptions/listen', {
      notifications: { toolsListChanged: true, resourceSubscriptions: ['x://y'] },
    });
    const first = await stream.next(() => true);
    expect(first).toMatchObject({
      method: 'notifications/subscriptions/acknowledged',
      params: { notifications: { toolsListChanged: true } },
    });
    expect(first.params?.['notifications']).toEqual({ toolsListChanged: true });
    expect(first.params?.['_meta']).toEqual({ 'io.modelcontextprotocol/subscriptionId': 1 });
    stream.close();
    expect((await modern().ask('subscriptions/listen', {})).last.error?.code).toBe(-32602);
    const nothing = await modern().ask('subscriptions/listen', { notifications: {} });
    expect(nothing.last.result).toMatchObject({ resultType: 'complete' });
  });

  it('takes notifications with 202', async () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      method: 'notifications/x',
      params: { _meta: modernMeta() },
    });
    expect((await modern().raw(modern().headersFor('notifications/x'), body)).status).toBe(202);
  });
});

describe('other clients', () => {
  it.each(['auto', 'legacy'] as const)('are served: the official SDK, era %s (R1)', async (mode) => {
    const client = new Client({ name: 'sdk', version: '1' }, { versionNegotiation: { mode } });
    const transport = new StreamableHTTPClientTransport(new URL(url()), {
      requestInit: { headers: { authorization: `Bearer ${key()}` } },
    });
    await client.connect(transport);
    expect((await client.listTools()).tools).toEqual([]);
    expect(client.getNegotiatedProtocolVersion()).toBe(mode === 'auto' ? '2026-07-28' : '2025-11-25');
    await client.close();
  });

  it('get 404 for a server that is not configured', async () => {
    const answer = await send(`${url()}/s/none`, 'POST', base(), '{"jsonrpc":"2.0","id":1,"method":"ping"}');
    expect(answer.status).toBe(404);
  });
});

describe('a restart', () => {
  it('ends streams in order, and running sessions go on with the id they have (R47)', async () => {
    const gateway = await startGateway();
    try {
      const { clientKey } = gateway.ready;
      const client = await legacyClient(gateway.ready.mcp, clientKey);
      const stream = await client.listen();
      const listening = await modernClient(gateway.ready.mcp, clientKey).open('subscriptions/listen', {
        notifications: { toolsListChanged: true },
      });
      expect(await gateway.stop()).toEqual({ code: 0, signal: null });
      await stream.ended;
      await listening.ended;
      expect(listening.messages.at(-1)?.result).toMatchObject({ resultType: 'complete' });
      await gateway.restart();
      const again = { ...client.headers, authorization: `Bearer ${gateway.ready.clientKey}` };
      const answer = await send(
        gateway.ready.mcp,
        'POST',
        again,
        '{"jsonrpc":"2.0","id":5,"method":"tools/list"}',
      );
      expect([answer.status, answer.last.result]).toEqual([200, { tools: [] }]);
      // Its lists may be old, so it is told to look again.
      const reopened = await openStream(gateway.ready.mcp, 'GET', { ...again, accept: 'text/event-stream' });
      await reopened.next(({ method }) => method === 'notifications/tools/list_changed');
      reopened.close();
    } finally {
      await gateway.dispose();
    }
  });
});
