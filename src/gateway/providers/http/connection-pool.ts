// The keep-alive connections to one origin: the one used last is used next, so that idle ones age and are closed. One
// slow ticker watches all time limits; the data path has no timer of its own.
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { UpstreamCall, UpstreamListener } from '../provider.ts';
import type { Proxy } from './choose-proxy.ts';
import { Connection, UpstreamError } from './connection.ts';
import type { ConnectionOwner, HeadStart, WireRequest } from './connection.ts';
import { explainBrokenTunnel, explainProxy, explainRefusal, explainTls } from './explain-error.ts';
import type { ExtraHeaders } from './extra-headers.ts';
import { digTunnel, openPlain, openSecure } from './open-socket.ts';
import type { Place, SecureOptions } from './open-socket.ts';

export interface PoolLimits {
  readonly connectMs: number;
  /** From the request to the first byte of the answer: a non-streamed answer may take minutes to begin. */
  readonly headersMs: number;
  /** Silence inside an answer. */
  readonly silenceMs: number;
  readonly idleMs: number;
}

/** The way from here to an origin. Both functions may throw PROVIDER_UNUSABLE, which the call then ends with. */
export interface Network {
  proxyFor(url: URL): Proxy | null;
  authorities(): SecureContext;
  /** Added to every request. */
  readonly headers: ExtraHeaders | null;
}

const TICK_MS = 1000;
/** An upstream that says how long it keeps an idle connection is left some time before that. */
const IDLE_MARGIN_MS = 2000;
const PROXY_AUTHENTICATION_REQUIRED = 407;

export class ConnectionPool implements ConnectionOwner {
  readonly #url: URL;
  readonly #target: Place;
  readonly #secure: boolean;
  readonly #limits: PoolLimits;
  readonly #network: Network | null;
  readonly #extra: ExtraHeaders | null;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  #head: HeadStart;
  /** Undefined until the first connection is opened. */
  #proxy: Proxy | null | undefined;
  #ticker: NodeJS.Timeout | null = null;
  tick = 0;
  #closed = false;
  /** The newest TLS session, so that a further connection needs one round trip less. */
  #session: Buffer | undefined;

  /** Without a network: directly, with the certificate authorities that come with Node. */
  constructor(origin: string, limits: PoolLimits, network: Network | null = null) {
    this.#url = new URL(origin);
    this.#secure = this.#url.protocol === 'https:';
    this.#target = {
      host: this.#url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(this.#url.port || (this.#secure ? 443 : 80)),
    };
    this.#limits = limits;
    this.#network = network;
    this.#extra = network?.headers ?? null;
    this.#head = { prefix: '', lines: `host: ${this.#url.host}\r\nconnection: keep-alive\r\n` };
    if (network === null) this.#proxy = null;
  }

  /** Errors reach the listener, also those of a request that cannot be sent; never called back before it returned. */
  send(path: string, request: WireRequest, listener: UpstreamListener): UpstreamCall {
    if (this.#closed)
      return failedCall(listener, new UpstreamError('UPSTREAM_CLOSED', 'the provider was removed'));
    let connection: Connection | undefined;
    try {
      const wire = this.#extra === null ? request : this.#extra.addTo(request);
      connection = this.#idle.pop() ?? this.#open();
      const heard = this.#head.prefix === '' ? listener : this.#withoutProxyLogin(listener);
      return connection.send(this.#head, path, wire, heard);
    } catch (error) {
      if (connection !== undefined) this.onFree(connection);
      return failedCall(listener, error as Error);
    }
  }

  /** Takes no new calls; those in flight end by themselves. */
  retire(): void {
    this.#closed = true;
    this.onStale();
  }

  destroy(): void {
    this.#closed = true;
    for (const connection of [...this.#all])
      connection.fail(new UpstreamError('UPSTREAM_CLOSED', 'Tollgate is stopping'));
  }

  #open(): Connection {
    if (this.#proxy === undefined) this.#proxy = this.#network?.proxyFor(this.#url) ?? null;
    const proxy = this.#proxy;
    const connection =
      proxy === null
        ? this.#openDirectly()
        : this.#secure
          ? this.#openTunnel(proxy)
          : this.#openAtProxy(proxy);
    this.#all.add(connection);
    this.#ticker ??= setInterval(() => this.#watch(), TICK_MS).unref();
    return connection;
  }

  #openDirectly(): Connection {
    return this.#secure
      ? new Connection(this.#secureSocket(), this, 'secureConnect')
      : new Connection(openPlain(this.#target), this, 'connect');
  }

  /** A proxy is asked for a plain origin's answers by their full address. */
  #openAtProxy(proxy: Proxy): Connection {
    if (this.#head.prefix === '') {
      const login = proxy.authorization === null ? '' : `proxy-authorization: ${proxy.authorization}\r\n`;
      this.#head = { prefix: this.#url.origin, lines: this.#head.lines + login };
    }
    const socket = this.#proxySocket(proxy);
    return new Connection(socket, this, proxy.secure ? 'secureConnect' : 'connect');
  }

  #openTunnel(proxy: Proxy): Connection {
    // Fails before a socket is open when a certificate file is not usable.
    const options = this.#secureOptions();
    const socket = this.#proxySocket(proxy);
    const connection = new Connection(socket, this, null);
    digTunnel(
      socket,
      proxy,
      this.#target,
      () => connection.adopt(this.#secureSocket(options, socket), 'secureConnect'),
      (error) => connection.fail(error),
    );
    return connection;
  }

  #proxySocket(proxy: Proxy): Socket {
    return proxy.secure ? openSecure(proxy, this.#secureOptions()) : openPlain(proxy);
  }

  #secureOptions(): SecureOptions {
    return this.#network === null ? {} : { secureContext: this.#network.authorities() };
  }

  /** A TLS socket to the origin itself. */
  #secureSocket(options = this.#secureOptions(), through?: Socket): Socket {
    const session = this.#session === undefined ? {} : { session: this.#session };
    const socket = openSecure(this.#target, { ...options, ...session }, through);
    socket.on('session', (newest) => {
      this.#session = newest;
    });
    return socket;
  }

  /** A proxy's question for a password is its own, not the provider's answer. */
  #withoutProxyLogin(listener: UpstreamListener): UpstreamListener {
    const proxy = this.#proxy;
    let refused = false;
    return {
      onStart: (status, headers) => {
        refused = status === PROXY_AUTHENTICATION_REQUIRED && proxy != null;
        if (refused && proxy != null)
          listener.onError(explainRefusal(status, headers, proxy, this.#url.host), false);
        else listener.onStart(status, headers);
      },
      onData: (chunk) => void (refused || listener.onData(chunk)),
      onEnd: () => void (refused || listener.onEnd()),
      onError: (error, reused) => void (refused || listener.onError(error, reused)),
    };
  }

  explain(error: Error, connected: boolean): Error {
    const isClosed = error instanceof UpstreamError && error.code === 'UPSTREAM_CLOSED';
    // What Tollgate itself says needs no other words.
    if (this.#closed || (error instanceof UpstreamError && !isClosed)) return error;
    const proxy = this.#proxy ?? null;
    if (proxy === null || connected) return explainTls(error, this.#url.host) ?? error;
    if (!this.#secure) return explainProxy(error, proxy);
    // The tunnel stood: its own errors are explained where it is dug.
    return explainTls(error, this.#url.host) ?? explainBrokenTunnel(error, proxy, this.#url.host);
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

  onStale(): void {
    for (const connection of [...this.#idle]) connection.abort();
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
        return waited > connectMs ? this.#late('CONNECT', 'there was no connection', connectMs) : null;
      case 'waiting':
        return waited > headersMs ? this.#late('HEADERS', 'no answer began', headersMs) : null;
      case 'answering':
        return waited > silenceMs
          ? this.#late('BODY', 'its answer fell silent and stayed so', silenceMs)
          : null;
      case 'paused':
        return null;
    }
  }

  #late(kind: string, what: string, limitMs: number): UpstreamError {
    const by = this.#proxy == null ? '' : ` through the proxy ${this.#proxy.name}`;
    return new UpstreamError(`UPSTREAM_${kind}_TIMEOUT`, `${what}${by} within ${limitMs / 1000} s`);
  }
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
