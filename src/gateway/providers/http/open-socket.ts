// Opens sockets: to a host, plain or with TLS, and through a proxy's tunnel (CONNECT) to a host behind it.
import { connect as connectPlain, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import type { SecureContext, TLSSocket } from 'node:tls';
import { UpstreamError } from './connection.ts';
import { explainProxy, explainRefusal } from './explain-error.ts';
import { ResponseReader } from './response-reader.ts';
import type { Proxy } from './choose-proxy.ts';

export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface SecureOptions {
  /** Absent: the authorities that come with Node. */
  readonly secureContext?: SecureContext;
  /** A session to take up again. */
  readonly session?: Buffer;
}

const TCP_KEEP_ALIVE_MS = 60_000;

export function openPlain({ host, port }: Place): Socket {
  return prepare(connectPlain({ host, port }));
}

/** `through`: a socket that leads there already. */
export function openSecure({ host, port }: Place, options: SecureOptions, through?: Socket): TLSSocket {
  const way = through === undefined ? { host, port } : { socket: through, host };
  const socket = connectSecure({
    ...way,
    ALPNProtocols: ['http/1.1'],
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...options,
  });
  if (through === undefined) prepare(socket);
  return socket;
}

function prepare<S extends Socket>(socket: S): S {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
  return socket;
}

/**
 * Asks the proxy at the other end of `socket` for a tunnel to `target`. Exactly one callback comes, unless the socket is
 * destroyed from here; after `onOpen` the socket carries the target's bytes, after `onError` it is of no use.
 */
export function digTunnel(
  socket: Socket,
  proxy: Proxy,
  target: Place,
  onOpen: () => void,
  onError: (error: Error) => void,
): void {
  const authority = `${isIP(target.host) === 6 ? `[${target.host}]` : target.host}:${target.port}`;
  const credentials = proxy.authorization === null ? '' : `proxy-authorization: ${proxy.authorization}\r\n`;
  const finish = (error: Error | null): void => {
    socket.off('data', onData).off('end', onClosed).off('close', onClosed).off('error', onFailure);
    // What breaks later is told by the connection on top of this one.
    socket.on('error', () => {});
    if (error === null) onOpen();
    else onError(explainProxy(error, proxy));
  };
  let answer: { status: number; headers: readonly string[] } | null = null;
  let tooMuch = false;
  const reader = new ResponseReader({
    onHead: (status, headers) => void (answer = { status, headers }),
    onBody: () => void (tooMuch = true),
    onEnd: () => {},
  });
  const onData = (bytes: Buffer): void => {
    try {
      reader.feed(bytes);
    } catch (error) {
      finish(error as Error);
      return;
    }
    if (answer === null) return;
    socket.pause();
    if (answer.status < 200 || answer.status > 299)
      finish(explainRefusal(answer.status, answer.headers, proxy, authority));
    // A TLS server waits for its client: whoever speaks first is not it.
    else finish(tooMuch ? new UpstreamError('UPSTREAM_PROTOCOL', 'bytes behind its answer') : null);
  };
  const onFailure = (error: Error): void => finish(error);
  const onClosed = (): void => finish(new UpstreamError('UPSTREAM_CLOSED', 'the connection was closed'));
  socket.on('data', onData).on('end', onClosed).on('close', onClosed).on('error', onFailure);
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nhost: ${authority}\r\n${credentials}\r\n`, 'latin1');
}
