// A provider's refusal that was held back: in a few words for the record, and as an answer to the client in the
// provider's own words, since Claude Code acts on their wording (P13).
import type { ServerResponse } from 'node:http';
import { headerValue, isNamed } from '../providers/request-headers.ts';
import type { CommittedEnd } from './attempt-route.ts';
import type { RejectedAnswer } from './held-answer.ts';
import type { RelayHooks } from './relay-response.ts';

const LONGEST_REASON = 300;

/** `529, Overloaded`. */
export function sayRefusal({ status, body }: Pick<RejectedAnswer, 'status' | 'body'>): string {
  const message = messageOf(body)?.replace(/\s+/g, ' ').trim() ?? '';
  return message === '' ? `${status}` : `${status}, ${message.slice(0, LONGEST_REASON)}`;
}

/** True for the refusal by which a gateway upstream says that its own limit is reached (P18). */
export const saysBudgetIsSpent = ({ status, body }: Pick<RejectedAnswer, 'status' | 'body'>): boolean =>
  status === 429 && parseError(body)?.error['type'] === 'billing_error';

/** What is added to the refusal that stands for several. */
export interface AddedWords {
  /** Put behind the provider's own message, where the body has one. */
  readonly sentence: string;
  readonly attempts: readonly string[];
  readonly retryAfterSeconds: number | null;
}

/** Statuses that pass by themselves; the client waits for as long as it is told. */
const passing: ReadonlySet<number> = new Set([429, 503, 529]);

/** Sends the refusal in the provider's own words; `added` when it stands for others, too. */
export function passOnRefusal(
  response: ServerResponse,
  hooks: RelayHooks,
  refusal: RejectedAnswer,
  added: AddedWords | null,
): CommittedEnd {
  if (response.destroyed) return { kind: 'client-gone' };
  const body = added === null ? refusal.body : withAdded(refusal.body, added.sentence);
  const headers = refusal.headers.filter(
    (_, index, all) => !isNamed(all[index - (index % 2)] as string, 'content-length'),
  );
  headers.push('content-length', String(body.length));
  if (added !== null) {
    headers.push('x-tollgate-attempts', added.attempts.join(', '));
    const { retryAfterSeconds } = added;
    const isTold = headerValue(headers, 'retry-after') !== null;
    if (retryAfterSeconds !== null && !isTold && passing.has(refusal.status))
      headers.push('retry-after', String(retryAfterSeconds));
  }
  const observer = hooks.onHead(refusal.status, headers, false);
  observer?.see(refusal.body);
  observer?.end();
  response.sendDate = false;
  response.writeHead(refusal.status, headers);
  response.end(body);
  hooks.onProgress();
  return { kind: 'complete' };
}

interface ErrorBody {
  readonly error: Readonly<Record<string, unknown>>;
}

function parseError(body: Buffer): (ErrorBody & Readonly<Record<string, unknown>>) | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) return null;
    const error = (parsed as { error?: unknown }).error;
    return typeof error === 'object' && error !== null
      ? (parsed as ErrorBody & Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function messageOf(body: Buffer): string | null {
  const message = parseError(body)?.error['message'];
  return typeof message === 'string' ? message : null;
}

function withAdded(body: Buffer, added: string): Buffer {
  const parsed = parseError(body);
  const message = messageOf(body);
  if (parsed === null || message === null) return body;
  const end = /[.!?]$/.test(message) ? ' ' : '. ';
  return Buffer.from(
    JSON.stringify({ ...parsed, error: { ...parsed.error, message: `${message}${end}${added}` } }),
  );
}
