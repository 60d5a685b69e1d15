// Any server with Chat Completions.
import { describe, expect, it } from 'vitest';
import { openAiCompatibleAdapter } from '../../../../src/gateway/providers/openai-compatible/adapter.ts';
import { listed, readTool, sent } from '../translated/recording.ts';
import type { Call } from '../translated/recording.ts';

const baseUrl = 'http://127.0.0.1:8000/v1';
const call = (setup: Partial<Call['setup']> = {}, rest: Partial<Call> = {}) =>
  sent(openAiCompatibleAdapter, { setup: { model: 'my-model', baseUrl, ...setup }, ...rest });

describe('a call', () => {
  it('T1, T32: sends one system message as plain text, and asks for usage at the end of a stream', async () => {
    const { url, headers, body } = await call({}, { stream: true });
    expect(url).toBe('http://127.0.0.1:8000/v1/chat/completions');
    expect(headers['authorization']).toBe('Bearer sk-test');
    expect(body['messages']).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hello' },
    ]);
    expect(body['stream_options']).toEqual({ include_usage: true });
  });

  it('sends no Authorization without a key', async () => {
    expect((await call({ secret: null })).headers).not.toHaveProperty('authorization');
  });

  it('T17: forbids parallel calls only beside tools, and says nothing that many servers refuse', async () => {
    const wish = { parallelTools: false, cacheKey: 's', user: 'abc', serviceTier: 'auto' as const };
    const { body } = await call({}, { wish, options: { tools: [readTool] } });
    expect(Object.keys(body).sort()).toEqual([
      'max_tokens',
      'messages',
      'model',
      'parallel_tool_calls',
      'tools',
    ]);
    expect((await call({}, { wish })).body).not.toHaveProperty('parallel_tool_calls');
  });

  it('T22: sends an effort where the settings say that models take one', async () => {
    expect(openAiCompatibleAdapter.traits('my-model', {}).reasoning).toEqual({ kind: 'fixed' });
    expect(openAiCompatibleAdapter.traits('my-model', { effort: 'yes' }).reasoning).toMatchObject({
      kind: 'effort',
    });
    expect((await call({}, { wish: { effort: 'low' } })).body['reasoning_effort']).toBe('low');
  });

  it('T19, T20: serves OpenAI’s thinking models as they want it', async () => {
    const o3 = (await call({ model: 'o3' })).body;
    expect(o3['max_completion_tokens']).toBe(512);
    expect(o3).not.toHaveProperty('max_tokens');
    expect(openAiCompatibleAdapter.traits('o3', {})).toMatchObject({ temperature: false, stopSequences: 0 });
    const latest = (await call({ model: 'gpt-5.6' }, { options: { tools: [readTool] } })).body;
    expect(latest['reasoning_effort']).toBe('none');
    expect((await call({ model: 'gpt-5.6' })).body).not.toHaveProperty('reasoning_effort');
  });

  it('T26: passes the schema of structured output', async () => {
    const { body } = await call(
      {},
      { options: { responseFormat: { type: 'json', name: 'answer', schema: { type: 'object' } } } },
    );
    expect(body['response_format']).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 'answer', strict: false },
    });
  });
});

it('T9: models see images when the settings say so, else when their name does', () => {
  const images = (model: string, options: Record<string, string> = {}) =>
    openAiCompatibleAdapter.traits(model, options).images;
  expect(images('my-model')).toBe(false);
  expect(images('my-model', { images: 'yes' })).toBe(true);
  expect(images('qwen2.5-vl-7b-instruct')).toBe(true);
  expect(images('qwen2.5-vl-7b-instruct', { images: 'no' })).toBe(false);
  expect(images('gpt-4o')).toBe(true);
});

it.each([
  [{ id: 'm', max_model_len: 32_768 }, 32_768],
  [{ id: 'm', context_length: 8_192 }, 8_192],
  [{ id: 'm', meta: { n_ctx_train: 4_096 } }, 4_096],
  [{ id: 'm' }, null],
])('reads the window of %j as %s', async (entry, contextWindow) => {
  const { models, requests } = await listed(openAiCompatibleAdapter, { model: '', baseUrl }, () => ({
    json: { data: [entry, { id: 'bge-m3' }] },
  }));
  expect(requests[0]?.url).toBe('http://127.0.0.1:8000/v1/models');
  expect(models).toEqual([{ id: 'm', name: null, contextWindow, maxOutputTokens: null }]);
});

it('passes on why a list was refused', async () => {
  const answer = () => ({ status: 401, json: { error: { message: 'bad key' } } });
  await expect(listed(openAiCompatibleAdapter, { model: '', baseUrl }, answer)).rejects.toMatchObject({
    statusCode: 401,
    message: 'bad key',
  });
});
