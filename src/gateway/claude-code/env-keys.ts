// The variables that Tollgate sets for Claude Code, and how to tell that a value is Tollgate's. Pure.
import { isLoopbackAddress } from './loopback-address.ts';
import { keyInHeaders } from './merged-values.ts';
import { envText } from './settings-text.ts';
import type { SettingsDocument } from './settings-text.ts';

export const BASE_URL = 'ANTHROPIC_BASE_URL';
export const AUTH_TOKEN = 'ANTHROPIC_AUTH_TOKEN';
export const API_KEY = 'ANTHROPIC_API_KEY';
export const CUSTOM_HEADERS = 'ANTHROPIC_CUSTOM_HEADERS';
/** Both spellings count for Claude Code; where both are set, the small one alone (measured). */
export const NO_PROXY_NAMES = ['no_proxy', 'NO_PROXY'] as const;

export interface OptionalKey {
  readonly name: string;
  readonly value: string;
  /** One sentence for the window: what the key is for. */
  readonly reason: string;
}

/** Values of the user's own under these names are left alone. */
export const optionalKeys: readonly OptionalKey[] = [
  {
    name: 'ENABLE_TOOL_SEARCH',
    value: 'true',
    reason: 'Behind a gateway Claude Code sends every MCP tool with every request unless this is set.',
  },
  {
    name: 'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
    value: '1',
    reason: "Claude Code's model menu lists the models that Tollgate offers.",
  },
  {
    name: 'CLAUDE_CODE_GATEWAY_HINT_HEADERS',
    value: '1',
    reason: 'Claude Code says with each request what it is for, so that the spend can be shown by prompt.',
  },
  {
    name: 'CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK',
    value: '1',
    reason: 'A broken stream is not asked for a second time as a whole, which would be paid for twice.',
  },
];

/** Reads one variable of a document. */
export type ReadVariable = (name: string) => string | null;

/** The local key that a document carries, as a token or in a header; null when there is none. */
export function localKeyIn(read: ReadVariable): string | null {
  const token = read(AUTH_TOKEN);
  if (token?.startsWith('tg-') === true) return token;
  const header = keyInHeaders(read(CUSTOM_HEADERS));
  return header?.startsWith('tg-') === true ? header : null;
}

/** True when the variables send Claude Code to a Tollgate of this computer, be it another one or one long gone. */
export function variablesPointAtTollgate(read: ReadVariable): boolean {
  return isLoopbackAddress(read(BASE_URL) ?? '') && localKeyIn(read) !== null;
}

/** The same of Claude Code's settings. */
export function pointsAtTollgate(document: SettingsDocument): boolean {
  return variablesPointAtTollgate((name) => envText(document, name));
}
