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

/** A short string is walked byte by byte; only beyond this is the call into native search worth its price. */
const NATIVE_SEARCH_AFTER = 48;
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
    let at = 0;
    while (at < chunk.length && this.#place !== 'broken') {
      at = this.#inString ? this.#walkString(chunk, at) : this.#step(chunk, at);
    }
    this.#keepOpenCapture(chunk);
    this.#offset += chunk.length;
  }

  /** Handles bytes outside of strings, starting at `at`; returns where to go on. */
  #step(chunk: Buffer, at: number): number {
    switch (this.#place) {
      case 'in-value':
        return this.#walkValue(chunk, at);
      case 'before-key':
        return this.#beforeKey(chunk, at);
      case 'before-root':
        return this.#expect(chunk, at, OPEN_BRACE, 'before-key');
      case 'after-key':
        return this.#expect(chunk, at, COLON, 'before-value');
      case 'before-value':
        return this.#beforeValue(chunk, at);
      case 'after-root':
        if (!isSpace(chunk[at] as number)) this.#place = 'broken';
        return at + 1;
      case 'broken':
        return chunk.length;
    }
  }

  #expect(chunk: Buffer, at: number, wanted: number, next: Place): number {
    const byte = chunk[at] as number;
    if (byte === wanted) this.#place = next;
    else if (!isSpace(byte)) this.#place = 'broken';
    return at + 1;
  }

  #beforeKey(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number;
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

  #beforeValue(chunk: Buffer, at: number): number {
    if (isSpace(chunk[at] as number)) return at + 1;
    this.#place = 'in-value';
    this.#depth = 0;
    this.#valueStart = this.#offset + at;
    this.#captureLimit = this.#key === null ? 0 : (this.#wanted.get(this.#key) ?? 0);
    this.#valueParts = [];
    this.#valueLength = 0;
    return at;
  }

  #walkValue(chunk: Buffer, from: number): number {
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === QUOTE) {
        this.#inString = true;
        return at + 1;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (this.#depth === 0) return this.#endValue(chunk, at);
        this.#depth--;
      } else if (byte === COMMA && this.#depth === 0) return this.#endValue(chunk, at);
    }
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

  #walkString(chunk: Buffer, from: number): number {
    let at = from;
    if (this.#escaping) {
      this.#escaping = false;
      at++;
    }
    const walkUntil = Math.min(chunk.length, at + NATIVE_SEARCH_AFTER);
    for (; at < walkUntil; at++) {
      const byte = chunk[at] as number;
      if (byte === QUOTE) return this.#endString(chunk, at);
      if (byte === BACKSLASH) at++;
    }
    if (at > chunk.length) {
      this.#escaping = true;
      return chunk.length;
    }
    return this.#searchString(chunk, at);
  }

  /** The rest of a long string: native search for the quote, then a look back over the backslashes before it. */
  #searchString(chunk: Buffer, from: number): number {
    let at = from;
    while (at < chunk.length) {
      const quote = chunk.indexOf(QUOTE, at);
      const stop = quote === -1 ? chunk.length : quote;
      let backslashes = 0;
      while (stop - 1 - backslashes >= from && chunk[stop - 1 - backslashes] === BACKSLASH) backslashes++;
      const escaped = backslashes % 2 === 1;
      if (quote === -1) {
        this.#escaping = escaped;
        return chunk.length;
      }
      if (!escaped) return this.#endString(chunk, quote);
      at = quote + 1;
    }
    return at;
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
