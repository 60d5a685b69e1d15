// The observer of a copied stream learns the same facts at any chunking, and knows where a foreign event may be put.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageObserver } from '../../../src/gateway/dialects/anthropic-messages/observe-message.ts';
import { StreamObserver } from '../../../src/gateway/dialects/anthropic-messages/observe-stream.ts';

const event = (type: string, fields: object, end = '\n'): string =>
  `event: ${type}${end}data: ${JSON.stringify({ type, ...fields })}${end}${end}`;

const start = (usage: object): string =>
  event('message_start', { message: { id: 'msg_1', model: 'claude-opus-5-5', stop_reason: null, usage } });
const text = (value: string): string =>
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: value } });

function observe(stream: string | Buffer, cuts: readonly number[] = []): StreamObserver {
  const bytes = Buffer.isBuffer(stream) ? stream : Buffer.from(stream);
  const observer = new StreamObserver();
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    observer.see(bytes.subarray(from, Math.max(from, Math.min(cut, bytes.length))));
    from = Math.max(from, Math.min(cut, bytes.length));
  }
  observer.end();
  return observer;
}

describe('the stream observer', () => {
  it('takes the last cumulative figures and never adds start and delta (T71, trap 70)', () => {
    const { facts } = observe(
      start({ input_tokens: 2679, output_tokens: 3 }) +
        text('hello') +
        event('message_delta', {
          delta: { stop_reason: 'end_turn' },
          usage: { input_tokens: 10_682, output_tokens: 510 },
        }) +
        event('message_stop', {}),
    );
    expect(facts).toMatchObject({
      messageId: 'msg_1',
      model: 'claude-opus-5-5',
      stopReason: 'end_turn',
      usage: { input_tokens: 10_682, output_tokens: 510 },
      characters: 5,
      usageIsFinal: true,
      finished: true,
    });
  });

  it('learns the same from any chunk borders, line ends and texts (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(3000), { maxLength: 20 }),
        (texts, end, cuts) => {
          const stream =
            ': a comment' +
            end +
            end +
            start({ input_tokens: 10, output_tokens: 1 }) +
            texts
              .map((value) =>
                event('content_block_delta', { delta: { type: 'text_delta', text: value } }, end),
              )
              .join('') +
            event('ping', {}, end) +
            event(
              'message_delta',
              { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 77 } },
              end,
            ) +
            event('message_stop', {}, end);
          const observer = observe(stream, cuts);
          expect(observer.facts.characters).toBe(texts.join('').length);
          expect(observer.facts.usage).toEqual({ input_tokens: 10, output_tokens: 77 });
          expect(observer.facts.finished).toBe(true);
          expect(observer.atEventBorder).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('stands at a border after each blank line and nowhere else', () => {
    const stream = Buffer.from(start({ input_tokens: 1 }) + text('one') + event('ping', {}));
    const observer = new StreamObserver();
    for (let at = 0; at < stream.length; at++) {
      observer.see(stream.subarray(at, at + 1));
      const seen = stream.subarray(0, at + 1).toString();
      expect([at, observer.atEventBorder]).toEqual([at, seen.endsWith('\n\n')]);
    }
  });

  it('counts text, thinking and tool input, not signatures', () => {
    const delta = (fields: object): string => event('content_block_delta', { index: 0, delta: fields });
    const { facts } = observe(
      delta({ type: 'thinking_delta', thinking: '12345' }) +
        delta({ type: 'signature_delta', signature: 'x'.repeat(400) }) +
        delta({ type: 'input_json_delta', partial_json: '{"a":1}' }) +
        text('é😀'),
    );
    expect(facts.characters).toBe(5 + 7 + 3);
  });

  it('keeps a bounded piece of an 8 MB event and counts it by its size (trap 36)', () => {
    const huge = Buffer.from(text('x'.repeat(8 * 1024 * 1024)));
    const cuts = Array.from({ length: 128 }, (_, index) => index * 65_536);
    const observer = observe(
      Buffer.concat([Buffer.from(start({ input_tokens: 5 })), huge, Buffer.from(text('y'))]),
      cuts,
    );
    expect(observer.facts.characters).toBeGreaterThanOrEqual(8 * 1024 * 1024);
    expect(observer.facts.usage).toEqual({ input_tokens: 5 });
    expect(observer.atEventBorder).toBe(true);
  });

  it('survives garbage: no event, broken JSON, foreign events', () => {
    const { facts } = observe(
      'data: {"type":\n\nevent: new_thing\ndata: {"type":"new_thing"}\n\nnonsense\n\ndata: [DONE]\n\n',
    );
    expect(facts).toMatchObject({ usage: null, characters: 0, finished: false, error: null });
  });

  it('reads an error event in the stream', () => {
    const { facts } = observe(event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }));
    expect(facts.error).toBe('Overloaded');
  });
});

describe('the message observer', () => {
  const see = (body: string, size = 7): MessageObserver => {
    const observer = new MessageObserver();
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.length; at += size) observer.see(bytes.subarray(at, at + size));
    observer.end();
    return observer;
  };

  it('reads usage from the top level only, not from a tool input of the same name', () => {
    const { facts } = see(
      JSON.stringify({
        id: 'msg_2',
        model: 'claude-haiku-5-5',
        content: [{ type: 'tool_use', input: { usage: { output_tokens: 999 } } }],
        stop_reason: 'tool_use',
        usage: { input_tokens: 3, output_tokens: 4 },
      }),
    );
    expect(facts).toMatchObject({
      usage: { input_tokens: 3, output_tokens: 4 },
      stopReason: 'tool_use',
      hasContent: true,
      finished: true,
    });
  });

  it('tells an empty content from one with something in it', () => {
    expect(see('{"content": [ ],"stop_reason":"refusal"}').facts.hasContent).toBe(false);
    expect(see('{"content": [{}]}').facts.hasContent).toBe(true);
  });

  it('reads an error body in the shapes servers use', () => {
    expect(see('{"type":"error","error":{"type":"x","message":"why"}}').facts.error).toBe('why');
    expect(see('{"error":"plain"}').facts.error).toBe('plain');
    expect(see('{"message":"top"}').facts.error).toBe('top');
    expect(see('<html>').facts.error).toBe(null);
  });
});
