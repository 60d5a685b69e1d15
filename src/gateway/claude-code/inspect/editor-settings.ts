// Reads `claudeCode.environmentVariables` from the user settings of VS Code and editors built from it: their extension
// gives these variables to Claude Code. The files are JSON with comments.
import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { lastProperty } from '../settings-text.ts';
import type { FoundSource } from './found-source.ts';
import { lineAt } from './found-source.ts';
import { pathsOf, variableOf } from './machine.ts';
import type { Machine } from './machine.ts';
import { watchedName } from './route-names.ts';

const LARGEST_SETTINGS = 4 * 1024 * 1024;
const products = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf', 'Positron'];
const SETTING = 'claudeCode.environmentVariables';

export interface EditorFindings {
  readonly sources: readonly FoundSource[];
  readonly gaps: readonly string[];
}

export async function readEditorSettings(machine: Machine): Promise<EditorFindings> {
  const found = await Promise.all(editorSettingsPaths(machine).map((path) => readOne(machine, path)));
  return { sources: found.flatMap((one) => one.sources), gaps: found.flatMap((one) => one.gaps) };
}

/** Paths that may exist, on this machine's platform. */
export function editorSettingsPaths(machine: Machine): string[] {
  const paths = pathsOf(machine);
  const { home, platform } = machine;
  const base =
    platform === 'win32'
      ? (variableOf(machine, 'APPDATA') ?? paths.join(home, 'AppData', 'Roaming'))
      : platform === 'darwin'
        ? paths.join(home, 'Library', 'Application Support')
        : (variableOf(machine, 'XDG_CONFIG_HOME') ?? paths.join(home, '.config'));
  return [
    ...products.map((product) => paths.join(base, product, 'User', 'settings.json')),
    paths.join(home, '.vscode-server', 'data', 'Machine', 'settings.json'),
  ];
}

async function readOne(machine: Machine, path: string): Promise<EditorFindings> {
  const file = await machine.files.read(path, LARGEST_SETTINGS);
  if (file.state === 'absent') return { sources: [], gaps: [] };
  if (file.state === 'unreadable') {
    return { sources: [], gaps: [`${path} ${file.why}, so what it sets for Claude Code is not known.`] };
  }
  const text = file.bytes.toString('utf8').replace(/^\uFEFF/, '');
  return { sources: findEditorVariables(text, path), gaps: [] };
}

/** Pure. A text that is not JSON with comments yields what can still be made out. */
export function findEditorVariables(text: string, path: string): FoundSource[] {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root?.type !== 'object') return [];
  const list = lastProperty(root, SETTING)?.value;
  if (list === undefined) return [];
  const entries = list.type === 'array' ? (list.children ?? []).flatMap(listEntry) : mapEntries(list);
  return entries.flatMap(({ written, value, offset }) => {
    const name = watchedName(written, false);
    if (name === null) return [];
    return [{ kind: 'vscode', name, value, path, ...lineAt(text, offset), project: null, only: null }];
  });
}

interface Entry {
  readonly written: string;
  readonly value: string;
  readonly offset: number;
}

/** `{ "name": …, "value": … }`. */
function listEntry(node: Node): Entry[] {
  const name: unknown = lastProperty(node, 'name')?.value.value;
  const value: unknown = lastProperty(node, 'value')?.value.value;
  if (typeof name !== 'string' || typeof value !== 'string') return [];
  return [{ written: name, value, offset: node.offset }];
}

/** `{ "NAME": "value" }`, which older versions of the extension took. */
function mapEntries(node: Node): Entry[] {
  return (node.children ?? []).flatMap((property) => {
    const [key, value] = property.children ?? [];
    if (typeof key?.value !== 'string' || typeof value?.value !== 'string') return [];
    return [{ written: key.value, value: value.value, offset: property.offset }];
  });
}
