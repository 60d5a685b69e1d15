// The last guard before a write: no fault in the code that edits texts may cost a user a setting or a comment. Pure.
import type { Node } from 'jsonc-parser';
import { commentsOf } from './document-gaps.ts';
import { mustParse } from './edit-document.ts';
import { containersOf, findEntry } from './settings-entries.ts';
import type { Address } from './settings-entries.ts';
import { membersOf, nodeAt, propertiesOf, rawOf } from './settings-text.ts';
import type { Dialect, SettingsDocument } from './settings-text.ts';
import { TakeOverError } from './take-over-error.ts';

/**
 * Throws EDIT_UNSAFE unless both texts hold the same settings, written the same, in the same order, and the same
 * comments, but for the given entries and for what is empty without them.
 */
export function assertOnlyOursChanged(
  dialect: Dialect,
  before: string | null,
  after: string | null,
  ours: readonly Address[],
): void {
  if (contentWithout(before, dialect, ours) === contentWithout(after, dialect, ours)) return;
  throw new TakeOverError(
    'EDIT_UNSAFE',
    'The change of the settings would have touched more than it should, so nothing was written. This is a fault of Tollgate; please report it.',
  );
}

function contentWithout(text: string | null, dialect: Dialect, ours: readonly Address[]): string {
  const document = mustParse(text, dialect);
  const skipped = new Set<Node>(ours.flatMap((address) => memberNode(document, address) ?? []));
  const maybeEmpty = new Set<Node>(
    ours.flatMap((address) => containersOf(address).flatMap(({ path }) => nodeAt(document, path) ?? [])),
  );
  const print = (node: Node): string => {
    if (node.type !== 'object' && node.type !== 'array') return rawOf(document, node);
    const names = propertiesOf(node).map(({ name }) => `${JSON.stringify(name)}:`);
    const members = membersOf(node).flatMap(({ value }, at) => {
      const printed = skipped.has(value) ? '' : print(value);
      return printed === '' ? [] : (names[at] ?? '') + printed;
    });
    if (members.length === 0 && maybeEmpty.has(node)) return '';
    return node.type === 'array' ? `[${members.join()}]` : `{${members.join()}}`;
  };
  const settings = document.root === null ? '{}' : print(document.root);
  return `${settings}\n${dialect === 'jsonc' ? commentsOf(document.body).join('\n') : ''}`;
}

/** The value that goes when the entry is taken out; of a named item, the item. */
function memberNode(document: SettingsDocument, address: Address): Node | null {
  const found = findEntry(document, address);
  if (found === null) return null;
  return membersOf(found.container)[found.index]?.value ?? null;
}
