// The keep-alive connections to one origin: the one used last is used next, so that idle ones age and are closed. One
// slow ticker watches all time limits; the data path has no timer of its own.
import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { UpstreamCall, UpstreamListener, UpstreamRequest } from '../provider.ts';
import { Connection, UpstreamError } from './connection.ts';
import type { ConnectionOwner } from './connection.ts';

export interface PoolLimits {
  readonly connectMs: number;
  /** From the request to the first byte of the answer: a non-streamed answer may take minutes to begin. */
  readonly headersMs: number;
  /** Silence inside an answer. */
  readonly silenceMs: number;
  readonly idleMs: number;
}

const TICK_MS = 1000;
/** An upstream that says how long it keeps an idle connection is left some time before that. */
const IDLE_MARGIN_MS = 2000;
const TCP_KEEP_ALIVE_MS = 60_000;

export class ConnectionPool implements ConnectionOwner {
  readonly #url: URL;
  readonly #limits: PoolLimits;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  #ticker: NodeJS.Timeout | null = null;
  tick = 0;
  #closed = false;
  /** The newest TLS session, so that a further connection needs one round trip less. */
  #session: Buffer | undefined;

  constructor(origin: string, limits: PoolLimits) {
    this.#url = new URL(origin);
    this.#limits = limits;
  }

  /** Errors reach the listener, also those of a request that cannot be sent; never called back before it returned. */
  send(path: string, request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    if (this.#closed)
      return failedCall(listener, new UpstreamError('UPSTREAM_CLOSED', 'the provider was removed'));
    const connection = this.#idle.pop() ?? this.#open();
    try {
      return connection.send(this.#url.host, path, request, listener);
    } catch (error) {
      this.onFree(connection);
      return failedCall(listener, error as Error);
    }
  }

  /** Takes no new calls; those in flight end by themselves. */
  retire(): void {
    this.#closed = true;
    for (const connection of [...this.#idle]) connection.abort();
  }

  destroy(): void {
    this.#closed = true;
    for (const connection of [...this.#all])
      connection.fail(new UpstreamError('UPSTREAM_CLOSED', 'Tollgate is stopping'));
  }

  #open(): Connection {
    const secure = this.#url.protocol === 'https:';
    const connection = new Connection(
      secure ? this.#connectSecure() : this.#connectPlain(),
      this,
      secure ? 'secureConnect' : 'connect',
    );
    this.#all.add(connection);
    this.#ticker ??= setInterval(() => this.#watch(), TICK_MS).unref();
    return connection;
  }

  get #address(): { host: string; port: number } {
    const { hostname, port, protocol } = this.#url;
    return {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
    };
  }

  #connectPlain(): Socket {
    return prepare(connectPlain(this.#address));
  }

  #connectSecure(): Socket {
    const address = this.#address;
    const socket = connectSecure({
      ...address,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
      ...(this.#session === undefined ? {} : { session: this.#session }),
    });
    socket.on('session', (session) => {
      this.#session = session;
    });
    return prepare(socket);
  }

  onFree(connection: Connection): void {
    connection.lastTick = this.tick;
    if (this.#closed) connection.abort();
    else this.#idle.push(connection);
  }

  onGone(connection: Connection): void {
    this.#all.delete(connection);
    const index = this.#idle.lastIndexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    if (this.#all.size > 0 || this.#ticker === null) return;
    clearInterval(this.#ticker);
    this.#ticker = null;
  }

  #watch(): void {
    this.tick++;
    for (const connection of [...this.#all]) {
      const error = this.#overdue(connection, (this.tick - connection.lastTick) * TICK_MS);
      if (error !== null) connection.fail(error);
    }
  }

  #overdue(connection: Connection, waited: number): UpstreamError | null {
    const { connectMs, headersMs, silenceMs, idleMs } = this.#limits;
    switch (connection.state) {
      case 'idle': {
        const limit = Math.min(idleMs, (connection.idleLimitMs ?? Infinity) - IDLE_MARGIN_MS);
        return waited > limit ? new UpstreamError('UPSTREAM_CLOSED', 'idle for too long') : null;
      }
      case 'connecting':
        return waited > connectMs ? new UpstreamError('UPSTREAM_CONNECT_TIMEOUT', 'no connection') : null;
      case 'waiting':
        return waited > headersMs ? new UpstreamError('UPSTREAM_HEADERS_TIMEOUT', 'no answer') : null;
      case 'answering':
        return waited > silenceMs
          ? new UpstreamError('UPSTREAM_BODY_TIMEOUT', 'the answer fell silent')
          : null;
      case 'paused':
        return null;
    }
  }
}

function prepare(socket: Socket): Socket {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  return socket;
}

/** A call that ended before it began; its listener hears so in the next microtask. */
function failedCall(listener: UpstreamListener, error: Error): UpstreamCall {
  let aborted = false;
  queueMicrotask(() => {
    if (!aborted) listener.onError(error, false);
  });
  return {
    pause: () => {},
    resume: () => {},
    abort: () => {
      aborted = true;
    },
  };
}
