// Contract: GET /v1/models offers Claude Code what it can ask for, from memory and in Anthropic's shape, whatever the
// providers do meanwhile; the lists are fetched from the providers themselves and survive a restart. (P11, P14, P19, P24)
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import Anthropic from '@anthropic-ai/sdk';
import { ModelList } from '../../src/contract/models.ts';
import { errorJson, sendJson } from '../support/anthropic-answers.ts';
import { createGate, startFakeUpstream, type Answer, type FakeUpstream } from '../support/fake-upstream.ts';
import { fetchRaw } from '../support/raw-http.ts';
import { messagesBody, providerFor, upstreamKey, upstreamKeyVariable } from '../support/rig.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

interface Page {
  data: {
    type: string;
    id: string;
    display_name: string;
    created_at: string;
    max_input_tokens: number | null;
  }[];
  has_more: boolean;
  first_id: string | null;
  last_id: string | null;
}

const claudeList = {
  data: [
    {
      type: 'model',
      id: 'claude-opus-5-5',
      display_name: 'Claude Opus 5.5',
      created_at: '2026-09-22T00:00:00Z',
    },
    {
      type: 'model',
      id: 'claude-haiku-5-5',
      display_name: 'Claude Haiku 5.5',
      created_at: '2026-09-28T00:00:00Z',
    },
  ],
  has_more: false,
  first_id: 'claude-opus-5-5',
  last_id: 'claude-haiku-5-5',
};
const openaiList = {
  object: 'list',
  data: [
    { id: 'gpt-5.6', object: 'model', created: 1_780_000_000, owned_by: 'openai' },
    { id: 'my-tune', object: 'model', created: 1_780_000_000, owned_by: 'me' },
  ],
};

/** Answers by path; everything else is not there. */
const byPath =
  (routes: Record<string, Answer>): Answer =>
  (exchange) =>
    (routes[exchange.request.path] ?? sendJson(404, errorJson('not_found_error', 'no')))(exchange);

let claude: FakeUpstream;
let other: FakeUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  claude = await startFakeUpstream();
  other = await startFakeUpstream();
  gateway = await startGateway({
    config: {
      providers: [
        providerFor(claude, 'a'),
        {
          id: 'oa',
          type: 'openai',
          label: 'OpenAI at work',
          baseUrl: `${other.url}/v1`,
          credential: `env:${upstreamKeyVariable}`,
          models: { 'my-tune': { contextWindow: 64_000, label: 'Our tune' } },
          tiers: { opus: 'gpt-5.6', sonnet: 'gpt-5.6', haiku: 'gpt-5.6', background: 'gpt-5.6' },
        },
      ],
      routes: [{ match: {}, to: [{ provider: 'a' }] }],
    },
    environment: { [upstreamKeyVariable]: upstreamKey },
  });
});
afterAll(async () => {
  await gateway.dispose();
  await Promise.all([claude.close(), other.close()]);
});
afterEach(() => {
  expect([...claude.failures, ...other.failures]).toEqual([]);
});

const list = async (query = '?limit=1000'): Promise<Page> => {
  const answer = await fetchRaw(`${gateway.url}/v1/models${query}`, { headers: [gateway.key()] });
  expect([answer.status, answer.values('location')]).toEqual([200, []]);
  return answer.json() as Page;
};
const refresh = (): Promise<ModelList> => gateway.control.call('models.refresh', {});

describe('P11: the list', () => {
  test('is there before any provider was asked, and waits for none of them', async () => {
    const held = createGate();
    const silent: Answer = async (exchange) => {
      await held.opened;
      exchange.cut();
    };
    claude.setAnswer(silent);
    other.setAnswer(silent);
    const page = await list();
    expect(page.data.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['claude-opus-5-5', 'claude/oa/gpt-5.6']),
    );
    held.open();
  });

  test('holds Claude under its own names, and other providers’ chosen models as aliases with their names', async () => {
    claude.setAnswer(byPath({ '/v1/models': sendJson(200, claudeList) }));
    other.setAnswer(byPath({ '/v1/models': sendJson(200, openaiList) }));
    await refresh();
    const page = await list();
    expect(page.data.map(({ id, display_name }) => [id, display_name])).toEqual([
      ['claude-opus-5-5', 'Claude Opus 5.5'],
      ['claude-haiku-5-5', 'Claude Haiku 5.5'],
      ['claude/oa/gpt-5.6', 'GPT-5.6 · OpenAI at work'],
      ['claude/oa/my-tune', 'Our tune · OpenAI at work'],
    ]);
    expect(page).toMatchObject({
      has_more: false,
      first_id: 'claude-opus-5-5',
      last_id: 'claude/oa/my-tune',
    });
    expect(
      page.data.every(({ type, created_at }) => type === 'model' && !Number.isNaN(Date.parse(created_at))),
    ).toBe(true);
    expect(page.data[3]?.max_input_tokens).toBe(64_000);
  });

  test.each(['Authorization', 'x-api-key'])(
    'opens to the local key in %s, and to no other',
    async (header) => {
      const { clientKey } = gateway.ready;
      const ask = (key: string) =>
        fetchRaw(`${gateway.url}/v1/models?limit=1000`, {
          headers: [[header, header === 'x-api-key' ? key : `Bearer ${key}`]],
        });
      expect((await ask(clientKey)).status).toBe(200);
      expect((await ask('sk-ant-wrong')).status).toBe(401);
    },
  );

  test('comes in pages that the official client follows, and one by one', async () => {
    expect(await list('?limit=2')).toMatchObject({ has_more: true, last_id: 'claude-haiku-5-5' });
    const client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.ready.clientKey, maxRetries: 0 });
    const ids: string[] = [];
    for await (const model of client.models.list({ limit: 1 })) ids.push(model.id);
    expect(ids).toEqual((await list()).data.map(({ id }) => id));
    expect(await client.models.retrieve('claude/oa/gpt-5.6')).toMatchObject({
      display_name: 'GPT-5.6 · OpenAI at work',
    });
    await expect(client.models.retrieve('claude-nobody')).rejects.toMatchObject({ status: 404 });
    const wrong = await fetchRaw(`${gateway.url}/v1/models?limit=0`, { headers: [gateway.key()] });
    expect([wrong.status, (wrong.json() as { error: { type: string } }).error.type]).toEqual([
      400,
      'invalid_request_error',
    ]);
  });

  test('is no exchange and costs nothing', async () => {
    await list();
    expect(await gateway.control.exchanges()).toEqual([]);
  });
});

describe('models.list, models.refresh and the command', () => {
  test('say of each model where it comes from, what it holds, its alias, price, tiers and advice (P14, P24)', async () => {
    const { providers } = await gateway.control.call('models.list', { provider: 'oa' });
    expect(providers).toMatchObject([
      {
        provider: 'oa',
        source: 'live',
        problem: null,
        models: [
          {
            id: 'gpt-5.6',
            alias: 'claude/oa/gpt-5.6',
            offered: true,
            contextWindow: 1_050_000,
            tiers: ['opus', 'sonnet', 'haiku', 'background'],
            price: { estimated: false },
          },
          {
            id: 'my-tune',
            name: 'Our tune',
            contextWindow: 64_000,
            advice: expect.stringContaining('64,000') as string,
          },
        ],
      },
    ]);
    expect(providers[0]?.ageSeconds).toBeLessThan(3600);
    await expect(gateway.control.call('models.list', { provider: 'nobody' })).rejects.toMatchObject({
      status: 404,
    });
  });

  test('tell a key’s refusal and keep the last good list', async () => {
    other.setAnswer(
      sendJson(401, { error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } }),
    );
    const { providers } = await gateway.control.call('models.refresh', { provider: 'oa' });
    expect(providers).toMatchObject([
      { source: 'live', problem: expect.stringMatching(/does not take this key/) as string },
    ]);
    expect(JSON.stringify(providers)).not.toContain(upstreamKey);
    expect((await list()).data).toHaveLength(4);
  });

  test('print a table, JSON, and end with 1 when a provider did not answer', async () => {
    const table = await gateway.run('models', 'oa');
    expect([table.code, table.stderr]).toEqual([0, '']);
    expect(table.stdout).toMatch(/claude\/oa\/gpt-5\.6 .*1,050,000.*opus, sonnet, haiku, background/);
    const json = await gateway.run('models', '--json');
    expect(ModelList.parse(JSON.parse(json.stdout)).providers.map(({ provider }) => provider)).toEqual([
      'a',
      'oa',
    ]);
    const failed = await gateway.run('models', 'oa', '--refresh');
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringMatching(/does not take this key/)]);
    const unknown = await gateway.run('models', 'nobody');
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/no provider "nobody"/)]);
  });

  test('end with the caller: a refresh that nobody waits for is given up', async () => {
    const next = claude.nextRequest();
    claude.setAnswer(() => {});
    const leaving = new AbortController();
    const call = fetch(`${gateway.url}/control/models.refresh`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.ready.controlKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ provider: 'a' }),
      signal: leaving.signal,
    });
    const request = await next;
    leaving.abort();
    await expect(call).rejects.toThrow(/abort/);
    await request.socketClosed;
  });

  test('remember the lists over a restart, without the key in them', async () => {
    const text = await readFile(join(gateway.dataDir, 'models.json'), 'utf8');
    expect(text).not.toContain(upstreamKey);
    await gateway.stop();
    await gateway.restart();
    const { providers } = await gateway.control.call('models.list', {});
    expect(providers.map(({ provider, source }) => [provider, source])).toEqual([
      ['a', 'cached'],
      ['oa', 'cached'],
    ]);
    expect((await list()).data.map(({ id }) => id)).toContain('claude/oa/my-tune');
  });
});

test('P14: a prompt that no estimate fits into the window is refused in the words on which Claude Code compacts', async () => {
  const before = other.requests.length;
  const content = 'Some words of a long talk. '.repeat(20_000);
  const answer = await fetchRaw(`${gateway.url}/v1/messages`, {
    body: messagesBody({ model: 'claude/oa/my-tune', messages: [{ role: 'user', content }] }),
    headers: [gateway.key(), ['Content-Type', 'application/json']],
  });
  expect([answer.status, answer.json()]).toMatchObject([
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: expect.stringMatching(/^prompt is too long: \d+ tokens > 64000 maximum$/) as string,
      },
    },
  ]);
  expect(other.requests.slice(before).map(({ path }) => path)).toEqual([]);
});

test('P19: count_tokens is answered although a budget is used up, and is never an exchange', async () => {
  const before = (await gateway.control.exchanges()).length;
  await gateway.control.call('budget.set', {
    budget: { id: 'none', scope: { type: 'all' }, period: 'lifetime', limit: { tokens: 1 }, mode: 'hard' },
  });
  claude.setAnswer(byPath({ '/v1/messages/count_tokens': sendJson(200, { input_tokens: 1234 }) }));
  const count = (model: string) =>
    fetchRaw(`${gateway.url}/v1/messages/count_tokens`, {
      body: messagesBody({ model, stream: undefined }),
      headers: [gateway.key(), ['Content-Type', 'application/json']],
    });
  const own = await count('claude-opus-5-5');
  expect([own.status, own.json()]).toEqual([200, { input_tokens: 1234 }]);
  // Without a count of the provider's own, the estimate stands in, never too low (T73).
  const translated = await count('claude/oa/gpt-5.6');
  expect(translated.status).toBe(200);
  expect((translated.json() as { input_tokens: number }).input_tokens).toBeGreaterThan(0);
  const refused = await fetchRaw(`${gateway.url}/v1/messages`, {
    body: messagesBody(),
    headers: [gateway.key()],
  });
  expect(refused.status).toBe(429);
  const rows = await gateway.control.exchanges();
  // The newest: the one that the budget refused, and no row of a count above it.
  expect(rows.map(({ modelAsked, state }) => [modelAsked, state])[0]).toEqual(['claude-opus-5-5', 'refused']);
  expect(rows).toHaveLength(before + 1);
});
