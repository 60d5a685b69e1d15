// What travels between Tollgate and a translated provider in the bench: streams as OpenAI writes them, in its Responses
// and its Chat Completions API. Every delta carries the same numbered text as in the Messages streams, so that the
// client finds number and time of sending behind the translation.
import { deltaText, streamHeadWith } from './messages.mjs';

const model = 'gpt-5.6-sol';
const responseId = 'resp_0be9c0be9c0be9c0be9c0be9c0be9c0be9c0be9c0be9c0be';
const itemId = 'msg_0be9c0be9c0be9c0be9c0be9c0be9c0be9c0be9c0be9c0be';
const obfuscation = 'a8Xq2LmZk0Rt';

const head = streamHeadWith('x-request-id: req_bench0000000000000000\r\nopenai-version: 2020-10-01\r\n');

const named = (type, fields) => Buffer.from(`event: ${type}\ndata: {"type":"${type}",${fields}}\n\n`);
const unnamed = (data) => Buffer.from(`data: ${data}\n\n`);

const response = (status, more) =>
  `"response":{"id":"${responseId}","object":"response","created_at":1790000000,"status":"${status}","background":false,"error":null,"incomplete_details":null,"instructions":"You are a coding assistant.","max_output_tokens":32000,"model":"${model}",${more},"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":"none","summary":null},"service_tier":"default","store":false,"temperature":1.0,"text":{"format":{"type":"text"},"verbosity":"medium"},"tool_choice":"auto","tools":[],"top_p":1.0,"truncation":"disabled","user":null,"metadata":{}}`;
const place = `"item_id":"${itemId}","output_index":0,"content_index":0`;
const item = (status, content) =>
  `"output_index":0,"item":{"id":"${itemId}","type":"message","status":"${status}","content":[${content}],"role":"assistant"}`;
const textPart = (text) => `{"type":"output_text","annotations":[],"logprobs":[],"text":"${text}"}`;
const responsesUsage =
  '"usage":{"input_tokens":1200,"input_tokens_details":{"cached_tokens":1000},"output_tokens":345,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":1545}';

const responsesShape = {
  head,
  opening: [
    named('response.created', `"sequence_number":0,${response('in_progress', '"output":[],"usage":null')}`),
    named(
      'response.in_progress',
      `"sequence_number":1,${response('in_progress', '"output":[],"usage":null')}`,
    ),
    named('response.output_item.added', `"sequence_number":2,${item('in_progress', '')}`),
    named('response.content_part.added', `"sequence_number":3,${place},"part":${textPart('')}`),
  ],
  delta: (number, sentAt) =>
    named(
      'response.output_text.delta',
      `"sequence_number":${number + 4},${place},"delta":"${deltaText(number, sentAt)}","logprobs":[],"obfuscation":"${obfuscation}"`,
    ),
  /** The text as a whole would repeat every delta; its first words stand for it. */
  closing: (deltas) => [
    named(
      'response.output_text.done',
      `"sequence_number":${deltas + 4},${place},"text":"whole","logprobs":[]`,
    ),
    named(
      'response.content_part.done',
      `"sequence_number":${deltas + 5},${place},"part":${textPart('whole')}`,
    ),
    named(
      'response.output_item.done',
      `"sequence_number":${deltas + 6},${item('completed', textPart('whole'))}`,
    ),
    named(
      'response.completed',
      `"sequence_number":${deltas + 7},${response('completed', `"output":[],${responsesUsage}`)}`,
    ),
  ],
};

const chunk = (choices, usage) =>
  unnamed(
    `{"id":"chatcmpl-Dbench000000000000000000000000","object":"chat.completion.chunk","created":1790000000,"model":"${model}","service_tier":"default","system_fingerprint":null,"choices":[${choices}],"usage":${usage},"obfuscation":"${obfuscation}"}`,
  );
const choice = (delta, reason) => `{"index":0,"delta":{${delta}},"logprobs":null,"finish_reason":${reason}}`;

const chatShape = {
  head,
  opening: [chunk(choice('"role":"assistant","content":"","refusal":null', 'null'), 'null')],
  delta: (number, sentAt) => chunk(choice(`"content":"${deltaText(number, sentAt)}"`, 'null'), 'null'),
  closing: () => [
    chunk(choice('', '"stop"'), 'null'),
    chunk(
      '',
      '{"prompt_tokens":1200,"completion_tokens":345,"total_tokens":1545,"prompt_tokens_details":{"cached_tokens":1000,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}',
    ),
    unnamed('[DONE]'),
  ],
};

/** API of a translated provider → how its streams look: `{ head, opening, delta(number, sentAt), closing(deltas) }`. */
export const openAiShapes = { responses: responsesShape, chat: chatShape };
