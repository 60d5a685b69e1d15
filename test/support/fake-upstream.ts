// An upstream on 127.0.0.1 that a test scripts: it records every request to the byte and answers as told, with exact
// chunk borders, pauses that the test ends, resets and cut answers. It knows HTTP only; Anthropic's vocabulary is in
// anthropic-answers.ts.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** One request as it came over the wire. `body` and `sha256` are final once `bodyEnded` has resolved. */
export type RecordedRequest = {
  /** Order of arrival, from 1. */
  readonly number: number;
  readonly method: string;
  /** Path with query, as sent. */
  readonly url: string;
  readonly path: string;
  /** Names and values in wire order and case. */
  readonly headers: HeaderList;
  readonly body: Buffer;
  /** Lower-case hex of the body. */
  readonly sha256: string;
  /** Milliseconds, `performance.now()` of this process. */
  readonly receivedAt: number;
  /** True when the whole body came, false when the sender left before its end. */
  readonly bodyEnded: Promise<boolean>;
  /** Resolves with `performance.now()` when the connection that carried this request is gone. */
  readonly socketClosed: Promise<number>;
  /** All values of one header, case ignored. */
  values(name: string): string[];
  json(): unknown;
};

/** What an answer function works with. Every writing call resolves also when the other side has left. */
export type UpstreamExchange = {
  readonly request: RecordedRequest;
  readonly socket: Socket;
  /** Bytes of the answer's body handed to the kernel so far. */
  readonly sentBytes: () => number;
  readonly gone: () => boolean;
  /** Sends status line and headers at once. */
  head(status: number, headers?: HeaderList): void;
  /** Sends one piece of the body as its own HTTP chunk; resolves when the kernel has taken it, false when it never will. */
  send(bytes: Uint8Array | string): Promise<boolean>;
  /** Ends the answer cleanly. */
  end(bytes?: Uint8Array | string): void;
  /** Ends the connection with FIN although the answer is not complete. */
  cut(): void;
  /** Ends the connection with RST. */
  reset(): void;
  /** Writes bytes past HTTP, for answers that are not HTTP at all. */
  raw(bytes: Uint8Array | string): void;
};

export type Answer = (exchange: UpstreamExchange) => void | Promise<void>;

export type FakeUpstream = {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Answers for the next requests, in order of arrival; when none is left, `setAnswer` decides. */
  enqueue(...answers: Answer[]): void;
  setAnswer(answer: Answer): void;
  /** Resolves with request number `number` (from 1) as soon as its headers are there. */
  request(number: number): Promise<RecordedRequest>;
  /** Resolves with the next request that arrives after this call. */
  nextRequest(): Promise<RecordedRequest>;
  openSockets(): number;
  acceptedSockets(): number;
  /** Errors thrown by answer functions; a test that cares asserts that it is empty. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
};

/** A pause that the test ends: `await gate.opened` in an answer, `gate.open()` in the test. */
export type Gate = { readonly opened: Promise<void>; open(): void };

export function createGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function pairHeaders(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    pairs.push([flat[index] ?? '', flat[index + 1] ?? '']);
  }
  return pairs;
}

export function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

function recordRequest(
  number: number,
  incoming: IncomingMessage,
  socketClosed: Promise<number>,
): RecordedRequest {
  const parts: Buffer[] = [];
  let whole: Buffer | null = null;
  const { promise: bodyEnded, resolve } = Promise.withResolvers<boolean>();
  incoming.on('data', (part: Buffer) => {
    parts.push(part);
    whole = null;
  });
  incoming.on('end', () => resolve(true));
  incoming.on('close', () => resolve(incoming.complete));
  incoming.on('error', () => resolve(false));
  const body = (): Buffer => (whole ??= Buffer.concat(parts));
  const url = incoming.url ?? '';
  const headers = pairHeaders(incoming.rawHeaders);
  return {
    number,
    method: incoming.method ?? '',
    url,
    path: url.split('?', 1)[0] ?? '',
    headers,
    get body() {
      return body();
    },
    get sha256() {
      return sha256(body());
    },
    receivedAt: performance.now(),
    bodyEnded,
    socketClosed,
    values: (name) => valuesOf(headers, name),
    json: () => JSON.parse(body().toString('utf8')) as unknown,
  };
}

function createExchange(
  request: RecordedRequest,
  socket: Socket,
  response: ServerResponse,
): UpstreamExchange {
  let sent = 0;
  const gone = (): boolean => response.destroyed || socket.destroyed;
  response.on('error', () => {});
  return {
    request,
    socket,
    sentBytes: () => sent,
    gone,
    head(status, headers = []) {
      if (gone()) return;
      response.writeHead(status, headers.flat());
      response.flushHeaders();
    },
    send(bytes) {
      if (gone()) return Promise.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const leave = (): void => resolve(false);
      socket.once('close', leave);
      response.write(bytes, (error) => {
        socket.off('close', leave);
        if (error == null) sent += Buffer.byteLength(bytes);
        resolve(error == null);
      });
      return promise;
    },
    end: (bytes) => void (bytes === undefined ? response.end() : response.end(bytes)),
    cut: () => void socket.destroySoon(),
    reset: () => void socket.resetAndDestroy(),
    raw: (bytes) => void socket.write(bytes),
  };
}

/** Starts an upstream on a free port. Without a script it answers 500, so that a forgotten one is seen. */
export async function startFakeUpstream(): Promise<FakeUpstream> {
  const requests: RecordedRequest[] = [];
  const waiting: { number: number; resolve: (request: RecordedRequest) => void }[] = [];
  const queue: Answer[] = [];
  const failures: unknown[] = [];
  const sockets = new Map<Socket, Promise<number>>();
  let accepted = 0;
  let fallback: Answer = (exchange) => {
    exchange.head(500, [['content-type', 'text/plain']]);
    exchange.end('the test scripted no answer for this request');
  };

  const server = createServer(
    { keepAliveTimeout: 60_000, requestTimeout: 0, noDelay: true, maxHeaderSize: 65_536 },
    (incoming, response) => {
      const closed = sockets.get(incoming.socket) ?? Promise.resolve(performance.now());
      const request = recordRequest(requests.length + 1, incoming, closed);
      requests.push(request);
      for (const waiter of waiting) if (waiter.number === request.number) waiter.resolve(request);
      const answer = queue.shift() ?? fallback;
      const exchange = createExchange(request, incoming.socket, response);
      Promise.resolve()
        .then(() => answer(exchange))
        .catch((error: unknown) => {
          failures.push(error);
          exchange.reset();
        });
    },
  );
  server.on('connection', (socket) => {
    accepted += 1;
    socket.on('error', () => {});
    const closed = new Promise<number>((resolve) => {
      socket.once('close', () => {
        sockets.delete(socket);
        resolve(performance.now());
      });
    });
    sockets.set(socket, closed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const request = (number: number): Promise<RecordedRequest> => {
    const there = requests[number - 1];
    if (there !== undefined) return Promise.resolve(there);
    const { promise, resolve } = Promise.withResolvers<RecordedRequest>();
    waiting.push({ number, resolve });
    return promise;
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    enqueue: (...answers) => void queue.push(...answers),
    setAnswer: (answer) => void (fallback = answer),
    request,
    nextRequest: () => request(requests.length + 1),
    openSockets: () => sockets.size,
    acceptedSockets: () => accepted,
    failures,
    async close() {
      server.close();
      for (const socket of sockets.keys()) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** A port on 127.0.0.1 where nobody listens: it was free a moment ago. */
export async function findClosedPort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
