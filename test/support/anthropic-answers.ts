// Anthropic's Messages vocabulary for the fake upstream: event streams, JSON messages and error bodies as bytes, and
// answer functions that send them.
import type { TokenCounts } from '../../src/contract/usage.ts';
import type { Answer, HeaderList, UpstreamExchange } from './fake-upstream.ts';

/** `usage` as it stands in messages and events; unknown keys are allowed because the real one grows. */
export type WireUsage = {
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_creation?: { ephemeral_5m_input_tokens?: number; ephemeral_1h_input_tokens?: number } | null;
  [more: string]: unknown;
};

export type Block =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown };

/** One server-sent event; `data` is written as compact JSON unless it is a string already. */
export type SseEvent = { event: string; data: unknown };

export type MessageScript = {
  model: string;
  id?: string;
  blocks: Block[];
  usage: TokenCounts;
  stopReason?: string;
  /** Length of the text and JSON pieces in characters (code units are never torn). */
  pieceLength?: number;
  /** More keys for every `usage` object: `server_tool_use`, `iterations`, `inference_geo` … */
  moreUsage?: Record<string, unknown>;
};

/** The counts in Anthropic's words, both cache durations spelled out. */
export function toWireUsage(usage: TokenCounts, more: Record<string, unknown> = {}): WireUsage {
  return {
    input_tokens: usage.inputTokens,
    cache_creation_input_tokens: usage.cacheWrite5mTokens + usage.cacheWrite1hTokens,
    cache_read_input_tokens: usage.cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite5mTokens,
      ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
    },
    output_tokens: usage.outputTokens,
    service_tier: 'standard',
    ...more,
  };
}

function cutText(text: string, length: number): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let index = 0; index < characters.length; index += length) {
    pieces.push(characters.slice(index, index + length).join(''));
  }
  return pieces.length > 0 ? pieces : [''];
}

function blockEvents(block: Block, index: number, length: number): SseEvent[] {
  const delta = (value: object): SseEvent => ({
    event: 'content_block_delta',
    data: { type: 'content_block_delta', index, delta: value },
  });
  const start = (value: object): SseEvent => ({
    event: 'content_block_start',
    data: { type: 'content_block_start', index, content_block: value },
  });
  const stop: SseEvent = { event: 'content_block_stop', data: { type: 'content_block_stop', index } };
  switch (block.type) {
    case 'text':
      return [
        start({ type: 'text', text: '' }),
        ...cutText(block.text, length).map((text) => delta({ type: 'text_delta', text })),
        stop,
      ];
    case 'thinking':
      return [
        start({ type: 'thinking', thinking: '', signature: '' }),
        ...cutText(block.thinking, length).map((thinking) => delta({ type: 'thinking_delta', thinking })),
        delta({ type: 'signature_delta', signature: block.signature }),
        stop,
      ];
    case 'tool_use':
      return [
        start({ type: 'tool_use', id: block.id, name: block.name, input: {} }),
        delta({ type: 'input_json_delta', partial_json: '' }),
        ...cutText(JSON.stringify(block.input), length).map((partial) =>
          delta({ type: 'input_json_delta', partial_json: partial }),
        ),
        stop,
      ];
  }
}

function stopReasonOf(script: MessageScript): string {
  return (
    script.stopReason ?? (script.blocks.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn')
  );
}

/** The whole stream of one message: start with a placeholder output of 1, a ping, the blocks, cumulative usage, stop. */
export function messageEvents(script: MessageScript): SseEvent[] {
  const usage = toWireUsage(script.usage, script.moreUsage);
  return [
    {
      event: 'message_start',
      data: {
        type: 'message_start',
        message: {
          id: script.id ?? 'msg_01FakeUpstream',
          type: 'message',
          role: 'assistant',
          model: script.model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...usage, output_tokens: Math.min(1, script.usage.outputTokens) },
        },
      },
    },
    { event: 'ping', data: { type: 'ping' } },
    ...script.blocks.flatMap((block, index) => blockEvents(block, index, script.pieceLength ?? 20)),
    {
      event: 'message_delta',
      data: {
        type: 'message_delta',
        delta: { stop_reason: stopReasonOf(script), stop_sequence: null },
        usage,
      },
    },
    { event: 'message_stop', data: { type: 'message_stop' } },
  ];
}

export function encodeEvent({ event, data }: SseEvent, eol = '\n'): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `event: ${event}${eol}data: ${text}${eol}${eol}`;
}

export function encodeEvents(events: SseEvent[], eol = '\n'): Buffer {
  return Buffer.from(events.map((event) => encodeEvent(event, eol)).join(''), 'utf8');
}

/** The same message as one JSON body, as `stream` absent or false gets it. */
export function messageJson(script: MessageScript): Record<string, unknown> {
  return {
    id: script.id ?? 'msg_01FakeUpstream',
    type: 'message',
    role: 'assistant',
    model: script.model,
    content: script.blocks,
    stop_reason: stopReasonOf(script),
    stop_sequence: null,
    usage: toWireUsage(script.usage, script.moreUsage),
  };
}

export function errorJson(type: string, message: string): Record<string, unknown> {
  return { type: 'error', error: { type, message }, request_id: 'req_011FakeUpstream' };
}

export const sseHeaders: HeaderList = [
  ['Content-Type', 'text/event-stream; charset=utf-8'],
  ['Cache-Control', 'no-cache'],
  ['request-id', 'req_011FakeUpstream'],
];

/** Sends the bytes in the given pieces, each its own HTTP chunk, and ends. Stops quietly when the other side leaves. */
export async function sendPieces(exchange: UpstreamExchange, pieces: Iterable<Uint8Array>): Promise<void> {
  for (const piece of pieces) if (!(await exchange.send(piece))) return;
  exchange.end();
}

/** Answers 200 with an event stream made of these pieces. */
export function streamPieces(pieces: Iterable<Uint8Array>, headers: HeaderList = sseHeaders): Answer {
  return async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, headers);
    await sendPieces(exchange, pieces);
  };
}

/** Answers 200 with one message as an event stream, an HTTP chunk per event. */
export function streamMessage(script: MessageScript): Answer {
  return streamPieces(messageEvents(script).map((event) => Buffer.from(encodeEvent(event))));
}

/** Answers with a JSON body of known length. */
export function sendJson(status: number, body: unknown, headers: HeaderList = []): Answer {
  return async (exchange) => {
    await exchange.request.bodyEnded;
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    exchange.head(status, [
      ['Content-Type', 'application/json'],
      ['Content-Length', String(bytes.length)],
      ...headers,
    ]);
    exchange.end(bytes);
  };
}

/** Streams or answers as JSON, by what the request's `stream` says, as the real API does. */
export function answerMessage(script: MessageScript): Answer {
  return async (exchange) => {
    await exchange.request.bodyEnded;
    const body = exchange.request.json() as { stream?: unknown };
    await (body.stream === true ? streamMessage(script) : sendJson(200, messageJson(script)))(exchange);
  };
}
