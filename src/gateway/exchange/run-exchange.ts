// The life of a Messages request, top to bottom: read, decide, route, send, relay, settle. No step's details are here.
// Whatever happens, exactly one outcome is written.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientView, ProjectSource } from '../../contract/rows.ts';
import type { Settings } from '../../contract/settings.ts';
import type { BudgetGate } from '../budgets/budget-gate.ts';
import { SpendReader } from '../budgets/read-spend.ts';
import { MessageObserver } from '../dialects/anthropic-messages/observe-message.ts';
import { StreamObserver } from '../dialects/anthropic-messages/observe-stream.ts';
import { RequestReader, requestProblemText } from '../dialects/anthropic-messages/read-request.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';
import type { ByteParts } from '../lib/byte-parts.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { PriceTable } from '../ledger/price-table.ts';
import type { Ledger } from '../ledger/sqlite-ledger.ts';
import type { Providers } from '../providers/providers.ts';
import { headerValue } from '../providers/request-headers.ts';
import type { Candidate, RoutePlan, RouteQuestion } from '../router/types.ts';
import { sayCause } from './attempt-route.ts';
import { climbLadder } from './climb-ladder.ts';
import type { AttemptHealth, PreparedAttempt } from './climb-ladder.ts';
import { endByAnswer, endByError, isSuccess, record } from './end-exchange.ts';
import { Exchange } from './exchange.ts';
import type { LiveExchanges } from './live-exchanges.ts';
import { prepareAttempt } from './prepare-attempt.ts';
import type { ReadRequest } from './prepare-attempt.ts';
import { readBody } from './read-body.ts';
import type { RelayHooks } from './relay-response.ts';
import { isStreamed, routeQuestion } from './route-question.ts';

/** Finds the project of a request; see claude-code/session-project. */
export interface ProjectFinder {
  find(question: {
    readonly header: string | null;
    readonly sessionId: string | null;
    readonly body: ByteParts;
  }): Promise<{ readonly project: string | null; readonly source: ProjectSource }>;
}

/** Where requests go; see build-router. */
export interface ExchangeRouter {
  plan(question: RouteQuestion): RoutePlan;
  /** True for an answer of this provider that the user named as a reason to try the next. */
  movesOn(provider: string, status: number, body: Buffer): boolean;
  readonly health: AttemptHealth;
  restsUntil(place: Candidate): number | null;
  /** A time of day for a sentence. */
  clock(at: number): string;
  /** An exchange was answered: its session stays there while that helps. */
  answered(question: RouteQuestion, exchange: Exchange): void;
}

/** What the story needs; lent by create-gateway. */
export interface ExchangeParts {
  readonly settings: () => Settings;
  /** Throws PAUSED, STOPPING. */
  readonly refuseUnlessAllowed: () => void;
  readonly providers: Providers;
  readonly router: ExchangeRouter;
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
    const read = await readRequest(parts, exchange, request, response);
    const project = findProject(parts, exchange, read.body);
    parts.refuseUnlessAllowed();
    if (routesByProject(parts.settings()) || parts.budgets.active) await project;
    const question = routeQuestion(exchange, read);
    const plan = parts.router.plan(question);
    exchange.routeReason = plan.reason;
    const end = await climbLadder({
      plan,
      response,
      health: parts.router.health,
      prepare: (place) => prepareAttempt(parts, exchange, read, place),
      hooks: (prepared) => relayHooks(parts, exchange, prepared),
      restsUntil: (place) => parts.router.restsUntil(place),
      secondsUntil(instants) {
        const [first] = instants.filter((at) => at !== null).toSorted((a, b) => a - b);
        return first === undefined ? null : Math.max(1, Math.ceil((first - parts.now()) / 1000));
      },
      clock: (at) => parts.router.clock(at),
      isStreamed: () => isStreamed(read.body),
      movesOn: (place, { status, body }) => parts.router.movesOn(place.provider, status, body),
      onTry(relay) {
        exchange.attempts++;
        parts.live.sent(exchange);
        parts.live.relaying(exchange, relay);
        parts.onChange(exchange, null);
      },
      onStep: (step) => void exchange.ladder.push(step),
    });
    await project;
    endByAnswer(parts, exchange, end);
    if (isSuccess(exchange)) parts.router.answered(question, exchange);
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
): Promise<ReadRequest> {
  const reader = new RequestReader();
  const spend = budgets.active ? new SpendReader() : null;
  const body = await readBody(request, response, (chunk) => {
    reader.see(chunk);
    spend?.see(chunk);
  });
  const facts = reader.facts();
  if (typeof facts === 'string') throw new GatewayError('REQUEST_INVALID', requestProblemText[facts]);
  exchange.modelAsked = facts.model;
  return { request, response, body, facts, spend };
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

const routesByProject = ({ routes, pins, onlyClaude }: Settings): boolean =>
  onlyClaude.length > 0 ||
  pins.some((pin) => pin.project !== undefined) ||
  routes.some((route) => route.match.project !== undefined);

function relayHooks(parts: ExchangeParts, exchange: Exchange, { provider }: PreparedAttempt): RelayHooks {
  return {
    onHead(status, headers, isEventStream) {
      exchange.status = status;
      exchange.streaming = isEventStream;
      exchange.firstByteMs = exchange.elapsed();
      exchange.upstreamRequestId = headerValue(headers, 'request-id');
      exchange.readTranslation(headers);
      if (status >= 200 && status <= 299) parts.budgets.addHeaders(exchange.id, headers);
      const observer = isEventStream ? new StreamObserver() : new MessageObserver();
      exchange.facts = observer.facts;
      return observer;
    },
    onNote: (note) => exchange.note(note),
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
