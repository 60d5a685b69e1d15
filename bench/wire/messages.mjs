// What travels in the bench: requests as Claude Code sends them, and answers as Anthropic's Messages API writes them,
// JSON or server-sent events. Every delta carries its number and its time of sending in a text of twenty characters.
export const modelName = 'claude-opus-5-5';
export const sessionId = '00000000-0000-4000-8000-00000000be9c';

const codeLine = '  const value = await read("src/file.ts"); // été: if (value == null) { return; }\n';

function fillText(bytes) {
  return codeLine.repeat(Math.ceil(Math.max(bytes, 1) / codeLine.length)).slice(0, Math.max(bytes, 1));
}

function messageOf(index, text) {
  if (index % 3 === 0) return { role: 'user', content: [{ type: 'text', text }] };
  const id = `toolu_${String(index - (index % 3)).padStart(24, '0')}`;
  return index % 3 === 1
    ? {
        role: 'assistant',
        content: [{ type: 'tool_use', id, name: 'Write', input: { path: 'a.ts', content: text } }],
      }
    : { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: text }] };
}

/** A Messages body of exactly `bytes` bytes (at least about 1.3 KB), keys in Claude Code's order: `stream` is last. */
function requestBody(bytes, stream) {
  const messages = [];
  const body = {
    model: modelName,
    messages,
    system: [{ type: 'text', text: 'You are a coding assistant.', cache_control: { type: 'ephemeral' } }],
    tools: [
      {
        name: 'Write',
        description: 'Writes a file',
        input_schema: {
          type: 'object',
          properties: { path: { type: 'string' }, content: { type: 'string' } },
          required: ['path', 'content'],
        },
      },
    ],
    metadata: {
      user_id: JSON.stringify({ device_id: 'f'.repeat(64), account_uuid: '', session_id: sessionId }),
    },
    max_tokens: 32000,
    ...(stream ? { stream: true } : {}),
  };
  const size = () => Buffer.byteLength(JSON.stringify(body));
  let used = size();
  while (bytes - used > 6000) {
    messages.push(messageOf(messages.length, fillText(4000)));
    used += Buffer.byteLength(JSON.stringify(messages.at(-1))) + 1;
  }
  messages.push({ role: 'user', content: [{ type: 'text', text: '' }] });
  messages.at(-1).content[0].text = 'x'.repeat(Math.max(0, bytes - size()));
  return JSON.stringify(body);
}

/** The whole request as bytes, head in the order and spelling of Claude Code. `target` has host, port and key. */
export function buildRequest(target, bodyBytes, stream) {
  const body = Buffer.from(requestBody(bodyBytes, stream));
  const head = [
    'POST /v1/messages?beta=true HTTP/1.1',
    'Accept: application/json',
    `Authorization: Bearer ${target.key}`,
    'Content-Type: application/json',
    'User-Agent: claude-cli/2.1.330 (external, cli)',
    `X-Claude-Code-Session-Id: ${sessionId}`,
    'X-Stainless-Arch: x64',
    'X-Stainless-Lang: js',
    'X-Stainless-OS: Linux',
    'X-Stainless-Package-Version: 0.128.0',
    'X-Stainless-Retry-Count: 0',
    'X-Stainless-Runtime: node',
    'X-Stainless-Runtime-Version: v26.12.1',
    'X-Stainless-Timeout: 600',
    'anthropic-beta: claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,advanced-tool-use-2025-11-20,effort-2025-11-24',
    'anthropic-dangerous-direct-browser-access: true',
    'anthropic-version: 2023-06-01',
    'x-app: cli',
    'Connection: keep-alive',
    `Host: ${target.host}:${target.port}`,
    'Accept-Encoding: gzip, deflate, br, zstd',
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
}

const inputUsage =
  '"input_tokens":12,"cache_creation_input_tokens":188,"cache_read_input_tokens":1000,"cache_creation":{"ephemeral_5m_input_tokens":188,"ephemeral_1h_input_tokens":0}';
const answerHeaders =
  'request-id: req_011CSbench000000000000000\r\nanthropic-organization-id: 00000000-0000-4000-8000-000000000000\r\nanthropic-ratelimit-requests-remaining: 3999\r\nanthropic-ratelimit-tokens-remaining: 1990000\r\n';

/** The whole JSON answer as bytes, about 2 KB. */
export function buildJsonAnswer() {
  const text = JSON.stringify(fillText(1500));
  const body = Buffer.from(
    `{"model":"${modelName}","id":"msg_01bench","type":"message","role":"assistant","content":[{"type":"text","text":${text}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{${inputUsage},"output_tokens":345,"service_tier":"standard"}}`,
  );
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${answerHeaders}Content-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** The head of a chunked event stream; `lines` are further header lines. */
export const streamHeadWith = (lines) =>
  Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache\r\n${lines}Transfer-Encoding: chunked\r\n\r\n`,
  );

const streamHead = streamHeadWith(answerHeaders);

const sseEvent = (name, data) => Buffer.from(`event: ${name}\ndata: ${data}\n\n`);

/** Events before the first delta. */
const openingEvents = [
  sseEvent(
    'message_start',
    `{"type":"message_start","message":{"model":"${modelName}","id":"msg_01bench","type":"message","role":"assistant","content":[],"stop_reason":null,"stop_sequence":null,"usage":{${inputUsage},"output_tokens":1,"service_tier":"standard"}}}`,
  ),
  sseEvent(
    'content_block_start',
    '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}',
  ),
  sseEvent('ping', '{"type": "ping"}'),
];

/** Events after the last delta, without message_stop. */
const closingEvents = [
  sseEvent('content_block_stop', '{"type":"content_block_stop","index":0}'),
  sseEvent(
    'message_delta',
    '{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":12,"cache_creation_input_tokens":188,"cache_read_input_tokens":1000,"output_tokens":345}}',
  ),
];

/** The last event; `digest` is the SHA-256 (hexadecimal) of all event bytes before it. */
const stopEvent = (digest) => sseEvent('message_stop', `{"type":"message_stop","digest":"${digest}"}`);
export const stopEventStart = Buffer.from('event: message_stop\ndata: {"type":"message_stop","digest":"');
export const digestLength = 64;

const deltaStart =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"';
const numberDigits = 6;
const timeDigits = 12;
const timeModulus = 10 ** timeDigits;
const deltaTemplate = Buffer.from(`${deltaStart}#000000@000000000000"}}\n\n`);
const numberAt = deltaStart.length + 1;
const timeAt = numberAt + numberDigits + 1;

export const deltaLength = deltaTemplate.length;

/** The text of a delta: its number and its time of sending, as `buildDelta` puts them. */
export const deltaText = (number, sentAt) =>
  `#${String(number).padStart(numberDigits, '0')}@${String(Math.round(sentAt) % timeModulus).padStart(timeDigits, '0')}`;

/** One delta event with its number and its time of sending (microseconds, see clock.mjs; cut to twelve digits). */
function buildDelta(number, sentAt) {
  const event = Buffer.from(deltaTemplate);
  event.write(String(number).padStart(numberDigits, '0'), numberAt, 'latin1');
  event.write(String(Math.round(sentAt) % timeModulus).padStart(timeDigits, '0'), timeAt, 'latin1');
  return event;
}

/** Whether an event is a delta of ours. */
export const isDelta = (event) => event.length === deltaLength && event[numberAt - 1] === 35;
export const deltaNumber = (event) => Number(event.latin1Slice(numberAt, numberAt + numberDigits));

/** Microseconds from a delta's sending to `now`. */
export function deltaDelay(event, now) {
  const delay = (now % timeModulus) - Number(event.latin1Slice(timeAt, timeAt + timeDigits));
  return delay < -timeModulus / 2 ? delay + timeModulus : delay;
}

/** An event as one HTTP chunk. */
export const asChunk = (event) =>
  Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from('\r\n')]);
export const lastChunk = Buffer.from('0\r\n\r\n');

/** How a Messages stream looks; `stop(digest)` makes its last event. */
export const messagesShape = {
  head: streamHead,
  opening: openingEvents,
  delta: buildDelta,
  closing: () => closingEvents,
  stop: stopEvent,
};

/** Events of an unpaced stream: always the same bytes, so that the reader can compare instead of hashing. */
export function unpacedEvents(shape, deltas) {
  const numbers = Array.from({ length: deltas }, (_, number) => shape.delta(number, 0));
  const stop = shape.stop === undefined ? [] : [shape.stop('0'.repeat(digestLength))];
  return [...shape.opening, ...numbers, ...shape.closing(deltas), ...stop];
}
