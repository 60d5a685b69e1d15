// Byte ranges of the members and elements of a JSON document, so that parts can be cut out while every other byte stays
// as the client wrote it. Works on latin1 text, one character per byte; the document must be valid JSON.

export interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

export interface Member {
  readonly key: string;
  /** From the key's quote to the value's end. */
  readonly range: Range;
  readonly value: Range;
}

/** Thrown for text that is not JSON; whoever reads the document next says so better. */
export class NotJson extends Error {}

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
    at++;
  }
  return at;
}

/** The members of the object that starts at `at`, in order; empty for anything else. */
export function membersAt(text: string, at: number): readonly Member[] {
  if (text[at] !== '{') return [];
  const members: Member[] = [];
  let next = skipSpace(text, at + 1);
  while (text[next] !== '}') {
    const keyEnd = endOfString(text, next);
    const colon = skipSpace(text, keyEnd);
    if (text[colon] !== ':') throw new NotJson();
    const start = skipSpace(text, colon + 1);
    const end = endOfValue(text, start);
    members.push({
      key: stringOf(text, { start: next, end: keyEnd }),
      range: { start: next, end },
      value: { start, end },
    });
    next = nextEntry(text, end, '}');
  }
  return members;
}

/** The elements of the array that starts at `at`, in order; empty for anything else. */
export function elementsAt(text: string, at: number): readonly Range[] {
  if (text[at] !== '[') return [];
  const elements: Range[] = [];
  let next = skipSpace(text, at + 1);
  while (text[next] !== ']') {
    const end = endOfValue(text, next);
    elements.push({ start: next, end });
    next = nextEntry(text, end, ']');
  }
  return elements;
}

/** A string value; empty for a value that is no string. */
export function stringOf(text: string, { start, end }: Range): string {
  if (text[start] !== '"') return '';
  const inner = text.slice(start + 1, end - 1);
  if (!inner.includes('\\')) return inner;
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch {
    throw new NotJson();
  }
}

/**
 * The ranges to cut so that the chosen entries of one array or object are gone and the commas are right. `gone` are
 * indexes in rising order; with all of them gone the brackets stay.
 */
export function cutsFor(entries: readonly Range[], gone: readonly number[]): readonly Range[] {
  const cuts: Range[] = [];
  const isGone = new Set(gone);
  for (let first = 0; first < entries.length; first++) {
    if (!isGone.has(first)) continue;
    let last = first;
    while (isGone.has(last + 1)) last++;
    const before = entries[first - 1];
    const after = entries[last + 1];
    const start = before === undefined ? entries[first]?.start : before.end;
    const end = before === undefined && after !== undefined ? after.start : entries[last]?.end;
    if (start !== undefined && end !== undefined) cuts.push({ start, end });
    first = last;
  }
  return cuts;
}

function nextEntry(text: string, from: number, close: string): number {
  const at = skipSpace(text, from);
  if (text[at] === ',') return skipSpace(text, at + 1);
  if (text[at] === close) return at;
  throw new NotJson();
}

function endOfValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return endOfString(text, start);
  if (first === '{' || first === '[') return endOfNested(text, start);
  let at = start;
  while (at < text.length && !',]} \n\r\t'.includes(text[at] ?? '')) at++;
  if (at === start) throw new NotJson();
  return at;
}

function endOfNested(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at) - 1;
    else if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  throw new NotJson();
}

/** Just behind the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  if (text[start] !== '"') throw new NotJson();
  for (let from = start + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw new NotJson();
    let back = quote - 1;
    while (text.charCodeAt(back) === 0x5c) back--;
    if ((quote - 1 - back) % 2 === 0) return quote + 1;
    from = quote + 1;
  }
}
