// Makes one place of the route plan ready: the provider, its credential, the request in its own bytes, and the money
// held for what it may cost there.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SpendFacts } from '../budgets/budget-scope.ts';
import { SpendReader } from '../budgets/read-spend.ts';
import { spliceModel } from '../dialects/anthropic-messages/read-request.ts';
import type { RequestFacts } from '../dialects/anthropic-messages/read-request.ts';
import { GatewayError } from '../gateway-error.ts';
import type { ByteParts } from '../lib/byte-parts.ts';
import type { Provider } from '../providers/providers.ts';
import type { Candidate } from '../router/types.ts';
import { stripForeignThinking } from '../translation/foreign-thinking.ts';
import { buildUpstreamRequest } from './build-request.ts';
import type { PreparedAttempt } from './climb-ladder.ts';
import type { Exchange } from './exchange.ts';
import { ClientGone } from './read-body.ts';
import type { ExchangeParts } from './run-exchange.ts';

/** A request that was read and may be sent. */
export interface ReadRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: ByteParts;
  readonly facts: RequestFacts;
  readonly spend: SpendReader | null;
}

/** Throws PROVIDER_… when the place cannot be used; BudgetRefusal, ClientGone and PAUSED end the exchange. */
export async function prepareAttempt(
  parts: ExchangeParts,
  exchange: Exchange,
  read: ReadRequest,
  place: Candidate,
): Promise<PreparedAttempt> {
  const provider = parts.providers.get(place.provider);
  if (provider === null)
    throw new GatewayError('PROVIDER_UNUSABLE', `There is no provider "${place.provider}".`);
  exchange.goesTo(provider, place);
  const request = buildUpstreamRequest({
    provider,
    credential: parts.providers.resolveCredential(provider.id, place.key),
    isLocalKey: parts.isLocalKey,
    request: read.request,
    body: bodyFor(provider, read, place.model),
    asked: read.facts.model,
    model: place.model,
  });
  // What another place held is given back: here it costs something else.
  if (exchange.attempts > 0) parts.budgets.release(exchange.id);
  if (parts.budgets.active) await reserve(parts, exchange, read, place);
  return { provider, request };
}

/** Claude refuses thinking that it has not signed; other models' thinking is taken out on the way to it (T81, T82). */
function bodyFor({ descriptor }: Provider, { body, facts }: ReadRequest, model: string): ByteParts {
  const sent = spliceModel(body, facts, model);
  const isForClaude = descriptor.dialect === 'anthropic-messages' && !descriptor.practice;
  return isForClaude ? stripForeignThinking(sent) : sent;
}

/** Holds what the request may cost on every budget it concerns, or refuses it; may wait for the user's word. */
async function reserve(
  { budgets, prices, refuseUnlessAllowed }: ExchangeParts,
  exchange: Exchange,
  { body, spend, response }: ReadRequest,
  place: Candidate,
): Promise<void> {
  const admitted = await budgets.admit({
    exchange: exchange.id,
    startedAt: exchange.startedAt,
    facts: spendFactsOf(exchange),
    agentId: exchange.agentId,
    model: place.model,
    bounds: (spend ?? SpendReader.of(body)).bounds(),
    prices: prices(),
    onGone(left) {
      if (response.destroyed) queueMicrotask(left);
      response.once('close', left);
      return () => void response.off('close', left);
    },
  });
  if (!admitted) throw new ClientGone('the client closed the connection while its request was held');
  // Much may have happened while the request was held.
  refuseUnlessAllowed();
}

/** What budgets look at, of an exchange that has its place. */
export function spendFactsOf(exchange: Exchange): SpendFacts {
  const { developer, project, sessionId, client, modelAsked, modelSent } = exchange;
  return {
    developer,
    project,
    sessionId,
    client,
    provider: exchange.provider ?? '',
    models: [modelAsked, modelSent].filter((name) => name !== null),
    practice: exchange.practice,
    subscription: exchange.usesOwnLogin,
  };
}
