// The keys that Tollgate wants in `env` of Claude Code's settings, and how to tell that a value there is Tollgate's. Pure.
import { isLoopbackAddress, isSameAddress } from './loopback-address.ts';
import { envText } from './settings-text.ts';
import type { SettingsDocument } from './settings-text.ts';
import type { KeyRecord } from './take-over-record.ts';

export const BASE_URL = 'ANTHROPIC_BASE_URL';
export const AUTH_TOKEN = 'ANTHROPIC_AUTH_TOKEN';

export interface WantedKey {
  readonly name: string;
  readonly value: string;
  /** One sentence for the window: what the key is for. */
  readonly reason: string;
  /** True when a value of the user's own is better left alone. */
  readonly yields: boolean;
}

const optionalKeys: readonly WantedKey[] = [
  {
    name: 'ENABLE_TOOL_SEARCH',
    value: 'true',
    reason:
      'Behind a gateway, older versions of Claude Code send every MCP tool with every request unless this is set.',
    yields: true,
  },
  {
    name: 'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
    value: '1',
    reason: "Claude Code's model menu lists the models that Tollgate offers.",
    yields: true,
  },
  {
    name: 'CLAUDE_CODE_GATEWAY_HINT_HEADERS',
    value: '1',
    reason: 'Claude Code says with each request what it is for, so that the spend can be shown by prompt.',
    yields: true,
  },
];

/** In the order in which they are written. */
export function wantedKeys(url: string, key: string): readonly WantedKey[] {
  return [
    { name: BASE_URL, value: url, reason: 'Claude Code sends its requests to Tollgate.', yields: false },
    {
      name: AUTH_TOKEN,
      value: key,
      reason: 'The local key that opens this gateway on this computer; it is worth nothing elsewhere.',
      yields: false,
    },
    ...optionalKeys,
  ];
}

/** Every name that Tollgate may ever write. */
export const managedNames: readonly string[] = wantedKeys('', '').map(({ name }) => name);

/** True for a value that only Tollgate writes under an optional key. */
export function isOptionalValue(name: string, value: string | null): boolean {
  return optionalKeys.some((key) => key.name === name && key.value === value);
}

/** True when the file sends Claude Code to a Tollgate of this computer, be it another one or one long gone. */
export function pointsAtTollgate(document: SettingsDocument): boolean {
  return (
    isLoopbackAddress(envText(document, BASE_URL) ?? '') &&
    envText(document, AUTH_TOKEN)?.startsWith('tg-') === true
  );
}

/** True while the key has the value we wrote; another spelling of the same address is the same value. */
export function holdsKey(document: SettingsDocument, key: KeyRecord): boolean {
  const value = envText(document, key.name);
  if (value === null) return false;
  return value === key.written || (key.name === BASE_URL && isSameAddress(value, key.written));
}
