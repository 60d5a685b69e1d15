// Decides how a settings file is pointed at Tollgate: the new text, what changes and why, and what must be remembered to
// give everything back. Pure; `change-file.ts` carries it out.
import type { TakeOverKey } from '../../contract/connect.ts';
import { assertOnlyOursChanged } from './assert-edit.ts';
import { decideGiveBack, decideWanted, guessEntries, holdsEntry } from './decide-entry.ts';
import type { EntryScene } from './decide-entry.ts';
import { variablesPointAtTollgate } from './env-keys.ts';
import { applyDecisions, clearEmptied, containerPaths, pathsOf } from './plan-give-back.ts';
import { diffSettings } from './settings-diff.ts';
import { containersOf, entryText, isSameEntry, labelOf } from './settings-entries.ts';
import {
  lastProperty,
  membersOf,
  nodeAt,
  propertiesOf,
  rawOf,
  refuseRepeatedKeys,
  refuseUnless,
} from './settings-text.ts';
import type { SettingsDocument, SettingsRefusal } from './settings-text.ts';
import { variablesOf } from './surface.ts';
import type { Surface } from './surface.ts';
import type { ContainerRecord, EntryRecord, TakeOverRecord } from './take-over-record.ts';
import { wantedEntries } from './wanted-entries.ts';
import type { TakeOverAim, WantedEntry } from './wanted-entries.ts';

/** What a take-over of the text makes of the record; the I/O adds file facts (fingerprints, copy, time). */
export interface TakeOverPlan {
  readonly ok: true;
  readonly text: string | null;
  readonly changes: readonly TakeOverKey[];
  /** Unified, secrets masked; empty when the text stays as it is. */
  readonly diff: string;
  readonly notes: readonly string[];
  readonly keys: readonly EntryRecord[];
  readonly containers: readonly ContainerRecord[];
  readonly emptyText: string | null;
  /** True when the text already carries values of Tollgate: then it is not an original, and no copy is kept of it. */
  readonly ours: boolean;
}

export interface TakeOverInput {
  readonly surface: Surface;
  /** Text of the file, null when there is none. */
  readonly text: string | null;
  readonly aim: TakeOverAim;
  /** What an earlier take-over of this file left, or null. */
  readonly record: TakeOverRecord | null;
}

/** Refuses a file that its program would reject, or in which an entry to be written stands twice. */
export function planTakeOver({ surface, text, aim, record }: TakeOverInput): TakeOverPlan | SettingsRefusal {
  const document = surface.parse(text);
  if (!document.ok) return document;
  const read = variablesOf(surface, document);
  const scene: EntryScene = { surface, document, isRouted: variablesPointAtTollgate(read) };
  const known = record?.keys ?? guessEntries(scene);
  const recordOf = (address: EntryRecord['address']): EntryRecord | undefined =>
    known.find((key) => isSameEntry(key.address, address));
  const isOurs = (address: EntryRecord['address']): boolean => {
    const key = recordOf(address);
    return key !== undefined && holdsEntry(document, key);
  };
  const wanted = wantedEntries(surface, aim, read, isOurs);
  const { fitting, problem, notes: shapeNotes } = sortByShape(surface, document, wanted);
  const refusal = problem ?? refuseRepeatedKeys(document, pathsOf([...fitting, ...known]));
  if (refusal !== null) return refusal;

  const unwanted = known.filter((key) => !wanted.some((want) => isSameEntry(want.address, key.address)));
  const returned = unwanted.map((key) => decideGiveBack(scene, key));
  const decisions = fitting.map((want) => decideWanted(scene, want, recordOf(want.address)));
  const emptied = applyDecisions(text, surface.dialect, returned);
  const set = applyDecisions(emptied, surface.dialect, decisions);
  const next = set === null || set === text ? set : clearEmptied(set, surface, unwanted, record);
  const all = [...returned, ...decisions];
  assertOnlyOursChanged(
    surface.dialect,
    text,
    next,
    all.map(({ address }) => address),
  );
  const ours = scene.isRouted || known.some((key) => holdsEntry(document, key));
  const keys = decisions.flatMap(({ record: key }) => key ?? []);
  return {
    ok: true,
    text: next,
    changes: all.flatMap(({ change }) => (change === null ? [] : { surface: surface.kind, ...change })),
    diff: diffSettings(surface.path, text, next, surface.dialect),
    notes: [
      ...all.flatMap(({ note }) => note ?? []),
      ...shapeNotes,
      ...(surface.kind === 'settings' ? noteOtherCredentials(document, aim) : []),
      ...(ours && record === null && surface.kind !== 'mcp' ? [LOST] : []),
    ],
    keys,
    containers: describeContainers(document, keys, ours ? record : null, ours && record === null),
    emptyText: ours ? (record?.original.emptyText ?? null) : describeEmpty(document),
    ours,
  };
}

const LOST =
  'The settings already pointed at a Tollgate, and no record says what they were before; disconnecting will remove its keys.';

interface Sorted {
  readonly fitting: readonly WantedEntry[];
  readonly problem: SettingsRefusal | null;
  readonly notes: readonly string[];
}

/** Hooks of a wrong shape are skipped alone by Claude Code (measured), so ours is skipped alone, too. */
function sortByShape(surface: Surface, document: SettingsDocument, wanted: readonly WantedEntry[]): Sorted {
  const fitting: WantedEntry[] = [];
  const notes: string[] = [];
  for (const want of wanted) {
    const refusal = containersOf(want.address)
      .map(({ path, type }) => refuseUnless(document, path, type))
      .find((found) => found !== null);
    if (refusal === undefined || refusal === null) fitting.push(want);
    else if (want.address.kind !== 'hook') return { fitting, problem: refusal, notes };
    else {
      const { line, column } = refusal.place;
      notes.push(
        `${labelOf(want.address)} was not set: line ${line}, column ${column} of ${surface.path}: ${refusal.problem}.`,
      );
    }
  }
  return { fitting, problem: null, notes };
}

/** What the record knows stays; of the rest, what the file has now. `isLost`: what the file has is ours already. */
function describeContainers(
  document: SettingsDocument,
  keys: readonly EntryRecord[],
  record: TakeOverRecord | null,
  isLost: boolean,
): ContainerRecord[] {
  return containerPaths(keys).map((path) => {
    const known = record?.containers.find((container) => container.path.join('\0') === path.join('\0'));
    if (known !== undefined) return known;
    const node = nodeAt(document, path);
    if (node === null || isLost) return { path: [...path], existed: false, emptyText: null };
    const emptyText = membersOf(node).length === 0 ? rawOf(document, node) : null;
    return { path: [...path], existed: true, emptyText };
  });
}

function describeEmpty(document: SettingsDocument): string | null {
  return propertiesOf(document.root).length === 0 ? document.mark + document.body : null;
}

const clouds = [
  ['CLAUDE_CODE_USE_BEDROCK', 'Amazon Bedrock'],
  ['CLAUDE_CODE_USE_VERTEX', 'Google Vertex'],
  ['CLAUDE_CODE_USE_FOUNDRY', 'Microsoft Foundry'],
] as const;

/** What else decides where Claude Code goes and with which credential is the user's affair, and worth a word. */
function noteOtherCredentials(document: SettingsDocument, { choices }: TakeOverAim): string[] {
  const notes = clouds
    .filter(
      ([name]) =>
        !['', '0', 'false'].includes(entryText(document, { kind: 'property', path: ['env', name] }) ?? ''),
    )
    .map(
      ([name, cloud]) =>
        `${name} is set, so Claude Code goes to ${cloud} whatever its base URL is; remove it to send its traffic through Tollgate.`,
    );
  if (choices.credential === 'key' && lastProperty(document.root, 'apiKeyHelper') !== undefined) {
    notes.push(
      'apiKeyHelper is set as well and stays; Claude Code runs it and sends its key to Tollgate beside the local one, where nothing uses it.',
    );
  }
  return notes;
}
