// Requests that cost nothing and are not exchanges: token counts and the model list. They go to the provider that
// would answer, with the same care for bytes and keys, and leave no row (P19: never blocked, never billed).
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Settings } from '../../contract/settings.ts';
import { errorAnswer } from '../dialects/anthropic-messages/error-body.ts';
import { RequestReader, spliceModel } from '../dialects/anthropic-messages/read-request.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';
import type { ByteParts } from '../lib/byte-parts.ts';
import { answerModelList } from '../models/answer-model-list.ts';
import type { ModelCatalogue } from '../models/catalogue.ts';
import { keepOpenForRest } from '../lib/unread-body.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Providers } from '../providers/providers.ts';
import { defaultProvider } from '../router/choose-route.ts';
import type { RoutePlan, RouteQuestion } from '../router/types.ts';
import { attemptOnly, sayCause } from './attempt-route.ts';
import { buildUpstreamRequest } from './build-request.ts';
import { ClientGone, readBody } from './read-body.ts';

export interface PassThroughParts {
  readonly settings: () => Settings;
  readonly providers: Providers;
  readonly models: ModelCatalogue;
  readonly router: { plan(question: RouteQuestion): RoutePlan };
  readonly log: Log;
  readonly now: () => number;
  readonly newId: () => string;
  readonly isLocalKey: (value: string) => boolean;
}

export async function passThrough(
  parts: PassThroughParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (request.method === 'GET' && answerModelList(parts, request, response)) return;
    const target = await chooseTarget(parts, request, response);
    const provider = parts.providers.get(target.provider);
    if (provider === null)
      throw new GatewayError('PROVIDER_UNUSABLE', `There is no provider "${target.provider}".`);
    const { body, asked, model } = target;
    const upstreamRequest = buildUpstreamRequest({
      provider,
      credential: parts.providers.resolveCredential(provider.id, target.key ?? provider.credential),
      isLocalKey: parts.isLocalKey,
      request,
      body,
      asked,
      model,
    });
    await attemptOnly({
      provider,
      request: upstreamRequest,
      response,
      hooks: { onHead: () => null, onProgress: () => {}, onComplete: () => {}, failureText: sayCause },
      onTry: () => {},
    });
  } catch (error) {
    answerError(parts, request, response, error);
  }
}

interface Target {
  readonly provider: string;
  /** Credential reference; null for the provider's first. */
  readonly key: string | null;
  readonly body: ByteParts | null;
  readonly asked: string | null;
  readonly model: string | null;
}

async function chooseTarget(
  parts: PassThroughParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Target> {
  const byDefault = (body: ByteParts | null): Target => {
    const provider = defaultProvider(parts.settings(), PRACTICE);
    return { provider, key: null, body, asked: null, model: null };
  };
  if (request.method === 'GET') return byDefault(null);
  const reader = new RequestReader();
  const body = await readBody(request, response, (chunk) => reader.see(chunk));
  const facts = reader.facts();
  // The provider explains a malformed body better than we could; it is passed on as it is.
  if (typeof facts === 'string') return byDefault(body);
  const { candidates, reason } = parts.router.plan(questionOf(parts, request, facts.model, body));
  const [place] = candidates;
  if (place === undefined) throw new GatewayError('PROVIDER_UNUSABLE', reason);
  const { provider, key, model } = place;
  return { provider, key, body: spliceModel(body, facts, model), asked: facts.model, model };
}

/** A count goes where the conversation goes, as far as its headers tell. */
function questionOf(
  { now }: PassThroughParts,
  { headers }: IncomingMessage,
  model: string,
  body: ByteParts,
): RouteQuestion {
  const text = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    model,
    requestClass: text('x-claude-code-request-class'),
    agentId: text('x-claude-code-agent-id'),
    project: null,
    sessionId: text('x-claude-code-session-id'),
    promptTokens: Math.max(1, Math.ceil(body.length / 4)),
    thinking: false,
    at: now(),
  };
}

function answerError(
  parts: PassThroughParts,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  if (error instanceof ClientGone) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!(error instanceof GatewayError)) parts.log.error({ error: String(error) }, 'pass-through-failed');
  const known =
    error instanceof GatewayError
      ? error
      : new GatewayError('INTERNAL', 'Tollgate failed at this request.', error);
  const answer = errorAnswer(known, parts.newId());
  keepOpenForRest(request, response);
  response.writeHead(answer.status, answer.headers as string[]);
  response.end(answer.body);
}
