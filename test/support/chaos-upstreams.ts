// Five upstreams that fail at random, from a seed: two that speak Anthropic, and mocks of Responses, Chat Completions and
// Gemini. Every answer bears a mark of its own, so that a test can say for each client whose answer it was, whether it
// was its own, and what it cost.
import {
  encodeEvent,
  errorJson,
  messageEvents,
  messageJson,
  sendJson,
  sseHeaders,
  type MessageScript,
} from './anthropic-answers.ts';
import { tokens } from './expected-cost.ts';
import {
  createGate,
  startFakeUpstream,
  type RecordedRequest,
  type UpstreamExchange,
} from './fake-upstream.ts';
import { families } from './upstreams/families.ts';
import type { Fault, Script, ScriptedError } from './upstreams/script.ts';

/** What one request to an upstream was to get. */
export interface PlannedAnswer {
  readonly text: string;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly outputTokens: number;
  readonly hangs: boolean;
}

export interface ChaosUpstream {
  readonly id: string;
  /** Sent to it by the routes; null leaves the name asked for. */
  readonly model: string;
  readonly settings: Record<string, unknown>;
  readonly key: string;
  /** Every request for an answer that came, with what it was to get. */
  served(): readonly { readonly request: RecordedRequest; readonly answer: PlannedAnswer }[];
  /** Requests that broke the provider's own rules. */
  problems(): readonly string[];
  close(): Promise<void>;
}

/** Environment variable of an upstream's key. */
export const keyName = (id: string): string => `KEY_${id.toUpperCase().replaceAll('-', '_')}`;

/** Short limits, so that a hang ends. */
const http = { connectSeconds: 2, headersSeconds: 1, silenceSeconds: 1 };
/** How likely an answer is to go wrong: now and then all upstreams have a storm at about the same time. */
const troubleAt = (number: number): number => (number % 100 < 80 ? 0.4 : 0.97);

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function planAnswer(id: string, number: number, random: () => number): PlannedAnswer {
  const cacheReadTokens = random() < 0.3 ? Math.floor(random() * 3000) : 0;
  return {
    text: `mark-${id}-${number} ${'word '.repeat(Math.floor(random() * 25))}end`,
    inputTokens: 1 + Math.floor(random() * 900),
    cacheReadTokens,
    outputTokens: 2 + Math.floor(random() * 200),
    hangs: random() < 0.02,
  };
}

type Trouble = 'none' | 'refused' | 'reset' | 'not-http' | 'cut' | 'error-event' | 'html' | 'slow';

function planTrouble(number: number, random: () => number): Trouble {
  const troubles: Trouble[] = [
    'refused',
    'refused',
    'reset',
    'not-http',
    'cut',
    'cut',
    'error-event',
    'html',
    'slow',
    'slow',
  ];
  return random() >= troubleAt(number)
    ? 'none'
    : (troubles[Math.floor(random() * troubles.length)] ?? 'none');
}

async function answerAnthropic(
  exchange: UpstreamExchange,
  script: MessageScript,
  number: number,
  random: () => number,
): Promise<void> {
  const trouble = planTrouble(number, random);
  const at = random();
  const statuses = [429, 500, 502, 503, 529];
  switch (trouble) {
    case 'refused': {
      const status = statuses[Math.floor(at * statuses.length)] ?? 500;
      return sendJson(
        status,
        errorJson(status === 429 ? 'rate_limit_error' : 'api_error', 'Not now.'),
      )(exchange);
    }
    case 'reset':
      return exchange.reset();
    case 'not-http':
      exchange.raw('SSH-2.0-OpenSSH_9.9\r\n\r\n');
      return exchange.cut();
    case 'html':
      exchange.head(502, [['content-type', 'text/html']]);
      return exchange.end('<html><body>Bad gateway</body></html>');
    default:
  }
  if ((exchange.request.json() as { stream?: boolean }).stream !== true) {
    if (trouble === 'none' || trouble === 'slow') return sendJson(200, messageJson(script))(exchange);
    exchange.head(200, [['content-type', 'application/json']]);
    await exchange.send(JSON.stringify(messageJson(script)).slice(0, 60));
    return exchange.reset();
  }
  exchange.head(200, sseHeaders);
  const events = messageEvents(script);
  const last =
    trouble === 'cut' || trouble === 'error-event' ? Math.floor(at * (events.length - 1)) : events.length;
  for (const event of events.slice(0, last)) {
    if (trouble === 'slow') await soon();
    if (!(await exchange.send(encodeEvent(event)))) return;
  }
  if (trouble === 'cut') return at < 0.5 ? exchange.cut() : exchange.reset();
  if (trouble === 'error-event')
    await exchange.send(encodeEvent({ event: 'error', data: errorJson('overloaded_error', 'Overloaded') }));
  exchange.end();
}

export async function startAnthropicChaos(id: string, random: () => number): Promise<ChaosUpstream> {
  const upstream = await startFakeUpstream();
  const hanging = createGate();
  const served: { request: RecordedRequest; answer: PlannedAnswer }[] = [];
  const model = 'claude-opus-5-5';
  upstream.setAnswer(async (exchange) => {
    if (!(await exchange.request.bodyEnded)) return;
    if (exchange.request.method !== 'POST')
      return sendJson(404, errorJson('not_found_error', 'No list.'))(exchange);
    const answer = planAnswer(id, served.length, random);
    served.push({ request: exchange.request, answer });
    if (answer.hangs) return hanging.opened;
    const { text, inputTokens, cacheReadTokens, outputTokens } = answer;
    const usage = tokens({ inputTokens, cacheReadTokens, outputTokens });
    await answerAnthropic(
      exchange,
      { model, blocks: [{ type: 'text', text }], usage },
      served.length,
      random,
    );
  });
  return {
    id,
    model,
    key: `sk-ant-chaos-${id}`,
    settings: {
      id,
      type: 'anthropic',
      baseUrl: upstream.url,
      credential: `env:${keyName(id)}`,
      http,
    },
    served: () => served,
    problems: () => upstream.failures.map(String),
    async close() {
      hanging.open();
      await upstream.close();
    },
  };
}

function faultOf(number: number, random: () => number): Pick<Script, 'fault' | 'error'> {
  if (random() >= troubleAt(number)) return {};
  const kinds: ScriptedError['kind'][] = ['rate-limit', 'overloaded', 'server'];
  const error = { kind: kinds[Math.floor(random() * kinds.length)] ?? 'server' };
  const faults: (Fault | null)[] = [
    null,
    null,
    { kind: 'error-in-stream', when: 'before', error },
    { kind: 'error-in-stream', when: 'after', error },
    { kind: 'cut-frames', after: Math.floor(random() * 30) },
    { kind: 'cut', atByte: Math.floor(random() * 4000) },
    { kind: 'no-finish' },
    { kind: 'garbage' },
    { kind: 'slow', before: soon },
    { kind: 'bytewise' },
    { kind: 'empty' },
    { kind: 'html' },
  ];
  const fault = faults[Math.floor(random() * faults.length)] ?? null;
  return fault === null ? { error } : { fault };
}

/** One of the families' mocks, with answers for `most` requests. */
export async function startTranslatedChaos(
  familyName: string,
  random: () => number,
  most: number,
): Promise<ChaosUpstream> {
  const family = families.find(({ name }) => name === familyName);
  if (family === undefined) throw new Error(`there is no family ${familyName}`);
  const mock = await family.start();
  const hanging = createGate();
  const id = family.name;
  const planned: PlannedAnswer[] = [];
  for (let number = 0; number < most; number++) {
    const answer = planAnswer(id, number, random);
    planned.push(answer);
    const { text, inputTokens, cacheReadTokens, outputTokens } = answer;
    const usage = {
      input: inputTokens + cacheReadTokens,
      cacheRead: cacheReadTokens,
      cacheWrite: 0,
      output: outputTokens,
      reasoning: 0,
    };
    const trouble = answer.hangs
      ? { fault: { kind: 'hang', gate: hanging } as const }
      : faultOf(number, random);
    mock.answer({ text, usage, ...trouble });
  }
  return {
    id,
    model: family.model,
    key: mock.key,
    settings: { ...family.settings(mock.url, { credential: `env:${keyName(id)}` }), http },
    // The mock takes the next script in the turn in which it notes the request.
    served: () =>
      mock.seen.requests
        .filter(({ method }) => method === 'POST')
        .map(({ raw }, number) => {
          const answer = planned[number];
          if (answer === undefined) throw new Error(`${id} ran out of answers`);
          return { request: raw, answer };
        }),
    problems: () =>
      mock.seen.problems
        .filter(({ request }) => request.method === 'POST')
        .map(({ status, reason }) => `${status} ${reason}`),
    async close() {
      hanging.open();
      await mock.close();
    },
  };
}
