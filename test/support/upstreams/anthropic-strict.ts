// An Anthropic upstream that refuses what the real one refuses about histories: thinking that it did not sign, results
// without calls and calls without results, fields it does not know or that need a beta. For turns that were answered
// by other models before.
import { createHmac } from 'node:crypto';
import { valuesOf } from '../fake-upstream.ts';
import {
  startMock,
  textFrame,
  type Frame,
  type GenerationContext,
  type Judged,
  type Mock,
  type SeenRequest,
} from './mock-server.ts';
import { asArray, asText, isObject, Refusal, type JsonObject } from './refusal.ts';
import {
  argumentsOf,
  inPieces,
  roughTokens,
  type Script,
  type ScriptedError,
  type ScriptedUsage,
} from './script.ts';

export interface StrictOptions {
  readonly keys?: readonly string[];
  readonly model?: string;
  readonly contextTokens?: number;
}

const topLevel = new Set(
  'model messages max_tokens metadata stop_sequences stream system temperature thinking tool_choice tools top_k top_p service_tier output_config cache_control container inference_geo'.split(
    ' ',
  ),
);
/** Fields that a beta switches on: the beta's name up to its date. */
const behindBeta: Readonly<Record<string, string>> = {
  context_management: 'context-management-',
  mcp_servers: 'mcp-client-',
  speed: 'fast-mode-',
  output_format: 'structured-outputs-',
  fallbacks: 'server-side-fallback-',
  diagnostics: 'cache-diagnosis-',
};
const blockKinds = new Set(
  'text image document tool_use tool_result thinking redacted_thinking server_tool_use web_search_tool_result web_fetch_tool_result search_result tool_reference mcp_tool_use mcp_tool_result container_upload compaction'.split(
    ' ',
  ),
);

function invalid(message: string): Refusal {
  return new Refusal(400, message);
}

function blocksOf(message: JsonObject): readonly JsonObject[] {
  return asArray(message['content']).filter(isObject);
}

/** Signs as the service does: over the text, so that a changed text is noticed too. */
function signatureOf(text: string): string {
  return `ErUB${createHmac('sha256', 'the mock signs this').update(text).digest('base64')}`;
}

function checkThinking(block: JsonObject, path: string): void {
  if (block['type'] === 'redacted_thinking') {
    const data = asText(block['data']);
    if (data === null) throw invalid(`${path}.redacted_thinking.data: Field required`);
    if (data !== signatureOf('redacted')) {
      throw invalid(`${path}: Invalid \`data\` in \`redacted_thinking\` block`);
    }
    return;
  }
  const text = asText(block['thinking']);
  const signature = asText(block['signature']);
  if (text === null) throw invalid(`${path}.thinking.thinking: Field required`);
  if (signature === null) throw invalid(`${path}.thinking.signature: Field required`);
  if (signature !== signatureOf(text)) {
    throw invalid(`${path}: Invalid \`signature\` in \`thinking\` block`);
  }
}

function checkBlock(block: JsonObject, role: string, path: string): void {
  const type = asText(block['type']) ?? '';
  if (!blockKinds.has(type)) {
    const tags = [...blockKinds].map((kind) => `'${kind}'`).join(', ');
    throw invalid(
      `${path}: Input tag '${type}' found using 'type' does not match any of the expected tags: ${tags}`,
    );
  }
  if (type === 'text' && (asText(block['text']) ?? '') === '') {
    throw invalid(`${path.replace(/\.content\.\d+$/, '')}: text content blocks must be non-empty`);
  }
  if (type === 'thinking' || type === 'redacted_thinking') {
    if (role !== 'assistant')
      throw invalid(`${path}: \`${type}\` blocks can only be in \`assistant\` messages`);
    checkThinking(block, path);
  }
  if (type === 'tool_use' && role !== 'assistant') {
    throw invalid(`${path}: \`tool_use\` blocks can only be in \`assistant\` messages`);
  }
  if (type === 'tool_result' && role !== 'user') {
    throw invalid(`${path}: \`tool_result\` blocks can only be in \`user\` messages`);
  }
  const id = asText(block['id']) ?? asText(block['tool_use_id']);
  if (id !== null && !/^[a-zA-Z0-9_-]+$/.test(id)) {
    throw invalid(`${path}.${type}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  }
  if (type === 'tool_use' && !/^[a-zA-Z0-9_-]{1,128}$/.test(asText(block['name']) ?? '')) {
    throw invalid(`${path}.tool_use.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
  }
  if (type === 'tool_use' && !isObject(block['input'])) {
    throw invalid(`${path}.tool_use.input: Input should be a valid dictionary`);
  }
  if (type === 'image' && isObject(block['source']) && block['source']['type'] === 'base64') {
    const media = asText(block['source']['media_type']) ?? '';
    if (!['image/jpeg', 'image/png', 'image/gif', 'image/webp'].includes(media)) {
      throw invalid(
        `${path}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
      );
    }
  }
}

/** Every call answered in the very next message, results first; no result without its call (T5, T7). */
function checkToolOrder(messages: readonly JsonObject[]): void {
  messages.forEach((message, at) => {
    const blocks = blocksOf(message);
    const results = blocks.filter(({ type }) => type === 'tool_result');
    const before = messages[at - 1];
    const calls = blocksOf(before ?? {})
      .filter(({ type }) => type === 'tool_use')
      .map(({ id }) => asText(id) ?? '');
    const answered = results.map((block) => asText(block['tool_use_id']) ?? '');
    const missing = calls.filter((id) => !answered.includes(id));
    const foreign = answered.findIndex((id) => !calls.includes(id));
    if (missing.length > 0) {
      throw invalid(
        `messages.${at - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
    if (foreign >= 0) {
      throw invalid(
        `messages.${at}.content.${foreign}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${answered[foreign] ?? ''}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
    const repeated = answered.find((id, number) => answered.indexOf(id) !== number);
    if (repeated !== undefined) {
      throw invalid(
        `messages.${at}.content: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${repeated}`,
      );
    }
    const firstOther = blocks.findIndex(({ type }) => type !== 'tool_result');
    const lastResult = blocks.findLastIndex(({ type }) => type === 'tool_result');
    if (firstOther >= 0 && lastResult > firstOther && calls.length > 0) {
      throw invalid(
        `messages.${at - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${calls.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  });
  const last = messages.at(-1);
  const open = blocksOf(last ?? {}).find(({ type }) => type === 'tool_use');
  if (open !== undefined) {
    throw invalid(
      `messages.${messages.length - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${asText(open['id']) ?? ''}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    );
  }
}

/** With a thinking budget, the last assistant turn with calls has to begin with thinking (T83). */
function checkThinkingStart(body: JsonObject, messages: readonly JsonObject[]): void {
  const thinking = body['thinking'];
  if (!isObject(thinking) || thinking['type'] !== 'enabled') return;
  const budget = thinking['budget_tokens'];
  if (typeof budget !== 'number' || budget < 1024) {
    throw invalid('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  }
  if (typeof body['max_tokens'] === 'number' && body['max_tokens'] <= budget) {
    throw invalid(
      '`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size',
    );
  }
  const at = messages.findLastIndex(({ role }) => role === 'assistant');
  const blocks = blocksOf(messages[at] ?? {});
  const first = asText(blocks[0]?.['type']) ?? '';
  const calls = blocks.some(({ type }) => type === 'tool_use');
  if (at < 0 || !calls || first === 'thinking' || first === 'redacted_thinking') return;
  throw invalid(
    `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`.`,
  );
}

function checkFields(body: JsonObject, betas: readonly string[]): void {
  for (const key of Object.keys(body)) {
    const beta = behindBeta[key];
    const known = topLevel.has(key) || (beta !== undefined && betas.some((name) => name.startsWith(beta)));
    if (!known) throw invalid(`${key}: Extra inputs are not permitted`);
  }
  for (const key of ['model', 'messages', 'max_tokens']) {
    if (body[key] === undefined) throw invalid(`${key}: Field required`);
  }
}

function checkTools(body: JsonObject): void {
  const names = new Set<string>();
  asArray(body['tools']).forEach((tool, at) => {
    if (!isObject(tool)) return;
    const type = asText(tool['type']) ?? 'custom';
    if (
      type !== 'custom' &&
      !/^(web_search|web_fetch|code_execution|bash|text_editor|computer|memory|tool_search_tool|advisor|mcp_toolset)/.test(
        type,
      )
    ) {
      throw invalid(
        `tools.${at}: Input tag '${type}' found using 'type' does not match any of the expected tags`,
      );
    }
    const name = asText(tool['name']) ?? '';
    if (type === 'custom' && !/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      throw invalid(`tools.${at}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    }
    if (type === 'custom' && !isObject(tool['input_schema']))
      throw invalid(`tools.${at}.custom.input_schema: Field required`);
    if (names.has(name)) throw invalid('tools: Tool names must be unique.');
    names.add(name);
  });
}

/** Throws for a Messages request that the service refuses. */
export function checkMessagesRequest(body: JsonObject, betas: readonly string[]): void {
  checkFields(body, betas);
  checkTools(body);
  const messages = asArray(body['messages']).filter(isObject);
  if (messages.length === 0) throw invalid('messages: at least one message is required');
  messages.forEach((message, at) => {
    const role = asText(message['role']) ?? '';
    const later = role === 'system' && betas.some((name) => name.startsWith('mid-conversation-system-'));
    if (role !== 'user' && role !== 'assistant' && !later) {
      throw invalid(`messages.${at}.role: Input should be 'user' or 'assistant'`);
    }
    const content = message['content'];
    if (
      (content === '' || asArray(content).length === 0) &&
      typeof content !== 'string' &&
      at < messages.length - 1
    ) {
      throw invalid(
        `messages.${at}: all messages must have non-empty content except for the optional final assistant message`,
      );
    }
    blocksOf(message).forEach((block, number) => checkBlock(block, role, `messages.${at}.content.${number}`));
  });
  checkToolOrder(messages.filter(({ role }) => role !== 'system'));
  checkThinkingStart(body, messages);
}

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

function errorBody(refusal: Refusal): JsonObject {
  const type = types[refusal.status] ?? 'api_error';
  return { type: 'error', error: { type, message: refusal.message }, request_id: 'req_mock' };
}

function scriptedRefusal(error: ScriptedError, model: string): Refusal {
  const say = (status: number, usual: string): Refusal => new Refusal(status, error.message ?? usual);
  switch (error.kind) {
    case 'overflow':
      return say(400, 'prompt is too long: 212000 tokens > 200000 maximum');
    case 'rate-limit':
      return say(
        429,
        "This request would exceed your organization's rate limit of 50,000 input tokens per minute.",
      );
    case 'quota':
      return say(
        400,
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      );
    case 'overloaded':
      return say(529, 'Overloaded');
    case 'server':
      return say(500, 'Internal server error');
    case 'wrong-key':
      return say(401, 'invalid x-api-key');
    case 'forbidden':
      return say(403, 'Your API key does not have permission to use the specified resource.');
    case 'model-not-found':
      return say(404, `model: ${model}`);
    case 'filter':
      return say(400, 'Output blocked by content filtering policy');
  }
}

function stopReason(script: Script): string {
  if (script.finish === 'length') return 'max_tokens';
  if (script.finish === 'refusal' || script.finish === 'filter') return 'refusal';
  return (script.calls ?? []).length > 0 ? 'tool_use' : 'end_turn';
}

function contentOf(script: Script, makeId: () => string): JsonObject[] {
  const content: JsonObject[] = [];
  if (script.thinking !== undefined) {
    content.push({ type: 'thinking', thinking: script.thinking, signature: signatureOf(script.thinking) });
  }
  if (script.text !== undefined) content.push({ type: 'text', text: script.text });
  for (const call of script.calls ?? []) {
    content.push({ type: 'tool_use', id: call.id ?? makeId(), name: call.name, input: call.input });
  }
  return content;
}

function usageObject(usage: ScriptedUsage): JsonObject {
  return {
    input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
  };
}

function messageOf(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  makeId: () => string,
): JsonObject {
  return {
    // Claude Code takes answers of one id for parts of one message.
    id: makeId().replace('toolu_', 'msg_'),
    type: 'message',
    role: 'assistant',
    model: context.model,
    content: contentOf(script, makeId),
    stop_reason: stopReason(script),
    stop_sequence: null,
    usage: usageObject(usage),
  };
}

function event(body: JsonObject, role: Frame['role']): Frame {
  return textFrame(`event: ${String(body['type'])}\ndata: ${JSON.stringify(body)}\n\n`, role);
}

function blockFrames(block: JsonObject, index: number, script: Script): Frame[] {
  const length = script.pieces ?? 8;
  const delta = (value: JsonObject): Frame =>
    event({ type: 'content_block_delta', index, delta: value }, 'content');
  const start = (value: JsonObject): Frame =>
    event({ type: 'content_block_start', index, content_block: value }, 'content');
  const stop = event({ type: 'content_block_stop', index }, 'content');
  switch (block['type']) {
    case 'thinking':
      return [
        start({ type: 'thinking', thinking: '', signature: '' }),
        ...inPieces(script.thinking ?? '', length).map((text) =>
          delta({ type: 'thinking_delta', thinking: text }),
        ),
        delta({ type: 'signature_delta', signature: block['signature'] }),
        stop,
      ];
    case 'text':
      return [
        start({ type: 'text', text: '' }),
        ...inPieces(script.text ?? '', length).map((text) => delta({ type: 'text_delta', text })),
        stop,
      ];
    default: {
      const call = (script.calls ?? []).find(
        ({ name, input }) => name === block['name'] && input === block['input'],
      );
      const text = call === undefined ? '{}' : argumentsOf(call);
      return [
        start({ ...block, input: {} }),
        ...inPieces(text, length).map((partial) =>
          delta({ type: 'input_json_delta', partial_json: partial }),
        ),
        stop,
      ];
    }
  }
}

function streamFrames(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  makeId: () => string,
): readonly Frame[] {
  const message = messageOf(script, usage, context, makeId);
  const counted = usageObject(usage);
  const begun = { ...message, content: [], stop_reason: null, usage: { ...counted, output_tokens: 1 } };
  return [
    event({ type: 'message_start', message: begun }, 'frame'),
    event({ type: 'ping' }, 'frame'),
    ...asArray(message['content'])
      .filter(isObject)
      .flatMap((block, index) => blockFrames(block, index, script)),
    event(
      {
        type: 'message_delta',
        delta: { stop_reason: message['stop_reason'], stop_sequence: null },
        usage: counted,
      },
      'end',
    ),
    event({ type: 'message_stop' }, 'end'),
  ];
}

const listed = ['claude-opus-4-8', 'claude-sonnet-4-6', 'claude-haiku-4-5-20251001'];

function judge(request: SeenRequest, path: string, keys: readonly string[], options: StrictOptions): Judged {
  const key =
    valuesOf(request.headers, 'x-api-key')[0] ??
    valuesOf(request.headers, 'authorization')[0]?.replace(/^Bearer /, '') ??
    '';
  if (!keys.includes(key)) throw new Refusal(401, 'invalid x-api-key');
  if (valuesOf(request.headers, 'anthropic-version').length === 0)
    throw invalid('anthropic-version: header is required');
  const route = `${request.method} ${path}`;
  if (route === 'GET /v1/models') {
    const data = listed.map((id) => ({
      type: 'model',
      id,
      display_name: id,
      created_at: '2026-01-01T00:00:00Z',
    }));
    return {
      kind: 'document',
      body: { data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id },
    };
  }
  const body = request.body;
  if (!isObject(body)) throw invalid('The request body is not valid JSON');
  const betas = valuesOf(request.headers, 'anthropic-beta').flatMap((value) =>
    value.split(',').map((name) => name.trim()),
  );
  if (route === 'POST /v1/messages/count_tokens') {
    checkMessagesRequest({ max_tokens: 1, ...body }, betas);
    return { kind: 'document', body: { input_tokens: roughTokens(body) } };
  }
  if (route !== 'POST /v1/messages') throw new Refusal(404, 'Not Found');
  checkMessagesRequest(body, betas);
  const limit = options.contextTokens ?? 200_000;
  const tokens = roughTokens(body);
  if (tokens > limit) throw invalid(`prompt is too long: ${tokens} tokens > ${limit} maximum`);
  const model = asText(body['model']) ?? '';
  if (!model.startsWith('claude-')) throw scriptedRefusal({ kind: 'model-not-found' }, model);
  return { kind: 'generation', stream: body['stream'] === true, context: { model, body, account: key } };
}

export async function startStrictAnthropic(options: StrictOptions = {}): Promise<Mock> {
  const keys = options.keys ?? ['sk-ant-mock-first', 'sk-ant-mock-second'];
  let made = 0;
  const makeId = (): string => `toolu_01${(++made).toString(36).padStart(22, 'M')}`;
  return startMock(
    {
      judge: (request, path) => judge(request, path, keys, options),
      stream: (script, usage, context) => streamFrames(script, usage, context, makeId),
      document: (script, usage, context) => messageOf(script, usage, context, makeId),
      streamHeaders: [
        ['content-type', 'text/event-stream; charset=utf-8'],
        ['request-id', 'req_mock'],
      ],
      refusal: (error, context) => scriptedRefusal(error, context?.model ?? 'claude-none'),
      refusalBody: errorBody,
      refusalHeaders: () => [['request-id', 'req_mock']],
      errorFrame: (refusal) => event(errorBody(refusal), 'end'),
      garbageFrame: () =>
        textFrame('event: content_block_delta\ndata: {"type":"content_block_delta","index"\n\n'),
    },
    { keys, model: options.model ?? 'claude-sonnet-4-6' },
  );
}
