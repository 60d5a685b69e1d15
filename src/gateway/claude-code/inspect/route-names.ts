// The variables and settings keys that decide where Claude Code's requests go and with which credential, what counts as
// switched on, and how their values may be shown. Pure.
import { maskSecret, maskWithin } from '../mask-secrets.ts';

export const BASE_URL = 'ANTHROPIC_BASE_URL';
export const AUTH_TOKEN = 'ANTHROPIC_AUTH_TOKEN';
export const API_KEY = 'ANTHROPIC_API_KEY';
export const OAUTH_TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN';
export const CUSTOM_HEADERS = 'ANTHROPIC_CUSTOM_HEADERS';
export const CONFIG_DIR = 'CLAUDE_CONFIG_DIR';
export const TOOL_SEARCH = 'ENABLE_TOOL_SEARCH';
export const NO_BETAS = 'CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS';
/** A settings key, not a variable: a program that prints the credential. */
export const KEY_HELPER = 'apiKeyHelper';
/** Settings keys that make Claude Code sign in at an address of its own. */
export const LOGIN_METHOD = 'forceLoginMethod';

/** Each makes Claude Code call a cloud provider itself, past any base URL. */
export const cloudSwitches: ReadonlyMap<string, string> = new Map([
  ['CLAUDE_CODE_USE_BEDROCK', 'Amazon Bedrock'],
  ['CLAUDE_CODE_USE_VERTEX', 'Google Vertex AI'],
  ['CLAUDE_CODE_USE_FOUNDRY', 'Microsoft Foundry'],
  ['CLAUDE_CODE_USE_ANTHROPIC_AWS', 'Claude Platform on AWS'],
  ['CLAUDE_CODE_USE_MANTLE', 'Amazon Bedrock (Mantle)'],
]);

/** In the order in which Claude Code looks at them; that it obeys the last two as well is measured with 2.1.330. */
export const proxyNames: readonly string[] = [
  'https_proxy',
  'HTTPS_PROXY',
  'http_proxy',
  'HTTP_PROXY',
  'all_proxy',
  'ALL_PROXY',
];
export const noProxyNames: readonly string[] = ['no_proxy', 'NO_PROXY'];

export const credentialNames: readonly string[] = [AUTH_TOKEN, API_KEY, OAUTH_TOKEN];

/** Variables that are looked for everywhere. */
export const watchedNames: readonly string[] = [
  BASE_URL,
  AUTH_TOKEN,
  API_KEY,
  OAUTH_TOKEN,
  CUSTOM_HEADERS,
  CONFIG_DIR,
  ...cloudSwitches.keys(),
  ...proxyNames,
  ...noProxyNames,
  TOOL_SEARCH,
  NO_BETAS,
  'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
  'CLAUDE_CODE_GATEWAY_HINT_HEADERS',
  'CLAUDE_CODE_ENABLE_FINE_GRAINED_TOOL_STREAMING',
  'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC',
  'CLAUDE_CODE_AUTO_MODE_SERVER',
];

const watched = new Set(watchedNames);
const watchedUpper = new Map(
  watchedNames.filter((name) => name === name.toUpperCase()).map((name) => [name, name]),
);

/** The watched variable of this name, or null. `anyCase`: as Windows compares names. */
export function watchedName(name: string, anyCase: boolean): string | null {
  if (watched.has(name)) return name;
  return anyCase ? (watchedUpper.get(name.toUpperCase()) ?? null) : null;
}

/** Whether a switch of Claude Code with this value is on. */
export function isOn(value: string | null | undefined): boolean {
  return value !== null && value !== undefined && !/^\s*(|0|false|no|off)\s*$/i.test(value);
}

/** The value as it may be shown. */
export function maskValue(name: string, value: string): string {
  if (credentialNames.includes(name)) return maskSecret(value);
  if (name !== CUSTOM_HEADERS) return maskWithin(value);
  return value
    .split('\n')
    .map((line) => {
      const colon = line.indexOf(':');
      return colon === -1
        ? maskWithin(line)
        : `${line.slice(0, colon)}: ${maskSecret(line.slice(colon + 1).trim())}`;
    })
    .join('; ');
}
