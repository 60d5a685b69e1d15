// One entry of a settings file that Tollgate sets: where it is, what stands there, and how it is set and taken out. An
// entry is a property (`env.NAME`), the value of a named list item (an editor's environment variable), or a list item
// known by what it holds (a hook). Pure.
import { isDeepStrictEqual } from 'node:util';
import { getNodeValue } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { z } from 'zod';
import { appendMember, mustParse, printValue, removeMember, replaceValue } from './edit-document.ts';
import { membersOf, nodeAt, propertiesOf, rawOf } from './settings-text.ts';
import type { Dialect, SettingsDocument } from './settings-text.ts';
import { isSessionStartCommand } from './tollgate-command.ts';

export const Address = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('property'), path: z.array(z.string()).min(1) }),
  /** The item of the list at `path` whose `name` is this; its `value` is the entry. */
  z.strictObject({ kind: z.literal('named'), path: z.array(z.string()).min(1), name: z.string() }),
  /** The item of the list of hooks at `path` that runs Tollgate. */
  z.strictObject({ kind: z.literal('hook'), path: z.array(z.string()).min(1) }),
]);
export type Address = z.infer<typeof Address>;

/** Where an entry is: the value, and the member that goes when the entry is taken out. */
export interface FoundEntry {
  readonly container: Node;
  readonly index: number;
  readonly value: Node;
}

export const property = (...path: string[]): Address => ({ kind: 'property', path });

export function isSameEntry(one: Address, other: Address): boolean {
  return isDeepStrictEqual(one, other);
}

/** `env.NAME`, `hooks.SessionStart`: as a person would look it up. */
export function labelOf(address: Address): string {
  const path = address.path.join('.');
  return address.kind === 'named' ? `${path}.${address.name}` : path;
}

/** The last name: `ANTHROPIC_BASE_URL`, `statusLine`. */
export function nameOf(address: Address): string {
  return address.kind === 'named' ? address.name : (address.path.at(-1) ?? '');
}

/** The objects and lists that an entry lies in, outermost first, with what each must be. */
export function containersOf(
  address: Address,
): readonly { readonly path: readonly string[]; readonly type: 'object' | 'array' }[] {
  const depth = address.kind === 'property' ? address.path.length - 1 : address.path.length;
  return Array.from({ length: depth }, (_, at) => ({
    path: address.path.slice(0, at + 1),
    type: address.kind !== 'property' && at === depth - 1 ? ('array' as const) : ('object' as const),
  }));
}

/** Null when the entry is not there. */
export function findEntry(document: SettingsDocument, address: Address): FoundEntry | null {
  if (address.kind === 'hook') return findHook(document, address.path);
  const container =
    address.kind === 'property'
      ? nodeAt(document, address.path.slice(0, -1))
      : nodeAt(document, address.path);
  const parent = address.path.length === 1 && address.kind === 'property' ? document.root : container;
  if (parent === null) return null;
  if (address.kind === 'property') {
    const index = propertiesOf(parent).findLastIndex(({ name }) => name === address.path.at(-1));
    const value = propertiesOf(parent)[index]?.value;
    return value === undefined ? null : { container: parent, index, value };
  }
  const items = membersOf(parent);
  const index = items.findLastIndex(({ value }) => textAt(value, 'name') === address.name);
  const item = items[index]?.value;
  const value = propertiesOf(item ?? null).findLast(({ name }) => name === 'value')?.value;
  return value === undefined ? null : { container: parent, index, value };
}

/** A list item that does nothing but run Tollgate, else the one command of ours inside an item of the user's. */
function findHook(document: SettingsDocument, path: readonly string[]): FoundEntry | null {
  const list = nodeAt(document, path);
  if (list === null) return null;
  for (const [index, { value }] of membersOf(list).entries()) {
    const hooks = propertiesOf(value).findLast(({ name }) => name === 'hooks')?.value ?? null;
    if (hooks?.type !== 'array') continue;
    const commands = membersOf(hooks).map((hook) =>
      isSessionStartCommand(textAt(hook.value, 'command') ?? ''),
    );
    const own = commands.indexOf(true);
    if (own === -1) continue;
    if (commands.length === 1) return { container: list, index, value };
    return { container: hooks, index: own, value: (membersOf(hooks)[own] as { value: Node }).value };
  }
  return null;
}

function textAt(node: Node, name: string): string | null {
  const value: unknown = propertiesOf(node).findLast((found) => found.name === name)?.value.value;
  return typeof value === 'string' ? value : null;
}

/** The entry's value as JSON text exactly as it stands; null when it is not there. */
export function rawEntry(document: SettingsDocument, address: Address): string | null {
  const found = findEntry(document, address);
  return found === null ? null : rawOf(document, found.value);
}

/** The entry's value; undefined when it is not there. */
export function entryValue(document: SettingsDocument, address: Address): unknown {
  const found = findEntry(document, address);
  // The library's objects have no prototype, and so would equal no other.
  return found === null ? undefined : (JSON.parse(JSON.stringify(getNodeValue(found.value))) as unknown);
}

/** The entry's value when it is a string. */
export function entryText(document: SettingsDocument, address: Address): string | null {
  const value = entryValue(document, address);
  return typeof value === 'string' ? value : null;
}

/** Sets an entry to a value, or to JSON text that is put in as it is; makes the file's text and what it lies in. */
export function setEntry(
  text: string | null,
  dialect: Dialect,
  address: Address,
  content: { readonly value: unknown } | { readonly raw: string },
): string {
  const document = mustParse(text, dialect);
  const print = (colon: string): string =>
    'raw' in content ? content.raw : printValue(content.value, colon);
  const found = findEntry(document, address);
  if (found !== null) return replaceValue(document, found.value, print(': '));
  if (document.root === null) return setEntry(startText(document), dialect, address, content);
  const missing = containersOf(address).find(({ path }) => nodeAt(document, path) === null);
  if (missing !== undefined) {
    const parent = parentOf(document, missing.path);
    const empty = missing.type === 'array' ? '[]' : '{}';
    const name = JSON.stringify(missing.path.at(-1));
    return setEntry(
      appendMember(document, parent, (colon) => `${name}${colon}${empty}`),
      dialect,
      address,
      content,
    );
  }
  if (address.kind === 'property') {
    const name = JSON.stringify(address.path.at(-1));
    return appendMember(
      document,
      parentOf(document, address.path),
      (colon) => `${name}${colon}${print(colon)}`,
    );
  }
  const list = nodeAt(document, address.path) as Node;
  if (address.kind === 'hook') return appendMember(document, list, print);
  return appendMember(document, list, (colon) => {
    const name = JSON.stringify(address.name);
    return /\s/.test(colon)
      ? `{ "name"${colon}${name}, "value"${colon}${print(colon)} }`
      : `{"name":${name},"value":${print(colon)}}`;
  });
}

/** A text without settings gets an empty object, behind the comments that it may have. */
function startText({ mark, body }: SettingsDocument): string {
  const end = body.includes('\r\n') ? '\r\n' : '\n';
  if (body.trim() === '') return `${mark}{}${end}`;
  return `${mark}${body}${/[\r\n]$/.test(body) ? '' : end}{}${end}`;
}

function parentOf(document: SettingsDocument, path: readonly string[]): Node {
  return path.length === 1 ? (document.root as Node) : (nodeAt(document, path.slice(0, -1)) as Node);
}

/** Takes an entry out; what it was alone in stays, empty. */
export function removeEntry(text: string, dialect: Dialect, address: Address): string {
  const document = mustParse(text, dialect);
  const found = findEntry(document, address);
  return found === null ? text : removeMember(document, found.container, found.index);
}
