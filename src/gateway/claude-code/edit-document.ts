// Sets and removes single members of the objects and lists of a JSON or JSONC text. Everything else keeps its bytes:
// order, indentation, comments, line ends, byte order mark and final newline; and removing what was added gives the
// very text of before. Pure.
//
// The edits are made here and not by jsonc-parser's `modify`, because that one lays out anew every line it touches
// (a file on one line comes back as twenty); from the library come the parse and the application of edits.
import { applyEdits } from 'jsonc-parser';
import type { Edit, Node } from 'jsonc-parser';
import { readGap, startOfSpaceBefore } from './document-gaps.ts';
import type { Gap } from './document-gaps.ts';
import { membersOf, parseDocument, propertiesOf } from './settings-text.ts';
import type { Dialect, DocumentMember, SettingsDocument } from './settings-text.ts';
import { TakeOverError } from './take-over-error.ts';

const UNIT = '  ';

/** Prints a member given what stands between a name and its value in its surroundings (`: ` or `:`). */
type PrintMember = (colon: string) => string;

/** Parses, and throws SETTINGS_MALFORMED for what is no document; callers have checked before. */
export function mustParse(text: string | null, dialect: Dialect): SettingsDocument {
  const document = parseDocument(text, dialect);
  if (document.ok) return document;
  throw new TakeOverError('SETTINGS_MALFORMED', document.problem, { place: document.place });
}

/** JSON text of a value, with spaces when its surroundings have them. */
export function printValue(value: unknown, colon: string): string {
  if (!/\s/.test(colon) || typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => printValue(item, colon)).join(', ')}]`;
  const entries = Object.entries(value).map(
    ([name, child]) => `${JSON.stringify(name)}: ${printValue(child, colon)}`,
  );
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Puts other JSON text in the place of a value. */
export function replaceValue(document: SettingsDocument, value: Node, raw: string): string {
  return edit(document, [{ offset: value.offset, length: value.length, content: raw }]);
}

/** Appends a member to an object or list. */
export function appendMember(document: SettingsDocument, container: Node, print: PrintMember): string {
  const { body } = document;
  const members = membersOf(container);
  const last = members.at(-1);
  if (last === undefined) return fillContainer(document, container, print);
  const colon = colonNear(document, container);
  const gap = readGap(body, last.end, closeOf(container));
  if (!gap.hasComments) {
    const content = separatorFor(document, container, members) + print(colon);
    return edit(document, [{ offset: last.end, length: 0, content }]);
  }
  // Comments behind the last member stay with it; the new one goes on a line of its own below them.
  const attached = gap.attachedEnd ?? (gap.comma === null ? last.end : gap.comma + 1);
  const at = gap.comma === null ? attached : Math.max(attached, gap.comma + 1);
  const lead = leadOf(document, container, last, body.slice(last.end, at).includes('//'));
  if (gap.comma !== null) {
    return edit(document, [{ offset: at, length: 0, content: `${lead}${print(colon)},` }]);
  }
  if (at === last.end) return edit(document, [{ offset: at, length: 0, content: `,${lead}${print(colon)}` }]);
  return edit(document, [
    { offset: last.end, length: 0, content: ',' },
    { offset: at, length: 0, content: lead + print(colon) },
  ]);
}

/** Takes a member out with the comma that joined it; of an object or list without comments `{}` or `[]` is left. */
export function removeMember(document: SettingsDocument, container: Node, index: number): string {
  const { body } = document;
  const members = membersOf(container);
  const member = members[index];
  if (member === undefined) return document.mark + body;
  const previous = members[index - 1];
  const next = members[index + 1];
  const before = readGap(body, previous?.end ?? container.offset + 1, member.start);
  const after = readGap(body, member.end, next?.start ?? closeOf(container));
  if (previous !== undefined && !before.hasComments) {
    return edit(document, [{ offset: previous.end, length: member.end - previous.end, content: '' }]);
  }
  if (previous === undefined && next !== undefined && !after.hasComments) {
    return edit(document, [{ offset: member.start, length: next.start - member.start, content: '' }]);
  }
  if (previous === undefined && next === undefined && !before.hasComments && !after.hasComments) {
    const content = container.type === 'array' ? '[]' : '{}';
    return edit(document, [{ offset: container.offset, length: container.length, content }]);
  }
  const edits: Edit[] = [cutMember(body, member, before)];
  const comma = after.comma ?? before.comma;
  if (comma !== null) edits.push({ offset: comma, length: 1, content: '' });
  return edit(document, edits);
}

/** The member with the white space before it, unless a line comment would then run into what follows. */
function cutMember(body: string, member: DocumentMember, before: Gap): Edit {
  const start = startOfSpaceBefore(body, member.start);
  const endsLine = before.lastIsLineComment && before.lastCommentEnd === start;
  const isSafe = !endsLine || /^[ \t]*,?[ \t]*(?:[\r\n]|\/\/)/.test(body.slice(member.end));
  const offset = isSafe ? start : member.start;
  return { offset, length: member.end - offset, content: '' };
}

function edit(document: SettingsDocument, changes: Edit[]): string {
  return document.mark + applyEdits(document.body, changes);
}

function closeOf(container: Node): number {
  return container.offset + container.length - 1;
}

/** The text of an object or list that was empty and now holds one member, laid out like its surroundings. */
function fillContainer(document: SettingsDocument, container: Node, print: PrintMember): string {
  const { body, root } = document;
  const close = closeOf(container);
  const gap = readGap(body, container.offset + 1, close);
  const owner = ownerOf(document, container);
  const colon = owner === null ? ': ' : colonOf(body, owner);
  const lineEnd = lineEndOf(body);
  const indent = container === root ? '' : owner === null ? null : indentOf(body, owner.start);
  const inner = (indent ?? '') + unitOf(document);
  if (gap.lastCommentEnd !== null) {
    const lead = /[\r\n]/.test(body.slice(gap.lastCommentEnd, close)) ? lineEnd + inner : ' ';
    return edit(document, [{ offset: gap.lastCommentEnd, length: 0, content: lead + print(colon) }]);
  }
  const [open, end] = container.type === 'array' ? ['[', ']'] : ['{', '}'];
  const content =
    indent === null
      ? `${open}${print(colon)}${end}`
      : `${open}${lineEnd}${inner}${print(colon)}${lineEnd}${indent}${end}`;
  return edit(document, [{ offset: container.offset, length: container.length, content }]);
}

/** What goes between the last member and a new one: what stands between the two before, blank lines left out. */
function separatorFor(
  document: SettingsDocument,
  container: Node,
  members: readonly DocumentMember[],
): string {
  const { body } = document;
  const last = members.at(-1) as DocumentMember;
  const previous = members.at(-2);
  if (previous !== undefined && !readGap(body, previous.end, last.start).hasComments) {
    return withoutBlankLines(body.slice(previous.end, last.start));
  }
  return `,${leadOf(document, container, last, false)}`;
}

/** The white space before a new member, as before the last one. */
function leadOf(document: SettingsDocument, container: Node, last: DocumentMember, newLine: boolean): string {
  const { body } = document;
  const lead = withoutBlankLines(body.slice(startOfSpaceBefore(body, last.start), last.start));
  const wanted = newLine && !/[\r\n]/.test(lead) ? lineEndOf(body) + unitOf(document) : lead;
  if (wanted !== '') return wanted;
  return colonNear(document, container).endsWith(' ') ? ' ' : '';
}

function withoutBlankLines(space: string): string {
  return space.replace(/(\r\n|\n|\r(?!\n))(?:[ \t]*(?:\r\n|\n|\r(?!\n)))+/g, '$1');
}

function lineEndOf(body: string): string {
  return /\r\n|\n|\r/.exec(body)?.[0] ?? '\n';
}

/** How the first member of the file is indented. */
function unitOf({ body, root }: SettingsDocument): string {
  const first = membersOf(root)[0];
  return (first === undefined ? null : indentOf(body, first.start)) || UNIT;
}

/** What stands between a name and its value in an object, or around a list. */
function colonNear(document: SettingsDocument, container: Node): string {
  const property = propertiesOf(container).at(-1) ?? ownerOf(document, container);
  return property === null ? ': ' : colonOf(document.body, property);
}

function colonOf(body: string, property: DocumentMember): string {
  const colon = body.slice(property.keyEnd ?? property.start, property.value.offset);
  return /^[ \t]*:[ \t]*$/.test(colon) ? colon : ': ';
}

/** The property whose value the container is; null for the root and for members of lists. */
function ownerOf({ root }: SettingsDocument, container: Node): DocumentMember | null {
  const search = (node: Node | null): DocumentMember | null => {
    for (const property of propertiesOf(node)) {
      const found = property.value === container ? property : search(property.value);
      if (found !== null) return found;
    }
    return null;
  };
  return search(root);
}

/** The white space before `offset` when nothing else stands before it on its line and it is not the first line. */
function indentOf(body: string, offset: number): string | null {
  return /[\r\n]([ \t]*)$/.exec(body.slice(0, offset))?.[1] ?? null;
}
