// The part all mocks share: a server on 127.0.0.1 that records what came, lets the provider's rules judge it, and
// writes the scripted answer frame by frame with the scripted fault. What a frame contains is the provider's affair.
import {
  startFakeUpstream,
  type HeaderList,
  type RecordedRequest,
  type UpstreamExchange,
} from '../fake-upstream.ts';
import { Refusal } from './refusal.ts';
import { usageOf, type Fault, type Script, type ScriptedError, type ScriptedUsage } from './script.ts';

/** One request as a test wants to look at it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  /** Parsed JSON; null when there was no body. */
  readonly body: unknown;
  readonly raw: RecordedRequest;
}

/** A request the mock refused although the test did not ask for it. */
export interface Problem {
  readonly request: SeenRequest;
  readonly status: number;
  readonly reason: string;
}

export interface Seen {
  readonly requests: readonly SeenRequest[];
  /** Requests that asked for an answer of the model and got one. */
  readonly answered: readonly SeenRequest[];
  readonly problems: readonly Problem[];
  /** Tokens served, one entry per answered request, in the order of answering. */
  readonly usage: readonly ScriptedUsage[];
}

export interface Mock {
  /** Without path. */
  readonly url: string;
  /** A key the mock takes; further accounts are in `keys`. */
  readonly key: string;
  readonly keys: readonly string[];
  /** Model used when a test has no wish. */
  readonly model: string;
  readonly seen: Seen;
  /** Scripts for the next answers of the model, in order of arrival; when none is left, `setScript` decides. */
  answer(...scripts: Script[]): void;
  setScript(script: Script): void;
  /** Resolves with request number `number` (from 1, all requests counted) as soon as its head is there. */
  request(number: number): Promise<RecordedRequest>;
  openSockets(): number;
  close(): Promise<void>;
}

/** One piece of a stream. */
export interface Frame {
  readonly bytes: Buffer;
  /** `content`: the model said something; `end`: finish reason and what comes after it; `frame`: all else. */
  readonly role: 'frame' | 'content' | 'end';
}

export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly frames: readonly Frame[];
}

/** What a provider's rules made of one request. */
export type Judged =
  /** A document at once: lists, token counts. */
  | { readonly kind: 'document'; readonly status?: number; readonly body: unknown }
  /** The model answers: the script decides what. */
  | { readonly kind: 'generation'; readonly stream: boolean; readonly context: GenerationContext };

/** What the writer of an answer needs of the request. */
export interface GenerationContext {
  readonly model: string;
  readonly body: Record<string, unknown>;
  readonly account: string;
}

/** A provider's vocabulary. */
export interface Vocabulary {
  /** Throws a Refusal for what the provider refuses. */
  judge(request: SeenRequest, path: string): Judged;
  stream(script: Script, usage: ScriptedUsage, context: GenerationContext): readonly Frame[];
  document(script: Script, usage: ScriptedUsage, context: GenerationContext): unknown;
  streamHeaders: HeaderList;
  /** The error as the provider says it over HTTP. */
  refusal(error: ScriptedError, context: GenerationContext | null): Refusal;
  refusalBody(refusal: Refusal): unknown;
  refusalHeaders?(refusal: Refusal): HeaderList;
  /** The error as one frame inside a stream that has begun. */
  errorFrame(refusal: Refusal, context: GenerationContext): Frame;
  garbageFrame(): Frame;
}

export interface MockOptions {
  readonly keys: readonly string[];
  readonly model: string;
}

export function textFrame(text: string, role: Frame['role'] = 'frame'): Frame {
  return { bytes: Buffer.from(text, 'utf8'), role };
}

const jsonHeaders: HeaderList = [['content-type', 'application/json']];

function withCrlf(frames: readonly Frame[]): Frame[] {
  return frames.map((frame) => ({
    role: frame.role,
    bytes: Buffer.from(frame.bytes.toString('utf8').replace(/\r?\n/g, '\r\n'), 'utf8'),
  }));
}

/** Writes frames one HTTP chunk each; stops early when the other side has left. */
async function writeFrames(exchange: UpstreamExchange, frames: readonly Frame[], fault: Fault | undefined) {
  let sent = 0;
  for (const [number, frame] of frames.entries()) {
    if (exchange.gone()) return;
    if (fault?.kind === 'cut-frames' && number >= fault.after) return exchange.cut();
    if (fault?.kind === 'stall' && number === fault.afterFrames) await fault.gate.opened;
    if (fault?.kind === 'slow') await fault.before(number);
    if (fault?.kind === 'cut' && sent + frame.bytes.length > fault.atByte) {
      if (fault.atByte > sent) await exchange.send(frame.bytes.subarray(0, fault.atByte - sent));
      return exchange.cut();
    }
    if (fault?.kind === 'bytewise') {
      for (const byte of frame.bytes) if (!(await exchange.send(Buffer.of(byte)))) return;
    } else if (!(await exchange.send(frame.bytes))) return;
    sent += frame.bytes.length;
  }
  exchange.end();
}

/** The frames of a stream after the faults that change which frames there are. */
function faultyFrames(
  frames: readonly Frame[],
  fault: Fault | undefined,
  words: Vocabulary,
  context: GenerationContext,
): readonly Frame[] {
  const end = frames.findIndex(({ role }) => role === 'end');
  const content = end < 0 ? frames : frames.slice(0, end);
  if (fault?.kind === 'no-finish') return content;
  if (fault?.kind === 'garbage') {
    const middle = Math.max(1, frames.findIndex(({ role }) => role === 'content') + 1);
    return [...frames.slice(0, middle), words.garbageFrame(), ...frames.slice(middle)];
  }
  if (fault?.kind === 'error-in-stream') {
    const frame = words.errorFrame(words.refusal(fault.error, context), context);
    if (fault.when === 'after') return [...content, frame];
    const first = frames.findIndex(({ role }) => role === 'content');
    return [...frames.slice(0, Math.max(0, first)), frame];
  }
  return frames;
}

function sendDocument(
  exchange: UpstreamExchange,
  status: number,
  body: unknown,
  headers: HeaderList = [],
): void {
  exchange.head(status, [...jsonHeaders, ...headers]);
  exchange.end(JSON.stringify(body));
}

async function writeAnswer(
  exchange: UpstreamExchange,
  words: Vocabulary,
  script: Script,
  judged: Extract<Judged, { kind: 'generation' }>,
  usage: ScriptedUsage,
): Promise<void> {
  const { fault } = script;
  const { context, stream } = judged;
  if (fault?.kind === 'hang') {
    await fault.gate.opened;
    if (exchange.gone()) return;
  }
  if (fault?.kind === 'status') {
    exchange.head(fault.status, fault.headers ?? jsonHeaders);
    return exchange.end(fault.body);
  }
  if (fault?.kind === 'html') {
    exchange.head(200, [['content-type', 'text/html; charset=utf-8']]);
    return exchange.end(
      '<!doctype html><html><head><title>Sign in</title></head><body>Sign in</body></html>',
    );
  }
  if (fault?.kind === 'empty') {
    exchange.head(200, stream ? words.streamHeaders : jsonHeaders);
    return exchange.end();
  }
  if (!stream || fault?.kind === 'document') {
    const text = Buffer.from(JSON.stringify(words.document(script, usage, context)), 'utf8');
    exchange.head(200, jsonHeaders);
    return writeFrames(exchange, [{ bytes: text, role: 'content' }], fault);
  }
  const frames = faultyFrames(words.stream(script, usage, context), fault, words, context);
  exchange.head(200, words.streamHeaders);
  return writeFrames(exchange, script.crlf === true ? withCrlf(frames) : frames, fault);
}

function parseBody(raw: RecordedRequest): unknown {
  if (raw.body.length === 0) return null;
  try {
    return raw.json();
  } catch {
    throw new Refusal(400, 'We could not parse the JSON body of your request.');
  }
}

/** Starts a mock that speaks `words`. */
export async function startMock(words: Vocabulary, options: MockOptions): Promise<Mock> {
  const server = await startFakeUpstream();
  const requests: SeenRequest[] = [];
  const answered: SeenRequest[] = [];
  const problems: Problem[] = [];
  const served: ScriptedUsage[] = [];
  const queue: Script[] = [];
  let fallback: Script = { text: 'Hello from the mock.' };

  server.setAnswer(async (exchange) => {
    const raw = exchange.request;
    if (!(await raw.bodyEnded)) return;
    let request: SeenRequest = { method: raw.method, url: raw.url, headers: raw.headers, body: null, raw };
    const refuse = (refusal: Refusal): void => {
      sendDocument(exchange, refusal.status, words.refusalBody(refusal), words.refusalHeaders?.(refusal));
    };
    try {
      request = { ...request, body: parseBody(raw) };
      requests.push(request);
      const judged = words.judge(request, raw.path);
      if (judged.kind === 'document') return sendDocument(exchange, judged.status ?? 200, judged.body);
      const script = queue.shift() ?? fallback;
      if (script.error !== undefined) {
        const refusal = words.refusal(script.error, judged.context);
        const wait = script.error.retryAfter;
        const headers: HeaderList = wait === undefined ? [] : [['retry-after', String(wait)]];
        const more = words.refusalHeaders?.(refusal) ?? [];
        return sendDocument(exchange, refusal.status, words.refusalBody(refusal), [...headers, ...more]);
      }
      const usage = usageOf(script, request.body);
      answered.push(request);
      served.push(usage);
      await writeAnswer(exchange, words, script, judged, usage);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push({ request, status: error.status, reason: error.message });
      refuse(error);
    }
  });

  return {
    url: server.url,
    key: options.keys[0] ?? '',
    keys: options.keys,
    model: options.model,
    seen: { requests, answered, problems, usage: served },
    answer: (...scripts) => void queue.push(...scripts),
    setScript: (script) => void (fallback = script),
    request: (number) => server.request(number),
    openSockets: () => server.openSockets(),
    close: async () => {
      await server.close();
      if (server.failures.length > 0) throw new AggregateError(server.failures, 'the mock itself failed');
    },
  };
}
