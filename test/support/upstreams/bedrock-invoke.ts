// Claude on Amazon Bedrock as a test sees it: InvokeModel, its streamed form, CountTokens and the profile list, with the
// refusals of the real one. Signatures are checked and frames are written here from their public descriptions, so that
// the product's libraries are not judged by themselves.
import { createHash, createHmac } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { startFakeUpstream } from '../fake-upstream.ts';
import type { FakeUpstream, Gate, HeaderList, RecordedRequest, UpstreamExchange } from '../fake-upstream.ts';
import type { SseEvent } from '../anthropic-answers.ts';

export const bedrockKey = 'bedrock-api-key-fake-0123456789';
export const awsKeys = {
  accessKeyId: 'AKIAFAKEFAKEFAKE0001',
  secretAccessKey: 'fakeFAKEfake0123456789+/fakeFAKEfake0123',
};

type Json = Record<string, unknown>;

/** What the next accepted request is answered with. */
export type BedrockAnswer =
  | {
      readonly events: readonly SseEvent[];
      readonly exception?: BedrockException;
      readonly cutAt?: number;
      readonly damage?: boolean;
      /** Bytes after which the answer waits for the gate. */
      readonly pause?: { readonly at: number; readonly gate: Gate };
    }
  | { readonly message: Json }
  | { readonly refusal: BedrockException & { readonly status: number } };

export interface BedrockException {
  readonly name: string;
  readonly message: string;
}

export interface BedrockMock {
  readonly url: string;
  readonly upstream: FakeUpstream;
  /** Every refusal of the mock's own, in order. */
  readonly refusals: string[];
  /** Bodies of accepted requests, in order. */
  readonly accepted: {
    readonly model: string;
    readonly body: Json;
    readonly bytes: Buffer;
    readonly streamed: boolean;
  }[];
  /** Betas that models take, without which the request is refused. */
  betas: Set<string>;
  answer: BedrockAnswer;
  close(): Promise<void>;
}

const topLevel = new Set([
  'anthropic_version',
  'anthropic_beta',
  'max_tokens',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'metadata',
  'output_config',
]);
const profiles = [
  'us.anthropic.claude-opus-4-5-20251101-v1:0',
  'us.anthropic.claude-opus-5-5',
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
];

class Refusal extends Error {
  readonly status: number;
  readonly exception: string;

  constructor(status: number, exception: string, message: string) {
    super(message);
    this.status = status;
    this.exception = exception;
  }
}

const invalid = (message: string): Refusal =>
  new Refusal(400, 'ValidationException', `The model returned the following errors: ${message}`);

export async function startBedrockMock(): Promise<BedrockMock> {
  const upstream = await startFakeUpstream();
  const mock: BedrockMock = {
    url: upstream.url,
    upstream,
    refusals: [],
    accepted: [],
    betas: new Set([
      'interleaved-thinking-2025-05-14',
      'claude-code-20250219',
      'context-management-2025-06-27',
      'effort-2025-11-24',
      'tool-search-tool-2025-10-19',
    ]),
    answer: { message: {} },
    close: () => upstream.close(),
  };
  upstream.setAnswer(async (exchange) => {
    await exchange.request.bodyEnded;
    try {
      await answer(mock, exchange);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      mock.refusals.push(error.message);
      refuse(exchange, error.status, error.exception, error.message);
    }
  });
  return mock;
}

function refuse(exchange: UpstreamExchange, status: number, name: string, message: string): void {
  exchange.head(status, [
    ['content-type', 'application/json'],
    ['x-amzn-errortype', `${name}:http://internal.amazon.com/coral/com.amazon.bedrock/`],
    ['x-amzn-requestid', 'aws-request-1'],
  ]);
  exchange.end(JSON.stringify({ message }));
}

async function answer(mock: BedrockMock, exchange: UpstreamExchange): Promise<void> {
  const { request } = exchange;
  checkCredential(request, mock.url);
  const url = new URL(request.url, mock.url);
  if (request.method === 'GET' && url.pathname === '/inference-profiles') {
    exchange.head(200, [['content-type', 'application/json']]);
    exchange.end(
      JSON.stringify({
        inferenceProfileSummaries: [
          ...profiles.map((id) => ({
            inferenceProfileId: id,
            inferenceProfileName: `Profile ${id}`,
            status: 'ACTIVE',
          })),
          { inferenceProfileId: 'us.meta.llama4', inferenceProfileName: 'US Llama', status: 'ACTIVE' },
        ],
      }),
    );
    return;
  }
  const [, rawModel = '', action = ''] = /^\/model\/([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
  const model = decodeURIComponent(rawModel);
  if (request.method !== 'POST' || rawModel === '') throw new Refusal(404, 'UnknownOperationException', '');
  if (action === 'count-tokens') {
    countTokens(exchange, model, mock.betas);
    return;
  }
  const streamed = action === 'invoke-with-response-stream';
  if (!streamed && action !== 'invoke') throw new Refusal(404, 'UnknownOperationException', '');
  if (!profiles.includes(model) && !model.startsWith('arn:aws:bedrock:'))
    throw new Refusal(400, 'ValidationException', 'The provided model identifier is invalid.');
  const body = request.json() as Json;
  checkBody(body, mock.betas);
  mock.accepted.push({ model, body, bytes: request.body, streamed });
  await send(mock.answer, exchange, streamed);
}

async function send(answer: BedrockAnswer, exchange: UpstreamExchange, streamed: boolean): Promise<void> {
  if ('refusal' in answer) {
    refuse(exchange, answer.refusal.status, answer.refusal.name, answer.refusal.message);
  } else if ('message' in answer) {
    if (streamed) throw new Error('a streamed request has no JSON answer');
    exchange.head(200, [
      ['content-type', 'application/json'],
      ['x-amzn-requestid', 'aws-request-1'],
    ]);
    exchange.end(JSON.stringify(answer.message));
  } else {
    if (!streamed) throw new Error('this answer is a stream');
    const bytes = encodeFrames(answer.events, answer.exception);
    if (answer.damage === true)
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 20) ^ 0xff, bytes.length - 20);
    exchange.head(200, [
      ['content-type', 'application/vnd.amazon.eventstream'],
      ['x-amzn-requestid', 'aws-request-1'],
    ]);
    const { pause, cutAt = bytes.length } = answer;
    if (pause !== undefined) {
      await exchange.send(bytes.subarray(0, pause.at));
      await pause.gate.opened;
    }
    await exchange.send(bytes.subarray(pause?.at ?? 0, cutAt));
    if (answer.cutAt === undefined) exchange.end();
    else exchange.cut();
  }
}

function countTokens(exchange: UpstreamExchange, model: string, betas: ReadonlySet<string>): void {
  if (!/^anthropic\.claude-[a-z0-9-]+(:0)?$/.test(model))
    throw new Refusal(400, 'ValidationException', "The provided model doesn't support counting tokens.");
  const { input } = exchange.request.json() as { input: { invokeModel: { body: string } } };
  const inner = JSON.parse(Buffer.from(input.invokeModel.body, 'base64').toString('utf8')) as Json;
  checkBody(inner, betas);
  exchange.head(200, [['content-type', 'application/json']]);
  exchange.end(JSON.stringify({ inputTokens: 4321 }));
}

function checkBody(body: Json, betas: ReadonlySet<string>): void {
  if (typeof body['anthropic_version'] !== 'string') throw invalid('anthropic_version: Field required');
  if (body['anthropic_version'] !== 'bedrock-2023-05-31') throw invalid('anthropic_version: unknown version');
  const sent = (body['anthropic_beta'] ?? []) as string[];
  if (sent.some((beta) => !betas.has(beta))) throw invalid('invalid beta flag');
  const has = (name: string): boolean => sent.some((beta) => beta.startsWith(name));
  for (const key of Object.keys(body)) {
    if (topLevel.has(key) || (key === 'context_management' && has('context-management'))) continue;
    throw invalid(`${key}: Extra inputs are not permitted`);
  }
  if (typeof body['max_tokens'] !== 'number') throw invalid('max_tokens: Field required');
  if ('effort' in ((body['output_config'] ?? {}) as Json) && !has('effort'))
    throw invalid('output_config: Extra inputs are not permitted');
  for (const [index, tool] of ((body['tools'] ?? []) as Json[]).entries()) checkTool(tool, index, has);
  for (const [index, message] of (body['messages'] as Json[]).entries()) {
    if ('output_config' in message)
      throw invalid(`messages.${index}.output_config: Extra inputs are not permitted`);
  }
  if (JSON.stringify(body).includes('"scope":"global"'))
    throw invalid('system.0.cache_control.ephemeral.scope: Extra inputs are not permitted');
}

function checkTool(tool: Json, index: number, has: (name: string) => boolean): void {
  const type = typeof tool['type'] === 'string' ? tool['type'] : 'custom';
  if (/^(?:web_search|web_fetch|code_execution)_/.test(type))
    throw invalid(
      `tools.${index}: Input tag '${type}' found using 'type' does not match any of the expected tags`,
    );
  if ('defer_loading' in tool && !has('tool-search-tool'))
    throw invalid(`tools.${index}.custom.defer_loading: Extra inputs are not permitted`);
  if ('input_examples' in tool || 'allowed_callers' in tool)
    throw invalid(`tools.${index}.custom.input_examples: Extra inputs are not permitted`);
}

/** The events as Amazon frames them, and an exception behind them. */
export function encodeFrames(events: readonly SseEvent[], exception?: BedrockException): Buffer {
  const frames = events.map(({ data }) => {
    const text = typeof data === 'string' ? data : JSON.stringify(data);
    const payload = JSON.stringify({ bytes: Buffer.from(text).toString('base64'), p: 'abcdefghijk' });
    return encodeFrame(
      { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
      payload,
    );
  });
  if (exception !== undefined) {
    const headers = {
      ':exception-type': exception.name,
      ':content-type': 'application/json',
      ':message-type': 'exception',
    };
    frames.push(encodeFrame(headers, JSON.stringify({ message: exception.message })));
  }
  return Buffer.concat(frames);
}

export function encodeFrame(headers: Readonly<Record<string, string>>, payload: string): Buffer {
  const encoded = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const start = Buffer.concat([
        Buffer.from([Buffer.byteLength(name)]),
        Buffer.from(name),
        Buffer.from([7, 0, 0]),
      ]);
      start.writeUInt16BE(Buffer.byteLength(value), start.length - 2);
      return Buffer.concat([start, Buffer.from(value)]);
    }),
  );
  const body = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + encoded.length + body.length, 0);
  prelude.writeUInt32BE(encoded.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const front = Buffer.concat([prelude, encoded, body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(front));
  return Buffer.concat([front, sum]);
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function checkCredential(request: RecordedRequest, address: string): void {
  const value = request.values('authorization').join();
  if (value === `Bearer ${bedrockKey}`) return;
  if (value.startsWith('Bearer '))
    throw new Refusal(
      403,
      'AccessDeniedException',
      'Authentication failed: Please make sure your API Key is valid.',
    );
  if (value === '')
    throw new Refusal(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  if (value !== expectedSignature(request, address, value))
    throw new Refusal(
      403,
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided.',
    );
}

/** Signature Version 4, written down from its public description. */
function expectedSignature(request: RecordedRequest, address: string, given: string): string {
  const [, date = '', region = '', service = '', signed = ''] =
    /Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=/.exec(
      given,
    ) ?? [];
  if (service !== 'bedrock') return '';
  const url = new URL(request.url, address);
  const path = url.pathname.split('/').map(encodeURIComponent).join('/');
  const query = [...url.searchParams]
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .sort()
    .join('&');
  const headers = signed
    .split(';')
    .map((name) => `${name}:${request.values(name).join(',').trim()}\n`)
    .join('');
  const canonical = [request.method, path, query, headers, signed, sha256(request.body)].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.values('x-amz-date').join(), scope, sha256(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce(
    (last: Buffer, part) => hmac(last, part),
    hmac(`AWS4${awsKeys.secretAccessKey}`, date),
  );
  const signature = hmac(key, text).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${awsKeys.accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
}

/** Betas and fields as Claude Code sends them to its own vendor. */
export const claudeCodeBetas: HeaderList = [
  [
    'anthropic-beta',
    'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,per-turn-control-2026-07-01,mid-conversation-tool-changes-2026-07-01,thinking-token-count-2026-05-13,advanced-tool-use-2025-11-20,effort-2025-11-24,prompt-caching-scope-2026-01-05',
  ],
];
