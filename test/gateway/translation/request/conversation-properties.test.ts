// Promises that hold for any conversation, however broken its tool calls are.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LanguageModelV4Message } from '@ai-sdk/provider';
import type { ReasoningReplay } from '../../../../src/gateway/translation/types.ts';
import { expectInvariants, idsOf } from './invariants.ts';
import { assistant, bodyOf, png, targetWith, text, toolResult, toolUse, translate, user } from './support.ts';

const id = fc.constantFrom('a', 'b', 'c', 'functions.Bash:0', 'x'.repeat(70));
const words = fc.string({ minLength: 1, maxLength: 12 });
const content = fc.oneof(
  words,
  fc.array(fc.oneof(words.map(text), fc.constant(png)), { maxLength: 3 }),
  fc.constant(null),
);
const userBlock = fc.oneof(
  words.map(text),
  fc.constant(png),
  fc.tuple(id, content, fc.boolean()).map(([call, value, is_error]) => toolResult(call, value, { is_error })),
);
const assistantBlock = fc.oneof(
  words.map(text),
  id.map((call) => toolUse(call)),
  fc.constantFrom('', 'EqoBAA').map((signature) => ({ type: 'thinking', thinking: 'hm', signature })),
);
const message = fc.oneof(
  fc.array(userBlock, { maxLength: 4 }).map(user),
  words.map(user),
  fc.array(assistantBlock, { maxLength: 4 }).map((blocks) => assistant(...blocks)),
  words.map((value) => ({ role: 'system', content: value })),
);
const conversation = fc.array(message, { maxLength: 8 }).map((messages) => [user('start'), ...messages]);
const target = fc
  .record({
    replay: fc.constantFrom<ReasoningReplay[]>(
      'none',
      'openai-encrypted',
      'gemini-signature',
      'reasoning-content',
    ),
    laterSystem: fc.constantFrom<('user' | 'system')[]>('user', 'system'),
    imagesInToolResults: fc.boolean(),
    images: fc.boolean(),
    prefill: fc.boolean(),
  })
  .map((traits) => targetWith(traits));

/** Texts that were said in plain sight, without what is only white space. */
const saidBy = (messages: readonly unknown[], role: string): string[] =>
  messages.flatMap((one) => {
    const entry = one as { role: string; content: unknown };
    if (entry.role !== role) return [];
    const blocks = typeof entry.content === 'string' ? [text(entry.content)] : (entry.content as unknown[]);
    return blocks.flatMap((block) => {
      const { type, text: said } = block as { type: string; text?: string };
      return type === 'text' && said !== undefined && said.trim() !== '' ? [said] : [];
    });
  });

const isInOrder = (needles: readonly string[], haystack: string): boolean => {
  let at = 0;
  for (const needle of needles) {
    const found = haystack.indexOf(needle, at);
    if (found === -1) return false;
    at = found + needle.length;
  }
  return true;
};

const textsOf = (prompt: readonly LanguageModelV4Message[], role: LanguageModelV4Message['role']): string[] =>
  prompt.flatMap((one) =>
    one.role !== role || typeof one.content === 'string'
      ? []
      : one.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
  );

describe('any conversation', () => {
  it('T4, T7, T13, T29: comes out alternating, every call with exactly one result right behind it', () => {
    fc.assert(
      fc.property(conversation, target, (messages, to) => expectInvariants(translate(bodyOf(messages), to))),
      { numRuns: 400 },
    );
  });

  it('T4, T29: keeps the texts of the user and their order', () => {
    fc.assert(
      fc.property(conversation, target, (messages, to) => {
        const { prompt } = translate(bodyOf(messages), to).options;
        expect(isInOrder(saidBy(messages, 'user'), textsOf(prompt, 'user').join('\n'))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('T12, T29: keeps the texts and calls of the assistant and their order', () => {
    fc.assert(
      fc.property(conversation, (messages) => {
        const { prompt } = translate(bodyOf(messages), targetWith({ prefill: true })).options;
        expect(textsOf(prompt, 'assistant')).toEqual(saidBy(messages, 'assistant'));
        const called = messages.flatMap((one) => {
          const { role, content: blocks } = one as { role: string; content: readonly { type: string }[] };
          return role === 'assistant' ? blocks.filter((block) => block.type === 'tool_use') : [];
        });
        expect(prompt.flatMap((one) => idsOf(one, 'tool-call'))).toHaveLength(called.length);
      }),
      { numRuns: 300 },
    );
  });

  it('T24, T25: is the same each time, and a longer history begins like the shorter one', () => {
    fc.assert(
      fc.property(conversation, target, (messages, to) => {
        const first = translate(bodyOf(messages), to);
        expect(JSON.stringify(translate(structuredClone(bodyOf(messages)), to))).toBe(JSON.stringify(first));
        const longer = translate(bodyOf([...messages, assistant(text('so')), user('on')]), to).options.prompt;
        const settled = first.options.prompt.slice(0, -2);
        expect(longer.slice(0, settled.length)).toEqual(settled);
      }),
      { numRuns: 300 },
    );
  });
});
