// Reads one settings file of Claude Code (user, project, managed): which watched variables and keys it sets and where, or
// why Claude Code ignores it.
import type { Node } from 'jsonc-parser';
import type { SourceKind } from '../../../contract/doctor.ts';
import { decodeSettings, envOf, lastProperty, parseSettings, propertiesOf } from '../settings-text.ts';
import type { SettingsDocument } from '../settings-text.ts';
import type { TextPlace } from '../take-over-error.ts';
import { lineAt } from './found-source.ts';
import type { FoundSource } from './found-source.ts';
import type { Machine } from './machine.ts';
import { KEY_HELPER, LOGIN_METHOD, watchedName } from './route-names.ts';

/** Claude Code's own files are a few kilobytes. */
const LARGEST_SETTINGS = 2 * 1024 * 1024;

export interface SettingsRead {
  readonly path: string;
  readonly kind: SourceKind;
  readonly project: string | null;
  readonly state: 'absent' | 'ok' | 'malformed' | 'unreadable';
  /** Completes "the file …" or "line 3, column 5: …"; null when all is well. */
  readonly problem: string | null;
  readonly at: TextPlace | null;
  readonly document: SettingsDocument | null;
  readonly sources: readonly FoundSource[];
}

export async function readSettingsSources(
  machine: Machine,
  path: string,
  kind: SourceKind,
  project: string | null = null,
): Promise<SettingsRead> {
  const file = await machine.files.read(path, LARGEST_SETTINGS);
  const nothing = { path, kind, project, problem: null, at: null, document: null, sources: [] };
  if (file.state === 'absent') return { ...nothing, state: 'absent' };
  if (file.state === 'unreadable') return { ...nothing, state: 'unreadable', problem: file.why };
  const decoded = decodeSettings(file.bytes);
  if (!decoded.ok) return { ...nothing, state: 'malformed', problem: decoded.problem, at: decoded.place };
  return readSettingsText(decoded.text, { path, kind, project });
}

/** Like `readSettingsSources` for a text that is no file of its own, such as a policy in the registry. */
export function readSettingsText(
  text: string,
  whose: { readonly path: string; readonly kind: SourceKind; readonly project: string | null },
): SettingsRead {
  const document = parseSettings(text);
  if (!document.ok) {
    const { problem, place } = document;
    return { ...whose, state: 'malformed', problem, at: place, document: null, sources: [] };
  }
  const sources = [...envSources(document), ...keySources(document)].map(({ name, value, offset }) => ({
    ...whose,
    name,
    value,
    ...lineAt(document.body, offset),
    only: null,
  }));
  return { ...whose, state: 'ok', problem: null, at: null, document, sources };
}

interface Entry {
  readonly name: string;
  readonly value: string | null;
  readonly offset: number;
}

function envSources(document: SettingsDocument): Entry[] {
  const entries = new Map<string, Entry>();
  for (const property of propertiesOf(envOf(document))) {
    const name = watchedName(property.name, false);
    const value: unknown = property.value.value;
    // Of a name that stands twice the last one counts; a value that is no text is ignored by Claude Code.
    if (name !== null && typeof value === 'string')
      entries.set(name, { name, value, offset: property.start });
  }
  return [...entries.values()];
}

function keySources(document: SettingsDocument): Entry[] {
  return [KEY_HELPER, LOGIN_METHOD].flatMap((name) => {
    const property = lastProperty(document.root, name);
    const value: unknown = property?.value.value;
    if (property === undefined || typeof value !== 'string' || value === '') return [];
    // The helper is a command line: what it prints is the secret, and its own text may hold one.
    return [{ name, value: name === KEY_HELPER ? null : value, offset: property.start }];
  });
}

/** The text under a top-level key, or null. */
export function settingText(document: SettingsDocument | null, ...path: readonly string[]): string | null {
  const value: unknown = settingNode(document, path)?.value;
  return typeof value === 'string' ? value : null;
}

/** True when the key is there with any value but null. */
export function hasSetting(document: SettingsDocument | null, ...path: readonly string[]): boolean {
  const node = settingNode(document, path);
  return node !== null && node.type !== 'null';
}

export function settingNode(document: SettingsDocument | null, path: readonly string[]): Node | null {
  let node = document?.root ?? null;
  for (const name of path) {
    if (node?.type !== 'object') return null;
    node = lastProperty(node, name)?.value ?? null;
  }
  return node;
}
