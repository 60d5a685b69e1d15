// Requests that cost nothing and are not exchanges: token counts and the model list. They go to the provider that
// would answer, with the same care for bytes and keys, and leave no row (P19: never blocked, never billed).
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Settings } from '../../contract/settings.ts';
import { errorAnswer } from '../dialects/anthropic-messages/error-body.ts';
import { RequestReader, spliceModel } from '../dialects/anthropic-messages/read-request.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';
import type { ByteParts } from '../lib/byte-parts.ts';
import { keepOpenForRest } from '../lib/unread-body.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Providers } from '../providers/providers.ts';
import { chooseRoute, defaultProvider } from '../router/choose-route.ts';
import { attemptRoute, sayCause } from './attempt-route.ts';
import { buildUpstreamRequest } from './build-request.ts';
import { ClientGone, readBody } from './read-body.ts';

export interface PassThroughParts {
  readonly settings: () => Settings;
  readonly providers: Providers;
  readonly log: Log;
  readonly newId: () => string;
  readonly isLocalKey: (value: string) => boolean;
}

export async function passThrough(
  parts: PassThroughParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const target = await chooseTarget(parts, request, response);
    const provider = parts.providers.get(target.provider);
    if (provider === null)
      throw new GatewayError('PROVIDER_UNUSABLE', `There is no provider "${target.provider}".`);
    const upstreamRequest = buildUpstreamRequest({
      provider,
      credential: parts.providers.credentialOf(provider),
      isLocalKey: parts.isLocalKey,
      request,
      body: target.body,
    });
    await attemptRoute({
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
  readonly body: ByteParts | null;
}

async function chooseTarget(
  parts: PassThroughParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Target> {
  const settings = parts.settings();
  if (request.method === 'GET') return { provider: defaultProvider(settings, PRACTICE), body: null };
  const reader = new RequestReader();
  const body = await readBody(request, response, (chunk) => reader.see(chunk));
  const facts = reader.facts();
  // The provider explains a malformed body better than we could; it is passed on as it is.
  if (typeof facts === 'string') return { provider: defaultProvider(settings, PRACTICE), body };
  const route = chooseRoute(settings, { model: facts.model, requestClass: null, project: null }, PRACTICE);
  return { provider: route.provider, body: spliceModel(body, facts, route.model) };
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
