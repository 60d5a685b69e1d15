// Refusals of cloud platforms in the words of the Messages API: status, type and one message, without the account numbers
// and resource names that such texts carry (P23, T160). An error that is Anthropic's own already is relayed as it came.
import { maskIdentifiers } from '../../translation/errors/mask-identifiers.ts';
import { headerValue } from '../request-headers.ts';

export interface PlainAnswer {
  readonly status: number;
  /** Name and value alternating. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** What went wrong, before it is put into an answer. */
export interface Trouble {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const typeOfStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  502: 'overloaded_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export function errorTypeOf(status: number): string {
  return typeOfStatus[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

/** Anything longer than a message is cut: it is shown in one line. */
const LONGEST_MESSAGE = 2000;
/** An account number of Amazon's that stands alone. */
const accountNumber = /(?<![\w.-])\d{12}(?![\w.-]*\w)/g;

/** A message without what names an account, a project or a resource. */
export const maskMessage = (text: string): string =>
  maskIdentifiers(text.slice(0, LONGEST_MESSAGE)).replace(accountNumber, '[account]');

/** `raw`: headers of the answer it is made from. A wrong credential is not tried ten times (P16). */
export function answerOf({ status, type, message }: Trouble, raw: readonly string[] = []): PlainAnswer {
  const id = headerValue(raw, 'x-amzn-requestid') ?? headerValue(raw, 'request-id');
  const body = Buffer.from(
    JSON.stringify({
      type: 'error',
      error: { type, message },
      ...(id === null ? {} : { request_id: id }),
    }),
  );
  const headers = ['content-type', 'application/json', 'content-length', String(body.length)];
  const retryAfter = headerValue(raw, 'retry-after');
  if (id !== null) headers.push('request-id', id);
  if (retryAfter !== null) headers.push('retry-after', retryAfter);
  if (status === 401 || status === 403) headers.push('x-should-retry', 'false');
  return { status, headers, body };
}

/** True for an error body in Anthropic's own words. */
export function isAnthropicError(body: Buffer): boolean {
  const parsed = parseObject(body);
  const error = parsed?.['error'];
  return (
    parsed?.['type'] === 'error' &&
    typeof error === 'object' &&
    error !== null &&
    typeof (error as { message?: unknown }).message === 'string'
  );
}

/** The message of an error body, whatever its shape; null when there is none. */
export function messageOf(body: Buffer): string | null {
  const parsed = parseJson(body);
  const object = (Array.isArray(parsed) ? parsed[0] : parsed) as Record<string, unknown> | null | undefined;
  if (typeof object !== 'object' || object === null) return null;
  const error = object['error'];
  if (typeof error === 'string') return error;
  const inner = (error as { message?: unknown } | null | undefined)?.message;
  for (const text of [inner, object['message'], object['Message']]) {
    if (typeof text === 'string' && text !== '') return text;
  }
  return null;
}

function parseObject(body: Buffer): Record<string, unknown> | null {
  const parsed = parseJson(body);
  return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    ? (parsed as Record<string, unknown>)
    : null;
}

export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}
