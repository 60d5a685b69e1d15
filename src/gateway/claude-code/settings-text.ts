// Reads a settings file as strictly as the program it belongs to: what that program would reject is refused with the
// place and a sentence, never repaired. Claude Code's files are strict JSON; an editor's may have comments and trailing
// commas. Pure; `edit-document.ts` changes the text.
//
// Measured with Claude Code 2.1.197 and 2.1.330: a byte order mark is accepted; an empty or blank file counts as no
// settings, without a complaint; a comment, a trailing comma, `null`, an array, or an `env` that is not an object
// or a `statusLine` that is none, makes it drop the whole file, while wrong `hooks` are skipped alone; of a key that
// stands twice the last one counts.
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

/** `jsonc`: comments and trailing commas are allowed. */
export type Dialect = 'json' | 'jsonc';

/** A member of an object or a list, in file order; offsets count in the text behind the byte order mark. */
export interface DocumentMember {
  readonly start: number;
  readonly end: number;
  /** End of the name; undefined in a list. */
  readonly keyEnd?: number;
  readonly value: Node;
}

/** One `"name": value` of an object. */
export interface SettingsProperty extends DocumentMember {
  readonly name: string;
  readonly keyEnd: number;
}

export interface SettingsDocument {
  readonly ok: true;
  /** The byte order mark, or nothing. */
  readonly mark: string;
  /** The text behind the mark. */
  readonly body: string;
  /** Null when the file is blank. */
  readonly root: Node | null;
  readonly dialect: Dialect;
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

/** Parses the text of Claude Code's settings.json; null stands for a file that does not exist. */
export function parseSettings(text: string | null): SettingsDocument | SettingsRefusal {
  const document = parseDocument(text, 'json');
  if (!document.ok) return document;
  for (const name of ['env', 'statusLine']) {
    const refusal = refuseUnless(document, [name], 'object');
    if (refusal !== null) return refusal;
  }
  return document;
}

/** Parses a text whose root must be an object; null stands for a file that does not exist. */
export function parseDocument(text: string | null, dialect: Dialect): SettingsDocument | SettingsRefusal {
  const mark = text?.startsWith(MARK) === true ? MARK : '';
  const body = (text ?? '').slice(mark.length);
  if (/^[ \t\r\n]*$/.test(body)) return { ok: true, mark, body, root: null, dialect };
  const errors: ParseError[] = [];
  const root = dialect === 'json' ? parseStrictly(body, errors) : parseLoosely(body, errors);
  const error = errors[0];
  if (error !== undefined) return refuseError(body, error);
  if (root === undefined) return refuseAt(body, 0, 'this is not JSON; mend it');
  if (root === null) return { ok: true, mark, body, root: null, dialect };
  if (root.type === 'object') return { ok: true, mark, body, root, dialect };
  return refuseAt(
    body,
    root.offset,
    `the file holds ${nameOf(root)} where an object is expected; write { … }`,
  );
}

/** Refuses a document in which the path holds something else than an object or a list. */
export function refuseUnless(
  document: SettingsDocument,
  path: readonly string[],
  type: 'object' | 'array',
): SettingsRefusal | null {
  const node = nodeAt(document, path);
  if (node === null || node.type === type) return null;
  const [expected, example] = type === 'object' ? ['an object', '{ … }'] : ['a list', '[ … ]'];
  const name = path.join('.');
  return refuseAt(
    document.body,
    node.offset,
    `"${name}" is ${nameOf(node)} where ${expected} is expected; write "${path.at(-1)}": ${example}`,
  );
}

/**
 * Refuses a document in which the last name of one of the paths, or a name on the way to it, stands twice: readers take
 * the last one, so an edit of one of them could change nothing or too much.
 */
export function refuseRepeatedKeys(
  document: SettingsDocument,
  paths: readonly (readonly string[])[],
): SettingsRefusal | null {
  for (const path of paths) {
    let node = document.root;
    for (const name of path) {
      const found = propertiesOf(node).filter((property) => property.name === name);
      const second = found[1];
      if (second !== undefined) {
        const problem = `"${name}" stands here a second time; remove one of the two`;
        return refuseAt(document.body, second.start, problem);
      }
      node = found[0]?.value ?? null;
    }
  }
  return null;
}

/** The value at a path of property names, or null. */
export function nodeAt(document: SettingsDocument, path: readonly string[]): Node | null {
  let node = document.root;
  for (const name of path) node = lastProperty(node, name)?.value ?? null;
  return node;
}

/** The JSON text of a value as it stands in the file. */
export function rawOf(document: SettingsDocument, node: Node): string {
  return document.body.slice(node.offset, node.offset + node.length);
}

/** The object under `env`, or null. */
export function envOf(document: SettingsDocument): Node | null {
  return document.root === null ? null : (lastProperty(document.root, 'env')?.value ?? null);
}

/** The properties of an object or the items of a list. */
export function membersOf(container: Node | null): DocumentMember[] {
  if (container?.type !== 'array') return propertiesOf(container);
  return (container.children ?? []).map((value) => ({
    start: value.offset,
    end: value.offset + value.length,
    value,
  }));
}

export function propertiesOf(object: Node | null): SettingsProperty[] {
  if (object?.type !== 'object') return [];
  return (object.children ?? []).flatMap((property) => {
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

/** Undefined with an error, null when there are comments only. */
function parseLoosely(body: string, errors: ParseError[]): Node | null | undefined {
  const root = parseTree(body, errors, {
    disallowComments: false,
    allowTrailingComma: true,
    allowEmptyContent: true,
  });
  return root ?? (errors.length === 0 ? null : undefined);
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
