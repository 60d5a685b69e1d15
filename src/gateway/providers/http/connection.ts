// One keep-alive connection to an upstream: sends one request at a time and turns what comes back, or what goes wrong,
// into the callbacks of its listener. Its pool is told when it is free again and when it is gone.
import type { Socket } from 'node:net';
import type { ByteParts } from '../../lib/byte-parts.ts';
import type { UpstreamCall, UpstreamListener } from '../provider.ts';
import { ResponseReader } from './response-reader.ts';

/** A call that failed for a reason of ours or of the connection's; `code` tells which. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What goes over the wire; `host`, `connection` and `content-length` are the connection's own. */
export interface WireRequest {
  readonly method: string;
  /** Name, value, name, value … */
  readonly headers: readonly string[];
  readonly body: ByteParts | null;
}

export interface ConnectionOwner {
  /** Counts the seconds while there are connections. */
  readonly tick: number;
  /** The answer is whole and the connection may carry another. */
  onFree(connection: Connection): void;
  onGone(connection: Connection): void;
  /** An idle connection had died unnoticed; others may have, too. */
  onStale(): void;
  /** The error in the words of the way that this connection takes. */
  explain(error: Error, connected: boolean): Error;
}

/** How the request line and the head begin, the same for every request of an origin. */
export interface HeadStart {
  /** Stands before the path: the whole origin for a plain proxy, else nothing. */
  readonly prefix: string;
  /** Complete header lines. */
  readonly lines: string;
}

/** What may not stand in a request's head: it would end the line, or not be sent as it is written. */
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

export class Connection {
  #socket: Socket;
  /** What is to be sent once the way through a proxy stands; null when it does, or when there is none. */
  #waiting: Buffer[] | null;
  readonly #owner: ConnectionOwner;
  readonly #reader: ResponseReader;
  #listener: UpstreamListener | null = null;
  /** Requests answered so far. */
  #served = 0;
  #answerEnded = false;
  #gone = false;
  #paused = false;
  #connected = false;
  /** The owner's tick at the last sign of life. */
  lastTick: number;

  /** `connectedEvent`: null when the socket is only the beginning of the way, and `adopt` brings the one that counts. */
  constructor(socket: Socket, owner: ConnectionOwner, connectedEvent: string | null) {
    this.#socket = socket;
    this.#waiting = connectedEvent === null ? [] : null;
    this.#owner = owner;
    this.lastTick = owner.tick;
    this.#reader = new ResponseReader({
      onHead: (status, headers) => this.#listener?.onStart(status, headers),
      onBody: (bytes) => this.#listener?.onData(bytes),
      onEnd: () => {
        this.#answerEnded = true;
      },
    });
    if (connectedEvent !== null) this.#listen(socket, connectedEvent);
  }

  /** Goes on with the socket that reaches the upstream. */
  adopt(socket: Socket, connectedEvent: string): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    this.#socket = socket;
    this.#listen(socket, connectedEvent);
    if (this.#paused) socket.pause();
    for (const part of waiting) socket.write(part);
  }

  #listen(socket: Socket, connectedEvent: string): void {
    socket.once(connectedEvent, () => {
      this.#connected = true;
      this.lastTick = this.#owner.tick;
    });
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  /** What it waits for. */
  get state(): 'idle' | 'paused' | 'connecting' | 'waiting' | 'answering' {
    if (this.#listener === null) return 'idle';
    if (this.#paused) return 'paused';
    if (!this.#connected) return 'connecting';
    return this.#reader.inAnswer ? 'answering' : 'waiting';
  }

  get idleLimitMs(): number | null {
    return this.#reader.idleLimitMs;
  }

  /** Throws UpstreamError when the head cannot be sent; the connection is unharmed then. */
  send(start: HeadStart, path: string, request: WireRequest, listener: UpstreamListener): UpstreamCall {
    const head = requestHead(start, path, request);
    this.#listener = listener;
    this.#answerEnded = false;
    this.lastTick = this.#owner.tick;
    this.#reader.answersHead = request.method === 'HEAD';
    if (this.#waiting === null) {
      this.#socket.cork();
      this.#socket.write(head, 'latin1');
      for (const part of request.body?.parts ?? []) this.#socket.write(part);
      this.#socket.uncork();
    } else {
      this.#waiting.push(Buffer.from(head, 'latin1'), ...(request.body?.parts ?? []));
    }
    return new Call(this, listener);
  }

  /** False once the call's answer has ended: the connection may serve another by then. */
  serves(listener: UpstreamListener): boolean {
    return this.#listener === listener;
  }

  pause(): void {
    this.#paused = true;
    if (this.#waiting === null) this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.lastTick = this.#owner.tick;
    if (this.#waiting === null) this.#socket.resume();
  }

  /** Closes at once; the listener hears nothing more. */
  abort(): void {
    this.#listener = null;
    this.#leave();
  }

  /** Closes at once and says why. */
  fail(error: Error): void {
    const listener = this.#listener;
    const diedIdle = this.#served > 0 && !this.#reader.inAnswer && isDeath(error);
    this.abort();
    if (diedIdle) this.#owner.onStale();
    listener?.onError(this.#owner.explain(error, this.#connected), diedIdle);
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#listener === null) {
      // Nothing was asked for: the upstream and we no longer agree on where an answer begins.
      this.#leave();
      return;
    }
    this.lastTick = this.#owner.tick;
    try {
      this.#reader.feed(bytes);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    if (this.#answerEnded) this.#finish();
  };

  #finish(): void {
    const listener = this.#listener;
    this.#listener = null;
    this.#answerEnded = false;
    this.#served++;
    // An answer that came before the request was sent whole leaves the rest of it in the way of the next one.
    if (this.#reader.reusable && this.#socket.writableLength === 0 && !this.#gone) {
      if (this.#paused) this.resume();
      this.#owner.onFree(this);
    } else {
      this.#leave();
    }
    listener?.onEnd();
  }

  readonly #onEnd = (): void => {
    if (this.#listener !== null && this.#reader.endOfInput()) this.#finish();
    else this.fail(new UpstreamError('UPSTREAM_CLOSED', 'the connection was closed'));
  };

  readonly #onError = (error: Error): void => this.fail(error);

  readonly #onClose = (): void =>
    this.fail(new UpstreamError('UPSTREAM_CLOSED', 'the connection was closed'));

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#socket.destroy();
    this.#owner.onGone(this);
  }
}

/** One request on a connection; without effect once its answer has ended. */
class Call implements UpstreamCall {
  readonly #connection: Connection;
  readonly #listener: UpstreamListener;

  constructor(connection: Connection, listener: UpstreamListener) {
    this.#connection = connection;
    this.#listener = listener;
  }

  pause(): void {
    if (this.#connection.serves(this.#listener)) this.#connection.pause();
  }

  resume(): void {
    if (this.#connection.serves(this.#listener)) this.#connection.resume();
  }

  abort(): void {
    if (this.#connection.serves(this.#listener)) this.#connection.abort();
  }
}

/** The signs of an idle connection that the upstream had closed when the request met it. */
function isDeath(error: Error): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'UPSTREAM_CLOSED' || code === 'ECONNRESET' || code === 'EPIPE';
}

function requestHead(start: HeadStart, path: string, { method, headers, body }: WireRequest): string {
  if (forbidden.test(path) || path.includes(' ')) throw unsendable('The path of the request');
  let head = `${method} ${start.prefix}${path} HTTP/1.1\r\n${start.lines}`;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    const value = headers[index + 1] as string;
    if (forbidden.test(value) || forbidden.test(name)) throw unsendable(`The header "${name}"`);
    head += `${name}: ${value}\r\n`;
  }
  if (body !== null) head += `content-length: ${body.length}\r\n`;
  return `${head}\r\n`;
}

function unsendable(what: string): UpstreamError {
  return new UpstreamError('UPSTREAM_REQUEST', `${what} holds characters that cannot be sent`);
}
