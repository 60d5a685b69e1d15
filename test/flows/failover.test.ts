// Contract: a provider that cannot answer is passed over for the next one while the client has seen nothing, and only then; the
// way there is in the record. What is the client's own fault, a budget's or a policy's is nobody else's to answer. (P13, P15,
// P21, T54, T163–T167, traps 49–54)
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import {
  answerMessage,
  encodeEvent,
  encodeEvents,
  errorJson,
  messageEvents,
  sendJson,
  sseHeaders,
  streamMessage,
  type MessageScript,
} from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import {
  createGate,
  findClosedPort,
  startFakeUpstream,
  type Answer,
  type FakeUpstream,
} from '../support/fake-upstream.ts';
import { fetchRaw, sendRequest, type OpenExchange, type ReceivedAnswer } from '../support/raw-http.ts';
import { messagesBody, sessionHeader } from '../support/rig.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const model = 'claude-opus-5-5';
const script = (text: string): MessageScript => ({
  model,
  blocks: [{ type: 'text', text }],
  usage: tokens({ inputTokens: 40, outputTokens: 7 }),
});
const events = messageEvents(script('from the first'));

let first: FakeUpstream;
let second: FakeUpstream;
let gateway: TestGateway;

beforeEach(async () => {
  first = await startFakeUpstream();
  second = await startFakeUpstream();
  second.setAnswer(answerMessage(script('from the second')));
  gateway = await startGateway({
    config: {
      providers: [
        {
          id: 'first',
          type: 'anthropic',
          baseUrl: first.url,
          credential: 'env:FIRST_KEY',
          failOverOn: ['organization is disabled'],
        },
        { id: 'second', type: 'anthropic', baseUrl: second.url, credential: 'env:SECOND_KEY' },
      ],
      routes: [
        { match: {}, to: [{ provider: 'first' }, { provider: 'second', model: 'claude-sonnet-5-5' }] },
      ],
      budgets: [
        {
          id: 'tiny',
          scope: { type: 'project', path: '/spent' },
          period: 'day',
          limit: { usd: '0.000001' },
          mode: 'hard',
        },
      ],
    },
    environment: { FIRST_KEY: 'sk-ant-first-secret-000000', SECOND_KEY: 'sk-ant-second-secret-00000' },
  });
});
afterEach(async () => {
  await gateway.dispose();
  await first.close();
  await second.close();
  expect([...first.failures, ...second.failures]).toEqual([]);
});

function open(
  session: string,
  more: Record<string, unknown> = {},
  headers: [string, string][] = [],
): OpenExchange {
  return sendRequest(`${gateway.url}/v1/messages?beta=true`, {
    method: 'POST',
    body: messagesBody({ model, ...more }),
    headers: [gateway.key(), ['Content-Type', 'application/json'], sessionHeader(session), ...headers],
  });
}
const post = (
  session: string,
  more: Record<string, unknown> = {},
  headers: [string, string][] = [],
): Promise<ReceivedAnswer> => open(session, more, headers).answer;

async function rowOf(session: string): Promise<ExchangeRow> {
  const rows = await gateway.control.waitForExchanges((all) =>
    all.some((row) => row.sessionId === session && row.state !== 'live'),
  );
  const mine = rows.filter((row) => row.sessionId === session);
  expect(mine.length).toBe(1);
  return mine[0] as ExchangeRow;
}

describe('P21, trap 49: what moves on', () => {
  test.each([401, 403, 404, 429, 500, 501, 502, 503, 504, 529])(
    'status %i goes to the next provider',
    async (status) => {
      first.setAnswer(sendJson(status, errorJson('api_error', 'not now')));
      const answer = await post(`s${status}`);
      expect([answer.status, answer.body.toString('utf8')]).toEqual([
        200,
        encodeEvents(messageEvents(script('from the second'))).toString('utf8'),
      ]);
      expect(answer.values('x-tollgate-attempts')).toEqual([`first ${status}, second 200`]);
      const row = await rowOf(`s${status}`);
      expect(row).toMatchObject({
        state: 'completed',
        provider: 'second',
        attempts: 2,
        status: 200,
        inputTokens: 40,
      });
      expect(row.ladder?.map(({ provider, outcome, status }) => [provider, outcome, status])).toEqual([
        ['first', 'refused', status],
        ['second', 'answered', 200],
      ]);
      expect(row.ladder?.[0]?.reason).toContain('not now');
      // Trap 52, 53: the second has its own key and model map, and the first's key is nowhere.
      const sent = second.requests[0];
      expect(sent?.values('x-api-key')).toEqual(['sk-ant-second-secret-00000']);
      expect((sent?.json() as { model: string }).model).toBe('claude-sonnet-5-5');
      expect(JSON.stringify(sent?.headers)).not.toContain('first-secret');
    },
  );

  test('a refused connection and a reset before the answer do', async () => {
    const closed = await findClosedPort();
    first.setAnswer(async (exchange) => void (await exchange.request.bodyEnded, exchange.reset()));
    expect((await post('reset')).status).toBe(200);
    expect(await rowOf('reset')).toMatchObject({ state: 'completed', provider: 'second' });
    expect(closed).toBeGreaterThan(0);
  });

  test('a 400 whose text the user named does, any other does not', async () => {
    first.setAnswer(sendJson(400, errorJson('invalid_request_error', 'This organization is disabled.')));
    expect((await post('named')).body.toString()).toContain('from the second');
    const refusal = JSON.stringify(errorJson('invalid_request_error', 'messages.1: role is odd'));
    first.setAnswer(sendJson(400, refusal));
    const answer = await post('unnamed');
    expect([answer.status, answer.body.toString()]).toEqual([400, refusal]);
    expect(second.requests.length).toBe(1);
  });

  test.each([400, 402, 405, 409, 413, 415, 422])(
    'T164: status %i is the client’s to hear, byte for byte',
    async (status) => {
      const refusal = ` {"type":"error", "error":{"type":"x","message":"no ${status}"}}`;
      first.setAnswer(
        sendJson(status, refusal, [
          ['request-id', 'req_1'],
          ['x-should-retry', 'false'],
        ]),
      );
      const answer = await post(`s${status}`);
      expect([
        answer.status,
        answer.body.toString(),
        answer.values('request-id'),
        answer.values('x-should-retry'),
      ]).toEqual([status, refusal, ['req_1'], ['false']]);
      expect(second.requests.length).toBe(0);
      expect(await rowOf(`s${status}`)).toMatchObject({ state: 'failed', provider: 'first', status });
    },
  );

  test('P18: another gateway’s spent budget is not gone around', async () => {
    const refusal = JSON.stringify(errorJson('billing_error', 'spend limit reached (daily)'));
    first.setAnswer(sendJson(429, refusal, [['x-should-retry', 'false']]));
    const answer = await post('spent-upstream');
    expect([answer.status, answer.body.toString(), answer.values('x-should-retry')]).toEqual([
      429,
      refusal,
      ['false'],
    ]);
    expect(second.requests.length).toBe(0);
  });

  test('T54: an error inside a 200 stream before any content does', async () => {
    const start = events.slice(0, 1);
    const error = { event: 'error', data: errorJson('overloaded_error', 'Overloaded') };
    first.setAnswer(async (exchange) => {
      exchange.head(200, sseHeaders);
      await exchange.send(encodeEvents(start));
      await exchange.send(encodeEvent({ event: 'ping', data: { type: 'ping' } }));
      exchange.end(encodeEvent(error));
    });
    const answer = await post('early-error');
    expect(answer.body.toString()).toBe(encodeEvents(messageEvents(script('from the second'))).toString());
    expect((await rowOf('early-error')).ladder?.[0]).toMatchObject({ outcome: 'refused', status: 529 });
  });
});

describe('trap 50, P15: what does not', () => {
  test('an error after the first content stays with its answer', async () => {
    const error = encodeEvent({ event: 'error', data: errorJson('overloaded_error', 'Overloaded') });
    const bytes = Buffer.concat([encodeEvents(events.slice(0, 3)), Buffer.from(error)]);
    first.setAnswer((exchange) => {
      exchange.head(200, sseHeaders);
      exchange.end(bytes);
    });
    const answer = await post('late-error');
    expect(answer.body.equals(bytes)).toBe(true);
    expect(second.requests.length).toBe(0);
    expect(await rowOf('late-error')).toMatchObject({ state: 'failed', provider: 'first' });
  });

  test('a stream cut after the first content ends with an error event, not with another answer', async () => {
    first.setAnswer(async (exchange) => {
      exchange.head(200, sseHeaders);
      await exchange.send(encodeEvents(events.slice(0, 3)));
      exchange.cut();
    });
    const answer = await post('cut');
    expect(answer.body.toString()).toContain('event: error');
    expect(answer.body.toString()).not.toContain('from the second');
    expect(second.requests.length).toBe(0);
  });

  test('held bytes are passed on unchanged, in whatever pieces they came', async () => {
    const whole = encodeEvents(events);
    for (const size of [1, 7, 64]) {
      first.setAnswer(async (exchange) => {
        exchange.head(200, sseHeaders);
        for (let at = 0; at < whole.length; at += size) await exchange.send(whole.subarray(at, at + size));
        exchange.end();
      });
      const answer = await post(`pieces-${size}`);
      expect(answer.body.equals(whole)).toBe(true);
    }
  });

  test('a spent budget refuses and asks nobody', async () => {
    first.setAnswer(streamMessage(script('from the first')));
    const answer = await post('spent', {}, [['x-tollgate-project', '/spent']]);
    expect(answer.status).toBe(429);
    expect(answer.json()).toMatchObject({ error: { type: 'billing_error' } });
    expect([first.requests.length, second.requests.length]).toEqual([0, 0]);
    expect((await gateway.control.call('health.read', {})).providers.map(({ state }) => state)).toEqual([
      'ready',
      'ready',
      'ready',
    ]);
  });

  test('T168: a client that leaves while the first is silent ends it all', async () => {
    const gate = createGate();
    first.setAnswer(() => gate.opened);
    const exchange = open('left');
    const request = await first.request(1);
    exchange.destroy();
    await request.socketClosed;
    gate.open();
    expect(await rowOf('left')).toMatchObject({ state: 'aborted' });
    expect(second.requests.length).toBe(0);
  });
});

describe('when all fail', () => {
  const cases: [string, Answer, Answer, number, string][] = [
    [
      'the last 429 first',
      sendJson(429, errorJson('rate_limit_error', 'slow down')),
      sendJson(503, errorJson('api_error', 'away')),
      429,
      'slow down',
    ],
    [
      'else the last 401 or 403',
      sendJson(403, errorJson('permission_error', 'not yours')),
      sendJson(500, errorJson('api_error', 'broken')),
      403,
      'not yours',
    ],
    [
      'else the last 404',
      sendJson(500, errorJson('api_error', 'broken')),
      sendJson(404, errorJson('not_found_error', 'no model')),
      404,
      'no model',
    ],
  ];
  test.each(cases)('P21, T167: %s', async (_name, one, two, status, words) => {
    first.setAnswer(one);
    second.setAnswer(two);
    const answer = await post('all');
    expect(answer.status).toBe(status);
    const { error } = answer.json() as { error: { message: string } };
    expect(error.message.startsWith(words)).toBe(true);
    // Trap 54: every provider with its reason.
    expect(error.message).toMatch(/first: .*second: /);
    expect(error.message).not.toContain('secret');
    expect(await rowOf('all')).toMatchObject({ state: 'failed', status, attempts: 2 });
  });

  test('two that cannot be reached are one 502 that names both', async () => {
    await first.close();
    await second.close();
    const answer = await post('nobody');
    expect(answer.status).toBe(502);
    expect((answer.json() as { error: { message: string } }).error.message).toMatch(/first.*second/);
    first = await startFakeUpstream();
    second = await startFakeUpstream();
  });
});

describe('health', () => {
  test('a provider that said when to come back is left alone until then, and the record says so', async () => {
    first.setAnswer(sendJson(429, errorJson('rate_limit_error', 'slow down'), [['retry-after', '120']]));
    await post('one');
    const asked = first.requests.length;
    expect((await post('two')).body.toString()).toContain('from the second');
    expect(first.requests.length).toBe(asked);
    const row = await rowOf('two');
    expect(row).toMatchObject({ attempts: 1, provider: 'second' });
    expect(row.routeReason).toMatch(/first rests .*429/);
    // Trap 51: one reset clears whatever blocks it.
    await gateway.control.call('health.reset', {});
    first.setAnswer(streamMessage(script('from the first')));
    expect((await post('three')).body.toString()).toContain('from the first');
  });

  test('T74: a refused token count says nothing about the provider', async () => {
    first.setAnswer(sendJson(403, errorJson('permission_error', 'no counting')));
    for (let turn = 0; turn < 5; turn++) {
      const counted = await fetchRaw(`${gateway.url}/v1/messages/count_tokens`, {
        method: 'POST',
        body: messagesBody({ model }),
        headers: [gateway.key(), ['Content-Type', 'application/json']],
      });
      expect(counted.status).toBe(403);
    }
    first.setAnswer(streamMessage(script('from the first')));
    expect((await post('after')).body.toString()).toContain('from the first');
  });
});
