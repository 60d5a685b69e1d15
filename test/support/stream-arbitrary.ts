// Generated event streams: every freedom that server-sent events and JSON leave an upstream, with the usage a reader must
// arrive at (per field the last value that is not null; message_delta is cumulative).
import * as fc from 'fast-check';
import type { TokenCounts } from '../../src/contract/usage.ts';
import { encodeEvent, messageEvents, toWireUsage, type Block, type SseEvent } from './anthropic-answers.ts';
import { type ListedModel } from './expected-cost.ts';

export type GeneratedStream = {
  bytes: Buffer;
  model: ListedModel;
  usage: TokenCounts;
  /** How to cut: a seed and the longest piece in bytes. */
  cutSeed: number;
  longestPiece: number;
};

const count = fc.oneof(fc.nat(40), fc.nat(60_000));
const usageArbitrary: fc.Arbitrary<TokenCounts> = fc.record({
  inputTokens: count,
  cacheReadTokens: count,
  cacheWrite5mTokens: count,
  cacheWrite1hTokens: count,
  outputTokens: count,
});

/** Text that looks like the protocol it travels in: a scan of bytes must not fall for it. */
const decoys = [
  '"usage":{"input_tokens":999999,"output_tokens":999999}',
  'event: message_delta\ndata: {"type":"message_delta","usage":{"output_tokens":777777}}\n\n',
  '\\"type\\":\\"message_stop\\"',
  '{"type":"message_start","message":{"usage":{"input_tokens":123456}}}',
  'data: [DONE]',
];
const textArbitrary = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...decoys),
);
const blockArbitrary: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: textArbitrary }),
  fc.record({
    type: fc.constant('thinking' as const),
    thinking: textArbitrary,
    signature: fc.base64String(),
  }),
  fc.record({
    type: fc.constant('tool_use' as const),
    id: fc.constant('toolu_01Fake'),
    name: fc.constantFrom('Bash', 'mcp__server__tool'),
    input: fc.dictionary(fc.string(), textArbitrary, { maxKeys: 3 }),
  }),
);

/** Bytes that may stand between two events and mean nothing to a reader of usage. */
const fillers = [
  ': a comment\n\n',
  ':\n\n',
  '\n',
  'event: ping\ndata: {"type": "ping"}\n\n',
  'event: unheard_of\ndata: {"type":"unheard_of","usage":{"output_tokens":5}}\n\n',
  'retry: 3000\n\n',
];

const spellings = ['plain', 'no-space', 'id-line', 'type-last', 'spaced'] as const;
type Spelling = (typeof spellings)[number];

function spellEvent({ event, data }: SseEvent, spelling: Spelling): string {
  const record = data as Record<string, unknown>;
  switch (spelling) {
    case 'plain':
      return encodeEvent({ event, data });
    case 'no-space':
      return `event:${event}\ndata:${JSON.stringify(data)}\n\n`;
    case 'id-line':
      return `id: 7\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    case 'type-last': {
      const { type, ...rest } = record;
      return encodeEvent({ event, data: { ...rest, type } });
    }
    case 'spaced':
      return `event: ${event}\ndata: ${JSON.stringify(data, null, 1).replaceAll('\n', ' ')} \n\n`;
  }
}

/** Earlier, smaller message_deltas, some with nulls or with the output count alone. */
function deltaEvents(usage: TokenCounts, steps: number, shape: 'full' | 'output-only' | 'nulls'): SseEvent[] {
  return Array.from({ length: steps }, (_, step) => {
    const outputTokens = Math.floor((usage.outputTokens * (step + 1)) / (steps + 1));
    const wire =
      shape === 'full'
        ? toWireUsage({ ...usage, outputTokens })
        : shape === 'output-only'
          ? { output_tokens: outputTokens }
          : { output_tokens: outputTokens, input_tokens: null, cache_creation: null };
    return {
      event: 'message_delta',
      data: { type: 'message_delta', delta: { stop_reason: null, stop_sequence: null }, usage: wire },
    };
  });
}

const shape = fc.record({
  model: fc.constantFrom<ListedModel>(
    'claude-opus-5-5',
    'claude-opus-4-8',
    'claude-sonnet-4-5',
    'claude-haiku-4-5',
  ),
  usage: usageArbitrary,
  blocks: fc.array(blockArbitrary, { maxLength: 3 }),
  pieceLength: fc.integer({ min: 1, max: 40 }),
  deltaSteps: fc.nat(2),
  deltaShape: fc.constantFrom('full' as const, 'output-only' as const, 'nulls' as const),
  carriageReturns: fc.boolean(),
  fillerChoices: fc.array(fc.nat(fillers.length * 3), { minLength: 1, maxLength: 20 }),
  spellingChoices: fc.array(fc.constantFrom(...spellings), { minLength: 1, maxLength: 10 }),
  cutSeed: fc.nat(),
  longestPiece: fc.constantFrom(1, 2, 3, 7, 40, 300, 5000),
});

export const streamArbitrary: fc.Arbitrary<GeneratedStream> = shape.map((chosen) => {
  const events = messageEvents(chosen);
  events.splice(-2, 0, ...deltaEvents(chosen.usage, chosen.deltaSteps, chosen.deltaShape));
  let text = '';
  events.forEach((event, index) => {
    const filler = fillers[chosen.fillerChoices[index % chosen.fillerChoices.length] ?? 0];
    text += spellEvent(event, chosen.spellingChoices[index % chosen.spellingChoices.length] ?? 'plain');
    if (filler !== undefined) text += filler;
  });
  return {
    bytes: Buffer.from(chosen.carriageReturns ? text.replaceAll('\n', '\r\n') : text, 'utf8'),
    model: chosen.model,
    usage: chosen.usage,
    cutSeed: chosen.cutSeed,
    longestPiece: chosen.longestPiece,
  };
});
