// Reads Claude Code's settings.json as strictly as Claude Code itself: what that program would reject is refused with
// the place and a sentence, never repaired. Pure; `edit-settings.ts` changes the text.
//
// Measured with Claude Code 2.1.197 and 2.1.330: a byte order mark is accepted; an empty or blank file counts as no
// settings, without a complaint; a comment, a trailing comma, `null`, an array, or an `env` that is not an object
// makes it drop the whole file; of a key that stands twice the last one counts.
import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import type { TextPlace } from './take-over-error.ts';

/** A settings file that must not be touched as it is. */
export interface SettingsRefusal {
  readonly ok: false;
  readonly place: TextPlace;
  /** What is wrong there, and what to do: completes the sentence "settings.json, line 3, column 5: …". */
  readonly problem: string;
}

/** One `"name": value` of an object, in file order; offsets count in the text behind the byte order mark. */
export interface SettingsProperty {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly keyEnd: number;
  readonly value: Node;
}

export interface SettingsDocument {
  readonly ok: true;
  /** The byte order mark, or nothing. */
  readonly mark: string;
  /** The text behind the mark. */
  readonly body: string;
  /** Null when the file is blank. */
  readonly root: Node | null;
}

const MARK = '\uFEFF';

/** Bytes to text, the byte order mark kept. Refuses what is not UTF-8, since decoding it would lose bytes. */
export function decodeSettings(
  bytes: Buffer,
): { readonly ok: true; readonly text: string } | SettingsRefusal {
  const utf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff) || bytes.includes(0);
  if (utf16) return refuseAt('', 0, 'the file is not saved as UTF-8 but as UTF-16; save it as UTF-8');
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    const valid = bytes.toString('utf8').split('\uFFFD', 1)[0] ?? '';
    return refuseAt(valid, valid.length, 'there is a byte that is not UTF-8; save the file as UTF-8');
  }
}

/** Parses the text of a settings file; null stands for a file that does not exist. */
export function parseSettings(text: string | null): SettingsDocument | SettingsRefusal {
  const mark = text?.startsWith(MARK) === true ? MARK : '';
  const body = (text ?? '').slice(mark.length);
  if (/^[ \t\r\n]*$/.test(body)) return { ok: true, mark, body, root: null };
  const errors: ParseError[] = [];
  const root = parseStrictly(body, errors);
  const error = errors[0];
  if (error !== undefined) return refuseError(body, error);
  if (root === undefined) return refuseAt(body, 0, 'this is not JSON; mend it');
  if (root.type !== 'object') {
    return refuseAt(
      body,
      root.offset,
      `the file holds ${nameOf(root)} where Claude Code expects an object; write { … }`,
    );
  }
  const env = lastProperty(root, 'env')?.value;
  if (env !== undefined && env.type !== 'object') {
    return refuseAt(
      body,
      env.offset,
      `"env" is ${nameOf(env)} where Claude Code expects an object; write "env": { … }`,
    );
  }
  return { ok: true, mark, body, root };
}

/**
 * Refuses a document in which `env`, or one of `names` inside it, stands twice: readers take the last one, so an edit of
 * one of them could change nothing or too much.
 */
export function refuseRepeatedKeys(
  document: SettingsDocument,
  names: readonly string[],
): SettingsRefusal | null {
  const repeated =
    findRepeated(propertiesOf(document.root), ['env']) ?? findRepeated(propertiesOf(envOf(document)), names);
  if (repeated === null) return null;
  return refuseAt(
    document.body,
    repeated.start,
    `"${repeated.name}" stands here a second time; remove one of the two`,
  );
}

/** The object under `env`, or null. */
export function envOf(document: SettingsDocument): Node | null {
  return document.root === null ? null : (lastProperty(document.root, 'env')?.value ?? null);
}

export function propertiesOf(object: Node | null): SettingsProperty[] {
  return (object?.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) return [];
    const end = value.offset + value.length;
    return [{ name: String(key.value), start: key.offset, end, keyEnd: key.offset + key.length, value }];
  });
}

export function lastProperty(object: Node | null, name: string): SettingsProperty | undefined {
  return propertiesOf(object).findLast((property) => property.name === name);
}

/** The value of an `env` key as written in the file (`"…"` with its escapes), or null when it is absent. */
export function rawEnvValue(document: SettingsDocument, name: string): string | null {
  const value = lastProperty(envOf(document), name)?.value;
  return value === undefined ? null : document.body.slice(value.offset, value.offset + value.length);
}

/** The text of an `env` key, or null when it is absent or not a string. */
export function envText(document: SettingsDocument, name: string): string | null {
  const value: unknown = lastProperty(envOf(document), name)?.value.value;
  return typeof value === 'string' ? value : null;
}

function parseStrictly(body: string, errors: ParseError[]): Node | undefined {
  try {
    const root = parseTree(body, errors, { disallowComments: true, allowTrailingComma: false });
    // The library decides on offsets, the language's own parser on validity: Claude Code uses the latter.
    if (errors.length === 0) JSON.parse(body);
    return root;
  } catch {
    return undefined;
  }
}

function findRepeated(
  properties: readonly SettingsProperty[],
  names: readonly string[],
): SettingsProperty | null {
  const seen = new Set<string>();
  for (const property of properties) {
    if (!names.includes(property.name)) continue;
    if (seen.has(property.name)) return property;
    seen.add(property.name);
  }
  return null;
}

function refuseError(body: string, error: ParseError): SettingsRefusal {
  const before = body.slice(0, error.offset).trimEnd();
  if (body.startsWith('//', error.offset) || body.startsWith('/*', error.offset)) {
    return refuseAt(body, error.offset, 'a comment, which Claude Code does not accept; remove it');
  }
  if (before.endsWith(',') && /[}\]]/.test(body.charAt(error.offset))) {
    return refuseAt(body, before.length - 1, 'a comma with nothing behind it; remove it');
  }
  return refuseAt(
    body,
    error.offset,
    `${problems.get(printParseErrorCode(error.error)) ?? 'this is not JSON'}; mend it`,
  );
}

const problems = new Map<string, string>([
  ['CommaExpected', 'a comma is missing'],
  ['ColonExpected', 'a colon is missing'],
  ['PropertyNameExpected', 'a name in double quotes is missing'],
  ['ValueExpected', 'a value is missing'],
  ['CloseBraceExpected', 'a closing } is missing'],
  ['CloseBracketExpected', 'a closing ] is missing'],
  ['UnexpectedEndOfString', 'a closing quote is missing'],
  ['InvalidUnicode', 'a broken \\u escape'],
  ['InvalidEscapeCharacter', 'a backslash before a character that takes none'],
  ['InvalidCharacter', 'a control character inside quotes'],
  ['EndOfFileExpected', 'text behind the end of the settings'],
]);

function refuseAt(body: string, offset: number, problem: string): SettingsRefusal {
  const lines = body.slice(0, offset).split(/\r\n|\n|\r/);
  return { ok: false, place: { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }, problem };
}

function nameOf(node: Node): string {
  if (node.type === 'array') return 'a list';
  return node.type === 'null' ? 'null' : `a ${node.type}`;
}
