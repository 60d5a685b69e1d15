// Any failure of a translated call as an error of the Messages API, in the wording that Claude Code recovers from
// (T160–T163, P13, P14, P23). Everything else about a failure is for the log.
import { Buffer } from 'node:buffer';
import type { ErrorAnswer } from '../../dialects/anthropic-messages/error-body.ts';
import type { Target } from '../types.ts';
import { classifyRefusal } from './classify-refusal.ts';
import type { ErrorFacts } from './classify-refusal.ts';
import { describeLocalError } from './local-errors.ts';
import { maskIdentifiers } from './mask-identifiers.ts';
import { readProviderError } from './read-error.ts';
import type { ProviderError } from './read-error.ts';
import { retryAfter } from './retry-advice.ts';
import type { AskedSizes } from './size-limits.ts';

export type { AskedSizes } from './size-limits.ts';

const unknownSizes: AskedSizes = { promptTokens: null, maxTokens: null };

/** What a failure is to the client. `asked` completes sentences about sizes that lack a number. */
export function describeError(error: unknown, target: Target, asked: AskedSizes = unknownSizes): ErrorFacts {
  return describe(error, readProviderError(error), target, asked);
}

function describe(error: unknown, said: ProviderError | null, target: Target, asked: AskedSizes): ErrorFacts {
  const facts = said === null ? describeLocalError(error, target) : classifyRefusal(said, target, asked);
  return { ...facts, message: maskIdentifiers(facts.message) };
}

/** The whole answer: status, headers (name, value, name, value …) and body. */
export function answerForError(
  error: unknown,
  target: Target,
  asked: AskedSizes = unknownSizes,
): ErrorAnswer {
  const said = readProviderError(error);
  const { status, type, message, shouldRetry } = describe(error, said, target, asked);
  const requestId = said === null ? null : requestIdOf(said);
  const body = Buffer.from(
    JSON.stringify({
      type: 'error',
      error: { type, message },
      ...(requestId === null ? {} : { request_id: requestId }),
    }),
  );
  const wait = said !== null && (status === 429 || status >= 500) ? retryAfter(said) : null;
  const headers = ['content-type', 'application/json', 'content-length', String(body.length)];
  if (requestId !== null) headers.push('request-id', requestId);
  if (wait !== null) headers.push('retry-after', wait);
  if (shouldRetry !== null) headers.push('x-should-retry', String(shouldRetry));
  return { status, headers, body };
}

const requestIdHeaders = [
  'request-id',
  'x-request-id',
  'x-amzn-requestid',
  'apim-request-id',
  'x-goog-request-id',
];

function requestIdOf({ headers }: ProviderError): string | null {
  const id = requestIdHeaders
    .map((name) => headers.get(name))
    .find((value) => value !== undefined && value !== '');
  return id !== undefined && /^[\x21-\x7e]{1,200}$/.test(id) ? id : null;
}
