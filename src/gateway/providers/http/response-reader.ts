// Reads the answers of one HTTP/1.1 connection from its bytes (RFC 9112), wherever they are cut, and hands the body on
// as slices of what arrived. Strict where leniency has let two readers see two different messages.

const LARGEST_HEAD = 64 * 1024;
/** Size lines and trailers of a chunked body; nothing in them is passed on. */
const LARGEST_CHUNK_LINE = 4096;
const LARGEST_TRAILERS = 64 * 1024;
const MOST_SIZE_DIGITS = 13;

const CR = 0x0d;
const LF = 0x0a;

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: .*)?$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What no head may contain: control characters, the line ends excepted. */
const forbidden = /[^\t\r\n\x20-\x7e\x80-\xff]/;

/** The upstream does not speak HTTP/1.1 as it is written. */
export class HttpProtocolError extends Error {
  override readonly name = 'HttpProtocolError';
  readonly code = 'UPSTREAM_PROTOCOL';
}

export interface ResponseSink {
  /** Names and values in turn, as received. */
  onHead(status: number, headers: string[]): void;
  onBody(bytes: Buffer): void;
  onEnd(): void;
}

type Place =
  | 'head'
  | 'counted-body'
  | 'endless-body'
  | 'chunk-size'
  | 'chunk-extension'
  | 'chunk-size-end'
  | 'chunk-data'
  | 'chunk-data-return'
  | 'chunk-data-feed'
  | 'trailers';

type Framing = { readonly place: Place; readonly length: number };

export class ResponseReader {
  readonly #sink: ResponseSink;
  #place: Place = 'head';
  /** A head, or trailers, of which only a part has arrived. */
  #open: Buffer | null = null;
  /** Bytes of the body, or of the chunk, still to come. */
  #left = 0;
  #sizeDigits = 0;
  #lineLength = 0;
  /** True from the first byte of an answer to its end. */
  inAnswer = false;
  /** False once the connection may carry no further answer. */
  reusable = true;
  /** True for the answer to a HEAD request: it declares the length of a body that does not come. */
  answersHead = false;
  /** How long the upstream keeps an idle connection, in milliseconds, when it says so. */
  idleLimitMs: number | null = null;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Throws HttpProtocolError. Bytes behind an answer are dropped, and the connection is not used again. */
  feed(bytes: Buffer): void {
    this.inAnswer = true;
    for (let at = 0; at < bytes.length;) {
      if (!this.inAnswer) {
        this.reusable = false;
        return;
      }
      at = this.#step(bytes, at);
    }
  }

  /** The connection ended. True when that was the end of the answer. */
  endOfInput(): boolean {
    if (this.#place !== 'endless-body') return false;
    this.#end();
    return true;
  }

  #step(bytes: Buffer, at: number): number {
    switch (this.#place) {
      case 'head':
        return this.#head(bytes, at);
      case 'counted-body':
      case 'chunk-data':
        return this.#body(bytes, at);
      case 'endless-body':
        this.#sink.onBody(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
      case 'chunk-size':
        return this.#chunkSize(bytes, at);
      case 'chunk-extension':
        return this.#chunkExtension(bytes, at);
      case 'chunk-size-end':
        this.#expect(bytes, at, LF);
        this.#place = this.#left === 0 ? 'trailers' : 'chunk-data';
        return at + 1;
      case 'chunk-data-return':
        this.#expect(bytes, at, CR);
        this.#place = 'chunk-data-feed';
        return at + 1;
      case 'chunk-data-feed':
        this.#expect(bytes, at, LF);
        this.#beginChunk();
        return at + 1;
      case 'trailers':
        return this.#trailers(bytes, at);
    }
  }

  #head(bytes: Buffer, at: number): number {
    const part = at === 0 ? bytes : bytes.subarray(at);
    const known = this.#open?.length ?? 0;
    const all = this.#open === null ? part : Buffer.concat([this.#open, part]);
    const end = all.indexOf('\r\n\r\n', Math.max(0, known - 3), 'latin1');
    if (end === -1 ? all.length > LARGEST_HEAD : end > LARGEST_HEAD)
      throw new HttpProtocolError('the head of its answer is larger than 64 KB');
    if (end === -1) {
      this.#open = all;
      return bytes.length;
    }
    this.#open = null;
    this.#readHead(all.toString('latin1', 0, end));
    return at + end + 4 - known;
  }

  #readHead(text: string): void {
    if (forbidden.test(text)) throw new HttpProtocolError('the head of its answer holds control characters');
    const lines = text.split('\r\n');
    const match = statusLine.exec(lines[0] as string);
    if (match === null) throw new HttpProtocolError('its answer is not HTTP/1.1');
    const status = Number(match[2]);
    if (status === 101) throw new HttpProtocolError('it switched protocols, which was not asked for');
    // 1xx: an interim answer, the real one follows.
    if (status < 200) return;
    const headers: string[] = [];
    for (let index = 1; index < lines.length; index++) readHeaderLine(lines[index] as string, headers);
    const framing = this.#readFraming(headers, status, match[1] === '1');
    this.#place = framing.place;
    if (framing.place === 'chunk-size') this.#beginChunk();
    else this.#left = framing.length;
    this.#sink.onHead(status, headers);
    if (framing.place === 'counted-body' && framing.length === 0) this.#end();
  }

  /** How long the body is, and whether the connection outlives it (RFC 9112, 6.3 and 9.3). */
  #readFraming(headers: readonly string[], status: number, isVersion11: boolean): Framing {
    let length: string | null = null;
    let coding: string | null = null;
    this.reusable = isVersion11;
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] as string;
      const value = headers[index + 1] as string;
      switch (name.length) {
        case 14:
          if (name.toLowerCase() !== 'content-length') break;
          if (length !== null && length !== value)
            throw new HttpProtocolError('it declared two lengths for one answer');
          length = value;
          break;
        case 17:
          if (name.toLowerCase() === 'transfer-encoding')
            coding = coding === null ? value.toLowerCase() : `${coding}, ${value.toLowerCase()}`;
          break;
        case 10:
          if (name.toLowerCase() === 'connection') this.#readConnection(value.toLowerCase());
          else if (name.toLowerCase() === 'keep-alive') this.#readKeepAlive(value);
          break;
      }
    }
    if (status === 204 || status === 304 || this.answersHead) return { place: 'counted-body', length: 0 };
    if (coding !== null) {
      if (length !== null || coding !== 'chunked')
        throw new HttpProtocolError(`it framed its answer in a way that is not understood ("${coding}")`);
      return { place: 'chunk-size', length: 0 };
    }
    if (length === null) {
      this.reusable = false;
      return { place: 'endless-body', length: 0 };
    }
    if (!/^\d{1,15}$/.test(length)) throw new HttpProtocolError('it declared a length that is not a number');
    return { place: 'counted-body', length: Number(length) };
  }

  #readConnection(value: string): void {
    if (value === 'keep-alive') this.reusable = true;
    else if (value.split(',').some((option) => option.trim() === 'close')) this.reusable = false;
  }

  #readKeepAlive(value: string): void {
    const seconds = /timeout=(\d{1,6})/i.exec(value)?.[1];
    if (seconds !== undefined) this.idleLimitMs = Number(seconds) * 1000;
  }

  #body(bytes: Buffer, at: number): number {
    const length = Math.min(this.#left, bytes.length - at);
    const whole = at === 0 && length === bytes.length;
    this.#left -= length;
    this.#sink.onBody(whole ? bytes : bytes.subarray(at, at + length));
    if (this.#left === 0) {
      if (this.#place === 'chunk-data') this.#place = 'chunk-data-return';
      else this.#end();
    }
    return at + length;
  }

  #chunkSize(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      const digit = hexDigit(byte);
      if (digit !== -1) {
        if (++this.#sizeDigits > MOST_SIZE_DIGITS) throw badChunk();
        this.#left = this.#left * 16 + digit;
        continue;
      }
      if (this.#sizeDigits === 0) throw badChunk();
      if (byte === CR) this.#place = 'chunk-size-end';
      else if (byte === 0x3b || byte === 0x20 || byte === 0x09) this.#place = 'chunk-extension';
      else throw badChunk();
      return at + 1;
    }
    return bytes.length;
  }

  #chunkExtension(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(CR, at);
    const stop = end === -1 ? bytes.length : end;
    this.#lineLength += stop - at;
    const feed = bytes.indexOf(LF, at);
    if (this.#lineLength > LARGEST_CHUNK_LINE || (feed !== -1 && feed < stop)) throw badChunk();
    if (end === -1) return bytes.length;
    this.#place = 'chunk-size-end';
    return end + 1;
  }

  #beginChunk(): void {
    this.#place = 'chunk-size';
    this.#left = 0;
    this.#sizeDigits = 0;
    this.#lineLength = 0;
  }

  /** Trailers are dropped; an empty line ends them. */
  #trailers(bytes: Buffer, at: number): number {
    const part = at === 0 ? bytes : bytes.subarray(at);
    const known = this.#open?.length ?? 0;
    const all = this.#open === null ? part : Buffer.concat([this.#open, part]);
    const isNone = all.length >= 2 && all[0] === CR && all[1] === LF;
    const end = isNone ? -2 : all.indexOf('\r\n\r\n', 0, 'latin1');
    if (end === -1) {
      if (all.length > LARGEST_TRAILERS) throw new HttpProtocolError('its trailers are larger than 64 KB');
      this.#open = all;
      return bytes.length;
    }
    this.#open = null;
    this.#end();
    return at + end + 4 - known;
  }

  #expect(bytes: Buffer, at: number, wanted: number): void {
    if (bytes[at] !== wanted) throw badChunk();
  }

  #end(): void {
    this.#place = 'head';
    this.inAnswer = false;
    this.#sink.onEnd();
  }
}

function readHeaderLine(line: string, headers: string[]): void {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  // A line that begins with a blank goes on from the line before: an obsolete form that readers understand differently.
  if (colon < 1 || !token.test(name) || line.includes('\r') || line.includes('\n'))
    throw new HttpProtocolError('a header of its answer is malformed');
  headers.push(name, trimBlanks(line, colon + 1));
}

/** Blanks and tabs only: other white space, as latin1 has it, belongs to the value. */
function trimBlanks(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start++;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  return line.slice(start, end);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const badChunk = (): HttpProtocolError => new HttpProtocolError('a chunk of its answer is malformed');
