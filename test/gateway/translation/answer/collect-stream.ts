// Reads a Messages stream as a strict client: every event must be allowed where it stands. Written apart from the
// writer, on purpose.
import { z } from 'zod';
import { dispatchedEvents } from '../../../support/sse-reader.ts';

const usage = z.looseObject({
  input_tokens: z.number().int().nonnegative(),
  output_tokens: z.number().int().nonnegative(),
});
const block = z.looseObject({ type: z.string() });

const event = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('message_start'),
    message: z.looseObject({ id: z.string(), model: z.string(), content: z.array(z.never()), usage }),
  }),
  z.strictObject({ type: z.literal('content_block_start'), index: z.number(), content_block: block }),
  z.strictObject({
    type: z.literal('content_block_delta'),
    index: z.number(),
    delta: z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text_delta'), text: z.string().min(1) }),
      z.strictObject({ type: z.literal('thinking_delta'), thinking: z.string().min(1) }),
      z.strictObject({ type: z.literal('signature_delta'), signature: z.string().min(1) }),
      z.strictObject({ type: z.literal('input_json_delta'), partial_json: z.string().min(1) }),
    ]),
  }),
  z.strictObject({ type: z.literal('content_block_stop'), index: z.number() }),
  z.strictObject({
    type: z.literal('message_delta'),
    delta: z.strictObject({ stop_reason: z.string(), stop_sequence: z.string().nullable() }),
    usage,
  }),
  z.strictObject({ type: z.literal('message_stop') }),
  z.strictObject({
    type: z.literal('error'),
    error: z.strictObject({ type: z.string(), message: z.string() }),
  }),
]);
type StreamEvent = z.infer<typeof event>;

export interface Collected {
  content: Record<string, unknown>[];
  /** Raw argument text of tool calls, by block. */
  inputs: string[];
  head: { id: string; model: string; usage: z.infer<typeof usage> } | null;
  stopReason: string | null;
  stopSequence: string | null;
  usage: z.infer<typeof usage> | null;
  error: { type: string; message: string } | null;
  stopped: boolean;
  /** Event types in order, deltas by their own type. */
  order: string[];
}

export function collectStream(text: string): Collected {
  const collected: Collected = {
    content: [],
    inputs: [],
    head: null,
    stopReason: null,
    stopSequence: null,
    usage: null,
    error: null,
    stopped: false,
    order: [],
  };
  const open: { current: { index: number; block: Record<string, unknown>; input: string } | null } = {
    current: null,
  };
  for (const { event: name, data } of dispatchedEvents(text)) {
    const parsed = event.parse(JSON.parse(data));
    if (parsed.type !== name) throw new Error(`event ${name} carries ${parsed.type}`);
    if (collected.stopped || collected.error !== null) throw new Error(`${name} after the end`);
    collected.order.push(parsed.type === 'content_block_delta' ? parsed.delta.type : parsed.type);
    apply(parsed, collected, open);
  }
  return collected;
}

function apply(
  parsed: StreamEvent,
  collected: Collected,
  open: { current: { index: number; block: Record<string, unknown>; input: string } | null },
): void {
  if (parsed.type === 'message_start') {
    if (collected.head !== null) throw new Error('second message_start');
    collected.head = parsed.message;
    return;
  }
  if (parsed.type === 'error') {
    collected.error = parsed.error;
    return;
  }
  if (collected.head === null) throw new Error(`${parsed.type} before message_start`);
  const current = open.current;
  switch (parsed.type) {
    case 'content_block_start':
      if (current !== null) throw new Error('two open blocks');
      if (parsed.index !== collected.content.length) throw new Error(`index ${parsed.index} is not next`);
      open.current = { index: parsed.index, block: { ...parsed.content_block }, input: '' };
      collected.content.push(open.current.block);
      break;
    case 'content_block_delta': {
      if (current === null || current.index !== parsed.index) throw new Error('delta for no open block');
      const delta = parsed.delta;
      if (delta.type === 'text_delta') current.block['text'] = String(current.block['text']) + delta.text;
      else if (delta.type === 'thinking_delta') {
        current.block['thinking'] = String(current.block['thinking']) + delta.thinking;
      } else if (delta.type === 'signature_delta') current.block['signature'] = delta.signature;
      else current.input += delta.partial_json;
      break;
    }
    case 'content_block_stop':
      if (current === null || current.index !== parsed.index) throw new Error('stop of no open block');
      collected.inputs.push(current.input);
      if ('input' in current.block) current.block['input'] = parseInput(current.input);
      open.current = null;
      break;
    case 'message_delta':
      if (current !== null) throw new Error('message_delta inside a block');
      if (collected.usage !== null) throw new Error('second message_delta');
      collected.stopReason = parsed.delta.stop_reason;
      collected.stopSequence = parsed.delta.stop_sequence;
      collected.usage = parsed.usage;
      break;
    case 'message_stop':
      if (collected.usage === null) throw new Error('message_stop before message_delta');
      collected.stopped = true;
      break;
  }
}

/** Arguments as a client reads them; `undefined` for what was cut off. */
function parseInput(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
