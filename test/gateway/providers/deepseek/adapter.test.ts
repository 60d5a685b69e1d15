// DeepSeek: thinking that must come back, and switches that must not contradict each other.
import { describe, expect, it } from 'vitest';
import { deepSeekAdapter } from '../../../../src/gateway/providers/deepseek/adapter.ts';
import { listed, readTool, sent, toolTurn } from '../translated/recording.ts';
import type { Call } from '../translated/recording.ts';

const baseUrl = 'https://api.deepseek.com';
const call = (model: string, rest: Partial<Call> = {}) =>
  sent(deepSeekAdapter, { setup: { model, baseUrl }, ...rest });
const messagesOf = (body: Record<string, unknown>) => body['messages'] as Record<string, unknown>[];

describe('a call', () => {
  it('T19, T32: keeps max_tokens and asks for usage at the end of a stream', async () => {
    const { url, headers, body } = await call('deepseek-v4-pro', { stream: true });
    expect(url).toBe('https://api.deepseek.com/chat/completions');
    expect(headers['authorization']).toBe('Bearer sk-test');
    expect(body).toMatchObject({ max_tokens: 512, stream: true, stream_options: { include_usage: true } });
  });

  it('T23: never sends an effort beside thinking that is switched off', async () => {
    const off = (await call('deepseek-v4-pro', { wish: { effort: 'none' } })).body;
    expect(off['thinking']).toEqual({ type: 'disabled' });
    expect(off).not.toHaveProperty('reasoning_effort');
    const on = (await call('deepseek-v4-pro', { wish: { effort: 'max' } })).body;
    expect(on).toMatchObject({ thinking: { type: 'enabled' }, reasoning_effort: 'max' });
    const untold = (await call('deepseek-v4-pro')).body;
    expect(untold).not.toHaveProperty('thinking');
    expect(untold).not.toHaveProperty('reasoning_effort');
  });

  it.each(['deepseek-v4-pro', 'deepseek-reasoner'])(
    'T30: %s gets reasoning_content with every tool call, the original where it is known',
    async (model) => {
      const thought = toolTurn.map((message) =>
        message.role === 'assistant'
          ? {
              ...message,
              content: [{ type: 'reasoning' as const, text: 'I should look.' }, ...message.content],
            }
          : message,
      );
      const { body } = await call(model, {
        options: { prompt: [...thought, ...toolTurn], tools: [readTool] },
      });
      const calls = messagesOf(body).filter(({ tool_calls }) => tool_calls !== undefined);
      expect(calls.map((message) => message['reasoning_content'])).toEqual([
        'I should look.',
        '(not recorded)',
      ]);
    },
  );

  it('T30: deepseek-chat, which does not think, gets none', async () => {
    const { body } = await call('deepseek-chat', { options: { prompt: toolTurn, tools: [readTool] } });
    expect(messagesOf(body).some((message) => 'reasoning_content' in message)).toBe(false);
  });

  it('T25: says who asks in letters its field allows', async () => {
    expect((await call('deepseek-v4-pro', { wish: { user: 'ab:c/1' } })).body['user_id']).toBe('abc1');
  });

  it('T17: leaves strict out of functions', async () => {
    const { body } = await call('deepseek-v4-pro', { options: { tools: [{ ...readTool, strict: false }] } });
    expect(body['tools']).toEqual([
      {
        type: 'function',
        function: { name: 'Read', description: 'Reads a file.', parameters: readTool.inputSchema },
      },
    ]);
  });
});

describe('traits', () => {
  it.each(['deepseek-v4-pro', 'deepseek-flash', 'deepseek-reasoner'])(
    'T18, T30: %s refuses a forced choice and wants its thinking back',
    (model) => {
      expect(deepSeekAdapter.traits(model, {})).toMatchObject({
        toolChoice: 'auto-only',
        replay: 'reasoning-content',
        temperature: false,
      });
    },
  );

  it('T18, T22: deepseek-chat may be forced and cannot be told to think', () => {
    expect(deepSeekAdapter.traits('deepseek-chat', {})).toMatchObject({
      toolChoice: 'all',
      replay: 'none',
      temperature: true,
      reasoning: { kind: 'fixed' },
    });
    expect(deepSeekAdapter.traits('deepseek-v4-flash', {}).reasoning).toEqual({
      kind: 'effort',
      levels: ['none', 'low', 'high', 'max'],
    });
  });
});

it('lists its models', async () => {
  const { models, requests } = await listed(deepSeekAdapter, { model: '', baseUrl }, () => ({
    json: { object: 'list', data: [{ id: 'deepseek-v4-pro' }] },
  }));
  expect(requests[0]?.url).toBe('https://api.deepseek.com/models');
  expect(models).toEqual([{ id: 'deepseek-v4-pro', name: null, contextWindow: null, maxOutputTokens: null }]);
});
