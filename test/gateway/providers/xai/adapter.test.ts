// xAI's Grok by Responses.
import { describe, expect, it } from 'vitest';
import { xaiAdapter } from '../../../../src/gateway/providers/xai/adapter.ts';
import { listed, readTool, record, sent, toolTurn } from '../translated/recording.ts';
import type { Answer, Call } from '../translated/recording.ts';

const baseUrl = 'https://api.x.ai/v1';
const answerDocument = {
  id: 'r1',
  created_at: 1,
  model: 'grok',
  object: 'response',
  status: 'completed',
  output: [
    {
      type: 'message',
      role: 'assistant',
      id: 'm1',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hi' }],
    },
  ],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
};
const answer: Answer = () => ({ json: answerDocument });
const call = (model: string, rest: Partial<Call> = {}) =>
  sent(xaiAdapter, { setup: { model, baseUrl }, answer, ...rest });
const asked = {
  name: 'web_search',
  maxUses: null,
  allowedDomains: null,
  blockedDomains: null,
  userLocation: null,
};

describe('a call', () => {
  it('T92, T93: stores nothing, declares tools flat with strict false, and puts effort in its place', async () => {
    const { url, body } = await call('grok-4.3', {
      wish: { effort: 'high', parallelTools: false, cacheKey: 's', user: 'abc', serviceTier: 'auto' },
      options: { tools: [readTool], toolChoice: { type: 'tool', toolName: 'Read' } },
    });
    expect(url).toBe('https://api.x.ai/v1/responses');
    expect(body).toMatchObject({
      store: false,
      max_output_tokens: 512,
      reasoning: { effort: 'high' },
      parallel_tool_calls: false,
      prompt_cache_key: 's',
      user: 'abc',
      tool_choice: { type: 'function', name: 'Read' },
    });
    expect(body).not.toHaveProperty('service_tier');
    expect((body['tools'] as object[])[0]).toMatchObject({ type: 'function', name: 'Read', strict: false });
    expect((await call('grok-4.3', { wish: { parallelTools: false } })).body).not.toHaveProperty(
      'parallel_tool_calls',
    );
  });

  it('T87: asks for encrypted reasoning and replays it with the id xAI gave it', async () => {
    const itemId = 'rs_1';
    const { body } = await call('grok-4.3', {
      options: {
        prompt: [
          { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
          {
            role: 'assistant',
            content: [
              {
                type: 'reasoning',
                text: 'Hm.',
                providerOptions: { xai: { itemId, reasoningEncryptedContent: 'blob' } },
              },
              { type: 'text', text: 'Hi' },
            ],
          },
          { role: 'user', content: [{ type: 'text', text: 'Again' }] },
        ],
      },
    });
    expect(body['include']).toEqual(['reasoning.encrypted_content']);
    expect((body['input'] as object[])[1]).toMatchObject({
      type: 'reasoning',
      id: 'rs_1',
      encrypted_content: 'blob',
    });
    expect(xaiAdapter.traits('grok-4.3', {}).replay).toBe('openai-encrypted');
    expect(xaiAdapter.traits('grok-4.20-0309-non-reasoning', {}).replay).toBe('none');
  });

  it('T87, T91: claims no ids and no encrypted reasoning that xAI never gave', async () => {
    const { body } = await call('grok-4.20-0309-non-reasoning', {
      options: { prompt: toolTurn, tools: [readTool] },
    });
    expect(body).not.toHaveProperty('include');
    const [, made] = body['input'] as object[];
    expect(made).toMatchObject({ type: 'function_call', call_id: 'toolu_01ABCdef' });
    expect(made).not.toHaveProperty('id');
  });

  it('T26: takes schemas that are not closed', async () => {
    const options: Call['options'] = { responseFormat: { type: 'json', schema: { type: 'object' } } };
    expect((await call('grok-4.3', { options })).body['text']).toMatchObject({
      format: { type: 'json_schema', strict: false },
    });
  });

  it('T94: searches with the domains asked for', async () => {
    const tool = xaiAdapter.traits('grok-4.3', {}).webSearch({ ...asked, blockedDomains: ['spam.example'] });
    if (tool === null) throw new Error('search refused');
    const { body } = await call('grok-4.3', { options: { tools: [tool] } });
    expect(body['tools']).toEqual([{ type: 'web_search', excluded_domains: ['spam.example'] }]);
  });
});

it('T28: a search it cannot bind to the domains asked for is refused', () => {
  const traits = xaiAdapter.traits('grok-4.3', {});
  const six = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example`);
  expect(traits.webSearch({ ...asked, allowedDomains: six })).toBeNull();
  expect(
    traits.webSearch({ ...asked, allowedDomains: ['a.example'], blockedDomains: ['b.example'] }),
  ).toBeNull();
});

it.each([
  ['grok-4.3', ['none', 'low', 'medium', 'high']],
  ['grok-4.6', ['none', 'low', 'medium', 'high', 'xhigh']],
  ['grok-latest', ['none', 'low', 'medium', 'high']],
  ['grok-3-mini', ['low', 'high']],
  ['grok-4', []],
  ['grok-4-1-fast-reasoning', []],
  ['grok-4.20-0309-reasoning', []],
  ['grok-code-fast-1', []],
])('T22: %s is told %j', (model, levels) => {
  const traits = xaiAdapter.traits(model, {});
  expect(traits.reasoning).toEqual(levels.length === 0 ? { kind: 'fixed' } : { kind: 'effort', levels });
  expect(traits.stopSequences).toBe(0);
});

it('lists models that answer in text', async () => {
  const { models } = await listed(xaiAdapter, { model: '', baseUrl }, () => ({
    json: { data: [{ id: 'grok-4.3' }, { id: 'grok-2-image-1212' }] },
  }));
  expect(models.map(({ id }) => id)).toEqual(['grok-4.3']);
});

describe('a whole answer', () => {
  const generate = async (json: object) => {
    const { fetch } = record(() => ({ json: { ...answerDocument, ...json } }));
    const model = await xaiAdapter.createModel({
      model: 'grok-4.3',
      baseUrl,
      secret: 'key',
      options: {},
      headers: {},
      fetch,
    });
    return model.doGenerate({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] });
  };

  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'content-filter'],
  ])('T41, T96: one that broke off for %s says so', async (reason, unified) => {
    const { finishReason } = await generate({ status: 'incomplete', incomplete_details: { reason } });
    expect(finishReason).toEqual({ unified, raw: reason });
  });

  it('T58: a refusal is read as the text it is', async () => {
    const message = { type: 'message', role: 'assistant', id: 'm1', status: 'completed' };
    const { content } = await generate({
      output: [{ ...message, content: [{ type: 'refusal', refusal: 'I will not.' }] }],
    });
    expect(content).toMatchObject([{ type: 'text', text: 'I will not.' }]);
  });
});
