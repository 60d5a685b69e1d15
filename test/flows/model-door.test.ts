// Contract: the door to the model routes. Only a valid local key opens it, in any of its three headers; a wrong one is refused
// once and for all; a foreign Host or Origin is refused whatever the key, and no upstream hears of any of it. (P6, P16,
// traps 94, 95, 96)
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { streamMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import type { HeaderList } from '../support/fake-upstream.ts';
import { fetchRaw, type ReceivedAnswer } from '../support/raw-http.ts';
import { messagesBody, startRig, type Rig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  const usage = tokens({ inputTokens: 1, outputTokens: 1 });
  rig.upstream.setAnswer(
    streamMessage({ model: 'claude-opus-5-5', usage, blocks: [{ type: 'text', text: 'ok' }] }),
  );
});
afterAll(() => rig.close());

const send = (headers: HeaderList, query = '?beta=true'): Promise<ReceivedAnswer> =>
  fetchRaw(`${rig.gateway.url}/v1/messages${query}`, { body: messagesBody(), headers });

async function expectRefused(status: number[], headers: HeaderList, query?: string): Promise<ReceivedAnswer> {
  const before = rig.upstream.requests.length;
  const answer = await send(headers, query);
  expect(status).toContain(answer.status);
  expect(answer.headers.filter(([name]) => name.toLowerCase().startsWith('access-control'))).toEqual([]);
  expect(rig.upstream.requests.length).toBe(before);
  return answer;
}

const wrongKeys: [name: string, headers: (key: string) => HeaderList, query?: (key: string) => string][] = [
  ['no key', () => []],
  ['an empty bearer', () => [['Authorization', 'Bearer ']]],
  ['a wrong bearer', () => [['Authorization', 'Bearer tg-wrong']]],
  ['a wrong x-api-key', () => [['x-api-key', 'tg-wrong']]],
  ['a wrong x-tollgate-key', () => [['x-tollgate-key', 'tg-wrong']]],
  ['a key with one character more', (key) => [['Authorization', `Bearer ${key}x`]]],
  ['a key with one character less', (key) => [['Authorization', `Bearer ${key.slice(0, -1)}`]]],
  ['a key in other letter case', (key) => [['x-api-key', key.toUpperCase()]]],
  ['the key as Basic', (key) => [['Authorization', `Basic ${key}`]]],
  ['the key in the query only', () => [], (key) => `?k=${key}&key=${key}`],
  ['the key in a cookie only', (key) => [['Cookie', `key=${key}; tollgate=${key}`]]],
];

describe('a request is refused with 401 and told not to retry', () => {
  test.each(wrongKeys)('%s', async (_name, headers, query) => {
    const { clientKey } = rig.gateway.ready;
    const answer = await expectRefused([401], headers(clientKey), query?.(clientKey));
    expect(answer.values('x-should-retry')).toEqual(['false']);
    expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'authentication_error' } });
    expect(answer.text()).not.toContain(clientKey);
  });

  test('on every model route', async () => {
    for (const [method, path] of [
      ['POST', '/v1/messages'],
      ['POST', '/v1/messages/count_tokens'],
      ['GET', '/v1/models'],
    ] as const) {
      const answer = await fetchRaw(`${rig.gateway.url}${path}`, {
        method,
        headers: [['x-api-key', 'wrong']],
      });
      expect([path, answer.status, answer.values('x-should-retry')]).toEqual([path, 401, ['false']]);
    }
  });

  test('and costs nothing', async () => {
    expect((await rig.gateway.control.totals()).costNanoUsd).toBe(0);
  });
});

test('the key is accepted in Authorization, x-api-key and x-tollgate-key', async () => {
  const { clientKey } = rig.gateway.ready;
  const ways: HeaderList[] = [
    [['authorization', `Bearer ${clientKey}`]],
    [['Authorization', `bearer ${clientKey}`]],
    [['X-API-Key', clientKey]],
    [['x-tollgate-key', clientKey]],
    [
      ['Authorization', `Bearer ${clientKey}`],
      ['x-api-key', clientKey],
    ],
  ];
  for (const headers of ways) expect([headers, (await send(headers)).status]).toEqual([headers, 200]);
});

test.each([
  'evil.example',
  'evil.example:8655',
  '127.0.0.1.evil.example',
  '169.254.169.254',
  '0.0.0.0:1',
  'localhost.evil',
])('Host %s is refused, with a good key and without', async (host) => {
  await expectRefused([403, 421], [['Host', host], rig.gateway.key()]);
  await expectRefused([401, 403, 421], [['Host', host]]);
});

test('the names of this machine are accepted as Host', async () => {
  const { port } = new URL(rig.gateway.url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`]) {
    expect([host, (await send([['Host', host], rig.gateway.key()])).status]).toEqual([host, 200]);
  }
});

test.each(['https://evil.example', 'http://localhost:3000', 'http://127.0.0.1:1', 'null', 'file://'])(
  'Origin %s is refused with 403, with a good key and without',
  async (origin) => {
    await expectRefused([403], [['Origin', origin], rig.gateway.key()]);
    await expectRefused([401, 403], [['Origin', origin]]);
  },
);

test('a preflight of a foreign page gets no permission', async () => {
  const answer = await fetchRaw(`${rig.gateway.url}/v1/messages`, {
    method: 'OPTIONS',
    headers: [
      ['Origin', 'https://evil.example'],
      ['Access-Control-Request-Method', 'POST'],
      ['Access-Control-Request-Headers', 'authorization'],
    ],
  });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.headers.filter(([name]) => name.toLowerCase().startsWith('access-control'))).toEqual([]);
});

test('where the machine has ::1, the gateway answers there too', async () => {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const { port } = new URL(rig.gateway.url);
  const ask = fetchRaw(`http://[::1]:${port}/healthz`);
  if (addresses.some(({ address }) => address === '::1')) expect((await ask).status).toBe(200);
  else await expect(ask).rejects.toThrow();
});

test('the port is closed on every address that is not loopback', async () => {
  const { port } = new URL(rig.gateway.url);
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((one) => !one.internal && one.family === 'IPv4');
  for (const { address } of addresses) {
    await expect(fetchRaw(`http://${address}:${port}/healthz`)).rejects.toThrow(/ECONNREFUSED/);
  }
});
