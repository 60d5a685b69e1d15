// MCP over streamable HTTP, both eras: each message is a POST, answers come as JSON or as an event stream. The legacy era
// adds a session, a stream for what the server says by itself, and streams that are taken up where they broke.
import { parseJson, readMessage } from '../wire/message.ts';
import { encodeHeaderValue } from '../door/modern-headers.ts';
import { elementTexts } from '../wire/json-text.ts';
import { MODERN_VERSION } from '../wire/protocol.ts';
import { exchangeHttp } from './http-exchange.ts';
import type { HttpHead } from './http-exchange.ts';
import type { OutgoingRequest, Transport, TransportEvents } from './transport.ts';

const BOTH = 'application/json, text/event-stream';
const RESUME_TRIES = 5;
const RESUME_MS = 1_000;
const REOPEN_FIRST_MS = 1_000;
const REOPEN_LAST_MS = 60_000;

/** What an answer tells about the server, for finding out its era. */
export interface HttpRefusal {
  readonly status: number;
  readonly body: string;
}

interface HttpOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: TransportEvents;
}

/** What `Mcp-Name` repeats in the modern era. */
const nameKeys = ['name', 'uri'] as const;
const namedMethods = new Set(['tools/call', 'prompts/get', 'resources/read']);

export class HttpTransport implements Transport {
  readonly stderr = '';
  readonly pid = null;
  readonly #options: HttpOptions;
  readonly #running = new Map<number, () => void>();
  #url: string;
  #era: 'modern' | 'legacy' = 'modern';
  #version: string | null = null;
  #session: string | null = null;
  #closed = false;
  #stopStream: (() => void) | null = null;
  #reopenTimer: NodeJS.Timeout | null = null;
  #refusal: HttpRefusal | null = null;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#url = options.url;
  }

  get cancelsByClosing(): boolean {
    return this.#era === 'modern';
  }

  /** From now on requests are sent as this era wants them; `version` is what the handshake agreed on. */
  setEra(era: 'modern' | 'legacy', version: string | null): void {
    this.#era = era;
    this.#version = version;
  }

  /** How the last answer that was no stream ended; null before the first. For finding out the era only. */
  get lastAnswer(): HttpRefusal | null {
    return this.#refusal;
  }

  send(text: string, request: OutgoingRequest | null): void {
    if (this.#closed) return;
    const { events } = this.#options;
    let head: HttpHead | null = null;
    let lastEventId: string | null = null;
    let retryMs = RESUME_MS;
    const state = { answered: request === null };
    const hadSession = this.#session !== null;
    const finish = (): void => void (request !== null && this.#running.delete(request.id));
    const stop = exchangeHttp(
      { method: 'POST', url: this.#url, headers: this.#headersFor(request), body: text },
      {
        onHead: (found) => {
          head = found;
          this.#url = found.url;
          if (this.#era === 'legacy' && request?.method === 'initialize' && found.status === 200)
            this.#session = found.sessionId;
        },
        onEvent: ({ data, id }) => {
          lastEventId = id ?? lastEventId;
          this.#take(data, request, state);
        },
        onRetry: (milliseconds) => (retryMs = milliseconds),
        onEnd: (body) => {
          finish();
          if (state.answered && (head?.status ?? 0) < 400) return;
          this.#onAnswerEnd(body, head, request, { state, lastEventId, retryMs, hadSession });
        },
        onError: (why, sent) => {
          finish();
          if (request === null || state.answered) return;
          if (lastEventId !== null && this.#era === 'legacy')
            this.#resume(request, state, lastEventId, retryMs, RESUME_TRIES);
          else events.onLost(request.id, why, !sent);
        },
      },
    );
    if (request !== null) this.#running.set(request.id, stop);
  }

  abandon(id: number): void {
    this.#running.get(id)?.();
    this.#running.delete(id);
  }

  /** Opens the stream on which a legacy server speaks by itself, and keeps it open; servers may not have one. */
  openStream(delay = REOPEN_FIRST_MS): void {
    if (this.#closed) return;
    let opened = false;
    const reopen = (): void => {
      if (this.#closed || !opened) return;
      this.#reopenTimer = setTimeout(
        () => this.openStream(Math.min(delay * 2, REOPEN_LAST_MS)),
        delay,
      ).unref();
    };
    this.#stopStream = exchangeHttp(
      { method: 'GET', url: this.#url, headers: this.#legacyHeaders('text/event-stream'), body: null },
      {
        onHead: ({ status, type }) => (opened = status === 200 && type.startsWith('text/event-stream')),
        onEvent: ({ data }) => this.#deliver(data),
        onRetry: () => {},
        onEnd: reopen,
        onError: () => {
          opened = true;
          reopen();
        },
      },
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#reopenTimer !== null) clearTimeout(this.#reopenTimer);
    this.#stopStream?.();
    for (const stop of this.#running.values()) stop();
    this.#running.clear();
    if (this.#session === null) return;
    const nothing = { onHead() {}, onEvent() {}, onRetry() {}, onEnd() {}, onError() {} };
    exchangeHttp(
      { method: 'DELETE', url: this.#url, headers: this.#legacyHeaders(BOTH), body: null },
      nothing,
    );
  }

  #onAnswerEnd(
    body: string,
    head: HttpHead | null,
    request: OutgoingRequest | null,
    about: {
      state: { answered: boolean };
      lastEventId: string | null;
      retryMs: number;
      hadSession: boolean;
    },
  ): void {
    const { events } = this.#options;
    const status = head?.status ?? 0;
    if (status === 404 && about.hadSession) {
      // The server forgot the session, so it did nothing with the request (R67).
      if (request !== null) events.onLost(request.id, 'its session expired', true);
      this.#session = null;
      this.#endLine('its session expired');
      return;
    }
    if (request === null) return;
    this.#refusal = { status, body };
    for (const text of messagesIn(body)) this.#take(text, request, about.state);
    if (about.state.answered) return;
    if (about.lastEventId !== null && this.#era === 'legacy')
      return this.#resume(request, about.state, about.lastEventId, about.retryMs, RESUME_TRIES);
    events.onLost(request.id, sayStatus(status), status >= 400 && status < 500);
  }

  /** Asks for the rest of a stream that ended before its answer. */
  #resume(
    request: OutgoingRequest,
    state: { answered: boolean },
    lastEventId: string,
    waitMs: number,
    tries: number,
  ): void {
    let last = lastEventId;
    let wait = waitMs;
    const again = (): void => {
      if (state.answered || this.#closed) return;
      if (tries > 1) this.#resume(request, state, last, wait, tries - 1);
      else this.#options.events.onLost(request.id, 'the connection was cut', false);
    };
    const timer = setTimeout(() => {
      const stop = exchangeHttp(
        {
          method: 'GET',
          url: this.#url,
          headers: { ...this.#legacyHeaders('text/event-stream'), 'last-event-id': last },
          body: null,
        },
        {
          onHead: () => {},
          onEvent: ({ data, id }) => {
            last = id ?? last;
            this.#take(data, request, state);
            if (state.answered) stop();
          },
          onRetry: (milliseconds) => (wait = milliseconds),
          onEnd: again,
          onError: again,
        },
      );
      this.#running.set(request.id, stop);
    }, waitMs).unref();
    this.#running.set(request.id, () => clearTimeout(timer));
  }

  /** Passes a message on and notes whether it was the answer that is waited for. */
  #take(text: string, request: OutgoingRequest | null, state: { answered: boolean }): void {
    if (text === '') return;
    const message = readMessage(text, parseJson(text));
    if (message?.kind === 'response' && request !== null && Number(message.id) === request.id) {
      state.answered = true;
      this.#running.delete(request.id);
    }
    this.#deliver(text);
  }

  #deliver(text: string): void {
    if (text !== '' && !this.#closed) this.#options.events.onMessage(text);
  }

  #endLine(why: string): void {
    void this.close();
    this.#options.events.onClosed(why);
  }

  #headersFor(request: OutgoingRequest | null): Record<string, string> {
    if (this.#era === 'legacy') return { ...this.#legacyHeaders(BOTH), 'content-type': 'application/json' };
    const headers: Record<string, string> = {
      ...this.#options.headers,
      accept: BOTH,
      'content-type': 'application/json',
      'mcp-protocol-version': MODERN_VERSION,
    };
    if (request === null) return headers;
    headers['mcp-method'] = request.method;
    const name = nameKeys.map((key) => request.params[key]).find((value) => typeof value === 'string');
    if (namedMethods.has(request.method) && name !== undefined) headers['mcp-name'] = encodeHeaderValue(name);
    return { ...headers, ...request.headers };
  }

  #legacyHeaders(accept: string): Record<string, string> {
    return {
      ...this.#options.headers,
      accept,
      ...(this.#session === null ? {} : { 'mcp-session-id': this.#session }),
      ...(this.#version === null ? {} : { 'mcp-protocol-version': this.#version }),
    };
  }
}

function messagesIn(body: string): string[] {
  const value = parseJson(body);
  if (Array.isArray(value)) return elementTexts(body);
  return value === undefined ? [] : [body];
}

export function sayStatus(status: number): string {
  switch (status) {
    case 0:
      return 'it closed the connection without an answer';
    case 401:
      return 'it wants a login or a key (status 401); give it one under "headers" in its settings';
    case 403:
      return 'it does not let this key in (status 403)';
    case 404:
    case 405:
      return `there is no MCP server at its address (status ${status})`;
    default:
      return status < 400 ? 'it ended its answer early' : `it answered with status ${status}`;
  }
}
