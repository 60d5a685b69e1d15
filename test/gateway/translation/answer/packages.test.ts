// Answers in the wire formats of providers, written by hand after their documentation and the packages' own readers. The
// packages themselves read them and we write them: what the client gets in the end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { AnswerWriter } from '../../../../src/gateway/translation/answer/answer-writer.ts';
import { openReasoning } from '../../../../src/gateway/translation/reasoning-envelope.ts';
import { setupWith } from './answer-setup.ts';
import { collectStream } from './collect-stream.ts';

const folder = join(import.meta.dirname, '../../../fixtures/dialects/streams');

const models = {
  responses: (fetch: typeof globalThis.fetch) => createOpenAI({ apiKey: 'fake', fetch }).responses('gpt-5.6'),
  chat: (fetch: typeof globalThis.fetch) =>
    createOpenAICompatible({ name: 'local', baseURL: 'http://127.0.0.1:9/v1', fetch })('deepseek-chat'),
  gemini: (fetch: typeof globalThis.fetch) => createGoogle({ apiKey: 'fake', fetch })('gemini-3-pro'),
} satisfies Record<string, (fetch: typeof globalThis.fetch) => LanguageModelV4>;

/** Answers like the provider with the bytes of the file, cut small. */
async function answer(kind: keyof typeof models, file: string, webSearch = false) {
  const bytes = readFileSync(join(folder, file));
  const fetch = (): Promise<Response> => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.subarray(at, at + 7));
        controller.close();
      },
    });
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
  };
  const setup = setupWith({ webSearch });
  const writer = new AnswerWriter(setup);
  let text = '';
  try {
    const { stream } = await models[kind](fetch).doStream({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      ...(setup.request.options.tools === undefined ? {} : { tools: setup.request.options.tools }),
    });
    for await (const part of stream) text += writer.write(part);
    text += writer.end();
  } catch (error) {
    text += writer.fail(error);
  }
  return { got: collectStream(text), writer };
}

describe('OpenAI Responses', () => {
  it('T87, T94, T95, T97: reasoning, search, text, call and usage', async () => {
    const { got, writer } = await answer('responses', 'openai-responses.sse', true);
    expect(got.content.map((block) => block['type'])).toEqual([
      'thinking',
      'server_tool_use',
      'web_search_tool_result',
      'text',
      'tool_use',
    ]);
    const [thinking, search, found, text, call] = got.content;
    expect(thinking?.['thinking']).toBe('Look first.\n\nThen act.');
    expect(openReasoning(String(thinking?.['signature'] as string))).toMatchObject({
      data: { itemId: 'rs_1', encryptedContent: 'gAAAAblob' },
    });
    expect(search?.['input']).toEqual({ query: 'node 24' });
    expect(found?.['content']).toMatchObject([{ url: 'https://nodejs.org' }]);
    expect(text?.['text']).toBe('Hello you');
    expect(call).toEqual({ type: 'tool_use', id: 'call_1', name: 'Bash', input: { command: 'ls' } });
    expect(got.stopReason).toBe('tool_use');
    expect(got.usage).toEqual({
      input_tokens: 20,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 0,
      output_tokens: 40,
      server_tool_use: { web_search_requests: 1 },
    });
    expect(writer.upstreamId).toBe('resp_1');
  });

  it('T53, T96: a stream that ends early is an error event', async () => {
    const { got } = await answer('responses', 'openai-responses-cut.sse', true);
    expect(got.error?.type).toBe('api_error');
    expect(got.stopped).toBe(false);
  });

  it('T54, T96: a response that failed before any content is an HTTP error of its own kind', async () => {
    const { got, writer } = await answer('responses', 'openai-responses-failed.sse');
    expect(got.order).toEqual([]);
    expect(writer.failure?.status).toBe(429);
    expect(writer.failure?.headers).toContain('retry-after');
  });
});

describe('Chat Completions', () => {
  it('T13, T44, T50, T51, T97: alternating calls, CRLF and a trailing usage chunk', async () => {
    const { got } = await answer('chat', 'chat-completions.sse');
    expect(got.content.map((block) => block['type'])).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
    expect(got.content.slice(2).map((block) => block['input'])).toEqual([
      { command: 'ls' },
      { file_path: '/a' },
    ]);
    expect(new Set(got.content.slice(2).map((block) => block['id'])).size).toBe(2);
    expect(got.usage).toMatchObject({ input_tokens: 20, cache_read_input_tokens: 30, output_tokens: 12 });
    expect(got.stopReason).toBe('tool_use');
  });

  it('T53: a stream that ends without a finish reason is an error event', async () => {
    const { got } = await answer('chat', 'chat-completions-cut.sse');
    expect(got.error?.type).toBe('api_error');
  });

  it('T41, T48: a call cut by the length limit is max_tokens with a partial block, usage estimated', async () => {
    const { got } = await answer('chat', 'chat-completions-length.sse');
    expect(got.stopReason).toBe('max_tokens');
    expect(got.inputs.at(-1)).toBe('{"command":');
    expect(got.usage).toMatchObject({ tollgate_estimated: true });
  });

  it('T54: an error object as the first frame is an HTTP error', async () => {
    const { writer } = await answer('chat', 'chat-completions-error.sse');
    expect(writer.failure?.status).toBe(502);
    expect(String(writer.failure?.body)).toContain('Provider disconnected');
  });
});

describe('Gemini', () => {
  it('T113, T115, T117: calls without ids stay distinct, and the signature travels in the thinking', async () => {
    const { got } = await answer('gemini', 'gemini.sse');
    const calls = got.content.filter((block) => block['type'] === 'tool_use');
    expect(calls.map((call) => call['input'])).toEqual([{ command: 'ls' }, { command: 'pwd' }]);
    const [first, second] = calls.map((call) => String(call['id'] as string));
    expect(first).not.toBe(second);
    const carrier = got.content.find((block) => block['type'] === 'redacted_thinking');
    expect(openReasoning(String(carrier?.['data'] as string))).toMatchObject({
      kind: 'gemini-signature',
      data: { calls: { [first ?? '']: 'c2ln' } },
    });
    expect(got.usage).toMatchObject({ input_tokens: 30, cache_read_input_tokens: 60, output_tokens: 14 });
    expect(got.stopReason).toBe('tool_use');
  });
});
