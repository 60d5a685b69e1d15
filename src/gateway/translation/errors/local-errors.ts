// Errors in which no provider speaks: it could not be reached, it answered with something unreadable, or the request
// could not be put to it at all.
import type { AISDKError } from '@ai-sdk/provider';
import {
  APICallError,
  EmptyResponseBodyError,
  InvalidArgumentError,
  InvalidPromptError,
  InvalidResponseDataError,
  JSONParseError,
  LoadAPIKeyError,
  LoadSettingError,
  NoContentGeneratedError,
  NoSuchModelError,
  TypeValidationError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider';
import { GatewayError } from '../../gateway-error.ts';
import type { Target } from '../types.ts';
import { BrokenAnswer } from './broken-answer.ts';
import type { ErrorFacts } from './classify-refusal.ts';

export function describeLocalError(error: unknown, target: Target): ErrorFacts {
  if (error instanceof BrokenAnswer) return facts(502, 'api_error', error.message);
  if (error instanceof GatewayError) return gatewayFacts(error);
  if (LoadAPIKeyError.isInstance(error) || LoadSettingError.isInstance(error)) {
    return facts(401, 'authentication_error', error.message, false);
  }
  if (NoSuchModelError.isInstance(error)) return facts(404, 'not_found_error', error.message, false);
  if (isRefusedBySdk(error)) return facts(400, 'invalid_request_error', error.message);
  const network = networkFacts(error, target);
  if (network !== null) return network;
  if (isUnreadable(error)) {
    const text = `The provider ${target.provider} sent an answer that could not be read (${reasonOf(error)}); try again.`;
    return facts(502, 'api_error', text);
  }
  return facts(
    500,
    'api_error',
    `The request to ${target.provider} failed inside Tollgate (${reasonOf(error)}).`,
  );
}

function facts(
  status: number,
  type: string,
  message: string,
  shouldRetry: boolean | null = null,
): ErrorFacts {
  return { status, type, message, shouldRetry };
}

function gatewayFacts({ status, type, message, shouldRetry }: GatewayError): ErrorFacts {
  return { status, type, message, shouldRetry };
}

function isRefusedBySdk(error: unknown): error is AISDKError {
  return (
    UnsupportedFunctionalityError.isInstance(error) ||
    InvalidPromptError.isInstance(error) ||
    InvalidArgumentError.isInstance(error)
  );
}

function isUnreadable(error: unknown): boolean {
  return (
    TypeValidationError.isInstance(error) ||
    JSONParseError.isInstance(error) ||
    InvalidResponseDataError.isInstance(error) ||
    EmptyResponseBodyError.isInstance(error) ||
    NoContentGeneratedError.isInstance(error) ||
    APICallError.isInstance(error) ||
    (error instanceof Error && brokenFrames.test(error.message))
  );
}

/** What the decoder of AWS's event streams says of bytes that are none; its errors have no type of their own. */
const brokenFrames =
  /event[- ]stream (?:frame|message)|(?:prelude|message) checksum|(?:reported|received) message length|unrecognized header type|truncated event message/i;

const timeoutCodes = new Set([
  'ETIMEDOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ESOCKETTIMEDOUT',
  'UPSTREAM_CONNECT_TIMEOUT',
  'UPSTREAM_HEADERS_TIMEOUT',
  'UPSTREAM_BODY_TIMEOUT',
]);

/** The chain of causes, outermost first; bounded, since a chain may be a circle. */
function causesOf(error: unknown): readonly Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 8; cause = cause.cause)
    causes.push(cause);
  return causes;
}

function networkFacts(error: unknown, target: Target): ErrorFacts | null {
  const causes = causesOf(error);
  const own = causes.find((cause) => cause instanceof GatewayError);
  if (own !== undefined) return gatewayFacts(own);
  const code = causes
    .map((cause) => ('code' in cause ? cause.code : undefined))
    .find((value) => typeof value === 'string');
  // Our own connections say in words what went wrong, and which proxy was in the way.
  const said = causes.find(({ name }) => name === 'UpstreamError')?.message;
  const isTimeout = causes.some(
    (cause) => cause.name === 'TimeoutError' || cause.name === 'HeadersTimeoutError',
  );
  if (isTimeout || (typeof code === 'string' && timeoutCodes.has(code))) {
    const why = said === undefined ? '' : ` (${said})`;
    const text = `The provider ${target.provider} did not answer in time${why}; try again or pick another provider.`;
    return facts(504, 'timeout_error', text);
  }
  if (causes.some((cause) => cause.name === 'AbortError')) {
    return facts(
      502,
      'api_error',
      `The request to ${target.provider} was broken off before it was answered; try again.`,
    );
  }
  if (said !== undefined)
    return facts(502, 'api_error', `The provider ${target.provider} could not be reached: ${said}.`);
  const isNetwork =
    (typeof code === 'string' &&
      /^(?:E[A-Z]{3,}|UND_ERR_|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code)) ||
    causes.some((cause) =>
      /fetch failed|cannot connect to api|failed to process successful response|terminated/i.test(
        cause.message,
      ),
    );
  if (!isNetwork) return null;
  const reason = typeof code === 'string' ? ` (${code})` : '';
  const text = `The provider ${target.provider} could not be reached or closed the connection${reason}; check its address and your network, then try again.`;
  return facts(502, 'api_error', text);
}

/** The kind of error and no more: messages of the SDK may quote the whole answer. */
function reasonOf(error: unknown): string {
  if (InvalidResponseDataError.isInstance(error) && error.message.length <= 120) return error.message;
  if (APICallError.isInstance(error)) return error.message.length <= 120 ? error.message : 'invalid response';
  return error instanceof Error ? error.name : typeof error;
}
