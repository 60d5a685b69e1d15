// Finds chosen top-level keys of one JSON object while its bytes pass by, without parsing or keeping the rest.
// Used on request bodies (to find and splice the model name) and on answers (to read `usage` from a copy).

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const LONGEST_KEY = 256;

/** A value found at the top level. Offsets count from the first byte fed; `end` is exclusive. */
export interface FoundValue {
  readonly start: number;
  readonly end: number;
  /** The value's bytes as written; cut to the key's limit when `whole` is false. */
  readonly text: string;
  readonly whole: boolean;
}

type Place =
  'before-root' | 'before-key' | 'after-key' | 'before-value' | 'in-value' | 'after-root' | 'broken';

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/**
 * Incremental scanner of one JSON object. It is lenient about what it does not look for: it follows strings and
 * nesting, and leaves full validation to whoever parses the document.
 */
export class TopLevelScanner {
  readonly found = new Map<string, FoundValue>();
  /** Wanted keys that stood more than once at the top level. */
  readonly repeated = new Set<string>();

  readonly #wanted: ReadonlyMap<string, number>;
  #place: Place = 'before-root';
  #offset = 0;
  #depth = 0;
  #inString = false;
  /** True when the last byte seen inside a string was a backslash that escapes the next one. */
  #escaping = false;
  #keyParts: Buffer[] | null = null;
  #keyStart = -1;
  #key: string | null = null;
  #valueStart = 0;
  #valueParts: Buffer[] = [];
  #valueLength = 0;
  #captureLimit = 0;

  /** `wanted`: key → how many bytes of its value to keep. */
  constructor(wanted: ReadonlyMap<string, number>) {
    this.#wanted = wanted;
  }

  /** True when the root object was closed and nothing but white space followed. */
  get complete(): boolean {
    return this.#place === 'after-root';
  }

  feed(chunk: Buffer): void {
    this.#scan(chunk, false);
  }

  /** Like `feed`, but stops once every wanted key was found. Returns how many bytes were taken. */
  feedUntilFound(chunk: Buffer): number {
    return this.#scan(chunk, true);
  }

  #scan(chunk: Buffer, untilFound: boolean): number {
    // As latin1 text, one character per byte: searching a string is faster than searching a buffer.
    const text = chunk.toString('latin1');
    let at = 0;
    while (at < text.length && this.#place !== 'broken') {
      if (untilFound && this.found.size === this.#wanted.size) break;
      at = this.#inString ? this.#walkString(text, chunk, at) : this.#step(text, chunk, at);
    }
    const taken = this.#place === 'broken' ? chunk.length : at;
    this.#keepOpenCapture(taken === chunk.length ? chunk : chunk.subarray(0, taken));
    this.#offset += taken;
    return taken;
  }

  /** Handles bytes outside of strings, starting at `at`; returns where to go on. */
  #step(text: string, chunk: Buffer, at: number): number {
    switch (this.#place) {
      case 'in-value':
        return this.#walkValue(text, chunk, at);
      case 'before-key':
        return this.#beforeKey(text, at);
      case 'before-root':
        return this.#expect(text, at, OPEN_BRACE, 'before-key');
      case 'after-key':
        return this.#expect(text, at, COLON, 'before-value');
      case 'before-value':
        return this.#beforeValue(text, at);
      case 'after-root':
        if (!isSpace(text.charCodeAt(at))) this.#place = 'broken';
        return at + 1;
      case 'broken':
        return chunk.length;
    }
  }

  #expect(text: string, at: number, wanted: number, next: Place): number {
    const byte = text.charCodeAt(at);
    if (byte === wanted) this.#place = next;
    else if (!isSpace(byte)) this.#place = 'broken';
    return at + 1;
  }

  #beforeKey(text: string, at: number): number {
    const byte = text.charCodeAt(at);
    if (byte === QUOTE) {
      this.#inString = true;
      this.#keyParts = [];
      this.#keyStart = at + 1;
    } else if (byte === CLOSE_BRACE) {
      this.#place = 'after-root';
    } else if (byte !== COMMA && !isSpace(byte)) {
      this.#place = 'broken';
    }
    return at + 1;
  }

  #beforeValue(text: string, at: number): number {
    if (isSpace(text.charCodeAt(at))) return at + 1;
    this.#place = 'in-value';
    this.#depth = 0;
    this.#valueStart = this.#offset + at;
    this.#captureLimit = this.#key === null ? 0 : (this.#wanted.get(this.#key) ?? 0);
    this.#valueParts = [];
    this.#valueLength = 0;
    return at;
  }

  #walkValue(text: string, chunk: Buffer, from: number): number {
    const length = text.length;
    let depth = this.#depth;
    let at = from;
    for (; at < length; at++) {
      const byte = text.charCodeAt(at);
      if (byte === QUOTE) {
        at = findStringEnd(text, at + 1);
        if (at >= length) {
          this.#depth = depth;
          this.#inString = true;
          this.#escaping = at > length;
          return length;
        }
      } else if (byte === COMMA) {
        if (depth === 0) return this.#endValue(chunk, at);
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (depth === 0) return this.#endValue(chunk, at);
        depth--;
      }
    }
    this.#depth = depth;
    return at;
  }

  /** `at` is the comma or brace behind the value; trailing white space does not belong to the value. */
  #endValue(chunk: Buffer, at: number): number {
    if (this.#captureLimit > 0) this.#storeValue(chunk, at);
    this.#key = null;
    this.#captureLimit = 0;
    const byte = chunk[at] as number;
    this.#place = byte === COMMA ? 'before-key' : byte === CLOSE_BRACE ? 'after-root' : 'broken';
    return at + 1;
  }

  #storeValue(chunk: Buffer, at: number): void {
    this.#capture(chunk, at);
    const key = this.#key as string;
    const bytes = Buffer.concat(this.#valueParts);
    const length = this.#offset + at - this.#valueStart;
    let text = bytes.toString('utf8');
    let end = this.#valueStart + length;
    const whole = bytes.length === length;
    if (whole) {
      text = text.trimEnd();
      end = this.#valueStart + Buffer.byteLength(text);
    }
    if (this.found.has(key)) this.repeated.add(key);
    this.found.set(key, { start: this.#valueStart, end, text, whole });
  }

  /** Copies the part of the open value that lies in this chunk, up to `at`, within the key's limit. */
  #capture(chunk: Buffer, at: number): void {
    const from = Math.max(0, this.#valueStart + this.#valueLength - this.#offset);
    const room = this.#captureLimit - this.#valueLength;
    if (room <= 0 || at <= from) return;
    const part = Buffer.from(chunk.subarray(from, Math.min(at, from + room)));
    this.#valueParts.push(part);
    this.#valueLength += part.length;
  }

  #keepOpenCapture(chunk: Buffer): void {
    if (this.#place === 'in-value' && this.#captureLimit > 0) this.#capture(chunk, chunk.length);
    if (this.#keyParts === null) return;
    this.#keyParts.push(Buffer.from(chunk.subarray(Math.max(0, this.#keyStart))));
    this.#keyStart = 0;
    if (this.#keyParts.reduce((sum, part) => sum + part.length, 0) > LONGEST_KEY) this.#keyParts = [];
  }

  #walkString(text: string, chunk: Buffer, from: number): number {
    const start = this.#escaping ? from + 1 : from;
    this.#escaping = false;
    const at = findStringEnd(text, start);
    if (at < chunk.length) return this.#endString(chunk, at);
    this.#escaping = at > chunk.length;
    return chunk.length;
  }

  #endString(chunk: Buffer, quote: number): number {
    this.#inString = false;
    if (this.#keyParts !== null) {
      this.#keyParts.push(chunk.subarray(this.#keyStart, quote));
      this.#key = readKey(Buffer.concat(this.#keyParts));
      this.#keyParts = null;
      this.#place = 'after-key';
    }
    return quote + 1;
  }
}

/** A key may be written with escapes; only then is it worth a parse. */
function readKey(bytes: Buffer): string | null {
  const text = bytes.toString('utf8');
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return null;
  }
}

/** Index of the closing quote; the length when it is not here, one more when the last byte escapes the next one. */
function findStringEnd(text: string, from: number): number {
  const length = text.length;
  if (from >= length) return length;
  for (let at = from; ;) {
    const quote = text.indexOf('"', at);
    const stop = quote === -1 ? length : quote;
    let back = stop - 1;
    while (back >= at && text.charCodeAt(back) === BACKSLASH) back--;
    const escaped = (stop - 1 - back) % 2 === 1;
    if (quote === -1) return escaped ? length + 1 : length;
    if (!escaped) return quote;
    at = quote + 1;
  }
}
