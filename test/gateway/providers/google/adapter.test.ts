// Gemini by AI Studio.
import { describe, expect, it } from 'vitest';
import { googleAdapter } from '../../../../src/gateway/providers/google/adapter.ts';
import { helloRequest, listed, readTool, record, sent, setupOf, toolTurn } from '../translated/recording.ts';
import type { Answer, Call } from '../translated/recording.ts';

const baseUrl = 'https://generativelanguage.googleapis.com/v1beta';
const hi = { content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' };
const geminiAnswer: Answer = ({ url }) =>
  url.includes('stream') ? { sse: [{ candidates: [hi] }] } : { json: { candidates: [hi] } };
const call = (model: string, rest: Partial<Call> = {}) =>
  sent(googleAdapter, { setup: { model, baseUrl }, answer: geminiAnswer, ...rest });
const asked = {
  name: 'web_search',
  maxUses: 5,
  allowedDomains: null,
  blockedDomains: null,
  userLocation: null,
};

describe('a call', () => {
  it('T110: carries the system prompt apart and the key in its header', async () => {
    const { url, headers, body } = await call('gemini-3.5-flash', { stream: true });
    expect(url).toBe(`${baseUrl}/models/gemini-3.5-flash:streamGenerateContent?alt=sse`);
    expect(headers['x-goog-api-key']).toBe('sk-test');
    expect(body['systemInstruction']).toEqual({ parts: [{ text: 'Be brief.' }] });
    expect(body['generationConfig']).toEqual({ maxOutputTokens: 512 });
  });

  it('T111: declares all functions in one entry, with their schemas as JSON Schema', async () => {
    const { body } = await call('gemini-3.5-flash', {
      options: { tools: [readTool, { ...readTool, name: 'Write' }] },
    });
    const tools = body['tools'] as { functionDeclarations: Record<string, unknown>[] }[];
    expect(tools).toHaveLength(1);
    expect(tools[0]?.functionDeclarations.map(({ name }) => name)).toEqual(['Read', 'Write']);
    expect(tools[0]?.functionDeclarations[0]?.['parametersJsonSchema']).toEqual(readTool.inputSchema);
  });

  it.each([
    [{ type: 'required' }, { mode: 'ANY' }],
    [
      { type: 'tool', toolName: 'Read' },
      { mode: 'ANY', allowedFunctionNames: ['Read'] },
    ],
    [{ type: 'none' }, { mode: 'NONE' }],
  ] as const)('T120: tool choice %j becomes %j', async (toolChoice, functionCallingConfig) => {
    const { body } = await call('gemini-3.5-flash', { options: { tools: [readTool], toolChoice } });
    expect(body['toolConfig']).toEqual({ functionCallingConfig });
  });

  it('T118: levels on Gemini 3, tokens on 2.5, and thoughts when they are to be seen', async () => {
    const level = await call('gemini-3.1-pro-preview', { wish: { effort: 'high', showThinking: true } });
    expect(level.body['generationConfig']).toMatchObject({
      thinkingConfig: { thinkingLevel: 'high', includeThoughts: true },
    });
    const budget = await call('gemini-2.5-pro', { wish: { thinkingBudget: 2048, showThinking: true } });
    expect(budget.body['generationConfig']).toMatchObject({
      thinkingConfig: { thinkingBudget: 2048, includeThoughts: true },
    });
    const off = await call('gemini-2.5-flash', { wish: { thinkingBudget: 0 } });
    expect(off.body['generationConfig']).toMatchObject({ thinkingConfig: { thinkingBudget: 0 } });
    const unthinking = await call('gemini-2.0-flash', { wish: { showThinking: true } });
    expect(unthinking.body['generationConfig']).not.toHaveProperty('thinkingConfig');
  });

  it('T114, T115: results answer their calls by name, and a call without a signature gets the documented stand-in', async () => {
    const { body } = await call('gemini-3.5-flash', { options: { prompt: toolTurn, tools: [readTool] } });
    const contents = body['contents'] as { role: string; parts: Record<string, Record<string, unknown>>[] }[];
    expect(contents[1]?.parts[0]).toMatchObject({
      functionCall: { name: 'Read', args: { path: 'a.txt' } },
      thoughtSignature: 'skip_thought_signature_validator',
    });
    expect(contents[2]?.parts[0]?.['functionResponse']).toMatchObject({ name: 'Read' });
  });

  it('T110, T114: speaks once per turn, with results before the words that follow them', async () => {
    const { body } = await call('gemini-3.5-flash', { options: { prompt: toolTurn, tools: [readTool] } });
    const contents = body['contents'] as { role: string; parts: object[] }[];
    expect(contents.map(({ role }) => role)).toEqual(['user', 'model', 'user']);
    expect(contents[2]?.parts.map((part) => Object.keys(part)[0])).toEqual(['functionResponse', 'text']);
  });

  it('T120: search beside functions is refused before Gemini 3 instead of losing the functions', async () => {
    const tool = googleAdapter.traits('gemini-2.5-pro', {}).webSearch(asked);
    if (tool === null) throw new Error('search refused');
    const tools = [readTool, tool];
    await expect(call('gemini-2.5-pro', { options: { tools } })).rejects.toMatchObject({ statusCode: 400 });
    expect((await call('gemini-2.5-pro', { options: { tools: [tool] } })).body['tools']).toEqual([
      { googleSearch: {} },
    ]);
    const both = (await call('gemini-3.5-flash', { options: { tools } })).body['tools'] as unknown[];
    expect(both).toHaveLength(2);
  });
});

describe('traits', () => {
  it.each([
    ['gemini-3-pro-preview', { kind: 'effort', levels: ['low', 'high'] }],
    ['gemini-3.1-pro-preview', { kind: 'effort', levels: ['low', 'medium', 'high'] }],
    ['gemini-3-flash-preview', { kind: 'effort', levels: ['minimal', 'low', 'medium', 'high'] }],
    ['gemini-3.5-flash-lite', { kind: 'effort', levels: ['minimal', 'low', 'medium', 'high'] }],
    ['gemini-3.8-flash', { kind: 'effort', levels: ['low', 'medium', 'high'] }],
    ['gemini-flash-latest', { kind: 'effort', levels: ['low', 'medium', 'high'] }],
    ['gemini-2.5-pro', { kind: 'budget', least: 128, most: 32_768 }],
    ['gemini-2.5-flash', { kind: 'budget', least: 0, most: 24_576 }],
    ['gemini-2.0-flash', { kind: 'fixed' }],
    ['gemma-3-27b-it', { kind: 'fixed' }],
  ])('T118: %s is told to think by %j', (model, reasoning) => {
    expect(googleAdapter.traits(model, {}).reasoning).toEqual(reasoning);
  });

  it('T8, T115, T119: images stand in results from Gemini 3 on, addresses never do, signatures come back', () => {
    expect(googleAdapter.traits('gemini-3.5-flash', {})).toMatchObject({
      images: true,
      imagesInToolResults: true,
      mediaUrls: false,
      replay: 'gemini-signature',
      laterSystem: 'user',
      topK: true,
    });
    expect(googleAdapter.traits('gemini-2.5-pro', {}).imagesInToolResults).toBe(false);
  });

  it('T28: a search bound to domains is refused', () => {
    const traits = googleAdapter.traits('gemini-3.5-flash', {});
    expect(traits.webSearch({ ...asked, allowedDomains: ['example.com'] })).toBeNull();
    expect(traits.webSearch({ ...asked, blockedDomains: ['example.com'] })).toBeNull();
    expect(googleAdapter.traits('gemma-3-27b-it', {}).webSearch(asked)).toBeNull();
  });
});

describe('the list of models and the count of tokens', () => {
  it('keeps models that generate text, with both their limits', async () => {
    const { models, requests } = await listed(googleAdapter, { model: '', baseUrl }, () => ({
      json: {
        models: [
          {
            name: 'models/gemini-3.5-flash',
            displayName: 'Gemini 3.5 Flash',
            inputTokenLimit: 1_048_576,
            outputTokenLimit: 65_536,
            supportedGenerationMethods: ['generateContent', 'countTokens'],
          },
          { name: 'models/gemini-embedding-001', supportedGenerationMethods: ['embedContent'] },
          { name: 'models/imagen-4', supportedGenerationMethods: ['predict'] },
          { name: 'models/gemini-2.5-flash-preview-tts', supportedGenerationMethods: ['generateContent'] },
        ],
      },
    }));
    expect(models).toEqual([
      { id: 'gemini-3.5-flash', name: 'Gemini 3.5 Flash', contextWindow: 1_048_576, maxOutputTokens: 65_536 },
    ]);
    expect(requests[0]?.headers['x-goog-api-key']).toBe('sk-test');
  });

  it('T73: counts natively, system prompt included', async () => {
    const { fetch, requests } = record(() => ({ json: { totalTokens: 77 } }));
    const setup = setupOf({ model: 'gemini-3.5-flash', baseUrl, fetch });
    expect(await googleAdapter.countTokens?.(helloRequest, setup)).toBe(77);
    expect(requests[0]?.url).toBe(`${baseUrl}/models/gemini-3.5-flash:countTokens`);
    expect(requests[0]?.body).toMatchObject({
      generateContentRequest: {
        model: 'models/gemini-3.5-flash',
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
      },
    });
  });
});
