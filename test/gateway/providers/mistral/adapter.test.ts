// Mistral: short ids, strict order of roles, efforts of few models.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mistralAdapter } from '../../../../src/gateway/providers/mistral/adapter.ts';
import { mistralCallId } from '../../../../src/gateway/providers/translated/mistral-order.ts';
import { listed, readTool, sent, toolTurn, helloOptions, record, setupOf } from '../translated/recording.ts';
import type { Call } from '../translated/recording.ts';

const baseUrl = 'https://api.mistral.ai/v1';
const call = (model: string, rest: Partial<Call> = {}) =>
  sent(mistralAdapter, { setup: { model, baseUrl }, ...rest });

interface Message {
  readonly role: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string }[];
}

describe('a call', () => {
  it('T16, T17, T25: has any for a forced choice, the flag beside tools only, and a cache key', async () => {
    const wish = { parallelTools: false, cacheKey: 's', effort: 'high' as const };
    const { url, body } = await call('mistral-medium-latest', {
      wish,
      options: { tools: [{ ...readTool, strict: false }], toolChoice: { type: 'required' } },
    });
    expect(url).toBe('https://api.mistral.ai/v1/chat/completions');
    expect(body).toMatchObject({
      tool_choice: 'any',
      parallel_tool_calls: false,
      prompt_cache_key: 's',
      reasoning_effort: 'high',
      max_tokens: 512,
    });
    expect((body['tools'] as { function: object }[])[0]?.function).not.toHaveProperty('strict');
    expect((await call('mistral-medium-latest', { wish })).body).not.toHaveProperty('parallel_tool_calls');
  });

  it('T13: gives calls ids of nine letters and digits, the same in call and result', async () => {
    const { body } = await call('mistral-large-latest', { options: { prompt: toolTurn, tools: [readTool] } });
    const messages = body['messages'] as Message[];
    const id = messages[1]?.tool_calls?.[0]?.id;
    expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(messages[2]?.tool_call_id).toBe(id);
  });

  it('T4: lets the assistant speak between a result and the user, which Mistral insists on', async () => {
    const { body } = await call('mistral-large-latest', { options: { prompt: toolTurn, tools: [readTool] } });
    expect((body['messages'] as Message[]).map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'assistant',
      'user',
    ]);
  });

  it('T31: asks for a last turn of the assistant’s to be gone on with', async () => {
    const prompt: NonNullable<Call['options']>['prompt'] = [
      { role: 'user', content: [{ type: 'text', text: 'Name a colour.' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Blu' }] },
    ];
    const { body } = await call('mistral-large-latest', { options: { prompt } });
    expect((body['messages'] as object[])[1]).toMatchObject({ role: 'assistant', prefix: true });
  });
});

describe('ids of calls', () => {
  it('T13: are always fit, stable, and kept when they fit already', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(mistralCallId(id)).toMatch(/^[a-zA-Z0-9]{9}$/);
        expect(mistralCallId(mistralCallId(id))).toBe(mistralCallId(id));
      }),
    );
    expect(mistralCallId('Ab3dEf7hI')).toBe('Ab3dEf7hI');
    expect(mistralCallId('toolu_01AAAAAAAA')).not.toBe(mistralCallId('toolu_01AAAAAAAB'));
  });
});

it.each([
  ['mistral-large-latest', [], true],
  ['mistral-large-4', ['low', 'medium', 'high'], true],
  ['mistral-medium-latest', ['none', 'high'], true],
  ['magistral-medium-latest', ['none', 'high'], false],
  ['zai-glm-5-3', ['low', 'high', 'max'], false],
  ['codestral-latest', [], false],
  ['devstral-2512', [], false],
])('T9, T22: %s: levels %j, sees images %s', (model, levels, images) => {
  const traits = mistralAdapter.traits(model, {});
  expect(traits).toMatchObject({ images, stopSequences: 4, toolChoice: 'all' });
  expect(traits.reasoning).toEqual(levels.length === 0 ? { kind: 'fixed' } : { kind: 'effort', levels });
});

it('lists models that chat, with their windows', async () => {
  const { models } = await listed(mistralAdapter, { model: '', baseUrl }, () => ({
    json: {
      data: [
        {
          id: 'mistral-large-latest',
          name: 'Mistral Large',
          max_context_length: 262_144,
          capabilities: { completion_chat: true },
        },
        { id: 'mistral-ocr-latest', capabilities: { completion_chat: false } },
        { id: 'mistral-embed', capabilities: { completion_chat: false } },
      ],
    },
  }));
  expect(models).toEqual([
    { id: 'mistral-large-latest', name: 'Mistral Large', contextWindow: 262_144, maxOutputTokens: null },
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
  const model = await mistralAdapter.createModel(setupOf({ model: 'mistral-large-latest', baseUrl, fetch }));
  const finishes: unknown[] = [];
  for await (const part of (await model.doStream(helloOptions)).stream)
    if (part.type === 'finish') finishes.push(part);
  expect(finishes).toMatchObject([{ usage: { inputTokens: { total: 10 }, outputTokens: { total: 5 } } }]);
});
