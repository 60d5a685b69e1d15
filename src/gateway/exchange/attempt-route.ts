// Sends a request to one provider, and owns the fact that the first byte commits: a second try happens only while the
// client has seen nothing, and only for an idle connection that died under the request.
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../gateway-error.ts';
import type { Provider } from '../providers/providers.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
import { Relay } from './relay-response.ts';
import type { RejectedAnswer } from './held-answer.ts';
import type { RelayEnd, RelayHooks } from './relay-response.ts';

const MOST_TRIES = 2;

export interface Attempt {
  readonly provider: Provider;
  readonly request: UpstreamRequest;
  readonly response: ServerResponse;
  readonly hooks: RelayHooks;
  /** True while another provider could answer or has answered: a refusal is given back instead of being passed on. */
  readonly mayGiveBack: boolean;
  /** Milliseconds until an answer must begin; null leaves it to the provider's own limit. */
  readonly giveUpAfterMs: number | null;
  /** Hears of each try, before it is sent. */
  onTry(relay: Relay): void;
}

/** An answer whose bytes went to the client. */
export type CommittedEnd = Extract<RelayEnd, { kind: 'complete' | 'client-gone' | 'failed-midway' }>;

/**
 * How the committed answer ended, or the refusal that was given back. Throws PROVIDER_UNREACHABLE or PROVIDER_TIMEOUT when
 * no answer began.
 */
export async function attemptRoute(attempt: Attempt): Promise<CommittedEnd | RejectedAnswer> {
  const { provider, giveUpAfterMs } = attempt;
  for (let tries = 1; ; tries++) {
    const relay = new Relay(provider.upstream, attempt.request, attempt.response, attempt.hooks, {
      mayGiveBack: attempt.mayGiveBack,
    });
    attempt.onTry(relay);
    const timer = giveUpAfterMs === null ? null : setTimeout(() => relay.giveUp(tooLate()), giveUpAfterMs);
    const end = await relay.done;
    if (timer !== null) clearTimeout(timer);
    if (end.kind !== 'failed-before-start') return end;
    if (end.error instanceof GatewayError) throw end.error;
    if (!end.reusedSocket || tries >= MOST_TRIES) throw unreachable(provider, end.error);
  }
}

/** For requests that nobody else can answer. Throws as above. */
export async function attemptOnly(
  attempt: Omit<Attempt, 'mayGiveBack' | 'giveUpAfterMs'>,
): Promise<CommittedEnd> {
  const end = await attemptRoute({ ...attempt, mayGiveBack: false, giveUpAfterMs: null });
  if (end.kind === 'rejected') throw new Error('an answer was given back that nobody may take');
  return end;
}

const tooLate = (): Error => Object.assign(new Error('no answer'), { code: 'UPSTREAM_HEADERS_TIMEOUT' });

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
    default:
      return error.message === '' ? error.name : error.message;
  }
}
