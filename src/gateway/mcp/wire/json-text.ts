// Takes JSON texts apart and puts them together again without parsing and rewriting what they hold, so that relayed
// values keep every byte: unknown fields, number spellings, key order (R29). Pure. Texts must be valid JSON already.

/** Where one member of an object stands: its key, and its value as [start, end). */
interface MemberPlace {
  readonly key: string;
  /** Offset of the key's opening quote. */
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** `from` is the opening quote; returns the offset behind the closing one. */
function skipString(text: string, from: number): number {
  let quote = text.indexOf('"', from + 1);
  while (quote !== -1) {
    let back = quote - 1;
    while (text.charCodeAt(back) === BACKSLASH) back--;
    if ((quote - 1 - back) % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return text.length;
}

/** Returns the offset behind the value that begins at `from`. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (code === 0x2c || isSpace(code))) return at;
    at++;
  }
  return at;
}

function placesOf(text: string): MemberPlace[] {
  const places: MemberPlace[] = [];
  let at = skipSpace(text, 0) + 1;
  for (;;) {
    at = skipSpace(text, at);
    if (text.charCodeAt(at) !== QUOTE) return places;
    const keyStart = at;
    const keyEnd = skipString(text, at);
    const key = JSON.parse(text.slice(keyStart, keyEnd)) as string;
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = skipValue(text, valueStart);
    places.push({ key, keyStart, valueStart, valueEnd });
    at = skipSpace(text, valueEnd);
    if (text.charCodeAt(at) !== 0x2c) return places;
    at++;
  }
}

/** The text of an object's member; of several with one name the last, as every parser reads it. Null when absent. */
export function memberText(object: string, key: string): string | null {
  const place = placesOf(object).findLast((member) => member.key === key);
  return place === undefined ? null : object.slice(place.valueStart, place.valueEnd);
}

/** All members as [key, text of the value], in order. */
export function memberTexts(object: string): [key: string, value: string][] {
  return placesOf(object).map(({ key, valueStart, valueEnd }) => [key, object.slice(valueStart, valueEnd)]);
}

/** The texts of an array's elements. */
export function elementTexts(array: string): string[] {
  const elements: string[] = [];
  let at = skipSpace(array, 0) + 1;
  for (;;) {
    at = skipSpace(array, at);
    if (at >= array.length || array.charCodeAt(at) === 0x5d) return elements;
    const end = skipValue(array, at);
    elements.push(array.slice(at, end));
    at = skipSpace(array, end);
    if (array.charCodeAt(at) !== 0x2c) return elements;
    at++;
  }
}

/**
 * The object with `key` set to `value` (JSON text), or without it when null. Afterwards the key stands at most once,
 * so no two readers can take it for different things. Everything else keeps its bytes.
 */
export function withMember(object: string, key: string, value: string | null): string {
  const places = placesOf(object);
  const mine = places.filter((member) => member.key === key);
  const last = mine.at(-1);
  if (last !== undefined && mine.length === 1 && value !== null) {
    return object.slice(0, last.valueStart) + value + object.slice(last.valueEnd);
  }
  if (last === undefined && value === null) return object;
  if (last === undefined && places.length > 0) {
    const end = places.at(-1)?.valueEnd ?? 0;
    return `${object.slice(0, end)},${JSON.stringify(key)}:${value ?? 'null'}${object.slice(end)}`;
  }
  const kept = places
    .filter((member) => member.key !== key || (member === last && value !== null))
    .map((member) =>
      member === last
        ? `${JSON.stringify(key)}:${value ?? 'null'}`
        : object.slice(member.keyStart, member.valueEnd),
    );
  if (last === undefined && value !== null) kept.push(`${JSON.stringify(key)}:${value}`);
  return `{${kept.join(',')}}`;
}
