// The local door (DESIGN section 4, traps 94 and 95): every route that the router knows refuses a foreign Host, a
// foreign Origin, a missing, a wrong and a revoked key. The list is the router's own, so a new route cannot escape.
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway } from '../support/test-gateway.ts';
import type { TestGateway } from '../support/test-gateway.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway();
});
afterAll(() => running.close());

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

function call(method: string, path: string, headers: Record<string, string>): Promise<Answer> {
  const { url } = running.gateway.ready;
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, headers }, (answer) => {
      if (answer.headers['content-type'] === 'text/event-stream') {
        answer.destroy();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: '' });
        return;
      }
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    outgoing.on('error', reject);
    outgoing.end(method === 'POST' ? '{}' : undefined);
  });
}

const routes = (): { method: string; path: string; access: string }[] =>
  running.gateway.routes.map((route) => ({ ...route, path: route.path.replace('*', 'x.js') }));
const keyFor = (access: string): Record<string, string> => {
  const { clientKey, controlKey } = running.gateway.ready;
  return { authorization: `Bearer ${access === 'client' ? clientKey : controlKey}` };
};

describe('the local door', () => {
  it('lets only liveness pass without a key', () => {
    const open = routes()
      .filter((route) => route.access === 'open')
      .map((route) => `${route.method} ${route.path}`);
    expect(open.sort()).toEqual(['GET /healthz', 'HEAD /api/hello']);
    expect(routes().length).toBeGreaterThan(15);
  });

  it('refuses a foreign Host on every route, with the right key in hand (rebinding)', async () => {
    for (const route of routes()) {
      for (const host of [
        'evil.example',
        'localhost.evil.example:80',
        '127.0.0.1',
        '127.0.0.1:1',
        '0.0.0.0:80',
      ]) {
        const answer = await call(route.method, route.path, { ...keyFor(route.access), host });
        expect([route.path, host, answer.status]).toEqual([route.path, host, 403]);
      }
    }
  });

  it('refuses a foreign Origin on every route, with the right key in hand, and never sends CORS headers', async () => {
    const { port } = new URL(running.gateway.ready.url);
    for (const route of routes()) {
      for (const origin of [
        'https://evil.example',
        'http://localhost:3000',
        'null',
        `https://127.0.0.1:${port}`,
      ]) {
        const answer = await call(route.method, route.path, { ...keyFor(route.access), origin });
        expect([route.path, origin, answer.status]).toEqual([route.path, origin, 403]);
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    }
  });

  it('answers 401 with x-should-retry: false to a missing and a wrong key on every locked route', async () => {
    const { clientKey, controlKey } = running.gateway.ready;
    for (const route of routes().filter(({ access }) => access !== 'open')) {
      const other = route.access === 'client' ? controlKey : clientKey;
      for (const headers of [
        {},
        { authorization: 'Bearer tg-wrong' },
        { 'x-api-key': other },
        { 'x-tollgate-key': '' },
      ]) {
        const answer = await call(route.method, route.path, headers);
        expect([route.path, headers, answer.status]).toEqual([route.path, headers, 401]);
        expect(answer.headers['x-should-retry']).toBe('false');
        expect(answer.body).not.toContain(clientKey);
      }
    }
  });

  it('tells nobody without a key which paths exist', async () => {
    expect((await call('GET', '/no-such-path', {})).status).toBe(401);
    expect((await call('GET', '/no-such-path', keyFor('client'))).status).toBe(404);
  });

  it('accepts a client key as bearer, as x-api-key and as x-tollgate-key (P6)', async () => {
    const { clientKey } = running.gateway.ready;
    for (const headers of [
      { authorization: `Bearer ${clientKey}` },
      { 'x-api-key': clientKey },
      { 'x-tollgate-key': clientKey, authorization: 'Bearer something-else' },
    ]) {
      expect((await call('GET', '/v1/models', headers)).status).toBe(200);
    }
  });

  it('opens the window once per link and then by cookie, to its own origin only', async () => {
    const { ui, url } = running.gateway.ready;
    const path = ui.slice(url.length);
    const first = await call('GET', path, {});
    expect(first.status).toBe(303);
    const cookie = String(first.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await call('GET', path, {})).status).toBe(401);
    const jar = { cookie: cookie.split(';')[0] ?? '' };
    expect((await call('GET', '/', jar)).status).toBe(200);
    expect((await call('POST', '/control/status.get', { ...jar, origin: url })).status).toBe(200);
    expect((await call('POST', '/control/status.get', jar)).status).toBe(401);
    expect(
      (await call('POST', '/control/status.get', { ...jar, origin: url, 'sec-fetch-site': 'same-site' }))
        .status,
    ).toBe(401);
    expect((await call('GET', '/v1/models', jar)).status).toBe(401);
  });

  it('closes the door on a revoked key at once', async () => {
    const control = keyFor('control');
    const add = (body: object) =>
      fetch(`${running.gateway.ready.url}/control/key.add`, {
        method: 'POST',
        headers: control,
        body: JSON.stringify(body),
      });
    const added = (await (await add({ name: 'Script' })).json()) as { key: string; client: { id: string } };
    expect((await call('GET', '/v1/models', { 'x-api-key': added.key })).status).toBe(200);
    await fetch(`${running.gateway.ready.url}/control/key.revoke`, {
      method: 'POST',
      headers: control,
      body: JSON.stringify({ id: added.client.id }),
    });
    expect((await call('GET', '/v1/models', { 'x-api-key': added.key })).status).toBe(401);
  });

  it('refuses to fetch window files outside of its folder', async () => {
    for (const name of ['..%2f..%2fledger.db', '../../ledger.db', '%2e%2e/ledger.db', '.hidden', 'a/b.js']) {
      expect((await call('GET', `/assets/${name}`, keyFor('control'))).status).toBe(404);
    }
  });
});
