// Contract: routes decide by what the user wrote, explain themselves in the record, and take effect at once; keys of one
// provider stand in for each other; a project held to Claude never leaves it. (T166, traps 44, 51, 53, problem 20)
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { answerMessage, errorJson, sendJson, type MessageScript } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/fake-upstream.ts';
import { sendRequest, type ReceivedAnswer } from '../support/raw-http.ts';
import { messagesBody, sessionHeader } from '../support/rig.ts';
import { startGateway, type ConfigInput, type TestGateway } from '../support/start-gateway.ts';
import { startOpenAiResponses } from '../support/upstreams/openai-responses.ts';
import type { Mock } from '../support/upstreams/mock-server.ts';

const model = 'claude-opus-5-5';
const script: MessageScript = {
  model,
  blocks: [{ type: 'text', text: 'from Claude' }],
  usage: tokens({ inputTokens: 40, outputTokens: 7 }),
};

let claude: FakeUpstream;
let gpt: Mock;
let gateway: TestGateway;

beforeEach(async () => {
  claude = await startFakeUpstream();
  claude.setAnswer(answerMessage(script));
  gpt = await startOpenAiResponses();
  gpt.setScript({ text: 'from GPT' });
});
afterEach(async () => {
  await gateway.dispose();
  await claude.close();
  await gpt.close();
  expect(claude.failures).toEqual([]);
});

async function start(config: ConfigInput): Promise<void> {
  gateway = await startGateway({
    config: {
      providers: [
        {
          id: 'claude',
          type: 'anthropic',
          baseUrl: claude.url,
          credential: 'env:KEY_A',
          credentials: ['env:KEY_B'],
        },
        { id: 'gpt', type: 'openai', baseUrl: `${gpt.url}/v1`, credential: 'env:GPT_KEY' },
      ],
      ...config,
    },
    environment: { KEY_A: 'sk-ant-key-a', KEY_B: 'sk-ant-key-b', GPT_KEY: gpt.key },
  });
}

function post(
  session: string,
  more: Record<string, unknown> = {},
  headers: [string, string][] = [],
): Promise<ReceivedAnswer> {
  return sendRequest(`${gateway.url}/v1/messages?beta=true`, {
    method: 'POST',
    body: messagesBody({ model, ...more }),
    headers: [gateway.key(), ['Content-Type', 'application/json'], sessionHeader(session), ...headers],
  }).answer;
}

async function lastRow(): Promise<ExchangeRow> {
  const rows = await gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  return rows[0] as ExchangeRow;
}

const whoAnswered = (answer: ReceivedAnswer): string =>
  /from (Claude|GPT)/.exec(answer.text())?.[1] ?? answer.text();

describe('rules', () => {
  test('problem 20: sizes, agents, projects, thinking and prompt size go where the rules say', async () => {
    await start({
      routes: [
        { match: { model: 'claude-*haiku*' }, to: [{ provider: 'gpt', model: 'gpt-5.4-mini' }] },
        { match: { agent: '*' }, to: [{ provider: 'gpt' }] },
        { match: { project: '/home/me/acme' }, to: [{ provider: 'gpt', model: 'gpt-5.6' }] },
        { match: { thinking: true, promptTokens: { atLeast: 2000 } }, to: [{ provider: 'gpt' }] },
        { match: {}, to: [{ provider: 'claude' }] },
      ],
    });
    expect(whoAnswered(await post('a'))).toBe('Claude');
    expect(whoAnswered(await post('b', { model: 'claude-haiku-5-5' }))).toBe('GPT');
    expect((await lastRow()).routeReason).toMatch(/rule 1, model is claude-\*haiku\*/);
    expect(whoAnswered(await post('c', {}, [['x-claude-code-agent-id', 'a163cc8ad675ee12e']]))).toBe('GPT');
    expect(whoAnswered(await post('d', {}, [['x-tollgate-project', '/home/me/acme/web']]))).toBe('GPT');
    expect(whoAnswered(await post('e', {}, [['x-tollgate-project', '/home/me/acme2']]))).toBe('Claude');
    const long = [{ role: 'user', content: 'word '.repeat(4000) }];
    expect(whoAnswered(await post('f', { messages: long }))).toBe('Claude');
    expect(whoAnswered(await post('g', { messages: long, thinking: { type: 'adaptive' } }))).toBe('GPT');
    expect(whoAnswered(await post('h', { thinking: { type: 'adaptive' } }))).toBe('Claude');
    expect(gpt.seen.problems).toEqual([]);
    expect(gpt.seen.answered.map(({ body }) => (body as { model: string }).model)).toContain('gpt-5.4-mini');
  });

  test('a switch counts for the next request of a running session, and back', async () => {
    await start({ routes: [{ match: {}, to: [{ provider: 'claude' }, { provider: 'gpt' }] }] });
    expect(whoAnswered(await post('same'))).toBe('Claude');
    expect((await gateway.run('use', 'gpt')).code).toBe(0);
    expect(whoAnswered(await post('same'))).toBe('GPT');
    expect((await gateway.run('use', 'claude')).code).toBe(0);
    expect(whoAnswered(await post('same'))).toBe('Claude');
  });

  test('pins hold a session or a project, whatever the rules say, until they are taken away', async () => {
    await start({ routes: [{ match: {}, to: [{ provider: 'claude' }] }] });
    expect((await gateway.run('pin', 'session', 'pinned', 'gpt/gpt-5.6')).code).toBe(0);
    expect((await gateway.run('pin', 'project', '/home/me/acme', 'gpt')).code).toBe(0);
    expect(whoAnswered(await post('pinned'))).toBe('GPT');
    expect(whoAnswered(await post('other'))).toBe('Claude');
    expect(whoAnswered(await post('other', {}, [['x-tollgate-project', '/home/me/acme']]))).toBe('GPT');
    expect((await lastRow()).routeReason).toMatch(/pinned/);
    await gateway.control.call('pins.remove', { session: 'pinned' });
    expect(whoAnswered(await post('pinned'))).toBe('Claude');
  });

  test('an alias is answered by its provider and model, and by nobody else', async () => {
    await start({ routes: [{ match: {}, to: [{ provider: 'claude' }] }] });
    const answer = await post('alias', { model: 'claude/gpt/gpt-5.6' });
    expect([whoAnswered(answer), answer.values('x-tollgate-model')]).toEqual(['GPT', ['gpt-5.6']]);
    expect(answer.text()).toContain('"model":"claude/gpt/gpt-5.6"');
    gpt.setScript({ fault: { kind: 'status', status: 503, body: '{"error":{"message":"away"}}' } });
    const failed = await post('alias', { model: 'claude/gpt/gpt-5.6' });
    expect(failed.status).toBeGreaterThanOrEqual(500);
    expect(claude.requests.length).toBe(0);
  });
});

describe('T166: a project held to Claude', () => {
  test('hears of the outage instead of another model', async () => {
    await start({
      routes: [{ match: {}, to: [{ provider: 'claude' }, { provider: 'gpt' }] }],
      onlyClaude: ['/home/me/strict'],
    });
    claude.setAnswer(sendJson(529, errorJson('overloaded_error', 'Overloaded')));
    const held = await post('held', {}, [['x-tollgate-project', '/home/me/strict/app']]);
    expect([held.status, gpt.seen.requests.length]).toEqual([529, 0]);
    await gateway.control.call('health.reset', {});
    expect(whoAnswered(await post('free'))).toBe('GPT');
  });
});

describe('several keys of one provider', () => {
  const keysSeen = (): string[] => claude.requests.flatMap((request) => request.values('x-api-key'));

  test.each([401, 429])(
    'status %i of one is answered by the next, which the session keeps',
    async (status) => {
      await start({ routes: [{ match: {}, to: [{ provider: 'claude' }] }] });
      claude.setAnswer((exchange) =>
        exchange.request.values('x-api-key')[0] === 'sk-ant-key-a'
          ? sendJson(status, errorJson('rate_limit_error', 'not this key'), [['retry-after', '300']])(
              exchange,
            )
          : answerMessage(script)(exchange),
      );
      expect(whoAnswered(await post('pool'))).toBe('Claude');
      expect(keysSeen()).toEqual(['sk-ant-key-a', 'sk-ant-key-b']);
      expect(whoAnswered(await post('pool'))).toBe('Claude');
      expect(keysSeen().slice(2)).toEqual(['sk-ant-key-b']);
      const row = await lastRow();
      expect(JSON.stringify(row)).not.toContain('sk-ant-key');
    },
  );

  test('a provider that is down is not asked once per key', async () => {
    await start({ routes: [{ match: {}, to: [{ provider: 'claude' }] }] });
    claude.setAnswer(sendJson(503, errorJson('api_error', 'down')));
    expect((await post('down')).status).toBe(503);
    expect(claude.requests.length).toBe(1);
  });
});

describe('what cannot be routed', () => {
  test('problem 20: a provider without a model for the name is a 404 that names it', async () => {
    await start({
      providers: [{ id: 'local', type: 'openai-compatible', baseUrl: `${gpt.url}/v1`, credential: 'none' }],
      routes: [{ match: {}, to: [{ provider: 'local' }] }],
    });
    const answer = await post('unknown');
    expect(answer.status).toBe(404);
    expect(answer.json()).toMatchObject({ error: { type: 'not_found_error' } });
    expect(answer.text()).toContain('local');
    expect(await lastRow()).toMatchObject({ state: 'refused', status: 404 });
  });

  test.each([
    ['the login of Claude to another company', { id: 'x', type: 'deepseek-anthropic', credential: 'client' }],
    ['the login of Claude in a key pool', { id: 'x', type: 'anthropic', credentials: ['client'] }],
    ['a proxy that is none', { id: 'x', type: 'anthropic', http: { proxy: 'socks5://127.0.0.1:1' } }],
  ])('a config that would send %s is refused with its place', async (_name, provider) => {
    await expect(start({ providers: [provider] })).rejects.toThrow(/providers/);
    await start({});
  });
});
