// The life of a Messages request, top to bottom: read, decide, route, send, relay, settle. No step's details are here.
// Whatever happens, exactly one outcome is written.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientView, ProjectSource } from '../../contract/rows.ts';
import type { Settings } from '../../contract/settings.ts';
import type { BudgetGate } from '../budgets/budget-gate.ts';
import type { SpendFacts } from '../budgets/budget-scope.ts';
import { SpendReader } from '../budgets/read-spend.ts';
import { errorAnswer } from '../dialects/anthropic-messages/error-body.ts';
import { MessageObserver } from '../dialects/anthropic-messages/observe-message.ts';
import { StreamObserver } from '../dialects/anthropic-messages/observe-stream.ts';
import {
  RequestReader,
  requestProblemText,
  spliceModel,
} from '../dialects/anthropic-messages/read-request.ts';
import type { RequestFacts } from '../dialects/anthropic-messages/read-request.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';
import type { ByteParts } from '../lib/byte-parts.ts';
import { keepOpenForRest } from '../lib/unread-body.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { PriceTable } from '../ledger/price-table.ts';
import type { Ledger } from '../ledger/sqlite-ledger.ts';
import { decide } from '../policy/decide.ts';
import type { Situation } from '../policy/decide.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Provider, Providers } from '../providers/providers.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
import { headerValue } from '../providers/request-headers.ts';
import { chooseRoute } from '../router/choose-route.ts';
import { attemptRoute, sayCause } from './attempt-route.ts';
import { buildUpstreamRequest } from './build-request.ts';
import { Exchange } from './exchange.ts';
import type { LiveExchanges } from './live-exchanges.ts';
import { ClientGone, readBody } from './read-body.ts';
import type { RelayEnd, RelayHooks } from './relay-response.ts';

/** Finds the project of a request; see claude-code/session-project. */
export interface ProjectFinder {
  find(question: {
    readonly header: string | null;
    readonly sessionId: string | null;
    readonly body: ByteParts;
  }): Promise<{ readonly project: string | null; readonly source: ProjectSource }>;
}

/** What the story needs; lent by create-gateway. */
export interface ExchangeParts {
  readonly settings: () => Settings;
  readonly situation: () => Situation;
  readonly providers: Providers;
  readonly projects: ProjectFinder;
  readonly prices: () => PriceTable;
  readonly ledger: Ledger;
  readonly live: LiveExchanges;
  readonly budgets: BudgetGate;
  readonly log: Log;
  readonly now: () => number;
  readonly newId: () => string;
  readonly isLocalKey: (value: string) => boolean;
  /** Hears of every change of an exchange; `entry` is set when it was settled. */
  readonly onChange: (exchange: Exchange, entry: LedgerEntry | null) => void;
}

export async function runExchange(
  parts: ExchangeParts,
  client: ClientView,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const exchange = new Exchange(parts.newId(), client, request, parts.now(), parts.prices());
  parts.live.add(exchange);
  try {
    const { body, facts, spend } = await readRequest(parts, exchange, request, response);
    const project = findProject(parts, exchange, body);
    refuseUnlessAllowed(parts.situation());
    if (routesByProject(parts.settings())) await project;
    const { provider, upstreamRequest } = routeRequest(parts, exchange, request, facts, body);
    if (parts.budgets.active) {
      await project;
      await reserve(parts, exchange, provider, spend ?? SpendReader.of(body), response);
    }
    parts.live.sent(exchange);
    parts.onChange(exchange, null);
    const end = await attemptRoute({
      provider,
      request: upstreamRequest,
      response,
      hooks: relayHooks(parts, exchange, provider),
      onTry: (relay) => {
        exchange.attempts++;
        parts.live.relaying(exchange, relay);
      },
    });
    await project;
    endByAnswer(parts, exchange, end);
  } catch (error) {
    endByError(parts, exchange, response, error);
  }
  record(parts, exchange);
  parts.live.remove(exchange);
}

async function readRequest(
  { budgets }: ExchangeParts,
  exchange: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ body: ByteParts; facts: RequestFacts; spend: SpendReader | null }> {
  const reader = new RequestReader();
  const spend = budgets.active ? new SpendReader() : null;
  const body = await readBody(request, response, (chunk) => {
    reader.see(chunk);
    spend?.see(chunk);
  });
  const facts = reader.facts();
  if (typeof facts === 'string') throw new GatewayError('REQUEST_INVALID', requestProblemText[facts]);
  exchange.modelAsked = facts.model;
  return { body, facts, spend };
}

/** Runs beside the request; a failed look-up costs an attribution, never an answer. */
async function findProject(parts: ExchangeParts, exchange: Exchange, body: ByteParts): Promise<void> {
  const { projectHeader: header, sessionId } = exchange;
  try {
    const found = await parts.projects.find({ header, sessionId, body });
    exchange.project = found.project;
    exchange.projectSource = found.source;
    exchange.projectIsKnown = true;
  } catch (error) {
    parts.log.warn({ error: String(error), exchange: exchange.id }, 'project-not-found');
  }
}

const routesByProject = (settings: Settings): boolean =>
  settings.routes.some((route) => route.match.project !== undefined);

function refuseUnlessAllowed(situation: Situation): void {
  const decision = decide(situation);
  if (!decision.allowed) throw new GatewayError(decision.code, decision.sentence);
}

function routeRequest(
  parts: ExchangeParts,
  exchange: Exchange,
  request: IncomingMessage,
  facts: RequestFacts,
  body: ByteParts,
): { provider: Provider; upstreamRequest: UpstreamRequest } {
  const { requestClass, project } = exchange;
  const route = chooseRoute(parts.settings(), { model: facts.model, requestClass, project }, PRACTICE);
  const provider = parts.providers.get(route.provider);
  if (provider === null)
    throw new GatewayError('PROVIDER_UNUSABLE', `There is no provider "${route.provider}".`);
  exchange.provider = provider.id;
  exchange.practice = provider.descriptor.practice;
  exchange.modelSent = route.model;
  exchange.routeReason = route.reason;
  const upstreamRequest = buildUpstreamRequest({
    provider,
    credential: parts.providers.credentialOf(provider),
    isLocalKey: parts.isLocalKey,
    request,
    body: spliceModel(body, facts, route.model),
  });
  return { provider, upstreamRequest };
}

/** Holds what the request may cost on every budget it concerns, or refuses it; may wait for the user's word. */
async function reserve(
  { budgets, prices, situation }: ExchangeParts,
  exchange: Exchange,
  provider: Provider,
  spend: SpendReader,
  response: ServerResponse,
): Promise<void> {
  const admitted = await budgets.admit({
    exchange: exchange.id,
    startedAt: exchange.startedAt,
    facts: spendFactsOf(exchange, provider),
    agentId: exchange.agentId,
    model: exchange.modelSent ?? '',
    bounds: spend.bounds(),
    prices: prices(),
    onGone(left) {
      if (response.destroyed) queueMicrotask(left);
      response.once('close', left);
      return () => void response.off('close', left);
    },
  });
  if (!admitted) throw new ClientGone('the client closed the connection while its request was held');
  // Much may have happened while the request was held.
  refuseUnlessAllowed(situation());
}

/** What budgets look at, of an exchange that has its route. */
export function spendFactsOf(exchange: Exchange, provider: Provider): SpendFacts {
  const { developer, project, sessionId, client, modelAsked, modelSent } = exchange;
  return {
    developer,
    project,
    sessionId,
    client,
    provider: provider.id,
    models: [modelAsked, modelSent].filter((name) => name !== null),
    practice: provider.descriptor.practice,
    subscription: provider.credential === 'client',
  };
}

function relayHooks(parts: ExchangeParts, exchange: Exchange, provider: Provider): RelayHooks {
  return {
    onHead(status, headers, isEventStream) {
      exchange.status = status;
      exchange.streaming = isEventStream;
      exchange.firstByteMs = exchange.elapsed();
      exchange.upstreamRequestId = headerValue(headers, 'request-id');
      if (status >= 200 && status <= 299) parts.budgets.addHeaders(exchange.id, headers);
      const observer = isEventStream ? new StreamObserver() : new MessageObserver();
      exchange.facts = observer.facts;
      return observer;
    },
    onProgress() {
      parts.live.progressed(exchange);
      parts.onChange(exchange, null);
    },
    onComplete() {
      const held = parts.budgets.holds(exchange.id);
      if (exchange.projectIsKnown && isSuccess(exchange)) {
        exchange.end('completed', null, parts.now());
        record(parts, exchange);
      } else {
        parts.live.progressed(exchange);
        parts.ledger.checkpoint([exchange.toEntry()]);
      }
      // What a budget holds is written before the client has all of the answer, however busy it is.
      if (held) parts.ledger.flush();
      else parts.ledger.commit();
    },
    failureText: (error) => `The provider "${provider.id}" broke off its answer: ${sayCause(error)}.`,
  };
}

type CommittedEnd = Exclude<RelayEnd, { kind: 'failed-before-start' }>;

const isSuccess = ({ status, facts }: Exchange): boolean =>
  status !== null && status >= 200 && status <= 299 && facts.error === null && facts.finished;

function endByAnswer(parts: ExchangeParts, exchange: Exchange, end: CommittedEnd): void {
  const { facts, status } = exchange;
  const now = parts.now();
  if (end.kind === 'failed-midway')
    exchange.end('failed', `The answer was cut: ${sayCause(end.error)}.`, now);
  else if (end.kind === 'client-gone' && !facts.finished)
    exchange.end('aborted', 'The client closed the connection.', now);
  else if (status !== null && (status < 200 || status > 299)) {
    exchange.end('failed', facts.error ?? `The provider answered with status ${status}.`, now);
  } else if (facts.error !== null) exchange.end('failed', facts.error, now);
  else if (!facts.finished) exchange.end('failed', 'The answer ended before it was complete.', now);
  else exchange.end('completed', null, now);
}

function endByError(
  parts: ExchangeParts,
  exchange: Exchange,
  response: ServerResponse,
  error: unknown,
): void {
  if (error instanceof ClientGone) {
    exchange.end('aborted', 'The client closed the connection before its request was complete.', parts.now());
    return;
  }
  const known =
    error instanceof GatewayError
      ? error
      : new GatewayError('INTERNAL', 'Tollgate failed at this request; its log has the details.', error);
  if (known.code === 'INTERNAL')
    parts.log.error({ error: String(error), exchange: exchange.id }, 'exchange-failed');
  const refused =
    exchange.attempts === 0 &&
    known.code !== 'INTERNAL' &&
    !/^PROVIDER_(UNUSABLE|NOT_READY)$/.test(known.code);
  if (!response.headersSent) {
    const answer = errorAnswer(known, exchange.id);
    exchange.status = answer.status;
    keepOpenForRest(response.req, response);
    response.writeHead(answer.status, answer.headers as string[]);
    response.end(answer.body);
  } else {
    response.destroy();
  }
  exchange.end(refused ? 'refused' : 'failed', known.message, parts.now());
}

/** Writes the outcome, once: when the answer is complete, or when the exchange ended otherwise. */
function record(parts: ExchangeParts, exchange: Exchange): void {
  if (exchange.recorded) return;
  exchange.recorded = true;
  const entry = exchange.toEntry();
  parts.budgets.settle(entry);
  parts.ledger.settle(entry, parts.live.isOpened(exchange));
  parts.onChange(exchange, entry);
}
