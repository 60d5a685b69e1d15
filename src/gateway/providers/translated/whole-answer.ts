// A whole document where a stream was asked for (T51): some servers and proxies answer so. It is kept, and the provider's
// package reads it as the answer to the same request without a stream.
import { fieldsOf } from './get-json.ts';

type Fetch = typeof globalThis.fetch;

/** Thrown by `fetch` in place of an answer that the package would take for a stream without events. */
export class AnsweredWhole extends Error {
  readonly #url: URL;
  readonly #text: string;
  readonly #headers: Headers;

  constructor(url: URL, text: string, headers: Headers) {
    super('The provider answered a request for a stream with a whole document.');
    this.name = 'AnsweredWhole';
    this.#url = url;
    this.#text = text;
    this.#headers = headers;
  }

  /** Gives the document to the next request to its address's host; others, like one for an access token, are sent. */
  replay(fetch: Fetch): Fetch {
    return (input, init) =>
      addressOf(input).host === this.#url.host
        ? Promise.resolve(new Response(this.#text, { headers: this.#headers }))
        : fetch(input, init);
  }
}

/** Headers that speak of bytes which are gone: the document is decoded and whole. */
const ofTheWire = ['content-length', 'content-encoding', 'transfer-encoding'];

/** The same `fetch`, but a document that answers a request for a stream is thrown as `AnsweredWhole`. */
export function noticeDocuments(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const isJson = /^application\/(?:[\w.+-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '');
    if (!response.ok || !isJson || response.body === null || !asksForStream(addressOf(input), init?.body))
      return response;
    const reader = response.body.getReader();
    const first = await firstBytes(reader);
    const headers = new Headers(response.headers);
    if (first !== null && startsObject(first)) {
      for (const name of ofTheWire) headers.delete(name);
      const text = await new Response(rest(first, reader)).text();
      throw new AnsweredWhole(addressOf(input), text, headers);
    }
    // A stream under a wrong name.
    return new Response(rest(first, reader), { status: response.status, headers });
  };
}

const addressOf = (input: string | URL | Request): URL =>
  new URL(input instanceof Request ? input.url : input);

function asksForStream({ pathname }: URL, body: unknown): boolean {
  if (/[:/](?:converse-stream|streamGenerateContent)$/.test(pathname)) return true;
  return (
    typeof body === 'string' &&
    body.includes('"stream":true') &&
    fieldsOf(JSON.parse(body))['stream'] === true
  );
}

/** Null when there is not one. */
async function firstBytes(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | null> {
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return null;
    if (value.some((byte) => !isBlank(byte))) return value;
  }
}

const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const startsObject = (bytes: Uint8Array): boolean => bytes.find((byte) => !isBlank(byte)) === 0x7b;

function rest(
  first: Uint8Array | null,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      if (first !== null) controller.enqueue(first);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
