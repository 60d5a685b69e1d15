// Contract: a provider of any type is tested like one that speaks Anthropic's words: its model list proves key and
// address, one message of one token where there is none and the caller allows it; programs of the user's own get their
// own words.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ControlInput } from '../../src/contract/control-contract.ts';
import type { ProviderTestResult } from '../../src/contract/vault.ts';
import { sendJson } from '../support/anthropic-answers.ts';
import { startFakeUpstream, type Answer, type FakeUpstream } from '../support/fake-upstream.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const secret = 'sk-under-test-0123456789-wxyz';

let upstream: FakeUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({
    config: { providers: [{ id: 'oa', type: 'openai', credential: 'env:NOT_SET' }] },
  });
});
afterAll(() => gateway.dispose());
beforeEach(async () => {
  upstream = await startFakeUpstream();
});
afterEach(async () => {
  await upstream.close();
  expect(upstream.failures).toEqual([]);
});

type Settings = NonNullable<ControlInput<'provider.test'>['settings']>;
const testSettings = (
  settings: Settings,
  more: ControlInput<'provider.test'> = {},
): Promise<ProviderTestResult> => gateway.control.call('provider.test', { settings, ...more });

const byPath =
  (routes: Record<string, Answer>): Answer =>
  (exchange) =>
    (routes[exchange.request.path] ?? sendJson(404, { error: { message: 'no such path' } }))(exchange);

describe('a translated provider', () => {
  test('works when it lists its models; the key goes where it belongs', async () => {
    upstream.setAnswer(
      byPath({ '/v1/models': sendJson(200, { object: 'list', data: [{ id: 'gpt-5.6' }] }) }),
    );
    const result = await testSettings({ type: 'openai', baseUrl: `${upstream.url}/v1` }, { secret });
    expect(result).toMatchObject({
      ok: true,
      outcome: 'works',
      models: 1,
      sentence: 'The key works: 1 model is offered.',
      suggestion: null,
    });
    expect(upstream.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/models']);
    expect(upstream.requests[0]?.values('authorization')).toEqual([`Bearer ${secret}`]);
  });

  test.each<[string, Answer, ProviderTestResult['outcome'], RegExp]>([
    [
      'a wrong key',
      sendJson(401, { error: { message: `Incorrect API key provided: ${secret}`, code: 'invalid_api_key' } }),
      'wrong-key',
      /does not take this key/,
    ],
    [
      'an empty account',
      sendJson(429, { error: { message: 'You exceeded your current quota.', code: 'insufficient_quota' } }),
      'no-credit',
      /no credit/,
    ],
    ['a server that fails', sendJson(500, { error: { message: 'oops' } }), 'provider-failing', /failing now/],
  ])('%s is told apart, and asked once', async (_name, answer, outcome, words) => {
    upstream.setAnswer(answer);
    const result = await testSettings({ type: 'openai', baseUrl: `${upstream.url}/v1` }, { secret });
    expect([result.ok, result.outcome]).toEqual([false, outcome]);
    expect(result.sentence).toMatch(words);
    expect(JSON.stringify(result)).not.toContain(secret.slice(3, 20));
    expect(upstream.requests).toHaveLength(1);
  });

  test('that is saved without its key says which one is missing, and nothing is sent', async () => {
    const result = await gateway.control.call('provider.test', { provider: 'oa' });
    expect(result).toMatchObject({
      ok: false,
      outcome: 'no-key',
      sentence: expect.stringContaining('NOT_SET') as string,
    });
    expect(upstream.requests).toEqual([]);
  });

  test('whose address only the user knows asks for it', async () => {
    for (const type of ['azure-openai', 'openai-compatible']) {
      expect(await testSettings({ type }, { secret })).toMatchObject({
        ok: false,
        outcome: 'wrong-address',
        sentence: expect.stringMatching(/^Enter the address/) as string,
      });
    }
  });

  test('without a list gets one message of one token, only when the caller allows it', async () => {
    const settings = {
      type: 'openai-compatible',
      baseUrl: `${upstream.url}/v1`,
      credential: 'none',
      models: { 'their-model': {} },
    };
    const completion = {
      id: 'c1',
      object: 'chat.completion',
      created: 1,
      model: 'their-model',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'length' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
    upstream.setAnswer(byPath({ '/v1/chat/completions': sendJson(200, completion) }));
    expect(await testSettings(settings)).toMatchObject({ ok: false, outcome: 'needs-message' });
    expect(upstream.requests.every(({ method }) => method === 'GET')).toBe(true);
    expect(await testSettings(settings, { allowMessage: true })).toMatchObject({
      ok: true,
      outcome: 'works',
    });
    const sent = upstream.requests.filter(({ method }) => method === 'POST');
    expect(sent.map((request) => request.json())).toMatchObject([{ model: 'their-model' }]);
  });
});

describe('a program of the user’s own', () => {
  const ollama = (): Settings => ({ type: 'ollama', baseUrl: `${upstream.url}/v1`, credential: 'none' });

  test('that runs and has models works', async () => {
    upstream.setAnswer(
      byPath({
        '/api/tags': sendJson(200, { models: [{ name: 'qwen3-coder:30b', model: 'qwen3-coder:30b' }] }),
        '/api/show': sendJson(200, { parameters: 'num_ctx 65536' }),
      }),
    );
    expect(await testSettings(ollama())).toMatchObject({
      ok: true,
      outcome: 'works',
      sentence: 'Ollama runs and offers 1 model.',
    });
  });

  test('that runs without a model is told how to get one', async () => {
    upstream.setAnswer(byPath({ '/api/tags': sendJson(200, { models: [] }) }));
    expect(await testSettings(ollama())).toMatchObject({
      ok: false,
      outcome: 'no-models',
      models: 0,
      sentence: 'Ollama runs, but has no models: get one with "ollama pull qwen3-coder".',
    });
  });

  test('that does not run is to be started', async () => {
    const closed = await startFakeUpstream();
    await closed.close();
    const result = await testSettings({ ...ollama(), baseUrl: `${closed.url}/v1` });
    expect([result.ok, result.outcome]).toEqual([false, 'unreachable']);
    expect(result.sentence).toMatch(/^Ollama does not (run|answer) at 127\.0\.0\.1:\d+.*start it/);
  });
});
