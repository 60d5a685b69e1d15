// A provider's own web search in the words of Anthropic's, from each of the ways in which the packages tell of it.
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { setupWith } from './answer-setup.ts';
import { collectStream } from './collect-stream.ts';
import { finish, text, toolDelta, toolStart, write } from './parts.ts';

type Part = LanguageModelV4StreamPart;
const source = (url: string, title?: string): Part => ({
  type: 'source',
  sourceType: 'url',
  id: url,
  url,
  ...(title === undefined ? {} : { title }),
});
const call = (id: string, input = '{}', toolName = 'web_search'): Part => ({
  type: 'tool-call',
  toolCallId: id,
  toolName,
  input,
  providerExecuted: true,
});
const result = (id: string, value: object, toolName = 'web_search'): Part => ({
  type: 'tool-result',
  toolCallId: id,
  toolName,
  result: value as never,
});
const hit = (url: string, title = url) => ({
  type: 'web_search_result',
  url,
  title,
  encrypted_content: '',
  page_age: null,
});
const collect = (parts: readonly Part[], webSearch = true) =>
  collectStream(write(setupWith({ webSearch }), parts).text);

describe('T94: web search', () => {
  it('T94: OpenAI: the query and the sources of the result become a call and its result, before the text', () => {
    const got = collect([
      { type: 'tool-input-start', id: 'ws_1', toolName: 'web_search', providerExecuted: true },
      { type: 'tool-input-end', id: 'ws_1' },
      call('ws_1'),
      result('ws_1', {
        action: { type: 'search', query: 'node 24' },
        sources: [{ type: 'url', url: 'https://a.example' }],
      }),
      source('https://a.example'),
      source('https://b.example', 'B'),
      ...text('t', 'Found.'),
      source('https://a.example', 'cited again'),
      finish('stop'),
    ]);
    const id = got.content[0]?.['id'];
    expect(id).toMatch(/^srvtoolu_[a-zA-Z0-9_]+$/);
    expect(got.content).toEqual([
      { type: 'server_tool_use', id, name: 'web_search', input: { query: 'node 24' } },
      {
        type: 'web_search_tool_result',
        tool_use_id: id,
        content: [hit('https://a.example'), hit('https://b.example', 'B')],
      },
      { type: 'text', text: 'Found.' },
    ]);
    expect(got.usage).toMatchObject({ server_tool_use: { web_search_requests: 1 } });
    expect(got.stopReason).toBe('end_turn');
  });

  it('T94: xAI: a search that looks like a call of the client is none, and late sources are its result', () => {
    const got = collect([
      toolStart('x1', 'web_search'),
      toolDelta('x1', '{"query":"node"}'),
      { type: 'tool-input-end', id: 'x1' },
      call('x1', '{"query":"node"}'),
      result('x1', { action: { type: 'openPage', url: 'https://p.example' } }),
      toolStart('x2', 'web_search'),
      call('x2', '{"query":"node 24"}'),
      result('x2', {}),
      ...text('t', 'Found.'),
      source('https://a.example', 'A'),
      finish('stop'),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual([
      'server_tool_use',
      'text',
      'web_search_tool_result',
    ]);
    expect(got.content[0]?.['input']).toEqual({ query: 'node 24' });
    expect(got.content[2]).toMatchObject({
      tool_use_id: got.content[0]?.['id'],
      content: [hit('https://a.example', 'A')],
    });
    expect(got.usage).toMatchObject({ server_tool_use: { web_search_requests: 1 } });
  });

  it('T94: Gemini: grounding without a call becomes a call with its queries and a result', () => {
    const got = collect([
      source('https://a.example', 'A'),
      ...text('t', 'Found.'),
      finish('stop', 'STOP', undefined, {
        google: { groundingMetadata: { webSearchQueries: ['node 24', 'node lts'] } },
      }),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual([
      'text',
      'server_tool_use',
      'web_search_tool_result',
    ]);
    expect(got.content[1]?.['input']).toEqual({ query: 'node 24; node lts' });
    expect(got.usage).toMatchObject({ server_tool_use: { web_search_requests: 2 } });
  });

  it('T94: a search that failed says so', () => {
    const failed: Part = { ...(result('1', {}) as Extract<Part, { type: 'tool-result' }>), isError: true };
    const got = collect([call('1'), failed, ...text('t', 'x'), finish('stop')]);
    expect(got.content[1]).toMatchObject({
      content: { type: 'web_search_tool_result_error', error_code: 'unavailable' },
    });
  });

  it('T94: a search that found nothing has an empty result; a result told twice is one search', () => {
    const got = collect([call('1'), result('1', {}), result('1', {}), finish('stop')]);
    expect(got.content.map((block) => block['type'])).toEqual(['server_tool_use', 'web_search_tool_result']);
    expect(got.content[1]?.['content']).toEqual([]);
  });

  it('T94: sources of an answer for which no search was asked are no search', () => {
    const got = collect([source('https://a.example'), ...text('t', 'x'), finish('stop')], false);
    expect(got.content).toEqual([{ type: 'text', text: 'x' }]);
    expect(got.usage).not.toHaveProperty('server_tool_use');
  });
});
