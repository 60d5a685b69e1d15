// Says which of several values of one variable Claude Code uses, by its own order: managed settings, the project's local
// and shared settings, the user's settings, and only then what it was started with. Pure.
import { sourceKinds } from '../../../contract/doctor.ts';
import type { RouteSource, SourceKind } from '../../../contract/doctor.ts';
import { sayPlace } from './found-source.ts';
import type { FoundSource } from './found-source.ts';
import { KEY_HELPER, maskValue } from './route-names.ts';

export interface RankedSource extends FoundSource {
  readonly wins: boolean;
  /** The one that wins over this one; null when none does. */
  readonly loser: { readonly to: FoundSource } | null;
}

const strength = new Map<SourceKind, number>(sourceKinds.map((kind, index) => [kind, index]));
/** What an editor gives to its sessions counts in those alone. */
const EDITOR = 'vscode';

/** Strongest first. Sources of one shell come in the order in which they take effect: the last one counts. */
export function rankSources(sources: readonly FoundSource[]): RankedSource[] {
  const ordered = sources
    .map((source, index) => ({ source, index }))
    .sort((one, other) => rankOf(one.source) - rankOf(other.source) || laterFirst(one, other))
    .map(({ source }) => source);
  return ordered.map((source) => {
    const winner = winnerFor(ordered, source);
    const wins = source.only === null && winner === source;
    return { ...source, wins, loser: wins || winner === null || winner === source ? null : { to: winner } };
  });
}

/** The value Claude Code uses outside of projects (`project` null) or inside of one; null when nothing sets it. */
export function effectiveSource(
  sources: readonly RankedSource[],
  name: string,
  project: string | null = null,
): RankedSource | null {
  const counting = sources.filter((source) => source.name === name && counts(source, project));
  return counting[0] ?? null;
}

/** The text in force; null when nothing sets it, or a program works it out. */
export function effectiveValue(
  sources: readonly RankedSource[],
  name: string,
  project: string | null = null,
): string | null {
  return effectiveSource(sources, name, project)?.value ?? null;
}

function winnerFor(ordered: readonly FoundSource[], source: FoundSource): FoundSource | null {
  const rivals = ordered.filter(
    (other) =>
      other.name === source.name &&
      (counts(other, source.project) ||
        (source.kind === EDITOR && other.kind === EDITOR && other.path === source.path)),
  );
  return rivals[0] ?? null;
}

function counts(source: FoundSource, project: string | null): boolean {
  if (source.only !== null || source.kind === EDITOR) return false;
  return source.project === null || source.project === project;
}

function rankOf(source: FoundSource): number {
  return strength.get(source.kind) ?? sourceKinds.length;
}

function laterFirst(
  one: { readonly source: FoundSource; readonly index: number },
  other: { readonly source: FoundSource; readonly index: number },
): number {
  const late = one.source.kind === 'shell-file' || one.source.kind === EDITOR;
  return late ? other.index - one.index : one.index - other.index;
}

/** As it may be shown. */
export function viewSource(source: RankedSource): RouteSource {
  const { kind, name, value, path, line, column, project, wins } = source;
  return {
    kind,
    name,
    value: value === null ? null : maskValue(name, value),
    place: { path, line, column },
    project,
    wins,
    note: sayNote(source),
  };
}

function sayNote(source: RankedSource): string | null {
  if (source.only !== null) return `It ${source.only}.`;
  if (source.loser !== null) return `${sayPlace(source.loser.to)} goes over it.`;
  if (source.name === KEY_HELPER) return 'A program works out the credential.';
  if (source.value === null) return 'Its value is worked out when the shell starts.';
  if (source.kind === EDITOR) return 'It counts in sessions of this editor.';
  return source.value === '' ? 'It is empty, which counts as not set.' : null;
}
