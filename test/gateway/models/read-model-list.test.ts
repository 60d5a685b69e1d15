// Model lists as providers really write them, and as they never should.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readModelList } from '../../../src/gateway/models/read-model-list.ts';

const read = (list: unknown): unknown => readModelList(JSON.stringify(list));
const nothing = { name: null, contextWindow: null, maxOutputTokens: null, createdAt: null };

it('Anthropic’s shape, with limits', () => {
  expect(
    read({
      data: [
        {
          type: 'model',
          id: 'claude-opus-5-5',
          display_name: 'Claude Opus 5.5',
          created_at: '2026-09-22T00:00:00Z',
          max_input_tokens: 1_000_000,
          max_tokens: 128_000,
        },
      ],
      has_more: false,
    }),
  ).toEqual([
    {
      id: 'claude-opus-5-5',
      name: 'Claude Opus 5.5',
      contextWindow: 1_000_000,
      maxOutputTokens: 128_000,
      createdAt: '2026-09-22T00:00:00Z',
    },
  ]);
});

it('OpenAI’s shape, and the limits that others add to it', () => {
  expect(
    read({
      object: 'list',
      data: [
        { id: 'gpt-5.6', object: 'model', created: 1_750_000_000 },
        { id: 'vllm', max_model_len: 32_768 },
        {
          id: 'router',
          name: 'Router',
          context_length: 200_000,
          top_provider: { max_completion_tokens: 9000 },
        },
        { id: 'mistral', max_context_length: 131_072 },
        { id: 'ours', display_name: 'ours', context_window: 8192, max_output_tokens: 4096 },
      ],
    }),
  ).toEqual([
    { ...nothing, id: 'gpt-5.6', createdAt: '2025-06-15T15:06:40Z' },
    { ...nothing, id: 'vllm', contextWindow: 32_768 },
    { ...nothing, id: 'router', name: 'Router', contextWindow: 200_000, maxOutputTokens: 9000 },
    { ...nothing, id: 'mistral', contextWindow: 131_072 },
    { ...nothing, id: 'ours', name: 'ours', contextWindow: 8192, maxOutputTokens: 4096 },
  ]);
});

it.each([
  ['no JSON', '<html>'],
  ['no object', '[]'],
  ['no data', '{"models":[]}'],
  ['data of another kind', '{"data":{}}'],
])('%s is no list', (_name, text) => {
  expect(readModelList(text)).toBeNull();
});

it('what is no model is left out, doubles count once, and a thousand are enough', () => {
  const odd = [
    null,
    7,
    'x',
    [],
    {},
    { id: 3 },
    { id: '' },
    { id: 'x'.repeat(300) },
    { id: 'a' },
    { id: 'a', name: 'twice' },
  ];
  expect(read({ data: odd })).toEqual([{ ...nothing, id: 'a' }]);
  const many = Array.from({ length: 5000 }, (_, index) => ({ id: `m${index}` }));
  expect(readModelList(JSON.stringify({ data: many }))).toHaveLength(1000);
});

it('figures that make no sense are unknown', () => {
  const wrong = [-1, 0, 1.5, '8192', null, 1e300];
  const data = wrong.map((value, index) => ({ id: `m${index}`, context_window: value, created: value }));
  const models = readModelList(JSON.stringify({ data })) ?? [];
  expect(models.map(({ contextWindow }) => contextWindow)).toEqual(wrong.map(() => null));
});

it('any JSON is read without an error', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const models = readModelList(
        JSON.stringify({ data: [value, { id: 'x', created_at: value, created: value }] }),
      );
      expect(models?.some(({ id }) => id === 'x')).toBe(true);
    }),
  );
});
