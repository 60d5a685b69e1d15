// What Tollgate wants in each file, given the user's choices and what is there: which entries, with which values, and
// the sentence that says why. Pure.
import type { ConnectChoices } from '../../contract/connect.ts';
import { API_KEY, AUTH_TOKEN, BASE_URL, CUSTOM_HEADERS, NO_PROXY_NAMES, optionalKeys } from './env-keys.ts';
import type { ReadVariable } from './env-keys.ts';
import { headerRule, hostRule } from './merged-values.ts';
import type { MergeRule } from './merged-values.ts';
import { property } from './settings-entries.ts';
import type { Address } from './settings-entries.ts';
import type { Surface } from './surface.ts';
import { sessionStartCommand, sessionStartTimeoutSeconds, statusLineCommand } from './tollgate-command.ts';
import type { TollgateProgram } from './tollgate-command.ts';

export interface WantedEntry {
  readonly address: Address;
  /** The value; with a rule, what it is composed from when the user has none. */
  readonly value: unknown;
  readonly rule: MergeRule | null;
  /** One sentence for the window. */
  readonly reason: string;
  /** True when a value of the user's own is better left alone. */
  readonly yields: boolean;
}

export interface TakeOverAim {
  /** Address of the gateway, without a path. */
  readonly url: string;
  /** Local key of the client. */
  readonly key: string;
  readonly choices: ConnectChoices;
  readonly program: TollgateProgram;
  /** Environment of this process: Claude Code's shell most likely has the same proxy variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export const STATUS_LINE = property('statusLine');
export const SESSION_HOOK: Address = { kind: 'hook', path: ['hooks', 'SessionStart'] };
export const MCP_NAME = 'tollgate';
export const MCP_SERVER = property('mcpServers', MCP_NAME);

/** In the order in which they are written. `isOurs`: the key holds a value that Tollgate put there. */
export function wantedEntries(
  surface: Surface,
  aim: TakeOverAim,
  read: ReadVariable,
  isOurs: (address: Address) => boolean,
): readonly WantedEntry[] {
  if (surface.kind === 'mcp') return [mcpEntry(aim)];
  const variable = (name: string, value: string, reason: string): WantedEntry => ({
    address: surface.variable(name),
    value,
    rule: null,
    reason,
    yields: false,
  });
  const routing = [
    variable(BASE_URL, aim.url, 'Claude Code sends its requests to Tollgate.'),
    ...credentialEntries(surface, aim, read, isOurs, variable),
  ];
  if (surface.kind === 'vscode') return routing;
  return [
    ...routing,
    ...optionalKeys.map(({ name, value, reason }) => ({ ...variable(name, value, reason), yields: true })),
    ...proxyEntries(surface, aim, read),
    ...programEntries(aim),
  ];
}

function credentialEntries(
  surface: Surface,
  { key, choices }: TakeOverAim,
  read: ReadVariable,
  isOurs: (address: Address) => boolean,
  variable: (name: string, value: string, reason: string) => WantedEntry,
): WantedEntry[] {
  if (choices.credential === 'login') {
    const reason =
      'The local key that opens this gateway on this computer travels in a header of its own; Claude Code keeps its login.';
    return [
      {
        address: surface.variable(CUSTOM_HEADERS),
        value: null,
        rule: headerRule(key),
        reason,
        yields: false,
      },
    ];
  }
  const token = variable(
    AUTH_TOKEN,
    key,
    'The local key that opens this gateway on this computer; it is worth nothing elsewhere.',
  );
  const address = surface.variable(API_KEY);
  if ((read(API_KEY) ?? '') === '' && !isOurs(address)) return [token];
  const reason =
    'Claude Code must have one credential only; your API key is set aside while you are connected and comes back.';
  return [token, variable(API_KEY, '', reason)];
}

/** Every spelling the user has, and one that would else win over them from the shell. */
function proxyEntries(surface: Surface, { environment }: TakeOverAim, read: ReadVariable): WantedEntry[] {
  const present: string[] = NO_PROXY_NAMES.filter((name) => read(name) !== null);
  const shellWins = (environment['no_proxy'] ?? '') !== '' && !present.includes('no_proxy');
  const names = shellWins ? [...present, 'no_proxy'] : present.length > 0 ? present : ['NO_PROXY'];
  return names.map((name) => ({
    address: surface.variable(name),
    value: environment[name] || null,
    rule: hostRule,
    reason: 'A proxy must not catch what goes to this computer; your own hosts stay in the list.',
    yields: false,
  }));
}

function programEntries({ choices, program }: TakeOverAim): WantedEntry[] {
  const statusLine: WantedEntry = {
    address: STATUS_LINE,
    value: { type: 'command', command: statusLineCommand(program) },
    rule: null,
    reason: "Claude Code's status line shows what the session and the day have cost.",
    yields: false,
  };
  const sessionHook: WantedEntry = {
    address: SESSION_HOOK,
    value: {
      hooks: [
        { type: 'command', command: sessionStartCommand(program), timeout: sessionStartTimeoutSeconds },
      ],
    },
    rule: null,
    reason: 'When a session starts and no Tollgate answers, the dead address is taken out of these settings.',
    yields: false,
  };
  return [...(choices.statusLine ? [statusLine] : []), ...(choices.sessionHook ? [sessionHook] : [])];
}

/** The MCP server as Claude Code's own command writes it. */
export function mcpServer({ url, key }: TakeOverAim): {
  type: 'http';
  url: string;
  headers: Record<string, string>;
} {
  return { type: 'http', url: `${url}/mcp`, headers: { Authorization: `Bearer ${key}` } };
}

function mcpEntry(aim: TakeOverAim): WantedEntry {
  return {
    address: MCP_SERVER,
    value: mcpServer(aim),
    rule: null,
    reason: 'The MCP servers that you add to Tollgate reach Claude Code through this one.',
    yields: false,
  };
}
