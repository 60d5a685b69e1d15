// Groq's open models.
import { describe, expect, it } from 'vitest';
import { groqAdapter } from '../../../../src/gateway/providers/groq/adapter.ts';
import { listed, readTool, sent, helloOptions, record, setupOf } from '../translated/recording.ts';
import type { Call } from '../translated/recording.ts';

const baseUrl = 'https://api.groq.com/openai/v1';
const call = (model: string, rest: Partial<Call> = {}) =>
  sent(groqAdapter, { setup: { model, baseUrl }, ...rest });

describe('a call', () => {
  it('T17, T22, T25: tells GPT-OSS its effort and nothing about the format of its thinking', async () => {
    const { url, body } = await call('openai/gpt-oss-120b', {
      wish: { effort: 'low', parallelTools: false, user: 'abc', serviceTier: 'default', showThinking: true },
      options: { tools: [{ ...readTool, strict: false }], toolChoice: { type: 'required' } },
    });
    expect(url).toBe('https://api.groq.com/openai/v1/chat/completions');
    expect(body).toMatchObject({
      reasoning_effort: 'low',
      parallel_tool_calls: false,
      user: 'abc',
      service_tier: 'on_demand',
      tool_choice: 'required',
      max_tokens: 512,
    });
    expect(body).not.toHaveProperty('reasoning_format');
    expect((body['tools'] as { function: object }[])[0]?.function).not.toHaveProperty('strict');
  });

  it('T22: keeps the thinking of Qwen out of its text, and switches it off', async () => {
    expect((await call('qwen/qwen3-32b', { wish: { effort: 'none' } })).body).toMatchObject({
      reasoning_effort: 'none',
      reasoning_format: 'hidden',
    });
    expect(
      (await call('qwen/qwen3-32b', { wish: { effort: 'high', showThinking: true } })).body,
    ).toMatchObject({
      reasoning_effort: 'default',
      reasoning_format: 'parsed',
    });
  });

  it('T17: says nothing of thinking or parallel calls where neither is', async () => {
    const { body } = await call('llama-3.3-70b-versatile', { wish: { parallelTools: false } });
    for (const key of ['reasoning_effort', 'reasoning_format', 'parallel_tool_calls'])
      expect(body).not.toHaveProperty(key);
  });
});

it.each([
  ['openai/gpt-oss-20b', { kind: 'effort', levels: ['low', 'medium', 'high'] }, false],
  ['qwen/qwen3-32b', { kind: 'effort', levels: ['none', 'high'] }, false],
  ['meta-llama/llama-4-maverick-17b-128e-instruct', { kind: 'fixed' }, true],
  ['moonshotai/kimi-k2-instruct-0905', { kind: 'fixed' }, false],
])('T9, T22: %s thinks by %j, sees images %s', (model, reasoning, images) => {
  expect(groqAdapter.traits(model, {})).toMatchObject({ reasoning, images, pdf: false });
});

it('lists models that answer in text, with their limits', async () => {
  const { models } = await listed(groqAdapter, { model: '', baseUrl }, () => ({
    json: {
      data: [
        { id: 'openai/gpt-oss-120b', context_window: 131_072, max_completion_tokens: 65_536 },
        { id: 'whisper-large-v3', context_window: 448 },
        { id: 'meta-llama/llama-guard-4-12b', context_window: 131_072 },
        { id: 'playai-tts', context_window: 8_192 },
      ],
    },
  }));
  expect(models).toEqual([
    { id: 'openai/gpt-oss-120b', name: null, contextWindow: 131_072, maxOutputTokens: 65_536 },
  ]);
});

it('T32: reads the usage of a stream from an event of its own', async () => {
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' };
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  const { fetch } = record(() => ({
    sse: [
      { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' } }] },
      { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { ...chunk, choices: [], usage },
      '[DONE]',
    ],
  }));
  const model = await groqAdapter.createModel(setupOf({ model: 'openai/gpt-oss-120b', baseUrl, fetch }));
  const finishes: unknown[] = [];
  for await (const part of (await model.doStream(helloOptions)).stream)
    if (part.type === 'finish') finishes.push(part);
  expect(finishes).toMatchObject([{ usage: { inputTokens: { total: 10 }, outputTokens: { total: 5 } } }]);
});
