// The two forms of an answer say the same: random answers are written as a stream and as a whole message, and read by a
// strict collector, by Anthropic's own SDK and by the observer that the ledger relies on.
import Anthropic from '@anthropic-ai/sdk';
import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamObserver } from '../../../../src/gateway/dialects/anthropic-messages/observe-stream.ts';
import { AnswerWriter } from '../../../../src/gateway/translation/answer/answer-writer.ts';
import { messageFromResult } from '../../../../src/gateway/translation/answer/message-from-result.ts';
import { BrokenAnswer } from '../../../../src/gateway/translation/errors/broken-answer.ts';
import { setupWith } from './answer-setup.ts';
import { collectStream } from './collect-stream.ts';
import { usageOf, write } from './parts.ts';

type Part = LanguageModelV4StreamPart;

const words = fc.oneof(
  fc.constantFrom('', ' ', '\n', 'END', '{"a":', '"\\', '\u2028', '😀', 'data: x\n\nevent: y'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const input = fc.oneof(
  fc.json({ maxDepth: 1 }).map((json) => `{"v":${json}}`),
  fc.constantFrom('', '{}', 'null', '{"command":"l', '[]', '{"parameters":{"a":1}}', '{"pages":""}'),
);
const metadata = fc.constantFrom(
  undefined,
  { openai: { itemId: 'rs_1', reasoningEncryptedContent: 'blob' } },
  { openai: { itemId: 'rs_2', reasoningEncryptedContent: null } },
  { google: { thoughtSignature: 'sig' } },
);
const withMetadata = <T extends object>(part: T, value: object | undefined): T =>
  value === undefined ? part : { ...part, providerMetadata: value };

/** Parts that are the same in both forms. */
const sharedPart: fc.Arbitrary<Extract<LanguageModelV4Content, Part>> = fc.oneof(
  fc
    .tuple(fc.constantFrom('Read', 'Bash', 'Unknown'), input, metadata)
    .map(([toolName, json, value]) =>
      withMetadata({ type: 'tool-call' as const, toolCallId: '', toolName, input: json }, value),
    ),
  fc.webUrl().map((url) => ({ type: 'source' as const, sourceType: 'url' as const, id: url, url })),
  words.map((query) => ({
    type: 'tool-result' as const,
    toolCallId: query,
    toolName: 'web_search',
    result: { action: { type: 'search', query }, sources: [{ url: `https://e.example/${query.length}` }] },
  })),
);
const contentPart: fc.Arbitrary<LanguageModelV4Content> = fc.oneof(
  words.map((text) => ({ type: 'text' as const, text })),
  fc.tuple(words, metadata).map(([text, value]) => withMetadata({ type: 'reasoning' as const, text }, value)),
  sharedPart,
);
const content = fc
  .array(contentPart, { maxLength: 8 })
  .map((parts) =>
    parts.map((part, at) => (part.type === 'tool-call' ? { ...part, toolCallId: `call:${at}` } : part)),
  );
const finishReason: fc.Arbitrary<LanguageModelV4FinishReason> = fc.constantFrom(
  { unified: 'stop', raw: 'stop' },
  { unified: 'tool-calls', raw: 'tool_calls' },
  { unified: 'length', raw: 'length' },
  { unified: 'content-filter', raw: 'SAFETY' },
  { unified: 'other', raw: 'eos' },
  { unified: 'error', raw: 'MALFORMED_FUNCTION_CALL' },
  { unified: 'interrupted', raw: undefined },
);
const count = fc.option(fc.nat(1_000_000), { nil: undefined });
const usage: fc.Arbitrary<LanguageModelV4Usage> = fc
  .tuple(count, count, count, count)
  .map(([total, cacheRead, cacheWrite, output]) => usageOf({ total, cacheRead, cacheWrite }, output));

const setups = fc
  .record({ repairs: fc.boolean(), showThinking: fc.boolean(), stops: fc.boolean() })
  .map(({ repairs, showThinking, stops }) =>
    setupWith({ repairs, showThinking, webSearch: true, stopSequences: stops ? ['END'] : [] }),
  );

/** The parts a package would stream for this content, cut where the seed says. */
function streamed(parts: readonly LanguageModelV4Content[], cut: number): Part[] {
  const pieces = (text: string): string[] => {
    const at = text.length === 0 ? 0 : cut % (text.length + 1);
    return [text.slice(0, at), text.slice(at)];
  };
  return parts.flatMap((part, index): Part[] => {
    const id = `${part.type}-${index}`;
    switch (part.type) {
      case 'text':
        return [
          { type: 'text-start', id },
          ...pieces(part.text).map((delta): Part => ({ type: 'text-delta', id, delta })),
          { type: 'text-end', id },
        ];
      case 'reasoning':
        return [
          withMetadata({ type: 'reasoning-start', id }, part.providerMetadata),
          ...pieces(part.text).map((delta): Part => ({ type: 'reasoning-delta', id, delta })),
          withMetadata({ type: 'reasoning-end', id }, part.providerMetadata),
        ];
      case 'tool-call': {
        const { toolCallId, toolName } = part;
        return [
          withMetadata({ type: 'tool-input-start', id: toolCallId, toolName }, part.providerMetadata),
          ...pieces(part.input).map((delta): Part => ({ type: 'tool-input-delta', id: toolCallId, delta })),
          { type: 'tool-input-end', id: toolCallId },
          part,
        ];
      }
      default:
        return [part];
    }
  });
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const whole = fc.record({ content, finishReason, usage, setup: setups, cut: fc.nat(40) });

describe('stream and message', () => {
  it('T40–T59: a stream collects to the message of the same content, or both are broken', () => {
    fc.assert(
      fc.property(whole, ({ content: parts, finishReason: reason, usage: counted, setup, cut }) => {
        const given = write(setup, [
          ...streamed(parts, cut),
          { type: 'finish', finishReason: reason, usage: counted },
        ]);
        const got = collectStream(given.text);
        let message;
        try {
          message = messageFromResult(
            { content: parts, finishReason: reason, usage: counted, warnings: [] },
            setup,
          ).message;
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenAnswer);
          expect(got.error ?? given.writer.failure).not.toBeNull();
          return;
        }
        expect(got.error).toBeNull();
        // A call that was cut off is a partial block in a stream, and nothing in a message.
        const blocks = got.content.filter((block) => !('input' in block) || isObject(block['input']));
        expect(blocks).toEqual(message.content);
        expect(got.stopReason).toBe(message.stop_reason);
        expect(got.stopSequence).toBe(message.stop_sequence);
        expect(got.usage).toEqual(message.usage);
      }),
      { numRuns: 600 },
    );
  });

  it('T42, T44: any sequence of parts, however interleaved or repeated, gives a stream a strict client accepts', () => {
    const id = fc.constantFrom('a', 'b', '');
    const anyPart: fc.Arbitrary<Part> = fc.oneof(
      id.map((name): Part => ({ type: 'text-start', id: name })),
      fc.tuple(id, words).map(([name, delta]): Part => ({ type: 'text-delta', id: name, delta })),
      id.map((name): Part => ({ type: 'text-end', id: name })),
      fc
        .tuple(id, metadata)
        .map(([name, value]): Part => withMetadata({ type: 'reasoning-start', id: name }, value)),
      fc.tuple(id, words).map(([name, delta]): Part => ({ type: 'reasoning-delta', id: name, delta })),
      fc
        .tuple(id, metadata)
        .map(([name, value]): Part => withMetadata({ type: 'reasoning-end', id: name }, value)),
      fc
        .tuple(id, fc.constantFrom('Read', ''))
        .map(([name, toolName]): Part => ({ type: 'tool-input-start', id: name, toolName })),
      fc.tuple(id, input).map(([name, delta]): Part => ({ type: 'tool-input-delta', id: name, delta })),
      id.map((name): Part => ({ type: 'tool-input-end', id: name })),
      fc
        .tuple(id, input, metadata)
        .map(([name, json, value]): Part =>
          withMetadata({ type: 'tool-call', toolCallId: name, toolName: 'Read', input: json }, value),
        ),
      sharedPart,
      fc.constant<Part>({ type: 'error', error: { message: 'x' } }),
      fc
        .tuple(finishReason, usage)
        .map(([reason, counted]): Part => ({ type: 'finish', finishReason: reason, usage: counted })),
    );
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 30 }), setups, (parts, setup) => {
        const { text, writer } = write(setup, parts);
        const got = collectStream(text);
        expect(writer.finished).toBe(true);
        expect(writer.started).toBe(text !== '');
        expect(writer.failure !== null).toBe(text === '');
        expect(got.stopped || got.error !== null || writer.failure !== null).toBe(true);
        for (const block of got.content) {
          if (block['type'] === 'text') expect(String(block['text']).trim()).not.toBe('');
        }
        if (got.stopped && got.stopReason !== 'max_tokens') {
          for (const [at, block] of got.content.entries()) {
            if (block['type'] === 'tool_use') expect(got.inputs[at]?.trim().startsWith('{')).toBe(true);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('T70, T97: the observer of the ledger reads the same usage and end from the stream', () => {
    fc.assert(
      fc.property(whole, ({ content: parts, usage: counted, setup, cut }) => {
        const { text } = write(setup, [
          ...streamed(parts, cut),
          { type: 'finish', finishReason: { unified: 'length', raw: 'length' }, usage: counted },
        ]);
        const got = collectStream(text);
        const observer = new StreamObserver();
        observer.see(Buffer.from(text));
        observer.end();
        expect(observer.facts).toMatchObject({
          messageId: 'msg_1',
          model: 'claude-asked',
          stopReason: 'max_tokens',
          finished: true,
          usageIsFinal: true,
          error: null,
        });
        expect(observer.facts.usage).toMatchObject(got.usage ?? {});
      }),
      { numRuns: 200 },
    );
  });

  it("T42: Anthropic's SDK collects the stream to the message", async () => {
    const setup = setupWith({ webSearch: true });
    const parts: LanguageModelV4Content[] = [
      {
        type: 'reasoning',
        text: 'why',
        providerMetadata: { openai: { itemId: 'r', reasoningEncryptedContent: 'b' } },
      },
      {
        type: 'tool-result',
        toolCallId: 'ws_1',
        toolName: 'web_search',
        result: { action: { type: 'search', query: 'q' }, sources: [{ url: 'https://a.example' }] },
      },
      { type: 'text', text: 'Hello "world"\n😀' },
      { type: 'tool-call', toolCallId: 'call_1', toolName: 'Bash', input: '{"command":"ls"}' },
    ];
    const end = {
      finishReason: { unified: 'tool-calls' as const, raw: 'tool_calls' },
      usage: usageOf({ total: 9 }, 3),
    };
    const { text } = write(setup, [...streamed(parts, 2), { type: 'finish', ...end }]);
    const client = new Anthropic({
      apiKey: 'fake',
      maxRetries: 0,
      fetch: () => Promise.resolve(new Response(text, { headers: { 'content-type': 'text/event-stream' } })),
    });
    const collected = await client.messages
      .stream({ model: 'claude-asked', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] })
      .finalMessage();
    const { message } = messageFromResult({ content: parts, ...end, warnings: [] }, setup);
    expect(collected).toMatchObject(JSON.parse(JSON.stringify(message)) as object);
    expect(collected.content).toHaveLength(message.content.length);
  });

  it('T41, T48: a message whose call was cut by the length limit leaves the call out', () => {
    const { message } = messageFromResult(
      {
        content: [
          { type: 'text', text: 'x' },
          { type: 'tool-call', toolCallId: '1', toolName: 'Bash', input: '{"command":"l' },
        ],
        finishReason: { unified: 'length', raw: 'length' },
        usage: usageOf({ total: 9 }, 3),
        warnings: [],
      },
      setupWith(),
    );
    expect(message).toMatchObject({ stop_reason: 'max_tokens', content: [{ type: 'text', text: 'x' }] });
  });

  it('T59: id and name of the answer are ours, the id upstream is kept for the log', () => {
    const writer = new AnswerWriter(setupWith());
    writer.write({ type: 'response-metadata', id: 'chatcmpl-7', modelId: 'gpt-true-2026' });
    expect(writer.upstreamId).toBe('chatcmpl-7');
  });
});
