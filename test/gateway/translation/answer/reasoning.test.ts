// Thinking on its way to the client, and what travels with it for the provider that thought it.
import { describe, expect, it } from 'vitest';
import { openReasoning } from '../../../../src/gateway/translation/reasoning-envelope.ts';
import { messageFromResult } from '../../../../src/gateway/translation/answer/message-from-result.ts';
import type { Collected } from './collect-stream.ts';
import { collectStream } from './collect-stream.ts';
import { setupWith } from './answer-setup.ts';
import { finish, someUsage, text, thinking, tool, toolCall, toolStart, write } from './parts.ts';

const collect = (parts: Parameters<typeof write>[1], setup = setupWith()): Collected =>
  collectStream(write(setup, parts).text);

const opened = (block: Record<string, unknown> | undefined) => {
  const sealed = block?.['signature'] ?? block?.['data'];
  return typeof sealed === 'string' ? openReasoning(sealed) : null;
};

const origin = { provider: 'p', account: 'account-1' };

describe('OpenAI', () => {
  const item = (encrypted: string | null) => ({
    openai: { itemId: 'rs_1', reasoningEncryptedContent: encrypted },
  });

  it('T81, T87: the encrypted item is sealed into the signature, at the end of the block', () => {
    const got = collect([
      ...thinking('rs_1:0', ['why'], item('gAAAA-blob')),
      ...text('t', 'x'),
      finish('stop'),
    ]);
    expect(got.content[0]).toMatchObject({ type: 'thinking', thinking: 'why' });
    expect(opened(got.content[0])).toEqual({
      ...origin,
      kind: 'openai-encrypted',
      data: { namespace: 'openai', itemId: 'rs_1', encryptedContent: 'gAAAA-blob' },
    });
    expect(got.order.slice(1, 5)).toEqual([
      'content_block_start',
      'thinking_delta',
      'signature_delta',
      'content_block_stop',
    ]);
  });

  it('T87: an item without visible text is carried in a redacted block', () => {
    const got = collect([
      { type: 'reasoning-start', id: 'rs_1:0', providerMetadata: item(null) },
      { type: 'reasoning-end', id: 'rs_1:0', providerMetadata: item('gAAAA-blob') },
      ...text('t', 'x'),
      finish('stop'),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual(['redacted_thinking', 'text']);
    expect(opened(got.content[0])).toMatchObject({ data: { encryptedContent: 'gAAAA-blob' } });
  });

  it('T87: the summaries of one item are one block with one envelope', () => {
    const got = collect([
      { type: 'reasoning-start', id: 'rs_1:0', providerMetadata: item(null) },
      { type: 'reasoning-delta', id: 'rs_1:0', delta: 'first' },
      { type: 'reasoning-end', id: 'rs_1:0', providerMetadata: { openai: { itemId: 'rs_1' } } },
      { type: 'reasoning-start', id: 'rs_1:1', providerMetadata: item(null) },
      { type: 'reasoning-delta', id: 'rs_1:1', delta: 'second' },
      { type: 'reasoning-end', id: 'rs_1:1', providerMetadata: item('blob') },
      ...text('t', 'x'),
      finish('stop'),
    ]);
    expect(got.content).toHaveLength(2);
    expect(got.content[0]).toMatchObject({ thinking: 'first\n\nsecond' });
    expect(opened(got.content[0])).toMatchObject({ data: { itemId: 'rs_1', encryptedContent: 'blob' } });
  });

  it('T81: an item that gave nothing to carry back has no signature', () => {
    const got = collect([...thinking('rs_1:0', ['why'], item(null)), ...text('t', 'x'), finish('stop')]);
    expect(got.content[0]).toEqual({ type: 'thinking', thinking: 'why', signature: '' });
  });

  it('T87: what is known only after the thinking gave way follows in a block of its own', () => {
    const got = collect([
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: 'why' },
      ...text('t', 'x'),
      { type: 'reasoning-end', id: 'r', providerMetadata: item('late') },
      finish('stop'),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual(['thinking', 'text', 'redacted_thinking']);
    expect(opened(got.content[2])).toMatchObject({ data: { encryptedContent: 'late' } });
  });
});

describe('Gemini', () => {
  const signed = (thoughtSignature: string) => ({ google: { thoughtSignature } });

  it("T115: a call's signature rides in the thinking before it", () => {
    const got = collect([
      ...thinking('0', ['why']),
      { ...toolStart('1', 'Bash'), providerMetadata: signed('sig-1') } as ReturnType<typeof toolStart>,
      { ...toolCall('1', 'Bash', '{}'), providerMetadata: signed('sig-1') } as ReturnType<typeof toolCall>,
      ...tool('2', 'Bash', '{}'),
      finish('tool-calls', 'STOP'),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual(['thinking', 'tool_use', 'tool_use']);
    expect(opened(got.content[0])).toEqual({
      ...origin,
      kind: 'gemini-signature',
      data: { namespace: 'google', calls: { '1': 'sig-1' } },
    });
  });

  it('T115: without thinking before it, a sealed block precedes the call; signatures on text go along', () => {
    const got = collect([
      { type: 'text-start', id: 't', providerMetadata: signed('sig-text') },
      { type: 'text-delta', id: 't', delta: 'x' },
      { type: 'text-end', id: 't' },
      { ...toolCall('fn:1', 'Bash', '{}'), providerMetadata: signed('sig-1') } as ReturnType<typeof toolCall>,
      finish('tool-calls', 'STOP'),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual(['text', 'redacted_thinking', 'tool_use']);
    expect(opened(got.content[1])).toMatchObject({
      data: { text: 'sig-text', calls: { [String(got.content[2]?.['id'])]: 'sig-1' } },
    });
  });

  it('T115: a signature that comes only with the end of a call is carried behind it', () => {
    const got = collect([
      toolStart('1', 'Bash'),
      { ...toolCall('1', 'Bash', '{}'), providerMetadata: signed('late') } as ReturnType<typeof toolCall>,
      finish('tool-calls', 'STOP'),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual(['tool_use', 'redacted_thinking']);
    expect(got.stopReason).toBe('tool_use');
  });

  it("T115: a thought's own signature is kept with it", () => {
    const got = collect([...thinking('0', ['why'], signed('sig-0')), ...text('t', 'x'), finish('stop')]);
    expect(opened(got.content[0])).toMatchObject({ data: { thought: 'sig-0' } });
  });
});

describe('plain reasoning', () => {
  it('T58, T81: thinking is shown without an invented signature', () => {
    const got = collect([...thinking('0', ['why']), ...text('t', 'x'), finish('stop')]);
    expect(got.content[0]).toEqual({ type: 'thinking', thinking: 'why', signature: '' });
  });

  it('T30, T81: thinking that the provider wants back is marked as its own, so that clients keep it', () => {
    const got = collect(
      [...thinking('0', ['why']), ...text('t', 'x'), finish('stop')],
      setupWith({ replay: 'reasoning-content' }),
    );
    expect(got.content[0]).toMatchObject({ type: 'thinking', thinking: 'why' });
    expect(opened(got.content[0])).toEqual({ ...origin, kind: 'reasoning-content', data: {} });
  });

  it('T30: thinking that the client does not want to see is carried for a provider that wants it back', () => {
    const parts = [...thinking('0', ['wh', 'y']), ...tool('1', 'Bash', '{}'), finish('tool-calls')];
    const carried = collect(parts, setupWith({ replay: 'reasoning-content', showThinking: false }));
    expect(carried.content.map((block) => block['type'])).toEqual(['redacted_thinking', 'tool_use']);
    expect(opened(carried.content[0])).toEqual({
      ...origin,
      kind: 'reasoning-content',
      text: 'why',
      data: {},
    });
    const dropped = collect(parts, setupWith({ showThinking: false }));
    expect(dropped.content.map((block) => block['type'])).toEqual(['tool_use']);
  });

  it('T81: whole answers carry the same as streams', () => {
    const { message } = messageFromResult(
      {
        content: [
          {
            type: 'reasoning',
            text: 'why',
            providerMetadata: { openai: { itemId: 'rs_1', reasoningEncryptedContent: 'b' } },
          },
          { type: 'text', text: 'x' },
        ],
        finishReason: { unified: 'stop', raw: undefined },
        usage: someUsage,
        warnings: [],
      },
      setupWith(),
    );
    expect(opened(message.content[0])).toMatchObject({ data: { encryptedContent: 'b' } });
  });
});
