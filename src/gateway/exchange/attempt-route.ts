// Sends the request where the route says, and owns the fact that the first byte commits: a second try happens only
// while the client has seen nothing, and only for an idle connection that died under the request.
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../gateway-error.ts';
import type { Provider } from '../providers/providers.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
import { Relay } from './relay-response.ts';
import type { RelayEnd, RelayHooks } from './relay-response.ts';

const MOST_TRIES = 2;

export interface Attempt {
  readonly provider: Provider;
  readonly request: UpstreamRequest;
  readonly response: ServerResponse;
  readonly hooks: RelayHooks;
  /** Hears of each try, before it is sent. */
  onTry(relay: Relay): void;
}

/** How the committed answer ended. Throws PROVIDER_UNREACHABLE or PROVIDER_TIMEOUT when none began. */
export async function attemptRoute(
  attempt: Attempt,
): Promise<Exclude<RelayEnd, { kind: 'failed-before-start' }>> {
  for (let tries = 1; ; tries++) {
    const relay = new Relay(attempt.provider.upstream, attempt.request, attempt.response, attempt.hooks);
    attempt.onTry(relay);
    const end = await relay.done;
    if (end.kind !== 'failed-before-start') return end;
    if (end.error instanceof GatewayError) throw end.error;
    if (!end.reusedSocket || tries >= MOST_TRIES) throw unreachable(attempt.provider, end.error);
  }
}

function unreachable(provider: Provider, error: Error): GatewayError {
  const where = `the provider "${provider.id}"${provider.baseUrl === null ? '' : ` at ${provider.baseUrl}`}`;
  if (/^UPSTREAM_(HEADERS|BODY)_TIMEOUT$/.test(codeOf(error))) {
    return new GatewayError(
      'PROVIDER_TIMEOUT',
      `Tollgate reached ${where}, but no answer came in time.`,
      error,
    );
  }
  return new GatewayError(
    'PROVIDER_UNREACHABLE',
    `Tollgate could not get an answer from ${where}: ${sayCause(error)}.`,
    error,
  );
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? '';

/** A network error in plain words. */
export function sayCause(error: Error): string {
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'nothing listens there (connection refused)';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name could not be resolved; check the address and the network';
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UPSTREAM_CLOSED':
      return 'the connection was closed before the answer was complete';
    case 'UPSTREAM_CONNECT_TIMEOUT':
      return 'no connection within 20 s';
    case 'UPSTREAM_BODY_TIMEOUT':
      return 'it fell silent for ten minutes';
    default:
      return error.message === '' ? error.name : error.message;
  }
}
