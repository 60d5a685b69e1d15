// A mock of OpenAI's Responses API: `POST …/responses`, `POST …/responses/input_tokens` and `GET …/models`. With the
// Azure profile it answers under `/openai/v1` and takes `api-key`, as Azure does.
import { valuesOf } from '../fake-upstream.ts';
import {
  startMock,
  type GenerationContext,
  type Judged,
  type Mock,
  type SeenRequest,
} from './mock-server.ts';
import { openAiErrorBody, openAiRefusal, wrongKey } from './openai-errors.ts';
import { findGrok, findModel, listedGroks, listedModels } from './openai-models.ts';
import {
  checkCountRequest,
  checkResponsesRequest,
  type ResponsesHost,
  type ResponsesMemory,
} from './openai-responses-rules.ts';
import {
  responseDocument,
  responsesFrame,
  streamResponse,
  type ResponsesMint,
} from './openai-responses-stream.ts';
import { asText, isObject, Refusal, type JsonObject } from './refusal.ts';
import { roughTokens } from './script.ts';

export interface ResponsesOptions {
  readonly keys?: readonly string[];
  readonly model?: string;
  /** Overrides the models' windows, so that a small request can overflow. */
  readonly contextTokens?: number;
  /** The host verifies `rs_` ids against its store even beside encrypted content (T88). */
  readonly looksUpItemIds?: boolean;
  readonly profile?: 'openai' | 'azure' | 'xai';
  /** Azure: deployment names and the models behind them. */
  readonly deployments?: Readonly<Record<string, string>>;
}

interface Memory extends ResponsesMemory, ResponsesMint {}

function createMemory(reasoningHasStatus: boolean): Memory {
  const pairs = new Map<string, string>();
  const kept = new Set<string>();
  let made = 0;
  return {
    reasoningHasStatus,
    id: (prefix) => `${prefix}_${(++made).toString(16).padStart(8, '0')}${'0a1b2c3d'.repeat(3)}`,
    seal: (item, account) =>
      `gAAAAA${Buffer.from(JSON.stringify({ item, account }), 'utf8').toString('base64url')}`,
    pair: (item, reasoning) => void pairs.set(item, reasoning),
    store: (item) => void kept.add(item),
    stored: (item) => kept.has(item),
    reasoningBefore: (item) => pairs.get(item) ?? null,
    open(encrypted) {
      if (!encrypted.startsWith('gAAAAA')) return null;
      try {
        const text = Buffer.from(encrypted.slice(6), 'base64url').toString('utf8');
        const opened = JSON.parse(text) as { item: string; account: string };
        return typeof opened.item === 'string' ? opened : null;
      } catch {
        return null;
      }
    },
  };
}

/** The key a request carries, checked; the profile says in which header it may be. */
export function accountOf(request: SeenRequest, keys: readonly string[], azure: boolean): string {
  const bearer = valuesOf(request.headers, 'authorization')[0]?.replace(/^Bearer /, '');
  const apiKey = azure ? valuesOf(request.headers, 'api-key')[0] : undefined;
  if (azure && bearer !== undefined && apiKey !== undefined) {
    throw new Refusal(401, 'Access denied: send either api-key or Authorization, not both.', { code: '401' });
  }
  const key = apiKey ?? bearer;
  if (key === undefined || key === '') {
    throw azure
      ? new Refusal(
          401,
          'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
          { code: '401' },
        )
      : new Refusal(
          401,
          "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from https://platform.openai.com/account/api-keys.",
        );
  }
  if (keys.includes(key)) return key;
  throw azure
    ? new Refusal(
        401,
        'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
        { code: '401' },
      )
    : wrongKey(key);
}

export function modelListDocument(models: readonly string[]): unknown {
  const data = models.map((id) => ({ id, object: 'model', created: 1_790_000_000, owned_by: 'system' }));
  return { object: 'list', data };
}

function bodyOf(request: SeenRequest): JsonObject {
  if (isObject(request.body)) return request.body;
  throw new Refusal(400, 'We could not parse the JSON body of your request.');
}

/** The body with the model behind a deployment in place of the deployment's name. */
function resolveDeployment(body: JsonObject, options: ResponsesOptions): JsonObject {
  if (options.profile !== 'azure') return body;
  const name = asText(body['model']) ?? '';
  const model = options.deployments?.[name];
  if (model === undefined) {
    throw new Refusal(
      404,
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
      { code: 'DeploymentNotFound' },
    );
  }
  return { ...body, model };
}

/** The route without the host's own prefix; Azure has two dialects, the older one with a dated version (T130). */
function routeOf(request: SeenRequest, path: string, azure: boolean): string {
  const version = new URL(request.url, 'http://mock').searchParams.get('api-version');
  const dated = version !== null && /^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version);
  const roots = azure ? ['/openai/v1', ...(dated ? ['/openai'] : [])] : ['/v1'];
  const root = roots.find((known) => path.startsWith(`${known}/`));
  if (root !== undefined) return `${request.method} ${path.slice(root.length)}`;
  throw azure
    ? new Refusal(404, 'Resource not found', { code: '404' })
    : new Refusal(404, `Invalid URL (${request.method} ${path})`);
}

function modelNames(options: ResponsesOptions): readonly string[] {
  if (options.profile === 'azure') return Object.keys(options.deployments ?? {});
  return options.profile === 'xai' ? listedGroks : listedModels;
}

function judge(
  request: SeenRequest,
  path: string,
  keys: readonly string[],
  memory: Memory,
  options: ResponsesOptions,
): Judged {
  const azure = options.profile === 'azure';
  const route = routeOf(request, path, azure);
  const account = accountOf(request, keys, azure);
  if (route === 'GET /models') return { kind: 'document', body: modelListDocument(modelNames(options)) };
  if (route === 'POST /responses/input_tokens' && options.profile !== 'xai') {
    const body = resolveDeployment(bodyOf(request), options);
    checkCountRequest(body);
    return { kind: 'document', body: { object: 'response.input_tokens', input_tokens: roughTokens(body) } };
  }
  if (route === 'POST /responses') {
    const body = bodyOf(request);
    const host: ResponsesHost = {
      looksUpItemIds: options.looksUpItemIds ?? false,
      strictByDefault: azure,
      contextTokens: options.contextTokens ?? null,
      vendor: options.profile === 'xai' ? 'xai' : 'openai',
    };
    const model = checkResponsesRequest(resolveDeployment(body, options), account, memory, host);
    const context: GenerationContext = { model: model.id, body, account };
    return { kind: 'generation', stream: body['stream'] === true, context };
  }
  const asked = /^GET \/models\/(.+)$/.exec(route)?.[1];
  if (asked === undefined) throw new Refusal(404, `Invalid URL (${request.method} ${path})`);
  const id = decodeURIComponent(asked);
  const { id: found } = options.profile === 'xai' ? findGrok(id) : findModel(id);
  return {
    kind: 'document',
    body: { id: found, object: 'model', created: 1_790_000_000, owned_by: 'system' },
  };
}

const xaiErrorBody = (refusal: Refusal): unknown => ({
  code: refusal.code ?? 'Client specified an invalid argument',
  error: refusal.message,
});

export async function startOpenAiResponses(options: ResponsesOptions = {}): Promise<Mock> {
  const keys = options.keys ?? ['sk-mock-first-account', 'sk-mock-second-account'];
  const memory = createMemory(options.profile === 'xai');
  return startMock(
    {
      judge: (request, path) => judge(request, path, keys, memory, options),
      stream: (script, usage, context) => streamResponse(script, usage, context, memory),
      document: (script, usage, context) => responseDocument(script, usage, context, memory),
      streamHeaders: [
        ['content-type', 'text/event-stream; charset=utf-8'],
        ['x-request-id', 'req_mock'],
      ],
      refusal: (error, context) => openAiRefusal(error, context?.model ?? 'gpt-5.5'),
      refusalBody: options.profile === 'xai' ? xaiErrorBody : openAiErrorBody,
      refusalHeaders: () => [['x-request-id', 'req_mock']],
      errorFrame: (refusal) =>
        responsesFrame(
          {
            type: 'error',
            sequence_number: 99,
            error: {
              type: refusal.type,
              code: refusal.code ?? refusal.type,
              message: refusal.message,
              param: refusal.param,
            },
          },
          'end',
        ),
      garbageFrame: () =>
        responsesFrame({ type: 'response.surprise', note: 'an event nobody documented' }, 'frame'),
    },
    { keys, model: options.model ?? (options.profile === 'xai' ? 'grok-4.3' : 'gpt-5.5') },
  );
}
