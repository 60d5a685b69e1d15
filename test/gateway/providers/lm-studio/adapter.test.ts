// LM Studio on one's own machine.
import { expect, it } from 'vitest';
import { lmStudioAdapter } from '../../../../src/gateway/providers/lm-studio/adapter.ts';
import { listed, sent } from '../translated/recording.ts';

const setup = { model: 'qwen3-coder', baseUrl: 'http://127.0.0.1:1234/v1', secret: null };

it('is called under /v1 without a key', async () => {
  const { url, headers } = await sent(lmStudioAdapter, { setup });
  expect(url).toBe('http://127.0.0.1:1234/v1/chat/completions');
  expect(headers).not.toHaveProperty('authorization');
});

it('T18, T119: knows neither forced choices nor addresses of images', () => {
  expect(lmStudioAdapter.traits('qwen3-coder', {})).toMatchObject({
    toolChoice: 'auto-only',
    mediaUrls: false,
  });
});

it('lists models with the window they are loaded with, else their longest', async () => {
  const { models } = await listed(lmStudioAdapter, setup, () => ({
    json: {
      data: [
        { id: 'qwen3-coder', type: 'llm', max_context_length: 262_144, loaded_context_length: 32_768 },
        { id: 'gemma-3', type: 'vlm', max_context_length: 131_072 },
        { id: 'text-vectors', type: 'embeddings', max_context_length: 2_048 },
      ],
    },
  }));
  expect(models.map(({ id, contextWindow }) => [id, contextWindow])).toEqual([
    ['qwen3-coder', 32_768],
    ['gemma-3', 131_072],
  ]);
});

it('asks for the plain list where there is no other', async () => {
  const { models } = await listed(lmStudioAdapter, setup, ({ url }) =>
    url.includes('/api/v0') ? { status: 404 } : { json: { data: [{ id: 'qwen3-coder' }] } },
  );
  expect(models.map(({ id }) => id)).toEqual(['qwen3-coder']);
});
