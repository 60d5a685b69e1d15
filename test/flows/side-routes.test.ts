// Contract: the small routes around /v1/messages. count_tokens is free, the model list works with either key header and
// without redirects, the warm-up probes are answered without a key and never counted, unknown paths are 404 at once.
// (P1, P2, P11, P19, traps 31, 39, 40)
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorJson, sendJson } from '../support/anthropic-answers.ts';
import { sha256 } from '../support/fake-upstream.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody, startRig, upstreamKey, type Rig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function spent(): Promise<[tokens: number, cost: number]> {
  const totals = await rig.gateway.control.totals();
  return [totals.inputTokens + totals.outputTokens, totals.costNanoUsd];
}

test('count_tokens is relayed byte for byte and costs nothing', async () => {
  const before = await spent();
  const answerText = '{ "input_tokens": 1234 }';
  rig.upstream.enqueue(sendJson(200, answerText, [['request-id', 'req_count']]));
  const next = rig.upstream.nextRequest();
  const body = messagesBody({ stream: undefined, max_tokens: undefined });
  const answer = await fetchRaw(`${rig.gateway.url}/v1/messages/count_tokens?beta=true`, {
    body,
    headers: [rig.gateway.key(), ['anthropic-beta', 'token-counting-2024-11-01']],
  });
  const request = await next;
  expect([answer.status, answer.text(), answer.values('request-id')]).toEqual([
    200,
    answerText,
    ['req_count'],
  ]);
  expect([request.method, request.url, request.sha256]).toEqual([
    'POST',
    '/v1/messages/count_tokens?beta=true',
    sha256(body),
  ]);
  expect(request.values('anthropic-beta')).toEqual(['token-counting-2024-11-01']);
  expect(JSON.stringify(request.headers)).toContain(upstreamKey);
  expect(await spent()).toEqual(before);
});

test('an upstream without count_tokens gives its own 404, so that the client falls back', async () => {
  const body = errorJson('not_found_error', 'Not found');
  rig.upstream.enqueue(sendJson(404, body));
  const answer = await fetchRaw(`${rig.gateway.url}/v1/messages/count_tokens`, {
    body: messagesBody(),
    headers: [rig.gateway.key()],
  });
  expect([answer.status, answer.json()]).toEqual([404, body]);
});

test.each(['Authorization', 'x-api-key'])(
  'the model list is served to a key in %s, with no redirect',
  async (header) => {
    const data = [
      {
        type: 'model',
        id: 'claude-opus-5-5',
        display_name: 'Claude Opus 5.5',
        created_at: '2026-09-23T00:00:00Z',
      },
      {
        type: 'model',
        id: 'claude-sonnet-5-5',
        display_name: 'Claude Sonnet 5.5',
        created_at: '2026-09-28T00:00:00Z',
      },
    ];
    rig.upstream.setAnswer(
      sendJson(200, { data, has_more: false, first_id: data[0]?.id, last_id: data[1]?.id }),
    );
    const { clientKey } = rig.gateway.ready;
    const answer = await fetchRaw(`${rig.gateway.url}/v1/models?limit=1000`, {
      headers: [
        [header, header === 'x-api-key' ? clientKey : `Bearer ${clientKey}`],
        ['anthropic-version', '2023-06-01'],
      ],
    });
    expect(answer.status).toBe(200);
    const list = answer.json() as { data: { id: string; display_name?: string }[] };
    expect(list.data).toEqual(
      expect.arrayContaining(
        data.map(({ id, display_name }) => expect.objectContaining({ id, display_name }) as unknown),
      ),
    );
  },
);

test('a model list that the upstream cannot give is an answer all the same, not a hang or a 200 without models', async () => {
  rig.upstream.setAnswer(sendJson(404, errorJson('not_found_error', 'no list here')));
  const answer = await rig.get('/v1/models?limit=1000');
  expect(answer.complete).toBe(true);
  if (answer.status === 200) expect((answer.json() as { data: unknown[] }).data.length).toBeGreaterThan(0);
  else expect(answer.status).toBeGreaterThanOrEqual(400);
});

test('the warm-up probes HEAD /api/hello and HEAD / are answered without a key and count as nothing', async () => {
  const before = await rig.gateway.control.exchanges();
  const requestsBefore = rig.upstream.requests.length;
  const hello = await fetchRaw(`${rig.gateway.url}/api/hello`, { method: 'HEAD' });
  expect(hello.status).toBe(200);
  const root = await fetchRaw(`${rig.gateway.url}/`, { method: 'HEAD' });
  expect(root.status).toBeLessThan(500);
  expect(await rig.gateway.control.exchanges()).toEqual(before);
  expect(rig.upstream.requests.length).toBe(requestsBefore);
});

test.each([
  ['GET', '/v1/unknown'],
  ['POST', '/v1/messages/else'],
  ['POST', '/v1/v1/messages'],
  ['GET', '/nowhere'],
  ['GET', '/v1/organizations/spend_limits'],
])('%s %s is 404 from the gateway itself', async (method, path) => {
  const requestsBefore = rig.upstream.requests.length;
  const answer = await fetchRaw(`${rig.gateway.url}${path}`, { method, headers: [rig.gateway.key()] });
  expect(answer.status).toBe(404);
  expect(rig.upstream.requests.length).toBe(requestsBefore);
});

test('healthz answers without a key and tells nothing about the user', async () => {
  const answer = await fetchRaw(`${rig.gateway.url}/healthz`);
  expect(answer.status).toBe(200);
  for (const secret of [rig.gateway.ready.clientKey, rig.gateway.ready.controlKey, rig.gateway.home]) {
    expect(answer.text()).not.toContain(secret);
  }
});
