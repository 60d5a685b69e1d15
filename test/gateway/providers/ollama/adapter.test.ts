// Ollama on one's own machine.
import { expect, it } from 'vitest';
import { ollamaAdapter } from '../../../../src/gateway/providers/ollama/adapter.ts';
import { listed, readTool, sent } from '../translated/recording.ts';

const baseUrl = 'http://127.0.0.1:11434';
const setup = { model: 'qwen3:8b', baseUrl, secret: null };

it('T17, T22: is called under /v1 without a key, told to think or not, and not told of parallel calls', async () => {
  const { url, headers, body } = await sent(ollamaAdapter, {
    setup,
    wish: { effort: 'none', parallelTools: false },
    options: { tools: [readTool] },
  });
  expect(url).toBe('http://127.0.0.1:11434/v1/chat/completions');
  expect(headers).not.toHaveProperty('authorization');
  expect(body['reasoning_effort']).toBe('none');
  expect(body).not.toHaveProperty('parallel_tool_calls');
});

it.each([
  ['gpt-oss:20b', { kind: 'effort', levels: ['low', 'medium', 'high'] }, false],
  ['qwen3:8b', { kind: 'effort', levels: ['none', 'high'] }, false],
  ['llama3.2:3b', { kind: 'fixed' }, false],
  ['gemma3:12b', { kind: 'fixed' }, true],
])('T9, T18, T22: %s thinks by %j, sees images %s; a choice cannot be forced', (model, reasoning, images) => {
  expect(ollamaAdapter.traits(model, {})).toMatchObject({
    reasoning,
    images,
    toolChoice: 'auto-only',
    mediaUrls: false,
  });
});

it('lists what is installed with the window it is run with, not the one it could have', async () => {
  const { models, requests } = await listed(ollamaAdapter, setup, ({ url, body }) => {
    if (url.endsWith('/api/tags'))
      return {
        json: { models: [{ model: 'qwen3:8b' }, { model: 'llama3.2:3b' }, { model: 'nomic-embed-text' }] },
      };
    return body['model'] === 'qwen3:8b'
      ? { json: { parameters: 'stop "<|im_end|>"\nnum_ctx                        65536\n' } }
      : { json: { model_info: { 'llama.context_length': 131_072 } } };
  });
  expect(models.map(({ id, contextWindow }) => [id, contextWindow])).toEqual([
    ['qwen3:8b', 65_536],
    ['llama3.2:3b', null],
  ]);
  expect(requests.map(({ url }) => url)).toEqual([
    'http://127.0.0.1:11434/api/tags',
    'http://127.0.0.1:11434/api/show',
    'http://127.0.0.1:11434/api/show',
  ]);
});
