// A JSON document looked at in place: where its members and items stand, and edits that leave every other byte as the
// client wrote it. Lenient about what is not looked at; whoever parses the document validates it.
import { ByteParts } from '../../lib/byte-parts.ts';

/** Byte range of a value; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A value with its name; the name's opening quote stands at `nameStart`. */
export interface Member extends Range {
  readonly name: string;
  readonly nameStart: number;
}

/** The bytes are not the JSON they should be. */
export class JsonTextError extends Error {
  override readonly name = 'JsonTextError';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isOpening = (code: number): boolean => code === OPEN_BRACE || code === OPEN_BRACKET;
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d;

export class JsonText {
  readonly bytes: Buffer;
  /** One character per byte: searching a string is faster than searching a buffer. */
  readonly #text: string;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#text = bytes.toString('latin1');
  }

  /** The one value of the document; what is inside it is looked at when it is asked for. Throws JsonTextError. */
  root(): Range {
    const start = this.#skipSpace(0);
    let end = this.#text.length;
    while (end > start && isSpace(this.#text.charCodeAt(end - 1))) end--;
    const isWhole = isOpening(this.#text.charCodeAt(start))
      ? end - start > 1 && this.#text[end - 1] === (this.isObject({ start, end }) ? '}' : ']')
      : this.#skipValue(start) === end;
    if (!isWhole) throw new JsonTextError('no single value');
    return { start, end };
  }

  isObject({ start }: Range): boolean {
    return this.#text.charCodeAt(start) === OPEN_BRACE;
  }

  isArray({ start }: Range): boolean {
    return this.#text.charCodeAt(start) === OPEN_BRACKET;
  }

  /** Members of an object in their order; none of anything else. */
  members(range: Range): Member[] {
    if (!this.isObject(range)) return [];
    const members: Member[] = [];
    for (let at = this.#skipSpace(range.start + 1); at < range.end - 1;) {
      const nameEnd = this.#skipString(at);
      const colon = this.#skipSpace(nameEnd);
      if (this.#text[colon] !== ':') throw new JsonTextError('a member without a value');
      const start = this.#skipSpace(colon + 1);
      const end = this.#skipValue(start);
      members.push({ name: this.#read(at, nameEnd), nameStart: at, start, end });
      at = this.#skipComma(end, range.end - 1);
    }
    return members;
  }

  /** Items of an array in their order; none of anything else. */
  items(range: Range): Range[] {
    if (!this.isArray(range)) return [];
    const items: Range[] = [];
    for (let start = this.#skipSpace(range.start + 1); start < range.end - 1;) {
      const end = this.#skipValue(start);
      items.push({ start, end });
      start = this.#skipComma(end, range.end - 1);
    }
    return items;
  }

  member(range: Range, name: string): Member | null {
    // A name that stands twice counts with its last value, as for JSON.parse.
    return this.members(range).findLast((member) => member.name === name) ?? null;
  }

  /** The text of a string; null for any other value. */
  string({ start, end }: Range): string | null {
    return this.#text.charCodeAt(start) === QUOTE ? this.#read(start, end) : null;
  }

  /** The value parsed; for small ones. Throws JsonTextError. */
  parse({ start, end }: Range): unknown {
    try {
      return JSON.parse(this.bytes.toString('utf8', start, end)) as unknown;
    } catch {
      throw new JsonTextError('a value that is no JSON');
    }
  }

  /** The value as written, white space included. */
  slice({ start, end }: Range): Buffer {
    return this.bytes.subarray(start, end);
  }

  #read(start: number, end: number): string {
    const text = this.bytes.toString('utf8', start + 1, end - 1);
    return text.includes('\\') ? String(this.parse({ start, end })) : text;
  }

  #skipSpace(from: number): number {
    let at = from;
    while (isSpace(this.#text.charCodeAt(at))) at++;
    return at;
  }

  #skipComma(from: number, end: number): number {
    const at = this.#skipSpace(from);
    if (at === end) return at;
    if (this.#text[at] !== ',') throw new JsonTextError('a comma is missing');
    return this.#skipSpace(at + 1);
  }

  /** From an opening quote to behind the closing one. */
  #skipString(from: number): number {
    if (this.#text.charCodeAt(from) !== QUOTE) throw new JsonTextError('a string is missing');
    for (let at = from + 1; ;) {
      const quote = this.#text.indexOf('"', at);
      if (quote === -1) throw new JsonTextError('a string without an end');
      let back = quote - 1;
      while (back >= at && this.#text.charCodeAt(back) === BACKSLASH) back--;
      if ((quote - 1 - back) % 2 === 0) return quote + 1;
      at = quote + 1;
    }
  }

  #skipValue(from: number): number {
    const first = this.#text.charCodeAt(from);
    if (first === QUOTE) return this.#skipString(from);
    if (isOpening(first)) return this.#skipNested(from);
    let at = from;
    while (at < this.#text.length && /[-+.\w]/.test(this.#text[at] ?? '')) at++;
    if (at === from) throw new JsonTextError('a value is missing');
    return at;
  }

  #skipNested(from: number): number {
    let depth = 0;
    for (let at = from; at < this.#text.length;) {
      const code = this.#text.charCodeAt(at);
      if (code === QUOTE) {
        at = this.#skipString(at);
        continue;
      }
      at++;
      if (isOpening(code)) depth++;
      else if (isClosing(code) && --depth === 0) return at;
    }
    throw new JsonTextError('a value without an end');
  }
}

interface Edit extends Range {
  readonly text: string;
}

/** Changes to one document; nothing outside them is touched. */
export class JsonEdits {
  readonly #edits: Edit[] = [];

  get isEmpty(): boolean {
    return this.#edits.length === 0;
  }

  replace({ start, end }: Range, text: string): void {
    this.#edits.push({ start, end, text });
  }

  /** Puts members in front of all others; `kept` says whether any of those stays. */
  insertFirst(object: Range, members: string, kept: boolean): void {
    const at = object.start + 1;
    this.#edits.push({ start: at, end: at, text: kept ? `${members},` : members });
  }

  /** Takes members of one object, or items of one array, out with their commas. `all` in the order of the document. */
  remove<Part extends Range>(all: readonly Part[], isDoomed: (part: Part) => boolean): void {
    let keptBefore: Part | null = null;
    for (let index = 0; index < all.length; index++) {
      const first = all[index] as Part;
      if (!isDoomed(first)) {
        keptBefore = first;
        continue;
      }
      let last = index;
      while (last + 1 < all.length && isDoomed(all[last + 1] as Part)) last++;
      const next = all[last + 1];
      const end = (all[last] as Part).end;
      if (keptBefore !== null) this.replace({ start: keptBefore.end, end }, '');
      else this.replace({ start: startOf(first), end: next === undefined ? end : startOf(next) }, '');
      index = last;
    }
  }

  /** The document with its edits; an edit inside a removed value is void. */
  apply(bytes: Buffer): ByteParts {
    const result = new ByteParts();
    let at = 0;
    for (const { start, end, text } of this.#edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
      if (start < at) continue;
      result.add(bytes.subarray(at, start));
      result.add(Buffer.from(text));
      at = end;
    }
    result.add(bytes.subarray(at));
    return result;
  }
}

const startOf = (part: Range | Member): number => ('nameStart' in part ? part.nameStart : part.start);
