// One HTTP request to a remote MCP server and its answer, whole or as an event stream. Only headers given here are sent:
// nothing of the client's own request ever reaches a server (R65). Redirects are followed on the same origin only (R66).
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { createParser } from 'eventsource-parser';

/** An idle connection is closed before servers do it, so that a call is not sent into one that is being closed. */
const IDLE_MS = 4_000;
/** Our own agents: a proxy set for the whole system must not catch loopback (trap 46). */
const plainAgent = new PlainAgent({ keepAlive: true, timeout: IDLE_MS });
const secureAgent = new SecureAgent({ keepAlive: true, timeout: IDLE_MS });
const CONNECT_MS = 15_000;
const MOST_REDIRECTS = 2;
const LARGEST_ANSWER = 64 * 1024 * 1024;

export interface HttpAsk {
  readonly method: 'POST' | 'GET' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

export interface HttpHead {
  readonly status: number;
  readonly type: string;
  readonly sessionId: string | null;
  /** Where it came from at last, after redirects. */
  readonly url: string;
}

export interface HttpEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | null;
}

export interface HttpListener {
  onHead(head: HttpHead): void;
  /** An event of an event stream. */
  onEvent(event: HttpEvent): void;
  /** How long the server asks to wait before the stream is opened again, milliseconds. */
  onRetry(milliseconds: number): void;
  /** The answer is complete; `body` is empty for event streams. */
  onEnd(body: string): void;
  /** The connection failed. `sent` is true once the request may have been read by the server. */
  onError(why: string, sent: boolean): void;
}

/** Sends it; returns how to give it up. The listener is called back at most once with onEnd or onError. */
export function exchangeHttp(ask: HttpAsk, listener: HttpListener, redirects = 0): () => void {
  let over = false;
  let next: (() => void) | null = null;
  const url = new URL(ask.url);
  let connected = false;
  const fail = (why: string): void => {
    if (over) return;
    over = true;
    listener.onError(why, connected);
  };
  const onAnswer = (answer: IncomingMessage): void => {
    const status = answer.statusCode ?? 0;
    const target = redirectTarget(status, answer.headers.location, url);
    if (target !== null) {
      answer.resume();
      if (target === 'foreign' || redirects >= MOST_REDIRECTS) {
        return fail('it redirects to another address; put that address into its settings');
      }
      over = true;
      next = exchangeHttp({ ...ask, url: target }, listener, redirects + 1);
      return;
    }
    const finish = (body: string): void => {
      if (over) return;
      over = true;
      listener.onEnd(body);
    };
    readAnswer(answer, ask.url, listener, { isOver: () => over, finish, fail });
  };
  const outgoing = openRequest(ask, url, onAnswer);
  outgoing.on('socket', (socket) => {
    if (socket.connecting)
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (connected = true));
    else connected = true;
  });
  const patience = setTimeout(() => {
    if (!connected) outgoing.destroy(new Error(`no connection within ${CONNECT_MS / 1000} s`));
  }, CONNECT_MS);
  outgoing.on('close', () => clearTimeout(patience));
  outgoing.on('error', (error) => fail(sayNetworkError(error)));
  outgoing.end(ask.body ?? undefined);
  return () => {
    over = true;
    next?.();
    outgoing.destroy();
  };
}

function openRequest(ask: HttpAsk, url: URL, onAnswer: (answer: IncomingMessage) => void): ClientRequest {
  const secure = url.protocol === 'https:';
  const length = ask.body === null ? {} : { 'content-length': String(Buffer.byteLength(ask.body)) };
  const options = {
    method: ask.method,
    agent: secure ? secureAgent : plainAgent,
    headers: { ...ask.headers, ...length },
  };
  return (secure ? secureRequest : plainRequest)(url, options, onAnswer);
}

interface AnswerEnd {
  isOver(): boolean;
  finish(body: string): void;
  fail(why: string): void;
}

function readAnswer(answer: IncomingMessage, url: string, listener: HttpListener, end: AnswerEnd): void {
  const type = (answer.headers['content-type'] ?? '').toLowerCase();
  const session = answer.headers['mcp-session-id'];
  const sessionId = typeof session === 'string' ? session : null;
  listener.onHead({ status: answer.statusCode ?? 0, type, sessionId, url });
  answer.setEncoding('utf8');
  answer.on('error', (error) => end.fail(sayNetworkError(error)));
  if (type.startsWith('text/event-stream')) {
    const parser = createParser({
      onEvent: (event) => {
        if (!end.isOver())
          listener.onEvent({ event: event.event ?? 'message', data: event.data, id: event.id ?? null });
      },
      onRetry: (milliseconds) => listener.onRetry(milliseconds),
    });
    answer.on('data', (text: string) => parser.feed(text));
    answer.on('close', () => end.finish(''));
    return;
  }
  const parts: string[] = [];
  let length = 0;
  answer.on('data', (text: string) => {
    length += text.length;
    if (length <= LARGEST_ANSWER) parts.push(text);
    else answer.destroy(new Error('its answer is larger than 64 MiB'));
  });
  answer.on('end', () => end.finish(parts.join('')));
  answer.on('close', () => end.fail('the connection ended in the middle of an answer'));
}

/** Null: no redirect. */
function redirectTarget(status: number, location: string | undefined, from: URL): string | null {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return null;
  const target = URL.parse(location, from.href);
  // Only these two keep method and body; the origin must not change, or the server's headers would go to another.
  if (target === null || target.origin !== from.origin || (status !== 307 && status !== 308))
    return 'foreign';
  return target.href;
}

export function sayNetworkError(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ECONNREFUSED':
      return 'nothing answers at its address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its host name is not known';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection was cut';
    default:
      return code === undefined ? error.message : `${error.message} (${code})`;
  }
}
