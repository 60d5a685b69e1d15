// Works out what a request to a translated provider is to become: a list, a count, or a call of a model with all that
// is needed to write its answer.
import { createHash } from 'node:crypto';
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { GatewayError } from '../../gateway-error.ts';
import { translateRequest } from '../../translation/request/translate-request.ts';
import type { ModelAdapter, ModelSetup, Target, TranslatedRequest } from '../../translation/types.ts';
import type { ModelLimits, ProviderSetup, UpstreamContext, UpstreamRequest } from '../provider.ts';
import { headerValue } from '../request-headers.ts';
import { checkWindow } from './check-window.ts';
import { listBody } from './list-body.ts';
import type { ModelCache } from './model-cache.ts';
import type { AnsweredWhole } from './whole-answer.ts';

export interface CallParts {
  readonly adapter: ModelAdapter;
  readonly setup: ProviderSetup;
  readonly fetch: typeof globalThis.fetch;
  readonly models: ModelCache;
  readonly context: UpstreamContext;
}

export type PreparedCall =
  /** An answer that needs no model. */
  | { readonly kind: 'json'; readonly body: object; readonly headers: readonly string[] }
  | {
      readonly kind: 'model';
      readonly model: LanguageModelV4;
      /** The same model, which reads a document that has come already. */
      readonly replay: (answered: AnsweredWhole) => Promise<LanguageModelV4>;
      readonly options: LanguageModelV4CallOptions;
      readonly request: TranslatedRequest;
      readonly target: Target;
      readonly id: string;
      readonly repairs: boolean;
      readonly headers: readonly string[];
    };

/** Throws REQUEST_INVALID, NOT_FOUND, and what the adapter throws. */
export async function prepareCall(
  parts: CallParts,
  request: UpstreamRequest,
  limits: ModelLimits,
  signal: AbortSignal,
): Promise<PreparedCall> {
  const path = request.path.split('?', 1)[0];
  if (path === '/v1/models') return listModels(bound(parts, signal), request);
  if (path !== '/v1/messages' && path !== '/v1/messages/count_tokens')
    throw new GatewayError('NOT_FOUND', `The provider "${parts.setup.id}" has no "${path ?? ''}".`);

  const body = parseBody(request);
  const name = modelOf(body);
  const target = targetOf(parts, request, name, limits);
  const translated = translateRequest(body, target, {
    sessionId: headerValue(request.headers, 'x-claude-code-session-id'),
  });
  if (path !== '/v1/messages')
    return countTokens(parts.adapter, translated, modelSetup(bound(parts, signal), request, name));
  const setup = modelSetup(parts, request, name);
  checkWindow(translated, target);
  return {
    kind: 'model',
    model: await parts.models.get(setup),
    replay: (answered) => parts.adapter.createModel({ ...setup, fetch: answered.replay(setup.fetch) }),
    options: {
      ...translated.options,
      providerOptions: parts.adapter.providerOptions(translated.wish, name),
      abortSignal: signal,
    },
    request: translated,
    target,
    repairs: parts.setup.repairToolCalls,
    id: `msg_${parts.context.randomBytes(12).toString('hex')}`,
    headers: headersOf(target, translated),
  };
}

/** The same parts with requests that end when the call is broken off. */
const bound = (parts: CallParts, signal: AbortSignal): CallParts => ({
  ...parts,
  fetch: (input, init) => parts.fetch(input, { signal, ...init }),
});

async function listModels(parts: CallParts, request: UpstreamRequest): Promise<PreparedCall> {
  const models = await parts.adapter.listModels(modelSetup(parts, request, ''));
  return { kind: 'json', body: listBody(models), headers: [] };
}

async function countTokens(
  adapter: ModelAdapter,
  translated: TranslatedRequest,
  setup: ModelSetup,
): Promise<PreparedCall> {
  // A count that fails must not cost the client its turn: the estimate stands in (T73, T74).
  const counted = await (adapter.countTokens?.(translated, setup) ?? Promise.resolve(null)).catch(() => null);
  return {
    kind: 'json',
    body: { input_tokens: counted ?? translated.promptTokens },
    headers: counted === null ? ['x-tollgate-estimated', 'input_tokens'] : [],
  };
}

function parseBody({ body }: UpstreamRequest): unknown {
  try {
    return JSON.parse(body === null ? '' : body.whole().toString('utf8'));
  } catch (error) {
    throw new GatewayError('REQUEST_INVALID', 'The request body is not valid JSON.', error);
  }
}

function modelOf(body: unknown): string {
  const model = typeof body === 'object' && body !== null ? (body as { model?: unknown }).model : undefined;
  if (typeof model === 'string' && model !== '') return model;
  throw new GatewayError('REQUEST_INVALID', 'The request body names no model: add a top-level "model".');
}

export function targetOf(
  parts: CallParts,
  request: UpstreamRequest,
  model: string,
  limits: ModelLimits,
): Target {
  const { adapter, setup } = parts;
  const own = setup.models[model];
  return {
    provider: setup.id,
    account: fingerprint(setup.id, request.secret),
    asked: request.asked ?? model,
    model,
    contextWindow: own?.contextWindow ?? limits.contextWindow,
    maxOutputTokens: own?.maxOutputTokens ?? limits.maxOutputTokens,
    traits: adapter.traits(model, setup.options),
  };
}

function modelSetup({ setup, fetch }: CallParts, request: UpstreamRequest, model: string): ModelSetup {
  return {
    model: setup.models[model]?.deployment ?? model,
    name: model,
    baseUrl: setup.baseUrl,
    secret: request.secret,
    options: setup.options,
    headers: {},
    fetch,
  };
}

/** Tells accounts apart without giving the key away. */
const fingerprint = (provider: string, secret: string | null): string =>
  createHash('sha256')
    .update(`${provider}\n${secret ?? ''}`)
    .digest('hex')
    .slice(0, 16);

/** What the record and the user hear of the translation. */
function headersOf({ model }: Target, { dropped }: TranslatedRequest): string[] {
  const headers = ['x-tollgate-model', asciiOnly(model)];
  if (dropped.length > 0) headers.push('x-tollgate-dropped', asciiOnly(dropped.join(', ')));
  return headers;
}

/** Header values hold visible ASCII only; a name of a client's making may hold anything. */
const asciiOnly = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 1024);
