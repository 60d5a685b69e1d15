// Contract: a provider is tested, before it is used, with the cheapest real request; whatever answers there, the sentence
// says what is wrong, the test ends within its limit and can be taken back, and the key goes to that address only.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ControlInput } from '../../src/contract/control-contract.ts';
import type { ProviderTestResult } from '../../src/contract/vault.ts';
import { errorJson, sendJson } from '../support/anthropic-answers.ts';
import { startFakeUpstream, type Answer, type FakeUpstream } from '../support/fake-upstream.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const secret = 'sk-ant-api03-under-test-0123456789-wxyz';
const models = { data: [{ type: 'model', id: 'claude-opus-5-5', display_name: 'Opus' }], has_more: false };
const openaiModels = { object: 'list', data: [{ id: 'first-model', object: 'model' }] };
const message = {
  type: 'message',
  role: 'assistant',
  content: [],
  usage: { input_tokens: 1, output_tokens: 1 },
};

let upstream: FakeUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({
    config: {
      providers: [
        { id: 'nowhere', type: 'anthropic', baseUrl: 'http://127.0.0.1:9', credential: 'env:SET_NOWHERE' },
        { id: 'login', type: 'anthropic', credential: 'client' },
      ],
    },
  });
});
afterAll(() => gateway.dispose());
beforeEach(async () => {
  upstream = await startFakeUpstream();
});
afterEach(() => upstream.close());

type Input = ControlInput<'provider.test'>;
const testSettings = (baseUrl: string, more: Input = {}): Promise<ProviderTestResult> =>
  gateway.control.call('provider.test', { settings: { type: 'anthropic', baseUrl }, secret, ...more });

const text =
  (status: number, body: string, type = 'text/html'): Answer =>
  async (exchange) => {
    exchange.head(status, [['Content-Type', type]]);
    await exchange.send(body);
    exchange.end();
  };

/** Answers by path. */
function routed(
  routes: Record<string, Answer>,
  otherwise: Answer = sendJson(404, errorJson('not_found_error', 'no')),
): Answer {
  return (exchange) => (routes[exchange.request.path] ?? otherwise)(exchange);
}

test('a right key and address: one request for the model list, with nothing of ours in it', async () => {
  upstream.setAnswer(sendJson(200, models));
  const result = await testSettings(`${upstream.url}/`);
  expect(result).toMatchObject({ ok: true, outcome: 'works', status: 200, models: 1, suggestion: null });
  expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/models']);
  const [request] = upstream.requests;
  expect(request?.values('x-api-key')).toEqual([secret]);
  expect(JSON.stringify(request?.headers)).not.toMatch(/tg-|x-tollgate/i);
});

describe('what is wrong is said', () => {
  test.each<[string, Answer, ProviderTestResult['outcome'], RegExp]>([
    [
      '401',
      sendJson(401, errorJson('authentication_error', `invalid x-api-key ${secret}`)),
      'wrong-key',
      /does not take this key/,
    ],
    ['403', sendJson(403, errorJson('permission_error', 'Not for you.')), 'forbidden', /Not for you/],
    ['404 page', text(404, '<h1>Not found</h1>'), 'wrong-address', /no Messages API/],
    ['404', sendJson(404, errorJson('not_found_error', 'Not found')), 'needs-message', /no list of models/],
    ['402', sendJson(402, { error: { message: 'Insufficient credits' } }), 'no-credit', /no credit/],
    ['429', sendJson(429, errorJson('rate_limit_error', 'slow')), 'rate-limited', /limits/],
    [
      '429 for an empty account',
      sendJson(429, { error: { message: 'insufficient_quota' } }),
      'no-credit',
      /no credit/,
    ],
    ['529', sendJson(529, errorJson('overloaded_error', 'Overloaded')), 'provider-failing', /overloaded/],
    ['500', text(500, 'oops'), 'provider-failing', /failing/],
    ['a web page', text(200, '<!doctype html><title>Login</title>'), 'not-anthropic', /Messages API/],
    ['endless text', endless, 'not-anthropic', /Messages API/],
    ['a redirection', redirect, 'wrong-address', /https:\/\/elsewhere\.example\./],
    [
      'no HTTP at all',
      (exchange) => exchange.raw('SSH-2.0-OpenSSH_9.9\r\n\r\n'),
      'not-anthropic',
      /not a web server/,
    ],
    ['a reset', (exchange) => exchange.reset(), 'unreachable', /closed the connection/],
    ['an answer that is cut', cut, 'unreachable', /closed the connection/],
  ])('%s', async (_name, answer, outcome, words) => {
    upstream.setAnswer(answer);
    const result = await testSettings(upstream.url);
    expect([result.ok, result.outcome]).toEqual([false, outcome]);
    expect(result.sentence).toMatch(words);
    expect(JSON.stringify(result)).not.toContain(secret.slice(8, 20));
  });

  test('nothing listens there', async () => {
    const closed = await startFakeUpstream();
    await closed.close();
    expect(await testSettings(closed.url)).toMatchObject({
      outcome: 'unreachable',
      sentence: expect.stringMatching(/refused/) as string,
    });
  });

  test('a name that does not exist', async () => {
    expect(await testSettings('https://nowhere.invalid')).toMatchObject({
      ok: false,
      outcome: 'unreachable',
    });
  });

  test('https:// to a server that speaks plain HTTP is a TLS problem, with the mend', async () => {
    const result = await testSettings(upstream.url.replace('http:', 'https:'));
    expect(result).toMatchObject({ outcome: 'tls', sentence: expect.stringContaining('http://') as string });
  });

  test('Tollgate’s own address, also by another name', async () => {
    for (const address of [gateway.url, gateway.url.replace('127.0.0.1', 'localhost'), `${gateway.url}/v1`]) {
      expect(await testSettings(address)).toMatchObject({
        outcome: 'wrong-address',
        sentence: expect.stringContaining('Tollgate itself') as string,
      });
    }
  });

  test('a key that never was one is not sent', async () => {
    for (const wrong of [
      'sk-ant with a blank',
      'sk-ant–typographic',
      gateway.ready.clientKey,
      'sk-ant-oat01-login-token',
    ]) {
      expect(await testSettings(upstream.url, { secret: wrong })).toMatchObject({
        ok: false,
        outcome: 'wrong-key',
      });
    }
    expect(upstream.requests).toEqual([]);
  });
});

describe('mends that are tried', () => {
  test('an address that ends in /v1 is recognised, and the right one suggested (trap: doubled path)', async () => {
    upstream.setAnswer(routed({ '/v1/models': sendJson(200, models) }));
    for (const doubled of [`${upstream.url}/v1`, `${upstream.url}/v1/`, `${upstream.url}/v1/messages`]) {
      expect(await testSettings(doubled)).toMatchObject({
        ok: false,
        outcome: 'doubled-v1',
        suggestion: { baseUrl: upstream.url },
      });
    }
    expect(await testSettings(upstream.url)).toMatchObject({ ok: true });
  });

  test('an address that ends in /v1 and works like that is left alone', async () => {
    upstream.setAnswer(routed({ '/gateway/v1/v1/models': sendJson(200, models) }));
    expect(await testSettings(`${upstream.url}/gateway/v1`)).toMatchObject({ ok: true, suggestion: null });
  });

  test('a key that the address takes in another header is not called wrong', async () => {
    upstream.setAnswer((exchange) =>
      exchange.request.values('authorization')[0] === `Bearer ${secret}`
        ? sendJson(200, models)(exchange)
        : sendJson(401, { error: 'missing token' })(exchange),
    );
    expect(await testSettings(upstream.url)).toMatchObject({
      ok: false,
      outcome: 'other-header',
      suggestion: { keyHeader: 'authorization' },
    });
    const settings = { type: 'anthropic', baseUrl: upstream.url, keyHeader: 'authorization' as const };
    expect(await gateway.control.call('provider.test', { settings, secret })).toMatchObject({ ok: true });
  });
});

describe('a provider without a model list', () => {
  const answers = routed({ '/v1/messages': sendJson(200, message) });

  test('is not sent a message unless the caller allows it', async () => {
    upstream.setAnswer(answers);
    expect(await testSettings(upstream.url)).toMatchObject({ ok: false, outcome: 'needs-message' });
    expect(upstream.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('gets one message of one token when the caller allows it', async () => {
    upstream.setAnswer(answers);
    expect(await testSettings(upstream.url, { allowMessage: true, model: 'their-model' })).toMatchObject({
      ok: true,
    });
    const sent = upstream.requests.filter(({ method }) => method === 'POST');
    expect(sent.map((request) => request.json())).toEqual([
      { model: 'their-model', max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] },
    ]);
  });

  test('that lists models the way OpenAI does is asked with its own model', async () => {
    upstream.setAnswer(
      routed({ '/v1/models': sendJson(200, openaiModels), '/v1/messages': sendJson(200, message) }),
    );
    expect(await testSettings(upstream.url)).toMatchObject({ outcome: 'needs-message', models: 1 });
    expect(await testSettings(upstream.url, { allowMessage: true })).toMatchObject({ ok: true });
    expect(upstream.requests.at(-1)?.json()).toMatchObject({ model: 'first-model' });
  });
});

describe('a test that takes long', () => {
  test('can be taken back: closing the connection ends it upstream too', async () => {
    upstream.setAnswer(() => {});
    const arrived = upstream.nextRequest();
    const cancel = new AbortController();
    const call = fetch(`${gateway.url}/control/provider.test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.ready.controlKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ settings: { type: 'anthropic', baseUrl: upstream.url }, secret }),
      signal: cancel.signal,
    });
    const { socketClosed } = await arrived;
    cancel.abort();
    await expect(call).rejects.toThrow();
    await socketClosed;
  });
});

describe('providers of the config', () => {
  test('are tested with their own credential; a missing one is named', async () => {
    expect(await gateway.control.call('provider.test', { provider: 'nowhere' })).toMatchObject({
      outcome: 'no-key',
      sentence: expect.stringContaining('SET_NOWHERE') as string,
    });
    expect(await gateway.control.call('provider.test', { provider: 'nowhere', secret })).toMatchObject({
      outcome: 'unreachable',
    });
  });

  test('that have no key of their own, or do not exist, are said', async () => {
    for (const provider of ['login', 'practice']) {
      expect(await gateway.control.call('provider.test', { provider })).toMatchObject({
        ok: false,
        outcome: 'not-testable',
      });
    }
    await expect(gateway.control.call('provider.test', { provider: 'nobody' })).rejects.toThrow(
      /no provider/,
    );
    await expect(gateway.control.call('provider.test', {})).rejects.toThrow(/one of the two/);
    await expect(
      gateway.control.call('provider.test', { settings: { type: 'carrier-pigeon' }, secret }),
    ).rejects.toThrow(/cannot reach/);
  });
});

test('a tested key is kept nowhere', async () => {
  for (const entry of await readdir(gateway.dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name), 'latin1');
    expect([entry.name, bytes.includes(secret)]).toEqual([entry.name, false]);
  }
  expect(gateway.stdout() + gateway.stderr()).not.toContain(secret);
});

async function endless(exchange: Parameters<Answer>[0]): Promise<void> {
  exchange.head(200, [['Content-Type', 'text/plain']]);
  const piece = 'x'.repeat(64 * 1024);
  while (await exchange.send(piece));
}

function redirect(exchange: Parameters<Answer>[0]): void {
  exchange.head(307, [['Location', 'https://elsewhere.example/v1/models?token=1']]);
  exchange.end();
}

function cut(exchange: Parameters<Answer>[0]): void {
  exchange.head(200, [
    ['Content-Type', 'application/json'],
    ['Content-Length', '1000'],
  ]);
  exchange.cut();
}
