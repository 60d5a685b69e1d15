// The files that Tollgate may change for Claude Code, and how each is read: Claude Code's settings, its state file (for
// the MCP endpoint alone), and the settings of editors that start it. Pure.
import type { TakeOverSurface } from '../../contract/connect.ts';
import { entryText, property } from './settings-entries.ts';
import type { Address } from './settings-entries.ts';
import { parseDocument, parseSettings } from './settings-text.ts';
import type { Dialect, SettingsDocument, SettingsRefusal } from './settings-text.ts';

export interface Surface {
  readonly kind: TakeOverSurface;
  readonly path: string;
  readonly dialect: Dialect;
  /** A copy of the original is kept; the state file, which its owner rewrites all day, needs none. */
  readonly keepsCopies: boolean;
  parse(text: string | null): SettingsDocument | SettingsRefusal;
  /** Where a variable for Claude Code stands. */
  variable(name: string): Address;
}

export const ENV = 'env';
export const EDITOR_VARIABLES = 'claudeCode.environmentVariables';

export const settingsSurface = (path: string): Surface => ({
  kind: 'settings',
  path,
  dialect: 'json',
  keepsCopies: true,
  parse: parseSettings,
  variable: (name) => property(ENV, name),
});

export const editorSurface = (path: string): Surface => ({
  kind: 'vscode',
  path,
  dialect: 'jsonc',
  keepsCopies: true,
  parse: (text) => parseDocument(text, 'jsonc'),
  variable: (name) => ({ kind: 'named', path: [EDITOR_VARIABLES], name }),
});

export const mcpSurface = (path: string): Surface => ({
  kind: 'mcp',
  path,
  dialect: 'json',
  keepsCopies: false,
  parse: (text) => parseDocument(text, 'json'),
  variable: (name) => property(ENV, name),
});

/** Reads the variables of a document of this surface. */
export function variablesOf(surface: Surface, document: SettingsDocument): (name: string) => string | null {
  return (name) => entryText(document, surface.variable(name));
}
