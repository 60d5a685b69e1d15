// Says in plain words what a provider's answer to a test means. Pure; nothing of the secret is repeated, also when the
// provider repeats it.
import type { ProviderTestOutcome } from '../../contract/vault.ts';
import type { ProviderAnswer } from './ask-provider.ts';
import { judgeFailure } from './judge-failure.ts';
import { quoteAnswer } from './quote-answer.ts';

export interface Verdict {
  readonly outcome: ProviderTestOutcome;
  readonly status: number | null;
  readonly sentence: string;
  /** Ids of the models listed, at most a thousand. */
  readonly models?: readonly string[];
}

export interface Asked {
  /** Where it was asked: host with port. */
  readonly host: string;
  readonly secret: string | null;
  /** Model of the test message; null when the model list was asked for. */
  readonly model: string | null;
}

type Answered = Extract<ProviderAnswer, { kind: 'answered' }>;

/** `aborted` answers are not judged: whoever aborted knows why. */
export function judgeAnswer(answer: Exclude<ProviderAnswer, { kind: 'aborted' }>, asked: Asked): Verdict {
  if (answer.kind === 'failed') return judgeFailure(answer.error, asked.host);
  const { status } = answer;
  if (status >= 300 && status < 400) return judgeRedirection(answer, asked.host);
  const json = parseObject(answer.body);
  if (status >= 200 && status < 300) return judgeSuccess(answer, json, asked);
  const said = quoteAnswer(errorMessage(json), asked.secret);
  if (isAboutCredit(status, said)) {
    return say(
      'no-credit',
      status,
      `The key is right, but its account has no credit left. Add some at the provider.${said}`,
    );
  }
  if (status >= 500 || status === 408) {
    return say(
      'provider-failing',
      status,
      `${asked.host} is overloaded or failing now (status ${status}), so nothing can be said about the key. Try again later.`,
    );
  }
  if (status === 429) {
    return say(
      'rate-limited',
      status,
      `${asked.host} limits requests right now, so the key could not be tried. Try again in a minute.`,
    );
  }
  if (json === null) return judgeNoApi(answer, asked.host);
  return judgeRefusal(status, json, said, asked);
}

function judgeRefusal(status: number, json: Json, said: string, asked: Asked): Verdict {
  switch (status) {
    case 401:
      return say(
        'wrong-key',
        status,
        `${asked.host} does not take this key. Check that it was copied whole, belongs to this provider and was not revoked.`,
      );
    case 403:
      return say('forbidden', status, `${asked.host} knows the key, but refuses it this request.${said}`);
    case 404:
    case 405:
      if (asked.model === null) return noModelList(status, asked.host);
      if (isAnthropicError(json))
        return say('works', status, `The key is accepted; only the model ${asked.model} is not known there.`);
      return wrongAddress(status, asked.host);
    default:
      if (asked.model !== null && isAnthropicError(json)) {
        return say('works', status, `The key is accepted; only the test message was not.${said}`);
      }
      return say(
        'not-anthropic',
        status,
        `${asked.host} answered with status ${status}, which the Messages API would not.${said}`,
      );
  }
}

function judgeSuccess({ status }: Answered, json: Json | null, asked: Asked): Verdict {
  if (asked.model !== null) {
    if (json?.['type'] === 'message') return say('works', status, 'The key works: a message was answered.');
    return notAnthropic(status, asked.host);
  }
  const list = json?.['data'];
  if (!Array.isArray(list)) return notAnthropic(status, asked.host);
  const models = list.slice(0, 1000).flatMap((one) => {
    const id = (one as Json | null)?.['id'];
    return typeof id === 'string' ? [id] : [];
  });
  if (json?.['object'] === 'list') {
    return {
      ...say(
        'needs-message',
        status,
        `${asked.host} takes the key and lists models the way OpenAI does. Whether it answers Claude Code too, only a real message can tell; it costs a fraction of a cent.`,
      ),
      models,
    };
  }
  return { ...say('works', status, `The key works: ${models.length} models are offered.`), models };
}

const noModelList = (status: number, host: string): Verdict =>
  say(
    'needs-message',
    status,
    `${host} has no list of models at this address: either the address is not complete, or only a real message can tell. It costs a fraction of a cent.`,
  );

const wrongAddress = (status: number, host: string): Verdict =>
  say(
    'wrong-address',
    status,
    `There is no Messages API at this address of ${host} (status ${status}). Check the path behind the host name.`,
  );

const notAnthropic = (status: number, host: string): Verdict =>
  say(
    'not-anthropic',
    status,
    `${host} answers, but not with the Messages API that Claude Code speaks. Check the address in the provider's guide for Claude Code.`,
  );

/** An answer that is no JSON comes from a web server, a proxy or a firewall, not from an API. */
function judgeNoApi({ status, contentType }: Answered, host: string): Verdict {
  if (status === 404 || status === 405) return noModelListOrAddress(status, host, contentType);
  if (status === 401)
    return say(
      'wrong-key',
      status,
      `${host} does not take this key (status 401, without an API's explanation).`,
    );
  if (status === 403) {
    return say(
      'forbidden',
      status,
      `Something in front of ${host} refuses the request (status 403), such as a firewall or a company proxy; the key was not looked at.`,
    );
  }
  return notAnthropic(status, host);
}

function noModelListOrAddress(status: number, host: string, contentType: string): Verdict {
  return /html/i.test(contentType) ? wrongAddress(status, host) : noModelList(status, host);
}

function judgeRedirection({ status, location }: Answered, host: string): Verdict {
  const target = location === null ? null : URL.parse(location, `https://${host}`);
  const where = target === null ? 'elsewhere' : `to ${target.protocol}//${target.host}`;
  return say(
    'wrong-address',
    status,
    `${host} sends the request on ${where}. A key is never sent after a redirection: enter the address it leads to.`,
  );
}

function say(outcome: ProviderTestOutcome, status: number | null, sentence: string): Verdict {
  return { outcome, status, sentence };
}

type Json = Readonly<Record<string, unknown>>;

function parseObject(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

function isAnthropicError(json: Json): boolean {
  const error = json['error'] as Json | null | undefined;
  return json['type'] === 'error' && typeof error?.['type'] === 'string';
}

function errorMessage(json: Json | null): string {
  const error = json?.['error'];
  const message =
    typeof error === 'string' ? error : ((error as Json | null)?.['message'] ?? json?.['message']);
  return typeof message === 'string' ? message : '';
}

/** Words of providers for an empty account; they come with 400, 402, 403 or 429. */
function isAboutCredit(status: number, said: string): boolean {
  if (status === 402) return true;
  return (
    [400, 403, 429].includes(status) &&
    /credit balance|insufficient (?:balance|credit|funds|quota)|insufficient_quota|exceeded_current_quota|out of credit|billing/i.test(
      said,
    )
  );
}
