// Thinking on its way back to the model that thought it (T30, T82, T87, T88, T115).
import { describe, expect, it } from 'vitest';
import {
  sealReasoning,
  type ReasoningRecord,
} from '../../../../src/gateway/translation/reasoning-envelope.ts';
import type { ReasoningReplay } from '../../../../src/gateway/translation/types.ts';
import { assistant, bodyOf, targetWith, text, toolResult, toolUse, translate, user } from './support.ts';

const openAi = (
  more: Partial<ReasoningRecord> = {},
  encryptedContent: string | null = 'enc',
  itemId = 'rs_1',
): string =>
  sealReasoning({
    provider: 'azure',
    account: 'account-1',
    kind: 'openai-encrypted',
    data: { namespace: 'azure', itemId, encryptedContent },
    ...more,
  } as ReasoningRecord);
const thinking = (signature: string | undefined, words = 'hm'): unknown => ({
  type: 'thinking',
  thinking: words,
  signature,
});

function turnFor(
  replay: ReasoningReplay,
  ...blocks: readonly unknown[]
): { content: unknown; dropped: readonly string[] } {
  const body = bodyOf([
    user('go'),
    assistant(...blocks, toolUse('a'), toolUse('b')),
    user([toolResult('a', ''), toolResult('b', '')]),
  ]);
  const { options, dropped } = translate(body, targetWith({ replay }));
  return { content: options.prompt[1]?.content, dropped };
}

const call = (id: string, providerOptions?: object): unknown => ({
  type: 'tool-call',
  toolCallId: id,
  toolName: 'Bash',
  input: {},
  ...(providerOptions && { providerOptions }),
});
const calls = [call('a'), call('b')];

describe('encrypted reasoning of OpenAI', () => {
  const options = { azure: { reasoningEncryptedContent: 'enc' } };

  it('T87, T88: goes back to the same provider and account, without the id of the item', () => {
    expect(turnFor('openai-encrypted', thinking(openAi()))).toEqual({
      content: [{ type: 'reasoning', text: 'hm', providerOptions: options }, ...calls],
      dropped: [],
    });
    const redacted = { type: 'redacted_thinking', data: openAi() };
    expect(turnFor('openai-encrypted', redacted).content).toEqual([
      { type: 'reasoning', text: '', providerOptions: options },
      ...calls,
    ]);
  });

  it('T88: several summaries of one item are one part', () => {
    const blocks = [
      thinking(openAi(), 'one'),
      thinking(openAi(), 'two'),
      thinking(openAi({}, 'enc2', 'rs_2'), 'three'),
    ];
    expect(turnFor('openai-encrypted', ...blocks).content).toEqual([
      { type: 'reasoning', text: 'one\n\ntwo', providerOptions: options },
      { type: 'reasoning', text: 'three', providerOptions: { azure: { reasoningEncryptedContent: 'enc2' } } },
      ...calls,
    ]);
  });

  it('T88: a provider that needs the id of the item gets it', () => {
    const sealed = openAi({
      data: { namespace: 'xai', itemId: 'rs_1', encryptedContent: 'enc' },
    });
    expect(turnFor('openai-encrypted', thinking(sealed)).content).toEqual([
      {
        type: 'reasoning',
        text: 'hm',
        providerOptions: { xai: { reasoningEncryptedContent: 'enc', itemId: 'rs_1' } },
      },
      ...calls,
    ]);
  });

  it.each<[string, ReasoningReplay, unknown]>([
    ['another provider', 'openai-encrypted', thinking(openAi({ provider: 'openai' }))],
    ['another account', 'openai-encrypted', thinking(openAi({ account: 'account-2' }))],
    ['another kind of model', 'gemini-signature', thinking(openAi())],
    ['Claude', 'openai-encrypted', thinking('EqoBCkYIBRgCKkA')],
    ['Claude, redacted', 'openai-encrypted', { type: 'redacted_thinking', data: 'EqoBCkYIBRgCKkA' }],
    ['nobody', 'openai-encrypted', thinking(undefined)],
  ])('T82, T87: thinking of %s is left out, and named', (_whose, replay, block) => {
    expect(turnFor(replay, block)).toEqual({ content: calls, dropped: ['messages.thinking'] });
  });
});

describe('signatures of Gemini', () => {
  const gemini = (data: object): string =>
    sealReasoning({
      provider: 'azure',
      account: 'account-1',
      kind: 'gemini-signature',
      data: { namespace: 'google', ...data },
    });

  it('T115: go back on the thought, the last text and the calls they came on, wherever the envelope stands', () => {
    const { content, dropped } = turnFor(
      'gemini-signature',
      thinking(gemini({ thought: 'sig-thought' })),
      text('one'),
      text('two'),
      { type: 'redacted_thinking', data: gemini({ text: 'sig-text', calls: { a: 'sig-a' } }) },
    );
    expect(content).toEqual([
      { type: 'reasoning', text: 'hm', providerOptions: { google: { thoughtSignature: 'sig-thought' } } },
      text('one'),
      { type: 'text', text: 'two', providerOptions: { google: { thoughtSignature: 'sig-text' } } },
      call('a', { google: { thoughtSignature: 'sig-a' } }),
      call('b'),
    ]);
    expect(dropped).toEqual([]);
  });

  it('T115: are found by the id the client knows, also where another id is sent', () => {
    const body = bodyOf([
      user('go'),
      assistant(
        { type: 'redacted_thinking', data: gemini({ calls: { 'Bash:0': 'sig' } }) },
        toolUse('Bash:0'),
      ),
      user([toolResult('Bash:0', '')]),
    ]);
    const { options } = translate(body, targetWith({ replay: 'gemini-signature' }));
    expect(options.prompt[1]?.content).toMatchObject([
      { providerOptions: { google: { thoughtSignature: 'sig' } } },
    ]);
  });
});

describe('reasoning_content', () => {
  const hidden = sealReasoning({
    provider: 'azure',
    account: 'other',
    kind: 'reasoning-content',
    text: 'hidden',
    data: {},
  });

  it('T30: plain thinking goes back as it was, also what the client did not see', () => {
    expect(turnFor('reasoning-content', thinking('')).content).toEqual([
      { type: 'reasoning', text: 'hm' },
      ...calls,
    ]);
    expect(turnFor('reasoning-content', thinking(undefined)).content).toEqual([
      { type: 'reasoning', text: 'hm' },
      ...calls,
    ]);
    expect(turnFor('reasoning-content', thinking(hidden, '')).content).toEqual([
      { type: 'reasoning', text: 'hidden' },
      ...calls,
    ]);
  });

  it('T30: a turn with tool calls is never without, a turn without calls may be', () => {
    expect(turnFor('reasoning-content', thinking('EqoB')).content).toEqual([
      { type: 'reasoning', text: '(thinking not kept)' },
      ...calls,
    ]);
    const quiet = translate(
      bodyOf([user('a'), assistant(text('b')), user('c')]),
      targetWith({ replay: 'reasoning-content' }),
    );
    expect(quiet.options.prompt[1]?.content).toEqual([text('b')]);
  });
});
