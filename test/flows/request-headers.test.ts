// Contract: headers are open lists towards the upstream. What the client says passes, hop-by-hop and Tollgate's own headers do
// not, the client's key never leaves the machine and the provider's key is the only credential sent. (P1, P3, P5, P6,
// traps 31, 32, 34)
import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import type { HeaderList, RecordedRequest } from '../support/fake-upstream.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody, startRig, upstreamKey, type Rig } from '../support/rig.ts';

const passing: HeaderList = [
  ['Accept', 'application/json'],
  ['User-Agent', 'claude-cli/2.1.330 (external, sdk-cli)'],
  ['X-Claude-Code-Session-Id', '11111111-2222-4333-8444-555555555555'],
  ['X-Gw-Project', 'value: with colon, comma'],
  ['X-Stainless-Arch', 'x64'],
  ['X-Stainless-Retry-Count', '0'],
  ['X-Stainless-Timeout', '600'],
  [
    'anthropic-beta',
    'claude-code-20250219,interleaved-thinking-2025-05-14,oauth-2025-04-20,not-yet-invented-2031-01-01',
  ],
  ['anthropic-dangerous-direct-browser-access', 'true'],
  ['anthropic-never-heard-of', 'a  b;c="d"'],
  ['anthropic-workspace-id', 'wrkspc_1'],
  ['x-app', 'cli'],
  ['x-claude-code-agent-id', 'a163cc8ad675ee12e'],
  ['x-claude-code-parent-agent-id', 'a000000000000000f'],
  ['x-claude-code-request-class', 'main'],
  ['x-claude-code-from-the-future', '%20ok'],
  ['x-client-request-id', 'c0ffee'],
];

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  const usage = tokens({ inputTokens: 1, outputTokens: 1 });
  rig.upstream.setAnswer(
    streamMessage({ model: 'claude-opus-5-5', usage, blocks: [{ type: 'text', text: 'ok' }] }),
  );
});
afterAll(() => rig.close());

async function passOn(headers: HeaderList, query = '?beta=true'): Promise<RecordedRequest> {
  const next = rig.upstream.nextRequest();
  const answer = await fetchRaw(`${rig.gateway.url}/v1/messages${query}`, { body: messagesBody(), headers });
  expect(answer.status).toBe(200);
  return next;
}

test('every anthropic-*, x-claude-code-* and unknown header arrives with its value unchanged', async () => {
  const request = await passOn([
    rig.gateway.key(),
    ['anthropic-version', '2023-06-01'],
    ['Content-Type', 'application/json'],
    ...passing,
  ]);
  for (const [name, value] of passing) expect([name, request.values(name)]).toEqual([name, [value]]);
  expect(request.values('anthropic-version')).toEqual(['2023-06-01']);
  expect(request.values('content-type')).toEqual(['application/json']);
});

test('a header sent twice arrives with both values in order', async () => {
  const request = await passOn([rig.gateway.key(), ['anthropic-beta', 'one'], ['anthropic-beta', 'two']]);
  expect(request.values('anthropic-beta').join(',').replaceAll(' ', '')).toBe('one,two');
});

test('hop-by-hop headers end at the gateway, also those that Connection names', async () => {
  const request = await passOn([
    rig.gateway.key(),
    ['Connection', 'close, X-Only-This-Hop'],
    ['X-Only-This-Hop', '1'],
    ['Keep-Alive', 'timeout=9'],
    ['Proxy-Authorization', 'Basic cHJveHk6c2VjcmV0'],
    ['Proxy-Connection', 'keep-alive'],
    ['TE', 'trailers'],
  ]);
  const names = request.headers.map(([name]) => name.toLowerCase());
  for (const name of ['x-only-this-hop', 'proxy-authorization', 'proxy-connection', 'te', 'keep-alive']) {
    expect(names).not.toContain(name);
  }
  expect(request.values('connection').join(',').toLowerCase()).not.toContain('x-only-this-hop');
});

test('Host is the upstream, and the length is that of the body', async () => {
  const request = await passOn([rig.gateway.key()]);
  expect(request.values('host')).toEqual([new URL(rig.upstream.url).host]);
  expect(request.values('content-length')).toEqual([String(request.body.length)]);
});

test('no key of the client reaches the upstream, and the key of the provider does, once', async () => {
  const { clientKey, controlKey } = rig.gateway.ready;
  const ways: HeaderList[] = [
    [['Authorization', `Bearer ${clientKey}`]],
    [['x-api-key', clientKey]],
    [
      ['X-Api-Key', clientKey],
      ['authorization', `Bearer ${clientKey}`],
    ],
    [['x-tollgate-key', clientKey]],
    [
      ['x-tollgate-key', clientKey],
      ['Authorization', 'Bearer sk-ant-oat01-someone'],
      ['x-api-key', 'sk-other'],
    ],
  ];
  for (const way of ways) {
    const request = await passOn(way);
    const wire = JSON.stringify(request.headers) + request.url;
    expect(wire).not.toContain(clientKey);
    expect(wire).not.toContain(controlKey);
    expect(wire).not.toContain('sk-ant-oat01-someone');
    expect(wire).not.toContain('sk-other');
    const credentials = [...request.values('authorization'), ...request.values('x-api-key')];
    expect(credentials.map((value) => value.replace('Bearer ', ''))).toEqual([upstreamKey]);
  }
});

test('x-tollgate-* headers and cookies end at the gateway', async () => {
  const request = await passOn([
    rig.gateway.key(),
    ['x-tollgate-project', '/home/me/acme'],
    ['X-Tollgate-Developer', 'me'],
    ['x-tollgate-from-the-future', '1'],
    ['Cookie', 'session=1'],
  ]);
  const names = request.headers.map(([name]) => name.toLowerCase());
  expect(names.filter((name) => name.startsWith('x-tollgate') || name === 'cookie')).toEqual([]);
});

test.each(['', '?beta=true', '?a=1&b=%20x%2F&b=2', '?'])(
  'the query %j is ignored for matching and passed on as it is',
  async (query) => {
    const request = await passOn([rig.gateway.key()], query);
    expect(request.path).toBe('/v1/messages');
    expect(request.url.replace(/\?$/, '')).toBe(`/v1/messages${query}`.replace(/\?$/, ''));
  },
);
