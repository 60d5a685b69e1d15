// One HTTP call to an upstream through a keep-alive pool. Bytes in and out are passed on as they are; the caller
// pauses, resumes and aborts. undici's dispatch is used directly: it costs a third less than streams on top of it.
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import type { Upstream, UpstreamCall, UpstreamListener } from './provider.ts';

/** A non-streamed answer of a large model may take minutes to begin; the client's own limit is ten minutes. */
const HEADERS_TIMEOUT_MS = 600_000;
/** Silence inside an answer after which its upstream is taken for dead, although its socket lives. */
const BODY_TIMEOUT_MS = 600_000;
/** Of an answer, as of a request. */
const LARGEST_HEAD = 64 * 1024;
/** Below the idle limit of common servers and load balancers (60 s), so that few sockets die under a request. */
const KEEP_ALIVE_MS = 30_000;

export function createHttpUpstream(baseUrl: string): Upstream {
  const url = new URL(baseUrl);
  const prefix = url.pathname.replace(/\/+$/, '');
  const pool = new Pool(url.origin, {
    connections: null,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
    maxHeaderSize: LARGEST_HEAD,
    connect: { timeout: 20_000, noDelay: true },
  });
  return {
    send(request, listener) {
      const handler = new CallHandler(listener);
      pool.dispatch(
        {
          path: prefix + request.path,
          method: request.method,
          headers: request.headers as string[],
          body: request.body,
        },
        handler,
      );
      return handler;
    },
    retire: () => void pool.close(),
    destroy: () => pool.destroy(),
  };
}

/** Joins undici's callbacks to ours, and remembers an abort that comes before undici has a socket. */
class CallHandler implements Dispatcher.DispatchHandler, UpstreamCall {
  readonly #listener: UpstreamListener;
  #controller: Dispatcher.DispatchController | null = null;
  #aborted = false;

  constructor(listener: UpstreamListener) {
    this.#listener = listener;
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  abort(): void {
    this.#aborted = true;
    this.#controller?.abort(new AbortedCall());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(new AbortedCall());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // 1xx answers precede the real one.
    if (status < 200 || this.#aborted) return;
    this.#listener.onStart(status, textHeaders(controller.rawHeaders));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#aborted) this.#listener.onData(chunk);
  }

  onResponseEnd(): void {
    if (!this.#aborted) this.#listener.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#aborted) this.#listener.onError(error, diedIdle(error));
  }
}

class AbortedCall extends Error {
  override readonly name = 'AbortedCall';
}

/** undici hands over the header bytes; HTTP header text is latin1. */
function textHeaders(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
}

/** True when the peer closed a connection that had served answers before: the request met a dying socket. */
function diedIdle(error: Error): boolean {
  const { code, socket } = error as Error & { code?: string; socket?: { bytesRead?: number } };
  return code === 'UND_ERR_SOCKET' && (socket?.bytesRead ?? 0) > 0;
}
