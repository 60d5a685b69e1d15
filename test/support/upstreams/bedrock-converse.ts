// A mock of Bedrock's Converse: `POST /model/{id}/converse`, `…/converse-stream` with binary frames, and the two lists
// of models. It takes a Bedrock API key or a signature made with a known access key.
import { valuesOf } from '../fake-upstream.ts';
import { checkConverseRequest, findConverseModel, invalid } from './bedrock-converse-rules.ts';
import { encodeEvent, encodeException } from './event-stream.ts';
import {
  startMock,
  type Frame,
  type GenerationContext,
  type Judged,
  type Mock,
  type SeenRequest,
} from './mock-server.ts';
import { isObject, Refusal, type JsonObject } from './refusal.ts';
import { argumentsOf, inPieces, type Script, type ScriptedError, type ScriptedUsage } from './script.ts';

export interface ConverseOptions {
  readonly keys?: readonly string[];
  readonly model?: string;
  /** Overrides the models' windows, so that a small request can overflow. */
  readonly contextTokens?: number;
}

function scriptedRefusal(error: ScriptedError): Refusal {
  const say = (status: number, type: string, usual: string): Refusal =>
    new Refusal(status, error.message ?? usual, { type });
  switch (error.kind) {
    case 'overflow':
      return say(400, 'ValidationException', 'Input is too long for requested model.');
    case 'rate-limit':
      return say(429, 'ThrottlingException', 'Too many requests, please wait before trying again.');
    case 'quota':
      return say(
        400,
        'ServiceQuotaExceededException',
        'Your request exceeds the service quota for your account.',
      );
    case 'overloaded':
      return say(503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.');
    case 'server':
      return say(
        500,
        'InternalServerException',
        'The system encountered an unexpected error during processing. Try your request again.',
      );
    case 'wrong-key':
      return say(
        403,
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    case 'forbidden':
      return say(
        403,
        'AccessDeniedException',
        "You don't have access to the model with the specified model ID.",
      );
    case 'model-not-found':
      return say(400, 'ValidationException', 'The provided model identifier is invalid.');
    case 'filter':
      return say(
        400,
        'ValidationException',
        'The content in this request is not allowed by our content policy.',
      );
  }
}

/** Event name of an exception inside the stream. */
function exceptionName(refusal: Refusal): string {
  const name = refusal.type === 'InternalServerException' ? 'InternalServerException' : refusal.type;
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function usageObject(usage: ScriptedUsage): JsonObject {
  const cached = usage.cacheRead + usage.cacheWrite;
  return {
    inputTokens: usage.input - cached,
    outputTokens: usage.output,
    totalTokens: usage.input + usage.output,
    ...(cached > 0 ? { cacheReadInputTokens: usage.cacheRead, cacheWriteInputTokens: usage.cacheWrite } : {}),
  };
}

function stopReason(script: Script): string {
  switch (script.finish) {
    case 'length':
      return 'max_tokens';
    case 'filter':
      return 'content_filtered';
    case 'refusal':
      return 'guardrail_intervened';
    case 'error':
      return 'malformed_tool_use';
    default:
      return (script.calls ?? []).length > 0 ? 'tool_use' : 'end_turn';
  }
}

/** Blocks one after the other: the service never lets two be open at once. */
function streamFrames(script: Script, usage: ScriptedUsage, makeId: () => string): readonly Frame[] {
  const frames: Frame[] = [];
  const put = (role: Frame['role'], type: string, body: JsonObject): void => {
    frames.push({ bytes: encodeEvent(type, { ...body, p: 'abcdefgh' }), role });
  };
  let block = 0;
  const deltas = (pieces: readonly JsonObject[]): void => {
    for (const delta of pieces) put('content', 'contentBlockDelta', { contentBlockIndex: block, delta });
    put('content', 'contentBlockStop', { contentBlockIndex: block });
    block += 1;
  };
  const length = script.pieces ?? 8;
  put('frame', 'messageStart', { role: 'assistant' });
  if (script.thinking !== undefined) {
    deltas(inPieces(script.thinking, length).map((text) => ({ reasoningContent: { text } })));
  }
  if (script.text !== undefined) deltas(inPieces(script.text, length).map((text) => ({ text })));
  for (const call of script.calls ?? []) {
    const toolUse = { toolUseId: call.id ?? makeId(), name: call.name };
    put('content', 'contentBlockStart', { contentBlockIndex: block, start: { toolUse } });
    deltas(inPieces(argumentsOf(call), length).map((input) => ({ toolUse: { input } })));
  }
  put('end', 'messageStop', { stopReason: stopReason(script) });
  put('end', 'metadata', {
    ...(script.usage === null ? {} : { usage: usageObject(usage) }),
    metrics: { latencyMs: 100 },
  });
  return frames;
}

function wholeDocument(script: Script, usage: ScriptedUsage, makeId: () => string): unknown {
  const content: JsonObject[] = [];
  if (script.thinking !== undefined) {
    content.push({ reasoningContent: { reasoningText: { text: script.thinking } } });
  }
  if (script.text !== undefined) content.push({ text: script.text });
  for (const call of script.calls ?? []) {
    const input: unknown =
      call.rawArguments === undefined ? call.input : JSON.parse(call.rawArguments || '{}');
    content.push({ toolUse: { toolUseId: call.id ?? makeId(), name: call.name, input } });
  }
  return {
    output: { message: { role: 'assistant', content } },
    stopReason: stopReason(script),
    ...(script.usage === null ? {} : { usage: usageObject(usage) }),
    metrics: { latencyMs: 100 },
  };
}

function accountOf(request: SeenRequest, keys: readonly string[]): string {
  const header = valuesOf(request.headers, 'authorization')[0] ?? '';
  const signed = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\//.exec(header)?.[1];
  const key = signed ?? header.replace(/^Bearer /, '');
  if (keys.includes(key)) return key;
  throw signed === undefined
    ? new Refusal(403, 'Authentication failed: Please make sure your API Key is valid.', {
        type: 'AccessDeniedException',
      })
    : scriptedRefusal({ kind: 'wrong-key' });
}

const listed = [
  'amazon.nova-2-lite-v1:0',
  'openai.gpt-oss-120b-1:0',
  'qwen.qwen3-coder-480b-a35b-v1:0',
  'anthropic.claude-sonnet-4-6',
];

function judge(
  request: SeenRequest,
  path: string,
  keys: readonly string[],
  options: ConverseOptions,
): Judged {
  const account = accountOf(request, keys);
  const route = `${request.method} ${path}`;
  if (route === 'GET /foundation-models') {
    const modelSummaries = listed.map((modelId) => ({
      modelId,
      modelName: modelId,
      inferenceTypesSupported: ['ON_DEMAND'],
      outputModalities: ['TEXT'],
    }));
    return { kind: 'document', body: { modelSummaries } };
  }
  if (route === 'GET /inference-profiles') {
    const profile = {
      inferenceProfileId: 'us.amazon.nova-2-lite-v1:0',
      inferenceProfileName: 'US Nova 2 Lite',
    };
    return { kind: 'document', body: { inferenceProfileSummaries: [profile] } };
  }
  const [, encoded, action] = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(path) ?? [];
  if (encoded === undefined || request.method !== 'POST') {
    throw new Refusal(404, `No operation at ${route}.`, { type: 'UnknownOperationException' });
  }
  const id = decodeURIComponent(encoded);
  const model = findConverseModel(id);
  if (!isObject(request.body)) throw invalid('The request body is not a JSON object.');
  checkConverseRequest(request.body, model, options.contextTokens ?? null);
  const context: GenerationContext = { model: id, body: request.body, account };
  return { kind: 'generation', stream: action === 'converse-stream', context };
}

export async function startBedrockConverse(options: ConverseOptions = {}): Promise<Mock> {
  const keys = options.keys ?? [
    'bedrock-api-key-mock-first',
    'bedrock-api-key-mock-second',
    'AKIAMOCKMOCKMOCKMOCK',
  ];
  let made = 0;
  const makeId = (): string => `tooluse_${(++made).toString(36).padStart(22, 'A')}`;
  return startMock(
    {
      judge: (request, path) => judge(request, path, keys, options),
      stream: (script, usage) => streamFrames(script, usage, makeId),
      document: (script, usage) => wholeDocument(script, usage, makeId),
      streamHeaders: [
        ['content-type', 'application/vnd.amazon.eventstream'],
        ['x-amzn-requestid', 'mock-request'],
      ],
      refusal: scriptedRefusal,
      refusalBody: (refusal) => ({ message: refusal.message }),
      refusalHeaders: (refusal) => [
        ['x-amzn-errortype', refusal.type],
        ['x-amzn-requestid', 'mock-request'],
      ],
      errorFrame: (refusal) => ({
        bytes: encodeException(exceptionName(refusal), refusal.message),
        role: 'end',
      }),
      garbageFrame: () => ({ bytes: Buffer.from('this is not a frame of the event stream'), role: 'frame' }),
    },
    { keys, model: options.model ?? 'us.amazon.nova-2-lite-v1:0' },
  );
}
