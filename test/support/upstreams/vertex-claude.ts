// Claude on Google Cloud as a test sees it: rawPredict, streamRawPredict, token counts and the publisher's model list, with
// the refusals of the real one.
import { encodeEvents, messageEvents, messageJson } from '../anthropic-answers.ts';
import type { MessageScript } from '../anthropic-answers.ts';
import { startFakeUpstream } from '../fake-upstream.ts';
import type { FakeUpstream, UpstreamExchange } from '../fake-upstream.ts';

export const vertexToken = 'ya29.fake-access-token';
export const vertexProject = 'acme-prod-1234';

type Json = Record<string, unknown>;

export interface VertexMock {
  readonly url: string;
  readonly upstream: FakeUpstream;
  readonly refusals: string[];
  readonly accepted: {
    readonly model: string;
    readonly body: Json;
    readonly streamed: boolean;
    readonly betas: string[];
  }[];
  /** Betas without their dates. */
  betas: Set<string>;
  script: MessageScript;
  close(): Promise<void>;
}

const topLevel = new Set([
  'anthropic_version',
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
  'stream',
]);
const models = ['claude-opus-5-5', 'claude-sonnet-4-5@20250929'];

class Refusal extends Error {
  readonly status: number;
  readonly body: Json;

  constructor(status: number, body: Json, why: string) {
    super(why);
    this.status = status;
    this.body = body;
  }
}

/** In Anthropic's words, as its own code refuses there. */
const invalid = (message: string): Refusal =>
  new Refusal(
    400,
    { type: 'error', error: { type: 'invalid_request_error', message }, request_id: 'req_vrtx_1' },
    message,
  );

/** In Google's words. */
const google = (code: number, status: string, message: string): Refusal =>
  new Refusal(code, { error: { code, message, status } }, message);

export async function startVertexMock(script: MessageScript): Promise<VertexMock> {
  const upstream = await startFakeUpstream();
  const mock: VertexMock = {
    url: upstream.url,
    upstream,
    refusals: [],
    accepted: [],
    betas: new Set(['claude-code', 'interleaved-thinking', 'tool-search-tool', 'context-1m']),
    script,
    close: () => upstream.close(),
  };
  upstream.setAnswer(async (exchange) => {
    await exchange.request.bodyEnded;
    try {
      answer(mock, exchange);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      mock.refusals.push(error.message);
      exchange.head(error.status, [['content-type', 'application/json']]);
      exchange.end(JSON.stringify(error.body));
    }
  });
  return mock;
}

function answer(mock: VertexMock, exchange: UpstreamExchange): void {
  const { request } = exchange;
  if (request.values('authorization').join() !== `Bearer ${vertexToken}`)
    throw google(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.');
  const json = (value: unknown): void => {
    exchange.head(200, [['content-type', 'application/json']]);
    exchange.end(JSON.stringify(value));
  };
  if (request.path === '/v1beta1/publishers/anthropic/models') {
    json({
      publisherModels: [
        { name: 'publishers/anthropic/models/claude-sonnet-4-5', versionId: '20250929' },
        { name: 'publishers/anthropic/models/claude-opus-5-5', versionId: 'default' },
      ],
    });
    return;
  }
  const match =
    /^\/v1\/projects\/([^/]+)\/locations\/([^/]+)\/publishers\/anthropic\/models\/([^/:]+):(\w+)$/.exec(
      request.path,
    );
  const [, project, location = '', rawModel = '', action = ''] = match ?? [];
  if (project !== vertexProject || location !== 'europe-west1')
    throw google(
      403,
      'PERMISSION_DENIED',
      `Permission denied on resource projects/${project ?? ''}/locations/${location}.`,
    );
  const body = request.json() as Json;
  const model = decodeURIComponent(rawModel);
  if (model === 'count-tokens') {
    if (!models.includes(String(body['model']))) throw invalid('model: unknown for token counts');
    checkVersion(body);
    json({ input_tokens: 777 });
    return;
  }
  if (!models.includes(model))
    throw google(
      404,
      'NOT_FOUND',
      `Publisher Model \`projects/${project}/locations/${location}/publishers/anthropic/models/${model}\` was not found.`,
    );
  const betas = request
    .values('anthropic-beta')
    .join(',')
    .split(',')
    .filter((beta) => beta !== '');
  checkBody(body, betas, mock.betas);
  const streamed = action === 'streamRawPredict';
  if (!streamed && action !== 'rawPredict') throw google(404, 'NOT_FOUND', 'no such action');
  mock.accepted.push({ model, body, streamed, betas });
  if (!streamed) {
    json(messageJson(mock.script));
    return;
  }
  exchange.head(200, [['content-type', 'text/event-stream; charset=utf-8']]);
  exchange.end(encodeEvents(messageEvents(mock.script)));
}

function checkVersion(body: Json): void {
  if (body['anthropic_version'] !== 'vertex-2023-10-16') throw invalid('anthropic_version: Field required');
}

function checkBody(body: Json, betas: readonly string[], taken: ReadonlySet<string>): void {
  checkVersion(body);
  const bare = betas.map((beta) => beta.replace(/-\d{4}-\d{2}-\d{2}$|-\d{8}$/, ''));
  const wrong = betas.filter((_, index) => !taken.has(bare[index] ?? ''));
  if (wrong.length > 0)
    throw invalid(
      `Unexpected value(s) ${wrong.map((beta) => `\`${beta}\``).join(', ')} for the \`anthropic-beta\` header.`,
    );
  for (const key of Object.keys(body))
    if (!topLevel.has(key)) throw invalid(`${key}: Extra inputs are not permitted`);
  for (const [index, tool] of ((body['tools'] ?? []) as Json[]).entries()) {
    const type = typeof tool['type'] === 'string' ? tool['type'] : 'custom';
    if (/^(?:web_fetch|code_execution)_|^web_search_(?!20250305)/.test(type))
      throw invalid(`tools.${index}: Input tag '${type}' does not match any of the expected tags`);
    if ('defer_loading' in tool && !bare.includes('tool-search-tool'))
      throw invalid(`tools.${index}.custom.defer_loading: Extra inputs are not permitted`);
  }
}
