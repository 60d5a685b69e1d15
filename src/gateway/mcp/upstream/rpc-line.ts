// JSON-RPC with one server over a line: ids of our own, answers matched to requests, progress passed on, time limits kept,
// cancelled requests taken back (R23-R26). Texts are relayed, never rewritten.
import { elementTexts, memberText, withMember } from '../wire/json-text.ts';
import {
  errorMessage,
  errorTextOf,
  notificationText,
  parseJson,
  readMessage,
  requestText,
  resultMessage,
} from '../wire/message.ts';
import type { NotificationMessage, RequestMessage, ResponseMessage } from '../wire/message.ts';
import { errorCodes } from '../wire/protocol.ts';
import type { Transport, TransportEvents } from './transport.ts';

export type RpcAnswer =
  { readonly kind: 'result'; readonly text: string } | { readonly kind: 'error'; readonly text: string };

/** Why a request got no answer. `notRun`: it certainly was not carried out. */
export class RequestLost extends Error {
  override readonly name = 'RequestLost';
  readonly reason: 'lost' | 'timeout' | 'cancelled';
  readonly notRun: boolean;

  constructor(message: string, reason: 'lost' | 'timeout' | 'cancelled', notRun: boolean) {
    super(message);
    this.reason = reason;
    this.notRun = notRun;
  }
}

export interface RequestOptions {
  /** Without an answer or progress for so long, the request is given up. */
  readonly idleMs: number;
  /** Given up after this time in any case. */
  readonly maxMs: number;
  readonly signal?: AbortSignal;
  /** Text of the progress notification's params; asked for only when given. */
  readonly onProgress?: (paramsText: string) => void;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Pending {
  readonly resolve: (answer: RpcAnswer) => void;
  readonly reject: (error: RequestLost) => void;
  readonly options: RequestOptions;
  idleTimer: NodeJS.Timeout;
  lastProgress: number;
}

export interface LineEvents {
  onNotification(message: NotificationMessage): void;
  onClosed(why: string): void;
}

/** Methods that must not be cancelled. */
const uncancellable = new Set(['initialize', 'server/discover']);

export class RpcLine {
  readonly #transport: Transport;
  readonly #events: LineEvents;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closedBecause: string | null = null;

  /** `open` makes the transport with the events it must report. */
  constructor(open: (events: TransportEvents) => Transport, events: LineEvents) {
    this.#events = events;
    this.#transport = open({
      onMessage: (text) => this.#onMessage(text),
      onClosed: (why) => this.#onClosed(why),
      onLost: (id, why, notRun) => this.#settle(id)?.reject(new RequestLost(why, 'lost', notRun)),
    });
  }

  get transport(): Transport {
    return this.#transport;
  }

  get closed(): boolean {
    return this.#closedBecause !== null;
  }

  /** Requests waiting for their answer. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /** Rejects with RequestLost when no answer comes. */
  request(method: string, paramsText: string, options: RequestOptions): Promise<RpcAnswer> {
    const closed = this.#closedBecause;
    if (closed !== null) return Promise.reject(new RequestLost(closed, 'lost', true));
    if (options.signal?.aborted === true)
      return Promise.reject(new RequestLost('it was cancelled', 'cancelled', true));
    const id = this.#nextId++;
    const params = options.onProgress === undefined ? paramsText : withProgressToken(paramsText, id);
    return new Promise((resolve, reject) => {
      const giveUp = (reason: 'timeout' | 'cancelled', why: string): void => {
        const pending = this.#settle(id);
        if (pending === null) return;
        this.#takeBack(id, method, why);
        pending.reject(new RequestLost(why, reason, false));
      };
      const onIdle = (): void => giveUp('timeout', `no answer within ${options.idleMs / 1000} s`);
      const maxTimer = setTimeout(
        () => giveUp('timeout', `no answer within ${options.maxMs / 1000} s`),
        options.maxMs,
      ).unref();
      const onAbort = (): void => giveUp('cancelled', 'it was cancelled');
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const finish = (): void => {
        clearTimeout(maxTimer);
        options.signal?.removeEventListener('abort', onAbort);
      };
      this.#pending.set(id, {
        resolve: (answer) => {
          finish();
          resolve(answer);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
        options,
        idleTimer: setTimeout(onIdle, options.idleMs).unref(),
        lastProgress: -Infinity,
      });
      this.#transport.send(requestText(String(id), method, params), {
        id,
        method,
        params: (parseJson(params) ?? {}) as Record<string, unknown>,
        headers: options.headers ?? {},
      });
    });
  }

  notify(method: string, paramsText?: string): void {
    if (this.#closedBecause === null) this.#transport.send(notificationText(method, paramsText), null);
  }

  async close(): Promise<void> {
    await this.#transport.close();
    this.#onClosed('it was stopped');
  }

  #settle(id: number): Pending | null {
    const pending = this.#pending.get(id);
    if (pending === undefined) return null;
    this.#pending.delete(id);
    clearTimeout(pending.idleTimer);
    return pending;
  }

  #takeBack(id: number, method: string, why: string): void {
    if (this.#transport.cancelsByClosing) this.#transport.abandon(id);
    else if (!uncancellable.has(method))
      this.notify('notifications/cancelled', JSON.stringify({ requestId: id, reason: why }));
  }

  #onClosed(why: string): void {
    if (this.#closedBecause !== null) return;
    this.#closedBecause = why;
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(new RequestLost(why, 'lost', false));
    this.#events.onClosed(why);
  }

  #onMessage(text: string): void {
    const value = parseJson(text);
    if (!Array.isArray(value)) return this.#understand(text, value);
    // A batch holds messages, never batches: what is nested deeper is no message.
    for (const [index, element] of elementTexts(text).entries()) this.#understand(element, value[index]);
  }

  #understand(text: string, value: unknown): void {
    const message = readMessage(text, value);
    switch (message?.kind) {
      case 'response':
        return this.#onResponse(message);
      case 'notification':
        return this.#onNotification(message);
      case 'request':
        return this.#onRequest(message);
      case undefined:
        return;
    }
  }

  #onResponse(message: ResponseMessage): void {
    // Our ids are numbers; some servers send them back as text. A late answer to a request that was given up has nobody waiting for it.
    const pending = this.#settle(Number(message.id));
    if (pending === null) return;
    if (message.resultText !== null) pending.resolve({ kind: 'result', text: message.resultText });
    else pending.resolve({ kind: 'error', text: message.errorText ?? '{}' });
  }

  #onNotification(message: NotificationMessage): void {
    if (message.method !== 'notifications/progress') return this.#events.onNotification(message);
    const { progressToken, progress } = message.params;
    const pending = typeof progressToken === 'number' ? this.#pending.get(progressToken) : undefined;
    if (pending === undefined || typeof progress !== 'number') return;
    pending.idleTimer.refresh();
    if (progress <= pending.lastProgress) return;
    pending.lastProgress = progress;
    pending.options.onProgress?.(message.paramsText);
  }

  /** Servers may ask whether we live; for anything else we never said we could (R3, R6). */
  #onRequest(request: RequestMessage): void {
    const answer =
      request.method === 'ping'
        ? resultMessage(request.idText, '{}')
        : errorMessage(
            request.idText,
            errorTextOf({ code: errorCodes.methodNotFound, message: 'Method not found' }),
          );
    this.#transport.send(answer, null);
  }
}

/** The params with our token in place of the caller's. */
function withProgressToken(paramsText: string, token: number): string {
  const meta = memberText(paramsText, '_meta') ?? '{}';
  return withMember(paramsText, '_meta', withMember(meta, 'progressToken', String(token)));
}
