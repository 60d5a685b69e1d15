// OpenAI by Responses, and by Chat where that is asked for and possible.
import { describe, expect, it, vi } from 'vitest';
import { openAiAdapter } from '../../../../src/gateway/providers/openai/adapter.ts';
import {
  helloRequest,
  listed,
  readTool,
  record,
  responsesAnswer,
  sent,
  setupOf,
  toolTurn,
} from '../translated/recording.ts';
import type { Call } from '../translated/recording.ts';

const baseUrl = 'https://api.openai.com/v1';
const setup = (model: string, options: Record<string, string> = {}): Call['setup'] => ({
  model,
  baseUrl,
  options,
});
const responses = (model: string, call: Partial<Call> = {}) =>
  sent(openAiAdapter, { setup: setup(model), answer: responsesAnswer, ...call });
const chat = (model: string, call: Partial<Call> = {}) =>
  sent(openAiAdapter, { setup: setup(model, { api: 'chat' }), ...call });
const asked = {
  name: 'web_search',
  maxUses: null,
  allowedDomains: null,
  blockedDomains: null,
  userLocation: null,
};

describe('a call by Responses', () => {
  it('T90: sends the system prompt as instructions, and later system text as a developer message in place', async () => {
    const { url, body, headers } = await responses('gpt-5.6', {
      options: {
        prompt: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
          { role: 'system', content: 'The user went to lunch.' },
          { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
        ],
      },
    });
    expect(url).toBe('https://api.openai.com/v1/responses');
    expect(headers['authorization']).toBe('Bearer sk-test');
    expect(body['instructions']).toBe('Be brief.');
    expect((body['input'] as { role: string }[]).map(({ role }) => role)).toEqual([
      'user',
      'developer',
      'user',
    ]);
  });

  it('T92: declares tools flat with strict false, and a forced choice flat', async () => {
    const { body } = await responses('gpt-5.6', {
      options: { tools: [readTool], toolChoice: { type: 'tool', toolName: 'Read' } },
    });
    expect(body['tools']).toEqual([
      {
        type: 'function',
        name: 'Read',
        description: 'Reads a file.',
        parameters: readTool.inputSchema,
        strict: false,
      },
    ]);
    expect(body['tool_choice']).toEqual({ type: 'function', name: 'Read' });
  });

  it('T17: sends parallel_tool_calls only with tools, and never to the o series', async () => {
    const wish = { parallelTools: false };
    const tools = { tools: [readTool] };
    expect((await responses('gpt-5.6', { wish, options: tools })).body['parallel_tool_calls']).toBe(false);
    expect((await responses('gpt-5.6', { wish })).body).not.toHaveProperty('parallel_tool_calls');
    expect((await responses('o3', { wish, options: tools })).body).not.toHaveProperty('parallel_tool_calls');
  });

  it('T87: stores nothing and asks for encrypted reasoning, of models that reason', async () => {
    const thinking = (await responses('gpt-5.6')).body;
    expect(thinking).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
    const plain = (await responses('gpt-4.1')).body;
    expect(plain).toMatchObject({ store: false });
    expect(plain).not.toHaveProperty('include');
  });

  it('T93: effort, visible thinking, output limit, cache key and tier take their places', async () => {
    const { body } = await responses('gpt-5.6', {
      wish: {
        effort: 'xhigh',
        showThinking: true,
        cacheKey: 'session-1',
        user: 'abc',
        serviceTier: 'default',
      },
    });
    expect(body).toMatchObject({
      model: 'gpt-5.6',
      max_output_tokens: 512,
      reasoning: { effort: 'xhigh', summary: 'auto' },
      prompt_cache_key: 'session-1',
      safety_identifier: 'abc',
      service_tier: 'default',
    });
  });

  it('T22: asks for no summary that nobody wants to see, and for no reasoning of models without', async () => {
    expect((await responses('gpt-5.6', { wish: { effort: 'low' } })).body['reasoning']).toEqual({
      effort: 'low',
    });
    const plain = await responses('gpt-4o', { wish: { effort: 'low', showThinking: true } });
    expect(plain.body).not.toHaveProperty('reasoning');
  });

  it('T26: decodes strictly only when the schema is fit for it', async () => {
    const options: Call['options'] = {
      responseFormat: { type: 'json', schema: { type: 'object', properties: {} } },
    };
    const format = async (strictSchema?: boolean) =>
      (
        await responses('gpt-5.6', {
          options,
          ...(strictSchema === undefined ? {} : { wish: { strictSchema } }),
        })
      ).body['text'];
    expect(await format()).toMatchObject({ format: { type: 'json_schema', strict: false } });
    expect(await format(true)).toMatchObject({ format: { type: 'json_schema', strict: true } });
  });

  it('T91: sends calls and results as items of their own, images in results with them', async () => {
    const prompt = toolTurn.map((message) =>
      message.role !== 'tool'
        ? message
        : {
            ...message,
            content: message.content.map((part) => ({
              ...part,
              output: {
                type: 'content' as const,
                value: [
                  { type: 'text' as const, text: 'seen' },
                  {
                    type: 'file' as const,
                    mediaType: 'image/png',
                    data: { type: 'data' as const, data: 'iVBORw0KGgo=' },
                  },
                ],
              },
            })),
          },
    );
    const { body } = await responses('gpt-5.6', { options: { prompt } });
    const input = body['input'] as Record<string, unknown>[];
    expect(input[1]).toMatchObject({
      type: 'function_call',
      call_id: 'toolu_01ABCdef',
      name: 'Read',
      arguments: '{"path":"a.txt"}',
    });
    expect(input[2]).toMatchObject({
      type: 'function_call_output',
      output: [{ type: 'input_text', text: 'seen' }, { type: 'input_image' }],
    });
  });

  it('T88: replays encrypted reasoning without an item id', async () => {
    const { body } = await responses('gpt-5.6', {
      options: {
        prompt: [
          { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
          {
            role: 'assistant',
            content: [
              {
                type: 'reasoning',
                text: 'Hm.',
                providerOptions: { openai: { reasoningEncryptedContent: 'gAAAA' } },
              },
              { type: 'text', text: 'Hi' },
            ],
          },
          { role: 'user', content: [{ type: 'text', text: 'Again' }] },
        ],
      },
    });
    expect((body['input'] as unknown[])[1]).toEqual({
      type: 'reasoning',
      encrypted_content: 'gAAAA',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
    });
  });

  it('T94: web search keeps allowed domains, place and limit; a key of one organization names it', async () => {
    const tool = openAiAdapter.traits('gpt-5.6', {}).webSearch({
      ...asked,
      maxUses: 3,
      allowedDomains: ['example.com'],
      userLocation: { type: 'approximate', city: 'Bern', country: 'CH' },
    });
    if (tool === null) throw new Error('search refused');
    const { body, headers } = await responses('gpt-5.6', {
      setup: setup('gpt-5.6', { organization: 'org-1', project: 'proj-1' }),
      options: { tools: [tool], toolChoice: { type: 'tool', toolName: 'web_search' } },
    });
    expect(body['tools']).toEqual([
      {
        type: 'web_search',
        filters: { allowed_domains: ['example.com'] },
        user_location: { type: 'approximate', city: 'Bern', country: 'CH' },
      },
    ]);
    expect(body).toMatchObject({ tool_choice: { type: 'web_search' }, max_tool_calls: 3 });
    expect(headers).toMatchObject({ 'openai-organization': 'org-1', 'openai-project': 'proj-1' });
  });
});

describe('the key', () => {
  it('is never taken from the environment, nor is the address', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'sk-from-elsewhere');
    vi.stubEnv('OPENAI_BASE_URL', 'https://elsewhere.example');
    const { url, headers } = await responses('gpt-5.6', { setup: { ...setup('gpt-5.6'), secret: null } });
    vi.unstubAllEnvs();
    expect(url).toBe('https://api.openai.com/v1/responses');
    expect(headers).not.toHaveProperty('authorization');
  });
});

describe('a call by Chat', () => {
  it('T19, T32: names the output limit by the model, and asks for usage at the end of a stream', async () => {
    const plain = await chat('gpt-4o', {
      stream: true,
      options: { temperature: 0.5, stopSequences: ['END'] },
    });
    expect(plain.url).toBe('https://api.openai.com/v1/chat/completions');
    expect(plain.body).toMatchObject({
      max_tokens: 512,
      temperature: 0.5,
      stop: ['END'],
      stream_options: { include_usage: true },
    });
    const thinking = (await chat('o3')).body;
    expect(thinking['max_completion_tokens']).toBe(512);
    expect(thinking).not.toHaveProperty('max_tokens');
  });

  it('T16, T92: declares tools nested', async () => {
    const { body } = await chat('gpt-4o', {
      options: { tools: [readTool], toolChoice: { type: 'required' } },
    });
    expect(body['tools']).toEqual([
      {
        type: 'function',
        function: { name: 'Read', description: 'Reads a file.', parameters: readTool.inputSchema },
      },
    ]);
    expect(body['tool_choice']).toBe('required');
  });

  it.each([
    'gpt-5.4',
    'gpt-5.4-mini',
    'gpt-5.5-2026-04-23',
    'gpt-5.6',
    'gpt-6.1-sol',
    'gpt-5-codex',
    'o3-pro',
  ])('T20: never takes %s, which goes to Responses whatever the settings say', async (model) => {
    const { url } = await sent(openAiAdapter, {
      setup: setup(model, { api: 'chat' }),
      answer: responsesAnswer,
      options: { tools: [readTool] },
    });
    expect(url).toBe('https://api.openai.com/v1/responses');
    expect(openAiAdapter.traits(model, { api: 'chat' }).laterSystem).toBe('system');
  });
});

describe('traits', () => {
  it.each([
    ['gpt-5', ['minimal', 'low', 'medium', 'high']],
    ['gpt-5.1', ['none', 'low', 'medium', 'high']],
    ['gpt-5.2', ['none', 'low', 'medium', 'high', 'xhigh']],
    ['gpt-5.4-mini-2026-03-17', ['none', 'low', 'medium', 'high', 'xhigh']],
    ['gpt-5.6', ['none', 'low', 'medium', 'high', 'xhigh', 'max']],
    ['gpt-5.3-codex', ['low', 'medium', 'high', 'xhigh']],
    ['gpt-5-pro', ['high']],
    ['gpt-6.1-sol', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['gpt-6-luna', ['none', 'low', 'medium', 'high', 'xhigh', 'max']],
    ['o4-mini', ['low', 'medium', 'high']],
  ])('T19, T22: %s is told %j and takes neither temperature nor stop sequences', (model, levels) => {
    const traits = openAiAdapter.traits(model, {});
    expect(traits.reasoning).toEqual({ kind: 'effort', levels });
    expect(traits).toMatchObject({
      temperature: false,
      topP: false,
      topK: false,
      stopSequences: 0,
      replay: 'openai-encrypted',
    });
  });

  it.each(['gpt-4o', 'gpt-4.1-mini', 'gpt-5-chat-latest'])(
    'T19: %s takes a temperature and cannot be told to think',
    (model) => {
      expect(openAiAdapter.traits(model, { api: 'chat' })).toMatchObject({
        temperature: true,
        topP: true,
        stopSequences: 4,
        reasoning: { kind: 'fixed' },
        replay: 'none',
        laterSystem: 'user',
      });
    },
  );

  it('T9, T21: an unknown model gets what every server takes', () => {
    expect(openAiAdapter.traits('company-model', { api: 'chat' })).toMatchObject({
      images: false,
      reasoning: { kind: 'fixed' },
      stopSequences: 4,
    });
  });

  it('T28, T94: a search that must leave domains out is refused, as are searches by Chat', () => {
    expect(
      openAiAdapter.traits('gpt-5.6', {}).webSearch({ ...asked, blockedDomains: ['spam.example'] }),
    ).toBeNull();
    expect(openAiAdapter.traits('gpt-4o', { api: 'chat' }).webSearch(asked)).toBeNull();
    expect(openAiAdapter.traits('gpt-4.1-nano', {}).webSearch(asked)).toBeNull();
  });
});

describe('the list of models and the count of tokens', () => {
  it('leaves out what cannot hold a conversation', async () => {
    const { models } = await listed(openAiAdapter, setup(''), () => ({
      json: {
        data: [
          'gpt-5.6',
          'text-embedding-3-large',
          'gpt-4o-mini-tts',
          'gpt-image-2',
          'omni-moderation-latest',
          'whisper-1',
          'gpt-realtime',
          'o3',
        ].map((id) => ({ id })),
      },
    }));
    expect(models.map(({ id }) => id)).toEqual(['gpt-5.6', 'o3']);
  });

  it('T73: counts natively with the body that would be sent', async () => {
    const recording = record(() => ({ json: { input_tokens: 321 } }));
    const counted = await openAiAdapter.countTokens?.(
      helloRequest,
      setupOf({ model: 'gpt-5.6', baseUrl, fetch: recording.fetch }),
    );
    expect(counted).toBe(321);
    expect(recording.requests[0]?.url).toBe('https://api.openai.com/v1/responses/input_tokens');
    expect(Object.keys(recording.requests[0]?.body ?? {}).sort()).toEqual(['input', 'instructions', 'model']);
  });
});
