// Which of Anthropic's errors a provider's refusal is (T160, T161, T163). A refusal that would be repeated word for word
// must never look like a passing trouble: the client would send it ten times.
import type { Target } from '../types.ts';
import type { ProviderError } from './read-error.ts';
import { sizeRefusal } from './size-limits.ts';
import type { AskedSizes } from './size-limits.ts';

export interface ErrorFacts {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** False stops the client's own retries; null leaves the choice to it. */
  readonly shouldRetry: boolean | null;
}

const filtered =
  /content_filter|content_policy|responsibleaipolicy|moderation_blocked|\b1301\b|sensitive_content/;
const filteredText =
  /content management policy|content (?:policy|filter)|flagged (?:as|by|for)|requires moderation|safety (?:system|policy)|content exists risk|usage polic(?:y|ies)|unsafe or sensitive/i;
const spent =
  /insufficient_quota|exceeded_current_quota|billing_hard_limit|insufficient_balance|billing_not_active|service_?quota_?exceeded|\b1113\b|perday/;
const spentText =
  /insufficient (?:balance|quota|credits?|funds)|current quota|no resource package|credit balance|out of credits|used all available credits|requires more credits|余额不足/i;
/** Whatever delay is named beside it. */
const capped = /spend(?:ing)? (?:limit|cap)/i;
const limited =
  /rate_?limit|throttl|service_?quota_?exceeded|resource_exhausted|too_many_requests|\b130[235]\b/;
const limitedText =
  /rate.?limit|too many requests|throttl|(?:requests|tokens) per (?:minute|min|second|day)|\b[TR]P[MD]\b/i;
const overloaded = /overload/;
const unknownModel =
  /model_not_found|deploymentnotfound|not_found_error|\b1211\b|unknown_model|invalid_model/;
const unknownModelText =
  /\bmodels?\b.{0,200}\b(?:not found|does not exist|not exist|is not supported for|no longer available)|no (?:endpoints|models?) (?:found|loaded)/i;
/** As a bad request, which would keep the next provider from being asked. */
const refusedModelText =
  /^(?:the )?(?:requested )?(?:invalid|unknown) model\b|^model not exist\b|\bis not a valid model id\b|\bmodel identifier is invalid\b/i;
const badRequest =
  /invalid_request|bad_?request|invalid_argument|validationexception|unsupported_|invalid_value|invalid_prompt/;
const badKey =
  /invalid_api_key|api_key_invalid|unauthenticated|authentication|unauthorized|incorrect_api_key/;
/** How Amazon says in a 403 that the credential itself is wrong, not what it may do. */
const badAwsKey =
  /unrecognizedclient|invalidsignature|incompletesignature|invalidclienttokenid|missingauthenticationtoken|expiredtoken/;
const badKeyText =
  /(?:invalid|incorrect|missing|expired|not valid)\b.{0,20}\b(?:api[ _-]?key|credentials|token)\b|api[ _-]?key (?:not valid|is invalid|not found)/i;

export function classifyRefusal(error: ProviderError, target: Target, asked: AskedSizes): ErrorFacts {
  const message = error.message === '' ? silentMessage(error, target) : error.message;
  const size = maySaySize(error) ? sizeRefusal(error, target, asked) : null;
  if (size !== null) return { status: 400, type: 'invalid_request_error', message: size, shouldRetry: null };
  const status = meantStatus(error);
  return { status, type: typeOf(status), message, shouldRetry: isFinal(error, status) ? false : null };
}

/** 401 to 404 and the account's limits are never about size, whatever their sentence mentions. */
function maySaySize({ status, message }: ProviderError): boolean {
  if (status === 429) return /request too large/i.test(message);
  return status === null || status === 400 || status === 413 || status === 422 || status >= 500;
}

const isSpent = ({ codes, message, text }: ProviderError): boolean => {
  if (/"quotaId":\s*"[^"]*PerDay/.test(text) || capped.test(message)) return true;
  // Google says "quota" of every rate; those that pass soon name their delay.
  return (spent.test(codes) || spentText.test(message)) && !/"retryDelay"/.test(text);
};

function meantStatus(error: ProviderError): number {
  const { status, codes, message } = error;
  if (filtered.test(codes) || (filteredText.test(message) && status !== 401 && status !== 429)) return 400;
  if (status === 403 && isSpent(error)) return 402;
  if (status === 403 && limited.test(codes)) return 429;
  if (status === 403 && badAwsKey.test(codes)) return 401;
  if (status === 400 && badKey.test(`${codes} ${badKeyText.test(message) ? 'invalid_api_key' : ''}`))
    return 401;
  if (status === 400 && (unknownModel.test(codes) || refusedModelText.test(message))) return 404;
  if (status === null || status === 400 || status === 500) {
    if (status !== 400 && overloaded.test(codes)) return 529;
    if (limited.test(codes) || limitedText.test(message) || (status !== 400 && isSpent(error))) return 429;
  }
  if (status === null || status >= 500) return meantServerError(error);
  return clientStatus(status);
}

/** What a server error, or an error without a status, stands for: refusals that some servers report as their own fault. */
function meantServerError({ status, codes, message }: ProviderError): number {
  if (unknownModel.test(codes) || unknownModelText.test(message)) return 404;
  if (status !== 503 && status !== 529 && badRequest.test(codes)) return 400;
  if (status !== null) return serverStatus(status);
  if (badKey.test(codes)) return 401;
  if (/permission|forbidden/.test(codes)) return 403;
  if (/not_found/.test(codes)) return 404;
  if (/unavailable/.test(codes)) return 503;
  if (/timeout|deadline/.test(codes)) return 504;
  return 500;
}

function clientStatus(status: number): number {
  // 424 and 499 are how Bedrock and Google report that the model broke off, 498 is Groq's "no capacity".
  if (status === 424 || status === 499) return 502;
  return status === 498 ? 503 : status;
}

function serverStatus(status: number): number {
  switch (status) {
    case 500:
    case 501:
    case 502:
    case 503:
    case 504:
    case 529:
      return status;
    case 522:
    case 524:
    case 598:
    case 599:
      return 504;
    case 520:
    case 521:
    case 523:
    case 525:
    case 526:
    case 530:
      return 502;
    default:
      return 500;
  }
}

const types: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [408, 'timeout_error'],
  [409, 'api_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [500, 'api_error'],
  [501, 'api_error'],
  [502, 'overloaded_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
  [529, 'overloaded_error'],
]);

/** Anthropic's error type of a status. */
export function typeOf(status: number): string {
  return types.get(status) ?? (status < 500 ? 'invalid_request_error' : 'api_error');
}

/** True when the same request would be refused again however often it was sent. */
function isFinal(error: ProviderError, status: number): boolean {
  if (status === 429) return isSpent(error);
  if (status === 401) return true;
  return status === 400 && (filtered.test(error.codes) || filteredText.test(error.message));
}

function silentMessage({ status }: ProviderError, target: Target): string {
  return status === null
    ? `The provider ${target.provider} reported an error without saying which; try again.`
    : `The provider ${target.provider} answered with HTTP status ${status} and no explanation; try again or pick another provider.`;
}
