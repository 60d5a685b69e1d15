// `fetch` over a provider's own connections, for the libraries that speak to providers: they get its proxy, certificate
// authorities, time limits and keep-alive connections. Redirects are returned, never followed: a key stays with its address.
import { STATUS_CODES } from 'node:http';
import type { ProviderSetup, UpstreamCall, UpstreamContext, UpstreamListener } from '../provider.ts';
import { ByteParts } from '../../lib/byte-parts.ts';
import { AnswerBody } from './answer-body.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { WireRequest } from './connection.ts';
import { connectionHeaders } from './extra-headers.ts';
import { PoolSet } from './pool-set.ts';

export interface PooledFetch {
  readonly fetch: typeof globalThis.fetch;
  /** Lets calls in flight end, takes no new ones, then closes the connections. */
  retire(): void;
  /** Closes all connections at once. */
  destroy(): void;
}

const lastBlankLine = Buffer.from('\n\n');

/** A second try is for an idle connection that died under the request before it answered. */
const MOST_TRIES = 2;
const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);

export function createFetch(setup: ProviderSetup, context: UpstreamContext): PooledFetch {
  const pools = new PoolSet(setup, context.env);
  return {
    fetch: async (input, init = {}) => {
      const question = await readQuestion(input, init);
      question.signal?.throwIfAborted();
      return new FetchCall(pools.pool(question.url.origin), question).answer;
    },
    retire: () => pools.retire(),
    destroy: () => pools.destroy(),
  };
}

interface Question {
  readonly url: URL;
  readonly request: WireRequest;
  readonly signal: AbortSignal | null;
}

/** Throws TypeError as `fetch` does for what cannot be asked. */
async function readQuestion(input: string | URL | Request, init: RequestInit): Promise<Question> {
  const { body } = init;
  const isSimple = body == null || typeof body === 'string' || body instanceof Uint8Array;
  if (!isSimple || input instanceof Request) {
    // The platform knows how forms, streams and its own requests become bytes.
    const request = new Request(input, body instanceof ReadableStream ? { ...init, duplex: 'half' } : init);
    const bytes = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    return ask(new URL(request.url), request.method, request.headers, bytes, request.signal);
  }
  const headers = new Headers(init.headers);
  const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : (body ?? null);
  if (typeof body === 'string' && !headers.has('content-type'))
    headers.set('content-type', 'text/plain;charset=UTF-8');
  return ask(new URL(input), init.method ?? 'GET', headers, bytes, init.signal ?? null);
}

function ask(
  url: URL,
  method: string,
  headers: Headers,
  bytes: Uint8Array | null,
  signal: AbortSignal | null,
): Question {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError(`fetch failed: an address of the kind "${url.protocol}" cannot be asked`);
  if (url.username !== '' || url.password !== '')
    throw new TypeError('fetch failed: the address holds a user name or password');
  if (!/^[A-Za-z]+$/.test(method)) throw new TypeError(`'${method}' is not a valid HTTP method.`);
  const verb = method.toUpperCase();
  if (bytes !== null && (verb === 'GET' || verb === 'HEAD'))
    throw new TypeError('Request with GET/HEAD method cannot have body.');
  const list: string[] = [];
  for (const [name, value] of headers) if (!connectionHeaders.has(name)) list.push(name, value);
  if (!headers.has('accept')) list.push('accept', '*/*');
  // Compressing a stream of small events costs both sides time and saves nothing.
  if (!headers.has('accept-encoding')) list.push('accept-encoding', 'identity');
  if (!headers.has('user-agent')) list.push('user-agent', 'tollgate');
  return { url, request: { method: verb, headers: list, body: partsOf(bytes, verb) }, signal };
}

function partsOf(bytes: Uint8Array | null, verb: string): ByteParts | null {
  // A request that usually has a body says that it has none.
  if (bytes === null) return verb === 'POST' || verb === 'PUT' || verb === 'PATCH' ? new ByteParts() : null;
  return ByteParts.of(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** One call from its request to the last byte of its answer. */
class FetchCall implements UpstreamListener {
  readonly answer: Promise<Response>;
  readonly #pool: ConnectionPool;
  readonly #question: Question;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: unknown) => void;
  #call: UpstreamCall;
  #tries = 1;
  #body: AnswerBody | null = null;
  #isEventStream = false;

  constructor(pool: ConnectionPool, question: Question) {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#pool = pool;
    this.#question = question;
    this.#call = this.#send();
    question.signal?.addEventListener('abort', this.#onAbort);
  }

  #send(): UpstreamCall {
    const { url, request } = this.#question;
    return this.#pool.send(url.pathname + url.search, request, this);
  }

  onStart(status: number, list: readonly string[]): void {
    const headers = new Headers();
    for (let index = 0; index + 1 < list.length; index += 2)
      headers.append(list[index] as string, list[index + 1] as string);
    const { request, url } = this.#question;
    const isEmpty = withoutBody.has(status) || request.method === 'HEAD';
    this.#isEventStream = headers.get('content-type')?.startsWith('text/event-stream') === true;
    this.#body = new AnswerBody(this.#call, isEmpty ? null : headers.get('content-encoding'), () =>
      this.#leave(),
    );
    const response = new Response(isEmpty ? null : this.#body.stream, {
      status,
      statusText: STATUS_CODES[status] ?? '',
      headers,
    });
    Object.defineProperty(response, 'url', { value: url.href.slice(0, url.href.length - url.hash.length) });
    this.#resolve(response);
  }

  onData(chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onEnd(): void {
    this.#leave();
    // Some servers end the last event with the connection instead of a blank line; its reader would drop it (T51).
    if (this.#isEventStream) this.#body?.push(lastBlankLine);
    this.#body?.end();
  }

  onError(error: Error, reusedSocket: boolean): void {
    if (this.#body === null && reusedSocket && this.#tries < MOST_TRIES) {
      this.#tries++;
      this.#call = this.#send();
      return;
    }
    this.#leave();
    if (this.#body === null) this.#reject(new TypeError('fetch failed', { cause: error }));
    else this.#body.fail(new TypeError('terminated', { cause: error }));
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#question.signal?.reason;
    this.#leave();
    this.#call.abort();
    this.#reject(reason);
    this.#body?.fail(reason);
  };

  #leave(): void {
    this.#question.signal?.removeEventListener('abort', this.#onAbort);
  }
}
