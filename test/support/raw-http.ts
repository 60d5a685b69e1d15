// A client that hides nothing: exact header bytes and body pieces out, exact chunks with their times in. `sendRequest` speaks
// HTTP over node:http, `sendRaw` writes bytes to a socket and returns what came back.
import { request as openRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { pairHeaders, sha256, valuesOf, type HeaderList } from './fake-upstream.ts';

export type ReceivedChunk = { readonly bytes: Buffer; /** `performance.now()` */ readonly at: number };

export type AnswerHead = {
  readonly status: number;
  readonly headers: HeaderList;
  values(name: string): string[];
};

/** A finished answer. `complete` is false when the connection ended before the body did. */
export type ReceivedAnswer = AnswerHead & {
  readonly body: Buffer;
  readonly sha256: string;
  readonly complete: boolean;
  readonly chunks: readonly ReceivedChunk[];
  text(): string;
  json(): unknown;
};

export type OpenExchange = {
  /** Status and headers; rejects when the connection ends before them. */
  readonly head: Promise<AnswerHead>;
  /** The whole answer; rejects only when no head came. */
  readonly answer: Promise<ReceivedAnswer>;
  readonly chunks: readonly ReceivedChunk[];
  /** Writes a piece of the request body; resolves when the kernel has taken it or the connection is gone. */
  write(bytes: Uint8Array | string): Promise<void>;
  endBody(bytes?: Uint8Array | string): void;
  /** Resolves when the body received so far contains the text. */
  received(text: string): Promise<void>;
  /** Resolves when this many bytes of the body have come. */
  receivedAtLeast(count: number): Promise<void>;
  receivedBytes(): number;
  /** Stops and continues reading from the socket. */
  pause(): void;
  resume(): void;
  /** Leaves without a word, as a killed client does. */
  destroy(): void;
};

export type RequestOptions = {
  method?: string;
  headers?: HeaderList;
  /** Sent with Content-Length and ended. Leave it out to write pieces (chunked unless `headers` says a length). */
  body?: Uint8Array | string;
  /** Do not end the request although there is no body. */
  openEnd?: boolean;
  /** Throw received bytes away (they are still counted), for very large answers. */
  discard?: boolean;
};

function describeHead(message: IncomingMessage): AnswerHead {
  const headers = pairHeaders(message.rawHeaders);
  return { status: message.statusCode ?? 0, headers, values: (name) => valuesOf(headers, name) };
}

type Arrival = {
  chunks: ReceivedChunk[];
  total: number;
  watchers: Set<() => void>;
  message: IncomingMessage | null;
  discard: boolean;
};

function collect(message: IncomingMessage, arrival: Arrival): Promise<ReceivedAnswer> {
  const { promise, resolve } = Promise.withResolvers<ReceivedAnswer>();
  message.on('data', (bytes: Buffer) => {
    arrival.total += bytes.length;
    if (!arrival.discard) arrival.chunks.push({ bytes, at: performance.now() });
    for (const watch of arrival.watchers) watch();
  });
  message.on('error', () => {});
  message.on('close', () => {
    const body = Buffer.concat(arrival.chunks.map((chunk) => chunk.bytes));
    resolve({
      ...describeHead(message),
      body,
      sha256: sha256(body),
      complete: message.complete,
      chunks: arrival.chunks,
      text: () => body.toString('utf8'),
      json: () => JSON.parse(body.toString('utf8')) as unknown,
    });
  });
  return promise;
}

/** Resolves once `done` holds; rejects when the answer ends before. */
function awaitArrival(arrival: Arrival, answer: Promise<ReceivedAnswer>, done: () => boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const check = (): void => {
    if (!done()) return;
    arrival.watchers.delete(check);
    resolve();
  };
  arrival.watchers.add(check);
  check();
  const ended = (): void => {
    if (done()) resolve();
    else reject(new Error('the answer ended before the awaited bytes came'));
  };
  answer.then(ended, ended);
  return promise;
}

function writeTo(outgoing: ClientRequest, bytes: Uint8Array | string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  outgoing.once('close', resolve);
  outgoing.write(bytes, () => {
    outgoing.off('close', resolve);
    resolve();
  });
  return promise;
}

/** Opens one request on a connection of its own. `url` may have any path and query; header names keep their case. */
export function sendRequest(url: string, options: RequestOptions = {}): OpenExchange {
  const target = new URL(url);
  const headers = [...(options.headers ?? [])];
  const has = (name: string): boolean => valuesOf(headers, name).length > 0;
  if (!has('host')) headers.unshift(['Host', target.host]);
  if (options.body !== undefined && !has('content-length') && !has('transfer-encoding')) {
    headers.push(['Content-Length', String(Buffer.byteLength(options.body))]);
  }
  if (!has('connection')) headers.push(['Connection', 'close']);
  const outgoing = openRequest({
    host: target.hostname.replace(/^\[|\]$/g, ''),
    port: target.port,
    path: target.pathname + target.search,
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers: headers.flat(),
    agent: false,
    maxHeaderSize: 65_536,
  });
  const arrival: Arrival = {
    chunks: [],
    total: 0,
    watchers: new Set(),
    message: null,
    discard: options.discard === true,
  };
  const head = Promise.withResolvers<AnswerHead>();
  const answer = Promise.withResolvers<ReceivedAnswer>();
  outgoing.on('response', (message) => {
    arrival.message = message;
    head.resolve(describeHead(message));
    void collect(message, arrival).then(answer.resolve);
  });
  const fail = (error: Error): void => {
    if (arrival.message !== null) return;
    head.reject(error);
    answer.reject(error);
  };
  outgoing.on('error', fail);
  outgoing.on('close', () => fail(new Error('the connection ended before an answer')));
  head.promise.catch(() => {});
  answer.promise.catch(() => {});
  // As bytes, never as a string: Node would encode the header together with a string and turn its bytes into UTF-8.
  if (options.body !== undefined) outgoing.end(Buffer.from(options.body));
  else if (options.openEnd === true) outgoing.flushHeaders();
  else outgoing.end();
  return {
    head: head.promise,
    answer: answer.promise,
    chunks: arrival.chunks,
    write: (bytes) => writeTo(outgoing, bytes),
    endBody: (bytes) => void (bytes === undefined ? outgoing.end() : outgoing.end(bytes)),
    received: (text) =>
      awaitArrival(arrival, answer.promise, () =>
        Buffer.concat(arrival.chunks.map((chunk) => chunk.bytes)).includes(text),
      ),
    receivedAtLeast: (count) => awaitArrival(arrival, answer.promise, () => arrival.total >= count),
    receivedBytes: () => arrival.total,
    pause: () => void arrival.message?.pause(),
    resume: () => void arrival.message?.resume(),
    destroy: () => void outgoing.destroy(),
  };
}

/** One request with its whole answer. */
export function fetchRaw(url: string, options: RequestOptions = {}): Promise<ReceivedAnswer> {
  return sendRequest(url, options).answer;
}

/** Writes exactly these bytes to the address and returns all bytes received until the other side closes. */
export async function sendRaw(url: string, bytes: Uint8Array | string): Promise<Buffer> {
  const target = new URL(url);
  const socket = connect({ host: target.hostname, port: Number(target.port) });
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => void parts.push(part));
  socket.on('error', () => {});
  socket.write(bytes);
  await new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  return Buffer.concat(parts);
}
