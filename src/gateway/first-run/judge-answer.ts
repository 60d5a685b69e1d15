// Says in plain words what a provider's answer to a test means. Pure; nothing of the secret is repeated, also when the
// provider repeats it.
import type { ProviderTestOutcome } from '../../contract/vault.ts';
import type { ProviderAnswer } from '../models/ask-upstream.ts';
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
  /** Whose API it is to be, for a provider that is translated to; null where it must be Anthropic's. */
  readonly api: string | null;
  /** Name of a program of the user's own that is to run there; null for others. */
  readonly local: string | null;
}

type Answered = Extract<ProviderAnswer, { kind: 'answered' }>;

/** `aborted` answers are not judged: whoever aborted knows why. */
export function judgeAnswer(answer: Exclude<ProviderAnswer, { kind: 'aborted' }>, asked: Asked): Verdict {
  if (answer.kind === 'failed') return judgeFailure(answer.error, asked.host, asked.local);
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
  if (status >= 500 || status === 408) return judgeOutage(status, said, asked);
  if (status === 429) {
    return say(
      'rate-limited',
      status,
      `${asked.host} limits requests right now, so the key could not be tried. Try again in a minute.`,
    );
  }
  if (json === null) return judgeNoApi(answer, asked);
  return judgeRefusal(status, json, said, asked);
}

/** A translated provider that cannot be reached answers like a failing one, with the reason in words. */
function judgeOutage(status: number, said: string, asked: Asked): Verdict {
  if (asked.local !== null && status !== 408) {
    const sentence = `${asked.local} does not answer at ${asked.host}: start it, or check address and port.`;
    return say('unreachable', status, sentence);
  }
  const reason = asked.api === null ? '' : said;
  return say(
    'provider-failing',
    status,
    `${asked.host} is overloaded or failing now (status ${status}), so nothing can be said about the key. Try again later.${reason}`,
  );
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
      return wrongAddress(status, asked);
    default:
      if (asked.model !== null && isAnthropicError(json)) {
        return say('works', status, `The key is accepted; only the test message was not.${said}`);
      }
      return say(
        'not-anthropic',
        status,
        `${asked.host} answered with status ${status}, which ${apiOf(asked)} would not.${said}`,
      );
  }
}

function judgeSuccess({ status }: Answered, json: Json | null, asked: Asked): Verdict {
  if (asked.model !== null) {
    if (json?.['type'] === 'message') return say('works', status, 'The key works: a message was answered.');
    return notAnthropic(status, asked);
  }
  const list = json?.['data'];
  if (!Array.isArray(list)) return notAnthropic(status, asked);
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
  if (asked.local !== null && models.length === 0) return { ...noModels(status, asked.local), models };
  return { ...say('works', status, sayOffer(models.length, asked)), models };
}

function sayOffer(count: number, { local, secret, host }: Asked): string {
  const models = count === 1 ? '1 model' : `${count} models`;
  if (local !== null) return `${local} runs and offers ${models}.`;
  if (secret === null) return `${host} answers and offers ${models}.`;
  return `The key works: ${models} ${count === 1 ? 'is' : 'are'} offered.`;
}

/** How the programs themselves call getting a model. */
const waysToModels: readonly (readonly [name: RegExp, mend: string])[] = [
  [/ollama/i, 'get one with "ollama pull qwen3-coder"'],
  [/lm ?studio/i, 'download one there, or with "lms get"'],
];

function noModels(status: number, local: string): Verdict {
  const mend = waysToModels.find(([name]) => name.test(local))?.[1] ?? 'start it with one';
  return say('no-models', status, `${local} runs, but has no models: ${mend}.`);
}

const noModelList = (status: number, host: string): Verdict =>
  say(
    'needs-message',
    status,
    `${host} has no list of models at this address: either the address is not complete, or only a real message can tell. It costs a fraction of a cent.`,
  );

const apiOf = ({ api }: Asked): string => (api === null ? 'the Messages API' : `the API of ${api}`);

function wrongAddress(status: number, asked: Asked): Verdict {
  const api = asked.api === null ? 'Messages API' : `API of ${asked.api}`;
  return say(
    'wrong-address',
    status,
    `There is no ${api} at this address of ${asked.host} (status ${status}). Check the path behind the host name.`,
  );
}

function notAnthropic(status: number, asked: Asked): Verdict {
  const guide =
    asked.api === null
      ? ' that Claude Code speaks. Check the address in the provider’s guide for Claude Code.'
      : '. Check the address, and the path behind the host name.';
  return say('not-anthropic', status, `${asked.host} answers, but not with ${apiOf(asked)}${guide}`);
}

/** An answer that is no JSON comes from a web server, a proxy or a firewall, not from an API. */
function judgeNoApi({ status, contentType }: Answered, asked: Asked): Verdict {
  const { host } = asked;
  if (status === 404 || status === 405) return noModelListOrAddress(status, asked, contentType);
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
  return notAnthropic(status, asked);
}

function noModelListOrAddress(status: number, asked: Asked, contentType: string): Verdict {
  return /html/i.test(contentType) ? wrongAddress(status, asked) : noModelList(status, asked.host);
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
    /credit balance|insufficient (?:balance|credit|funds|quota)|insufficient_quota|exceeded_current_quota|exceeded your current quota|out of credit|billing/i.test(
      said,
    )
  );
}
