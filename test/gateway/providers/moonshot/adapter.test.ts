// Moonshot's Kimi.
import { describe, expect, it } from 'vitest';
import { moonshotAdapter } from '../../../../src/gateway/providers/moonshot/adapter.ts';
import { listed, readTool, record, sent, toolTurn } from '../translated/recording.ts';
import type { Call } from '../translated/recording.ts';

const baseUrl = 'https://api.moonshot.ai/v1';
const call = (model: string, rest: Partial<Call> = {}) =>
  sent(moonshotAdapter, { setup: { model, baseUrl }, ...rest });

describe('a call', () => {
  it('T22, T25: switches thinking of K2.6 and sends cache key and caller', async () => {
    const { url, body } = await call('kimi-k2.6', { wish: { effort: 'none', cacheKey: 's', user: 'abc' } });
    expect(url).toBe('https://api.moonshot.ai/v1/chat/completions');
    expect(body).toMatchObject({
      thinking: { type: 'disabled' },
      prompt_cache_key: 's',
      safety_identifier: 'abc',
    });
    expect(body).not.toHaveProperty('reasoning_effort');
  });

  it('T22: gives K3 an effort', async () => {
    const { body } = await call('kimi-k3', { wish: { effort: 'max' } });
    expect(body['reasoning_effort']).toBe('max');
    expect(body).not.toHaveProperty('thinking');
  });

  it('T30: carries reasoning_content with every tool call of a thinking model', async () => {
    const { body } = await call('kimi-k2.7-code', { options: { prompt: toolTurn, tools: [readTool] } });
    expect((body['messages'] as unknown[])[1]).toMatchObject({ reasoning_content: '(not recorded)' });
  });
});

it.each([
  ['kimi-k2.6', ['none', 'high'], false, true],
  ['kimi-k3', ['low', 'high', 'max'], false, true],
  ['kimi-k2.7-code', [], false, true],
  ['kimi-k2-0905-preview', [], true, false],
])(
  'T18, T19: %s: levels %j, temperature %s, sees images %s; no choice can be forced',
  (model, levels, temperature, images) => {
    const traits = moonshotAdapter.traits(model, {});
    expect(traits).toMatchObject({ toolChoice: 'auto-only', temperature, images });
    expect(traits.reasoning).toEqual(levels.length === 0 ? { kind: 'fixed' } : { kind: 'effort', levels });
  },
);

it('lists its models with their windows', async () => {
  const { models } = await listed(moonshotAdapter, { model: '', baseUrl }, () => ({
    json: { data: [{ id: 'kimi-k2.6', context_length: 262_144 }] },
  }));
  expect(models[0]).toMatchObject({ id: 'kimi-k2.6', contextWindow: 262_144 });
});

it('T97: what the cache gave is counted though it stands beside the totals, streamed or not', async () => {
  const usage = { prompt_tokens: 100, completion_tokens: 5, total_tokens: 105, cached_tokens: 60 };
  const head = { id: 'c', created: 1, model: 'm' };
  const { fetch } = record(({ body }) =>
    body['stream'] === true
      ? {
          sse: [{ ...head, choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }], usage }],
        }
      : {
          json: {
            ...head,
            object: 'chat.completion',
            choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
            usage,
          },
        },
  );
  const setup = { model: 'kimi-k2.6', baseUrl, secret: 'key', options: {}, headers: {}, fetch };
  const model = await moonshotAdapter.createModel(setup);
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hi' }] }];
  const expected = { total: 100, cacheRead: 60, noCache: 40 };
  expect((await model.doGenerate({ prompt })).usage.inputTokens).toMatchObject(expected);
  const { stream } = await model.doStream({ prompt });
  for await (const part of stream)
    if (part.type === 'finish') expect(part.usage.inputTokens).toMatchObject(expected);
  expect.assertions(2);
});
