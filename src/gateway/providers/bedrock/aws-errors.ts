// Amazon's exceptions, as answers and inside a stream, as the statuses and types Claude Code knows (T144, T160). What only
// another try or another provider can mend keeps a status that says so; what never will be right does not (T161).
import { errorTypeOf, maskMessage } from '../claude-elsewhere/error-answers.ts';
import type { Trouble } from '../claude-elsewhere/error-answers.ts';

/** By the exception's name in lower case, without `Exception`. */
const statuses: Readonly<Record<string, number>> = {
  validation: 400,
  accessdenied: 403,
  unrecognizedclient: 401,
  invalidsignature: 401,
  incompletesignature: 401,
  missingauthenticationtoken: 401,
  invalidclienttokenid: 401,
  expiredtoken: 401,
  resourcenotfound: 404,
  throttling: 429,
  servicequotaexceeded: 429,
  modelnotready: 429,
  modeltimeout: 504,
  modelerror: 500,
  modelstreamerror: 500,
  internalserver: 500,
  serviceunavailable: 503,
};

/** Words of a refusal that is about the credential, whatever its status says. */
const aboutCredential = /API key|security token|signature|credential/i;

/**
 * `name` is the exception's, like `ThrottlingException`; `status` that of the answer, null inside a stream. `message` may
 * be empty.
 */
export function awsTrouble(name: string, status: number | null, message: string): Trouble {
  const bare = name.toLowerCase().replace(/exception$/, '');
  let mapped = statuses[bare] ?? status ?? 500;
  if (mapped === 403 && aboutCredential.test(message)) mapped = 401;
  // 424 stands for a failing model, 408 for one that took too long.
  if (mapped === 424) mapped = 500;
  if (mapped === 408) mapped = 504;
  const text = maskMessage(message);
  return {
    status: mapped,
    type: errorTypeOf(mapped),
    message: text === '' ? `Amazon Bedrock answered with ${name === '' ? `status ${mapped}` : name}.` : text,
  };
}

/** `ThrottlingException:http://…` → `ThrottlingException`. */
export const exceptionName = (header: string | null): string =>
  header?.split(/[:;]/, 1)[0]?.split('#').pop() ?? '';
