// Amazon's binary stream read back: the same events wherever the network cuts it, exceptions in their place, and damage
// never taken for an answer.
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EventStreamCodec } from '@smithy/eventstream-codec';
import { BedrockStreamDecoder, loadCodec } from '../../../../src/gateway/providers/bedrock/stream-decoder.ts';
import type { Decoded } from '../../../../src/gateway/providers/claude-elsewhere/place.ts';
import { encodeEvents, messageEvents } from '../../../support/anthropic-answers.ts';
import { cutAtRandom, cutEvery, cutOnce, seededRandom } from '../../../support/byte-cuts.ts';
import { tokens } from '../../../support/expected-cost.ts';
import { encodeFrame, encodeFrames } from '../../../support/upstreams/bedrock-invoke.ts';

let codec: EventStreamCodec;
beforeAll(async () => {
  codec = await loadCodec();
});

const events = messageEvents({
  model: 'claude-opus-5-5',
  usage: tokens({ inputTokens: 3, outputTokens: 9 }),
  blocks: [
    { type: 'thinking', thinking: 'Hm – ünd', signature: 'c2ln' },
    { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls "x"' } },
  ],
});

/** What comes out of pieces; stops at the first that is no bytes. */
function decode(pieces: readonly Uint8Array[]): { text: string; last: Decoded } {
  const decoder = new BedrockStreamDecoder(codec, ['x-amzn-requestid', 'r1']);
  const parts: Buffer[] = [];
  for (const piece of pieces) {
    const decoded = decoder.feed(Buffer.from(piece));
    if ('bytes' in decoded) parts.push(decoded.bytes);
    if (decoded.kind !== 'bytes') return { text: Buffer.concat(parts).toString('utf8'), last: decoded };
  }
  return { text: Buffer.concat(parts).toString('utf8'), last: decoder.end() };
}

describe('the stream of Amazon Bedrock', () => {
  const bytes = encodeFrames(events);
  const expected = encodeEvents(events).toString('utf8');

  it('T144: cut once at every byte, it gives the same events', () => {
    for (let position = 0; position <= bytes.length; position++) {
      const { text, last } = decode(cutOnce(bytes, position));
      expect(text).toBe(expected);
      expect(last.kind).toBe('bytes');
    }
  });

  it('T144: cut anywhere, also byte by byte, it gives the same events (property)', () => {
    expect(decode(cutEvery(bytes, 1)).text).toBe(expected);
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(2, 17, 400, 4000), (seed, longest) => {
        expect(decode(cutAtRandom(bytes, seededRandom(seed), longest)).text).toBe(expected);
      }),
    );
  });

  it('T144: ended early at any byte, it is never a whole answer', () => {
    for (let length = 0; length < bytes.length; length += 7) {
      const { text, last } = decode([bytes.subarray(0, length)]);
      expect(expected.startsWith(text)).toBe(true);
      const stoppedAtBorder = last.kind === 'bytes';
      if (stoppedAtBorder) expect(text).not.toContain('message_stop');
    }
  });

  it('T144: one wrong bit anywhere is noticed', () => {
    for (let at = 0; at < bytes.length; at += 11) {
      const wrong = Buffer.from(bytes);
      wrong.writeUInt8(wrong.readUInt8(at) ^ 0x10, at);
      const { text, last } = decode([wrong]);
      expect(last.kind).toBe('broken');
      expect(expected.startsWith(text)).toBe(true);
    }
  });

  it.each([
    ['throttlingException', 429, 'rate_limit_error'],
    ['modelStreamErrorException', 500, 'api_error'],
    ['validationException', 400, 'invalid_request_error'],
    ['modelTimeoutException', 504, 'timeout_error'],
    ['serviceUnavailableException', 503, 'overloaded_error'],
  ])(
    'T144, T160: %s is an answer when it comes first, and an event when it does not',
    (name, status, type) => {
      const first = decode([encodeFrames([], { name, message: 'why' })]).last;
      expect(
        first.kind === 'refused' && [first.answer.status, JSON.parse(first.answer.body.toString())],
      ).toEqual([status, { type: 'error', error: { type, message: 'why' }, request_id: 'r1' }]);
      const later = decode([encodeFrames(events.slice(0, 3), { name, message: 'why' })]);
      expect(later.last.kind).toBe('last');
      const error = `event: error\ndata: {"type":"error","error":{"type":"${type}","message":"why"}}\n\n`;
      expect(later.text).toBe(encodeEvents(events.slice(0, 3)).toString('utf8') + error);
    },
  );

  it('T144: Amazon’s own errors and messages of other kinds are told apart', () => {
    const fault = encodeFrame(
      { ':message-type': 'error', ':error-code': 'InternalServerException', ':error-message': 'oh' },
      '',
    );
    expect(decode([fault]).last.kind).toBe('refused');
    const notice = encodeFrame({ ':message-type': 'event', ':event-type': 'initial-response' }, '{}');
    expect(decode([notice, bytes]).text).toBe(expected);
  });

  it('an event with line breaks between its tokens stays one event', () => {
    const pretty = '{\n "type": "ping"\r\n}';
    expect(decode([encodeFrames([{ event: 'ping', data: pretty }])]).text).toBe(
      'event: ping\ndata: {  "type": "ping"  }\n\n',
    );
  });
});
