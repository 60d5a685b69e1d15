// Tries the places of a route plan one after the other until one answers (P21, T163–T167). Every place is tried once at
// most: the client's own retries are not multiplied. A refused budget or policy is not a provider's failure and ends it.
import type { ServerResponse } from 'node:http';
import type { AttemptStep } from '../../contract/rows.ts';
import type { AnswerFacts } from '../dialects/anthropic-messages/answer-facts.ts';
import { GatewayError } from '../gateway-error.ts';
import { chooseFinalAnswer, isFailoverStatus, sayAttempts } from '../health/final-answer.ts';
import type { Provider } from '../providers/providers.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
import type { Candidate, RoutePlan } from '../router/types.ts';
import { attemptRoute, sayCause } from './attempt-route.ts';
import type { CommittedEnd } from './attempt-route.ts';
import { passOnRefusal, saysBudgetIsSpent, sayRefusal } from './refusal.ts';
import type { RejectedAnswer } from './held-answer.ts';
import type { Relay, RelayHooks } from './relay-response.ts';

/** Time to the first byte while another place could still answer (P22), and for all places together: the client gives up at 360 s. */
const ATTEMPT_MS = 120_000;
/** An answer that is not streamed begins when it is whole; to ask another meanwhile would pay for it twice. */
const WHOLE_ATTEMPT_MS = 300_000;
const LADDER_MS = 330_000;
/** Less than this is not worth a new attempt. */
const LEAST_MS = 15_000;

/** Hears how places fare, so that a failing one is left out for a while. */
export interface AttemptHealth {
  /** False when the place has begun to rest since it was planned. */
  mayBegin(place: Candidate): boolean;
  began(place: Candidate): void;
  /** A good answer has begun. */
  started(place: Candidate, firstByteMs: number): void;
  answered(place: Candidate, firstByteMs: number): void;
  /** `body`: what was read of the answer. */
  refused(place: Candidate, status: number, headers: readonly string[], body: Buffer): void;
  failed(place: Candidate, reason: string): void;
  /** Ended without a word about the provider: the client left, or a budget refused. */
  leftOpen(place: Candidate): void;
}

export interface PreparedAttempt {
  readonly provider: Provider;
  readonly request: UpstreamRequest;
}

export interface Ladder {
  readonly plan: RoutePlan;
  readonly response: ServerResponse;
  readonly health: AttemptHealth;
  /** Makes the request for one place. Throws PROVIDER_… when the place cannot be used, anything else to end it all. */
  prepare(place: Candidate): Promise<PreparedAttempt>;
  hooks(prepared: PreparedAttempt): RelayHooks;
  /** Whether the client asked for a stream; only asked where another place is left. */
  isStreamed(): boolean;
  /** True for texts that the user named as reasons to try the next place. */
  movesOn(place: Candidate, refusal: RejectedAnswer): boolean;
  /** When a place may be tried again, milliseconds since the epoch; null when nothing keeps it away. */
  restsUntil(place: Candidate): number | null;
  /** Seconds until the first of these instants; null without one. */
  secondsUntil(instants: readonly (number | null)[]): number | null;
  /** A time of day for a sentence. */
  readonly clock: (at: number) => string;
  onTry(relay: Relay): void;
  onStep(step: AttemptStep): void;
}

/** A place that did not answer. */
interface Failure {
  readonly place: Candidate;
  readonly status: number | null;
  readonly reason: string;
  readonly refusal: RejectedAnswer | null;
  readonly error: GatewayError | null;
  readonly hooks: RelayHooks | null;
}

/** Throws what `prepare` throws, and PROVIDER_UNREACHABLE … when no place answered. */
export async function climbLadder(ladder: Ladder): Promise<CommittedEnd> {
  const { candidates, skipped } = ladder.plan;
  for (const place of skipped) ladder.onStep(skippedStep(place));
  const started = performance.now();
  const failures: Failure[] = [];
  for (const [index, place] of candidates.entries()) {
    const isLast = index === candidates.length - 1;
    if (!isLast && !ladder.health.mayBegin(place)) continue;
    if (failures.some((failure) => failedWhole(failure, place))) continue;
    const left = LADDER_MS - (performance.now() - started);
    if (index > 0 && left < LEAST_MS) break;
    const result = await tryPlace(ladder, place, failures, {
      mayGiveBack: candidates.length > 1,
      giveUpAfterMs:
        candidates.length === 1
          ? null
          : isLast
            ? left
            : Math.min(ladder.isStreamed() ? ATTEMPT_MS : WHOLE_ATTEMPT_MS, left),
    });
    if (!('place' in result)) return result;
    failures.push(result);
  }
  return answerFailed(ladder, failures);
}

const sayPlace = ({ place, status }: Pick<Failure, 'place' | 'status'>): string =>
  `${place.provider} ${status ?? 'no answer'}`;

/** Another key is of no help where the provider itself failed. */
const failedWhole = ({ place, status }: Failure, { provider }: Candidate): boolean =>
  place.provider === provider && (status === null || (status >= 500 && status !== 501));

const skippedStep = ({ provider, why }: RoutePlan['skipped'][number]): AttemptStep => ({
  provider,
  model: null,
  outcome: 'skipped',
  status: null,
  milliseconds: null,
  reason: why,
});

async function tryPlace(
  ladder: Ladder,
  place: Candidate,
  before: readonly Failure[],
  patience: { mayGiveBack: boolean; giveUpAfterMs: number | null },
): Promise<CommittedEnd | Failure> {
  const { health } = ladder;
  const tick = performance.now();
  const took = (): number => Math.round((performance.now() - tick) * 10) / 10;
  let head: { status: number; headers: readonly string[]; facts: AnswerFacts | null; at: number } | null =
    null;
  let hooks: RelayHooks | null = null;
  health.began(place);
  const fail = (error: GatewayError): Failure => {
    const reason = error.message;
    health.failed(place, reason);
    ladder.onStep({ ...stepOf(place, 'failed', null, reason), milliseconds: took() });
    return { place, status: null, reason, refusal: null, error, hooks };
  };
  try {
    const prepared = await ladder.prepare(place);
    const inner = ladder.hooks(prepared);
    hooks = inner;
    const end = await attemptRoute({
      ...prepared,
      ...patience,
      response: ladder.response,
      hooks: {
        ...inner,
        onHead(status, headers, isEventStream) {
          // That another place answers than the first is visible to the client, too (T166).
          if (before.length > 0)
            headers.push(
              'x-tollgate-attempts',
              [...before.map(sayPlace), sayPlace({ place, status })].join(', '),
            );
          const observer = inner.onHead(status, headers, isEventStream);
          head = { status, headers, facts: observer?.facts ?? null, at: took() };
          if (status < 400) health.started(place, head.at);
          ladder.onStep({ ...stepOf(place, 'answered', status, null), milliseconds: head.at });
          return observer;
        },
      },
      onTry: (relay) => ladder.onTry(relay),
    });
    if (end.kind === 'rejected') return await judgeRefusal(ladder, place, inner, end, took());
    reportEnd(health, place, end, head);
    return end;
  } catch (error) {
    if (error instanceof GatewayError && /^PROVIDER_/.test(error.code)) return fail(error);
    health.leftOpen(place);
    throw error;
  }
}

function reportEnd(
  health: AttemptHealth,
  place: Candidate,
  end: CommittedEnd,
  head: { status: number; headers: readonly string[]; facts: AnswerFacts | null; at: number } | null,
): void {
  if (end.kind === 'failed-midway') health.failed(place, `it broke off its answer: ${sayCause(end.error)}`);
  else if (head === null || (end.kind === 'client-gone' && head.facts?.error == null)) health.leftOpen(place);
  else if (head.status >= 400) health.refused(place, head.status, head.headers, Buffer.alloc(0));
  else if (head.facts?.error != null) {
    // An overload that shows midway is one all the same.
    const status = /overloaded/i.test(head.facts.error) ? 529 : null;
    if (status === null) health.failed(place, head.facts.error);
    else health.refused(place, status, head.headers, Buffer.from(head.facts.error));
  } else health.answered(place, head.at);
}

async function judgeRefusal(
  ladder: Ladder,
  place: Candidate,
  hooks: RelayHooks,
  refusal: RejectedAnswer,
  milliseconds: number,
): Promise<CommittedEnd | Failure> {
  const { status, headers, body } = refusal;
  const reason = sayRefusal(refusal);
  ladder.health.refused(place, status, headers, body);
  ladder.onStep({ ...stepOf(place, 'refused', status, reason), milliseconds });
  // Another gateway's spent budget is a budget, too: it is not gone around.
  const movesOn = isFailoverStatus(status) || ladder.movesOn(place, refusal);
  if (!movesOn || saysBudgetIsSpent(refusal)) return passOnRefusal(ladder.response, hooks, refusal, null);
  return { place, status, reason, refusal, error: null, hooks };
}

const stepOf = (
  { provider, model }: Candidate,
  outcome: AttemptStep['outcome'],
  status: number | null,
  reason: string | null,
): AttemptStep => ({ provider, model, outcome, status, milliseconds: null, reason });

/** One answer for all that failed: the refusal that says most, with the list of what was tried behind its own words. */
function answerFailed(ladder: Ladder, failures: readonly Failure[]): CommittedEnd {
  const [only] = failures;
  if (only === undefined) throw nothingToTry(ladder);
  if (failures.length === 1 && only.error !== null) throw only.error;
  const attempts = failures.map(({ place, status, reason }) => ({
    provider: place.provider,
    status: null,
    reason: status === null ? withoutPrefix(reason) : reason,
    until: ladder.restsUntil(place),
  }));
  const index = chooseFinalAnswer(failures.map(({ status }) => status));
  const chosen = index === null ? null : failures[index];
  if (chosen?.refusal != null && chosen.hooks !== null) {
    if (failures.length === 1) return passOnRefusal(ladder.response, chosen.hooks, chosen.refusal, null);
    return passOnRefusal(ladder.response, chosen.hooks, chosen.refusal, {
      sentence: sayAttempts(attempts, ladder.plan.skipped, ladder.clock),
      attempts: failures.map(sayPlace),
      retryAfterSeconds: ladder.secondsUntil(attempts.map(({ until }) => until)),
    });
  }
  const last = failures.findLast(({ error }) => error !== null)?.error;
  throw new GatewayError(
    last?.code ?? 'PROVIDER_UNREACHABLE',
    sayAttempts(attempts, ladder.plan.skipped, ladder.clock),
    last,
  );
}

/** The list names the provider itself. */
const withoutPrefix = (reason: string): string =>
  reason.replace(/^Tollgate (?:could not get an answer from|reached) the provider "[^"]*"/, 'no answer');

function nothingToTry({ plan, clock }: Ladder): GatewayError {
  const { skipped, reason } = plan;
  const [only] = skipped;
  if (only?.problem !== undefined && skipped.length === 1)
    return new GatewayError('PROVIDER_UNUSABLE', only.problem);
  const said = skipped.length === 0 ? reason : sayAttempts([], skipped, clock);
  const isUnknownModel = skipped.length > 0 && skipped.every(({ why }) => why.startsWith('has no model'));
  return new GatewayError(isUnknownModel ? 'MODEL_UNKNOWN' : 'PROVIDER_UNUSABLE', said);
}
