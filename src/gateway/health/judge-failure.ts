// What a refusal or a broken connection says about the place that gave it: about its key, about one model, about the
// whole provider, or nothing, because the request itself was at fault. Pure.

/** What the failure concerns: the key, the key's use of one model, or the provider as a whole. */
export type Scope = 'key' | 'model' | 'provider';

export interface Failure {
  readonly scope: Scope;
  /** How long to leave it alone: milliseconds; `backoff`: at once, ever longer; `count`: after three in a row. */
  readonly rest: number | 'backoff' | 'count';
  /** To be read after "rests after", like `529`. */
  readonly why: string;
  /** One sentence for the list of providers. */
  readonly sentence: string;
}

const MINUTE = 60_000;
const AUTH_REST_MS = 5 * MINUTE;
const QUOTA_REST_MS = 10 * MINUTE;
const LONGEST_ASKED_REST_MS = 60 * MINUTE;

/** Words of providers for an account without money, whatever the status (Anthropic says it with 400). */
const quotaWords =
  /insufficient_quota|credit balance is too low|insufficient (?:balance|credits|funds)|billing_hard_limit_reached|exceeded your current quota/i;
const throttleWords = /rate_limit_(?:error|exceeded)|rate limit (?:exceeded|reached)|too many requests/i;

/** `text`: what was read of the body. Null for a refusal that is the request's own fault. */
export function judgeStatus(status: number, retryAfterMs: number | null, text: string): Failure | null {
  const why = String(status);
  const failure = (scope: Scope, rest: Failure['rest'], sentence: string): Failure => ({
    scope,
    rest,
    why,
    sentence,
  });
  const asked = retryAfterMs === null ? null : Math.min(Math.max(retryAfterMs, 0), LONGEST_ASKED_REST_MS);
  const saysQuota = (status === 400 || status === 403 || status === 429) && quotaWords.test(text);
  if (status === 402 || saysQuota)
    return failure('key', QUOTA_REST_MS, `Its account has no credit left (status ${status}).`);
  if (status === 401) return failure('key', AUTH_REST_MS, 'It refused the key (status 401).');
  if (status === 403)
    return failure('model', AUTH_REST_MS, 'It does not allow this key to use the model (status 403).');
  if (status === 429 || (status === 400 && throttleWords.test(text)))
    return failure('key', asked ?? 'backoff', `It limits how much this key may ask (status ${status}).`);
  if (status === 404 || status === 501)
    return failure('model', 'count', `It does not have the model or the address (status ${status}).`);
  if (status === 529 || (status === 503 && asked !== null))
    return failure('provider', asked ?? 'backoff', `It is overloaded (status ${status}).`);
  if (status >= 500 || status === 408)
    return failure('provider', 'count', `It failed with status ${status}.`);
  return null;
}

/** An answer that never came or was broken off. */
export function judgeBreak(reason: string): Failure {
  return { scope: 'provider', rest: 'count', why: 'broken connections', sentence: reason };
}

/** `Retry-After-Ms` and `Retry-After` in seconds or as a date; null without a usable one. */
export function readRetryAfter(headers: readonly string[], now: number): number | null {
  const exact = numberOf(findHeader(headers, 'retry-after-ms'));
  if (exact !== null) return exact;
  const text = findHeader(headers, 'retry-after');
  if (text === null) return null;
  const seconds = numberOf(text);
  if (seconds !== null) return seconds * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(date - now, 0);
}

const numberOf = (text: string | null): number | null =>
  text !== null && /^\d{1,12}(?:\.\d+)?$/.test(text.trim()) ? Number(text) : null;

function findHeader(headers: readonly string[], name: string): string | null {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() === name) return headers[index + 1] ?? null;
  }
  return null;
}

/** True when an answer's text holds one of the texts that the user named, in any case. */
export function saysMoveOn(status: number, text: string, failOverOn: readonly string[] | undefined): boolean {
  if (status !== 400) return false;
  const subject = text.toLowerCase();
  return (
    quotaWords.test(text) ||
    throttleWords.test(text) ||
    (failOverOn ?? []).some((pattern) => subject.includes(pattern.toLowerCase()))
  );
}
