// Sets and removes single keys inside `env` of a settings text. Everything else keeps its bytes: order, indentation,
// line ends, byte order mark and final newline; and removing what was set gives the very text of before.
//
// The edits are made here and not by jsonc-parser's `modify`, because that one lays out anew every line it touches
// (a file on one line comes back as twenty); from the library come the parse and the application of edits.
import { applyEdits } from 'jsonc-parser';
import type { Edit, Node } from 'jsonc-parser';
import { envOf, lastProperty, parseSettings, propertiesOf } from './settings-text.ts';
import type { SettingsDocument, SettingsProperty } from './settings-text.ts';
import { TakeOverError } from './take-over-error.ts';

const UNIT = '  ';

/** Sets `env.<name>` to a value given as JSON text; creates the file's text and `env` when there are none. */
export function setEnvKey(text: string | null, name: string, rawValue: string): string {
  const document = parse(text);
  if (document.root === null) {
    const end = document.body.includes('\r\n') ? '\r\n' : '\n';
    return setEnvKey(`${document.mark}{}${end}`, name, rawValue);
  }
  const env = envOf(document);
  if (env === null) {
    const withEnv = insertInto(document, document.root, 'env', '{}');
    return setEnvKey(withEnv, name, rawValue);
  }
  const present = lastProperty(env, name);
  if (present === undefined) return insertInto(document, env, name, rawValue);
  return edit(document, { offset: present.value.offset, length: present.value.length, content: rawValue });
}

/** Removes `env.<name>`; when it was the only key, `env` is left as `{}`. */
export function removeEnvKey(text: string, name: string): string {
  const document = parse(text);
  return removeFrom(document, envOf(document), name);
}

/** Removes `env` itself. */
export function removeEnv(text: string): string {
  const document = parse(text);
  return removeFrom(document, document.root, 'env');
}

/** Replaces the whole of `env` by JSON text, for an object that was empty in its own way (`{ }`). */
export function replaceEnv(text: string, rawValue: string): string {
  const document = parse(text);
  const env = envOf(document);
  if (env === null) return text;
  return edit(document, { offset: env.offset, length: env.length, content: rawValue });
}

/**
 * Throws EDIT_UNSAFE unless both texts hold the same settings in the same order but for the named `env` keys. The last
 * guard before a write: no fault in the code above may cost a user a setting.
 */
export function assertOnlyEnvKeysChanged(
  before: string | null,
  after: string | null,
  names: readonly string[],
): void {
  if (withoutKeys(before, names) === withoutKeys(after, names)) return;
  throw new TakeOverError(
    'EDIT_UNSAFE',
    'The change of the settings would have touched more than it should, so nothing was written. This is a fault of Tollgate; please report it.',
  );
}

function withoutKeys(text: string | null, names: readonly string[]): string {
  const document = parse(text);
  if (document.root === null) return JSON.stringify([[], []]);
  const settings = JSON.parse(document.body) as Record<string, unknown>;
  const env = Object.entries((settings['env'] ?? {}) as Record<string, unknown>).filter(
    ([name]) => !names.includes(name),
  );
  const others = Object.entries(settings).filter(([name]) => name !== 'env');
  return JSON.stringify([others, env]);
}

function parse(text: string | null): SettingsDocument {
  const document = parseSettings(text);
  if (document.ok) return document;
  throw new TakeOverError('SETTINGS_MALFORMED', document.problem, { place: document.place });
}

function edit(document: SettingsDocument, change: Edit): string {
  return document.mark + applyEdits(document.body, [change]);
}

function insertInto(document: SettingsDocument, object: Node, name: string, rawValue: string): string {
  const properties = propertiesOf(object);
  const last = properties.at(-1);
  const entry = (colon: string): string => `${JSON.stringify(name)}${colon}${rawValue}`;
  if (last !== undefined) {
    const content = separatorFor(document.body, object, properties) + entry(colonOf(document.body, last));
    return edit(document, { offset: last.end, length: 0, content });
  }
  return edit(document, {
    offset: object.offset,
    length: object.length,
    content: fillEmpty(document, object, entry),
  });
}

/** The text of an object that was empty and now holds one entry, laid out like its surroundings. */
function fillEmpty(document: SettingsDocument, object: Node, entry: (colon: string) => string): string {
  const { body, root } = document;
  const lineEnd = /\r\n|\n|\r/.exec(body)?.[0] ?? '\n';
  if (object === root) return `{${lineEnd}${UNIT}${entry(': ')}${lineEnd}}`;
  const owner = propertiesOf(root).find((property) => property.value === object);
  const colon = owner === undefined ? ': ' : colonOf(body, owner);
  const indent = owner === undefined ? null : indentOf(body, owner.start);
  if (indent === null) return `{${entry(colon)}}`;
  return `{${lineEnd}${indent}${indent || UNIT}${entry(colon)}${lineEnd}${indent}}`;
}

/** What goes between the last property and a new one: what stands between the two before, blank lines left out. */
function separatorFor(body: string, object: Node, properties: readonly SettingsProperty[]): string {
  const last = properties.at(-1) as SettingsProperty;
  const previous = properties.at(-2);
  if (previous !== undefined) return withoutBlankLines(body.slice(previous.end, last.start));
  const lead = withoutBlankLines(body.slice(object.offset + 1, last.start));
  if (lead !== '') return `,${lead}`;
  return colonOf(body, last).endsWith(' ') ? ', ' : ',';
}

function withoutBlankLines(space: string): string {
  return space.replace(/(\r\n|\n|\r(?!\n))(?:[ \t]*(?:\r\n|\n|\r(?!\n)))+/g, '$1');
}

function colonOf(body: string, property: SettingsProperty): string {
  const colon = body.slice(property.keyEnd, property.value.offset);
  return /[\r\n]/.test(colon) ? ': ' : colon;
}

/** The white space before `offset` when nothing else stands before it on its line and it is not the first line. */
function indentOf(body: string, offset: number): string | null {
  return /[\r\n]([ \t]*)$/.exec(body.slice(0, offset))?.[1] ?? null;
}

/** Takes a property out with the comma before it, or behind it when it is the first. */
function removeFrom(document: SettingsDocument, object: Node | null, name: string): string {
  const properties = propertiesOf(object);
  const at = properties.findLastIndex((property) => property.name === name);
  const property = properties[at];
  if (object === null || property === undefined) return document.mark + document.body;
  const previous = properties[at - 1];
  const next = properties[at + 1];
  if (previous !== undefined) {
    return edit(document, { offset: previous.end, length: property.end - previous.end, content: '' });
  }
  if (next !== undefined) {
    return edit(document, { offset: property.start, length: next.start - property.start, content: '' });
  }
  return edit(document, { offset: object.offset, length: object.length, content: '{}' });
}
