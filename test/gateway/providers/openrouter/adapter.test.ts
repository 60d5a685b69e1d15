// OpenRouter: reasoning for all, its own search, and details of thinking that go out and come back.
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { openRouterAdapter } from '../../../../src/gateway/providers/openrouter/adapter.ts';
import {
  chatAnswer,
  helloOptions,
  listed,
  readTool,
  record,
  sent,
  setupOf,
  toolTurn,
} from '../translated/recording.ts';
import type { Answer, Call } from '../translated/recording.ts';

const baseUrl = 'https://openrouter.ai/api/v1';
const call = (model: string, rest: Partial<Call> = {}) =>
  sent(openRouterAdapter, { setup: { model, baseUrl }, ...rest });
const asked = {
  name: 'web_search',
  maxUses: null,
  allowedDomains: null,
  blockedDomains: null,
  userLocation: null,
};

describe('a call', () => {
  it('T17, T22, T25, T32: puts reasoning, flag, caller, session and usage where OpenRouter reads them', async () => {
    const wish = { effort: 'high' as const, parallelTools: false, user: 'abc', cacheKey: 's' };
    const { url, body } = await call('openai/gpt-5.5', {
      wish,
      stream: true,
      options: { tools: [readTool], toolChoice: { type: 'tool', toolName: 'Read' } },
    });
    expect(url).toBe('https://openrouter.ai/api/v1/chat/completions');
    expect(body).toMatchObject({
      reasoning: { effort: 'high' },
      parallel_tool_calls: false,
      user: 'abc',
      session_id: 's',
      usage: { include: true },
      max_tokens: 512,
      tool_choice: { type: 'function', function: { name: 'Read' } },
    });
    expect((await call('openai/gpt-5.5', { wish })).body).not.toHaveProperty('parallel_tool_calls');
  });

  it('T24: marks the prompt for caching for Claude only', async () => {
    expect((await call('anthropic/claude-sonnet-4.5')).body['cache_control']).toEqual({ type: 'ephemeral' });
    expect((await call('openai/gpt-5.5')).body).not.toHaveProperty('cache_control');
  });

  it('T4, T13: keeps the order of roles and the ids that models of Mistral’s insist on', async () => {
    const { body } = await call('mistralai/devstral-2512', {
      options: { prompt: toolTurn, tools: [readTool] },
    });
    const messages = body['messages'] as { role: string; tool_call_id?: string }[];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user']);
    expect(messages[2]?.tool_call_id).toMatch(/^[a-zA-Z0-9]{9}$/);
  });

  it('T94: searches by OpenRouter’s own tool, within the domains asked for', async () => {
    const traits = openRouterAdapter.traits('z-ai/glm-5.2', {});
    const tool = traits.webSearch({ ...asked, allowedDomains: ['example.com'] });
    if (tool === null) throw new Error('search refused');
    const { body } = await call('z-ai/glm-5.2', { options: { tools: [tool] } });
    expect(body['tools']).toEqual([
      { type: 'openrouter:web_search', parameters: { allowed_domains: ['example.com'] } },
    ]);
    expect(traits.webSearch({ ...asked, blockedDomains: ['example.com'] })).toBeNull();
  });
});

describe('details of thinking', () => {
  const details = [
    { type: 'reasoning.encrypted', data: 'sig', id: 'r1', format: 'google-gemini-v1', index: 0 },
  ];
  const call1 = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'Read', arguments: '{"path":"a"}' },
  };
  const streaming =
    (first: object): Answer =>
    () => ({
      sse: [
        { id: 'c', model: 'm', choices: [{ index: 0, delta: { role: 'assistant', ...first } }] },
        { id: 'c', model: 'm', choices: [{ index: 0, delta: { tool_calls: [call1] } }] },
        { id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
        '[DONE]',
      ],
    });
  const parts = async (answer: Answer): Promise<LanguageModelV4StreamPart[]> => {
    const { fetch } = record(answer);
    const model = await openRouterAdapter.createModel(
      setupOf({ model: 'google/gemini-3.5-flash', baseUrl, fetch }),
    );
    const all: LanguageModelV4StreamPart[] = [];
    for await (const part of (await model.doStream({ ...helloOptions, tools: [readTool] })).stream)
      all.push(part);
    return all;
  };
  const sealed = (part: { providerMetadata?: unknown } | undefined): unknown => {
    const { openrouter } = (part?.providerMetadata ?? {}) as {
      openrouter?: { reasoningEncryptedContent?: string };
    };
    return JSON.parse(openrouter?.reasoningEncryptedContent ?? 'null');
  };

  it('T87, T115: leave with the thinking they belong to', async () => {
    const text = {
      type: 'reasoning.text',
      text: 'Hm.',
      signature: 's',
      format: 'google-gemini-v1',
      index: 0,
    };
    const all = await parts(streaming({ reasoning: 'Hm.', reasoning_details: [text] }));
    expect(sealed(all.find(({ type }) => type === 'reasoning-end') as never)).toEqual([text]);
  });

  it('T115: leave on an empty thought before the call when none is shown', async () => {
    const all = await parts(streaming({ reasoning_details: details }));
    const types = all.map(({ type }) => type);
    expect(types.indexOf('reasoning-end')).toBeGreaterThan(-1);
    expect(types.indexOf('reasoning-end')).toBeLessThan(types.indexOf('tool-call'));
    expect(sealed(all.find(({ type }) => type === 'reasoning-end') as never)).toEqual(details);
  });

  it('T115: leave an answer that is not streamed as well', async () => {
    const { fetch } = record(() => ({
      json: {
        id: 'c',
        model: 'm',
        choices: [
          {
            index: 0,
            finish_reason: 'tool_calls',
            message: { role: 'assistant', content: null, reasoning_details: details, tool_calls: [call1] },
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      },
    }));
    const model = await openRouterAdapter.createModel(
      setupOf({ model: 'google/gemini-3.5-flash', baseUrl, fetch }),
    );
    const { content } = await model.doGenerate(helloOptions);
    const thinking = content.filter(({ type }) => type === 'reasoning');
    expect(thinking.map((part) => sealed(part as never))).toContainEqual(details);
  });

  it('T87: come back as they were', async () => {
    const { body } = await call('google/gemini-3.5-flash', {
      answer: chatAnswer,
      options: {
        prompt: [
          { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
          {
            role: 'assistant',
            content: [
              {
                type: 'reasoning',
                text: '',
                providerOptions: { openrouter: { reasoningEncryptedContent: JSON.stringify(details) } },
              },
              { type: 'text', text: 'Hi' },
            ],
          },
          { role: 'user', content: [{ type: 'text', text: 'Again' }] },
        ],
      },
    });
    expect((body['messages'] as object[])[1]).toMatchObject({ reasoning_details: details });
  });
});

it.each([
  ['openai/gpt-5.5', { kind: 'effort', levels: ['none', 'low', 'medium', 'high', 'xhigh'] }, true, false],
  ['openai/gpt-4o', { kind: 'fixed' }, true, false],
  [
    'google/gemini-3.5-flash',
    { kind: 'effort', levels: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] },
    true,
    true,
  ],
  ['meta-llama/llama-3.3-70b-instruct', { kind: 'fixed' }, false, false],
  [
    'qwen/qwen3-vl-235b-a22b-thinking',
    { kind: 'effort', levels: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] },
    true,
    false,
  ],
])(
  'T9, T22, T111: %s thinks by %j, sees images %s, wants plain schemas %s',
  (model, reasoning, images, plainSchemas) => {
    expect(openRouterAdapter.traits(model, {})).toMatchObject({
      reasoning,
      images,
      plainSchemas,
      pdf: images,
    });
  },
);

it('lists models that answer in text, with the limits of their best server', async () => {
  const { models } = await listed(openRouterAdapter, { model: '', baseUrl }, () => ({
    json: {
      data: [
        {
          id: 'z-ai/glm-5.2',
          name: 'Z.ai: GLM 5.2',
          context_length: 1_048_576,
          architecture: { output_modalities: ['text'] },
          top_provider: { max_completion_tokens: 32_768 },
        },
        { id: 'black-forest/paint-1', architecture: { output_modalities: ['image'] } },
      ],
    },
  }));
  expect(models).toEqual([
    { id: 'z-ai/glm-5.2', name: 'Z.ai: GLM 5.2', contextWindow: 1_048_576, maxOutputTokens: 32_768 },
  ]);
});
