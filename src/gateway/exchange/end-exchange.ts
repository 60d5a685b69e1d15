// How an exchange ends: one outcome, worked out from the answer or the error, and written once.
import type { ServerResponse } from 'node:http';
import { errorAnswer } from '../dialects/anthropic-messages/error-body.ts';
import { GatewayError } from '../gateway-error.ts';
import { keepOpenForRest } from '../lib/unread-body.ts';
import { sayCause } from './attempt-route.ts';
import type { CommittedEnd } from './attempt-route.ts';
import type { Exchange } from './exchange.ts';
import { ClientGone } from './read-body.ts';
import type { ExchangeParts } from './run-exchange.ts';

export const isSuccess = ({ status, facts }: Exchange): boolean =>
  status !== null && status >= 200 && status <= 299 && facts.error === null && facts.finished;

export function endByAnswer(parts: ExchangeParts, exchange: Exchange, end: CommittedEnd): void {
  const { facts, status } = exchange;
  const now = parts.now();
  if (end.kind === 'failed-midway')
    exchange.end('failed', `The answer was cut: ${sayCause(end.error)}.`, now);
  // A client that has read of an error has no reason to stay.
  else if (end.kind === 'client-gone' && !facts.finished && facts.error === null)
    exchange.end('aborted', 'The client closed the connection.', now);
  else if (status !== null && (status < 200 || status > 299)) {
    exchange.end('failed', facts.error ?? `The provider answered with status ${status}.`, now);
  } else if (facts.error !== null) exchange.end('failed', facts.error, now);
  else if (!facts.finished) exchange.end('failed', 'The answer ended before it was complete.', now);
  else exchange.end('completed', null, now);
}

export function endByError(
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
export function record(parts: ExchangeParts, exchange: Exchange): void {
  if (exchange.recorded) return;
  exchange.recorded = true;
  const entry = exchange.toEntry();
  parts.budgets.settle(entry);
  parts.ledger.settle(entry, parts.live.isOpened(exchange));
  parts.onChange(exchange, entry);
}
