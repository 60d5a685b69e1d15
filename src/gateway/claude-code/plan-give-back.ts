// Decides how a settings file is given back when others may have written to it since: entry by entry, what still holds
// our value returns to what it was, everything else stays as it is now. Pure.
import type { TakeOverKey } from '../../contract/connect.ts';
import { assertOnlyOursChanged } from './assert-edit.ts';
import { decideGiveBack, guessEntries } from './decide-entry.ts';
import type { EntryDecision, EntryScene } from './decide-entry.ts';
import { mustParse, removeMember, replaceValue } from './edit-document.ts';
import { variablesPointAtTollgate } from './env-keys.ts';
import { containersOf, labelOf, removeEntry, setEntry } from './settings-entries.ts';
import { diffSettings } from './settings-diff.ts';
import { commentsOf } from './document-gaps.ts';
import { membersOf, nodeAt, propertiesOf, rawOf, refuseRepeatedKeys } from './settings-text.ts';
import type { Dialect, SettingsRefusal } from './settings-text.ts';
import { variablesOf } from './surface.ts';
import type { Surface } from './surface.ts';
import type { ContainerRecord, EntryRecord, TakeOverRecord } from './take-over-record.ts';

export interface GiveBackPlan {
  readonly ok: true;
  /** Null when the file did not exist before Tollgate and nothing else is in it: it is removed. */
  readonly text: string | null;
  readonly changes: readonly TakeOverKey[];
  /** Unified, secrets masked; empty when the text stays as it is. */
  readonly diff: string;
  readonly notes: readonly string[];
}

export interface GiveBackInput {
  readonly surface: Surface;
  readonly text: string;
  /** Null when no record is left: then only what is plainly Tollgate's is removed. */
  readonly record: TakeOverRecord | null;
}

/** Refuses a file that its program would reject, or in which an entry to be edited stands twice. */
export function planGiveBack({ surface, text, record }: GiveBackInput): GiveBackPlan | SettingsRefusal {
  const document = surface.parse(text);
  if (!document.ok) return document;
  const scene: EntryScene = {
    surface,
    document,
    isRouted: variablesPointAtTollgate(variablesOf(surface, document)),
  };
  const keys = record?.keys ?? guessEntries(scene);
  const refusal = refuseRepeatedKeys(document, pathsOf(keys));
  if (refusal !== null) return refusal;
  const decisions = keys.map((key) => decideGiveBack(scene, key));
  const edited = applyDecisions(text, surface.dialect, decisions) ?? text;
  const left = edited === text ? text : clearEmptied(edited, surface, keys, record);
  assertOnlyOursChanged(
    surface.dialect,
    text,
    left,
    keys.map(({ address }) => address),
  );
  const changes = decisions.flatMap(({ change }) => change ?? []);
  return {
    ok: true,
    text: left,
    changes: changes.map((change) => ({ surface: surface.kind, ...change })),
    diff: diffSettings(surface.path, text, left, surface.dialect),
    notes: [
      ...decisions.flatMap(({ note }) => note ?? []),
      ...(record === null && surface.kind !== 'mcp' ? noteGuess(decisions) : []),
    ],
  };
}

/** Paths that must not stand twice; items of lists are told apart by what they hold. */
export function pathsOf(entries: readonly Pick<EntryRecord, 'address'>[]): (readonly string[])[] {
  return entries.map(({ address }) => address.path);
}

export function applyDecisions(
  text: string | null,
  dialect: Dialect,
  decisions: readonly EntryDecision[],
): string | null {
  let next = text;
  for (const { address, edit } of decisions) {
    if (edit === null) continue;
    if (edit !== 'remove') next = setEntry(next, dialect, address, edit);
    else if (next !== null) next = removeEntry(next, dialect, address);
  }
  return next;
}

/** Gives what our entries alone had filled its old form back; null: there was no file. */
export function clearEmptied(
  text: string,
  { kind, dialect }: Surface,
  keys: readonly EntryRecord[],
  record: TakeOverRecord | null,
): string | null {
  let next = text;
  for (const path of containerPaths(keys).reverse()) {
    const known = record?.containers.find((container) => container.path.join('\0') === path.join('\0'));
    next = clearContainer(next, dialect, known ?? { path: [...path], existed: false, emptyText: null });
  }
  const rest = mustParse(next, dialect);
  if (next === text || propertiesOf(rest.root).length > 0) return next;
  // Claude Code's state file is never empty unless nobody but Tollgate made it.
  if (record === null) return kind === 'mcp' ? null : next;
  const { existed, emptyText } = record.original;
  const before = mustParse(emptyText, dialect);
  // A comment that somebody wrote since must not go with the empty rest.
  if (commentsOf(rest.body).join() === commentsOf(before.body).join())
    return existed ? (emptyText ?? next) : null;
  if (rest.root === null || before.root === null) return next;
  const [now, then] = [rawOf(rest, rest.root), rawOf(before, before.root)];
  return commentsOf(now).join() === commentsOf(then).join() ? replaceValue(rest, rest.root, then) : next;
}

/** Every object and list the entries lie in, outer ones first. */
export function containerPaths(keys: readonly Pick<EntryRecord, 'address'>[]): (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  for (const { address } of keys)
    for (const { path } of containersOf(address)) found.set(path.join('\0'), path);
  return [...found.values()].sort((one, other) => one.length - other.length);
}

function clearContainer(
  text: string,
  dialect: Dialect,
  { path, existed, emptyText }: ContainerRecord,
): string {
  const document = mustParse(text, dialect);
  const node = nodeAt(document, path);
  if (node === null || membersOf(node).length > 0) return text;
  if (existed) return emptyText === null ? text : replaceValue(document, node, emptyText);
  if (commentsOf(rawOf(document, node)).length > 0) return text;
  const parent = path.length === 1 ? document.root : nodeAt(document, path.slice(0, -1));
  if (parent === null) return text;
  return removeMember(
    document,
    parent,
    propertiesOf(parent).findLastIndex(({ name }) => name === path.at(-1)),
  );
}

function noteGuess(decisions: readonly EntryDecision[]): string[] {
  const names = decisions.flatMap(({ change, address }) => (change === null ? [] : labelOf(address)));
  if (names.length === 0) return [];
  return [
    `There is no record of the settings before Tollgate, so only its own keys were removed: ${names.join(', ')}.`,
  ];
}
