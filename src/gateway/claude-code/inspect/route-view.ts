// Who routes Claude Code, in one view for status and tray: what its user settings say, and what goes over them. It claims
// "all sessions" only when nothing was found that goes another way. Pure.
import type { ClaudeCodeView } from '../../../contract/rows.ts';
import { pointsAtTollgate } from '../env-keys.ts';
import { isLoopbackAddress, isSameAddress } from '../loopback-address.ts';
import { maskWithin } from '../mask-secrets.ts';
import { sayPlace } from './found-source.ts';
import type { Routing } from './inspect-claude.ts';
import { effectiveSource } from './rank-sources.ts';
import type { RankedSource } from './rank-sources.ts';
import { BASE_URL, cloudSwitches, isOn, LOGIN_METHOD } from './route-names.ts';

type Exception = NonNullable<ClaudeCodeView['exceptions']>[number];

const DIRECT = 'Claude Code talks to Anthropic directly.';
const MOST_NAMED = 3;

/** What sends a session past this gateway although the user's settings name it. */
export function findDetours(routing: Routing, ourUrls: readonly string[]): readonly Exception[] {
  const isOurs = (address: string | null): boolean =>
    address !== null && ourUrls.some((url) => isSameAddress(url, address));
  return routing.sources.flatMap((source): Exception[] => {
    // An editor gives its variables to Claude Code at the start, and the user's settings go over them.
    if (!source.wins || source.kind === 'vscode') return [];
    const cloud = cloudSwitches.get(source.name);
    const place = sayPlace(source);
    const { project } = source;
    if (cloud !== undefined && isOn(source.value)) {
      return [{ place, project, why: `${source.name} makes Claude Code call ${cloud} itself` }];
    }
    if (source.name === LOGIN_METHOD && source.value === 'gateway') {
      return [
        { place, project, why: 'forceLoginMethod signs Claude Code in at a gateway of an organisation' },
      ];
    }
    const elsewhere =
      source.name === BASE_URL && source.kind !== 'user' && source.value !== null && !isOurs(source.value);
    if (!elsewhere || (source.project === null && source.kind !== 'managed')) return [];
    return [{ place, project, why: `${BASE_URL} is ${sayAddress(source.value)}` }];
  });
}

export function viewRoute(
  settingsPath: string,
  routing: Routing,
  ourUrls: readonly string[],
): ClaudeCodeView {
  const base = viewBase(settingsPath, routing, ourUrls);
  if (base.routedBy === 'unreadable') return base;
  const detours = findDetours(routing, ourUrls);
  const everywhere = detours.find(({ project }) => project === null);
  if (everywhere !== undefined) {
    const before =
      base.routedBy === 'tollgate' ? "Its settings name Tollgate, but Claude Code's" : "Claude Code's";
    const note = `${before} requests go elsewhere: ${everywhere.why} (${everywhere.place}).`;
    return { ...base, routedBy: 'other', note, exceptions: [...detours] };
  }
  if (base.routedBy !== 'tollgate' || detours.length === 0) {
    return detours.length === 0 ? base : { ...base, exceptions: [...detours] };
  }
  const projects = [...new Set(detours.map(({ project }) => project ?? ''))];
  const named = projects.slice(0, MOST_NAMED).join(', ');
  const more = projects.length > MOST_NAMED ? ` and ${projects.length - MOST_NAMED} more` : '';
  const which =
    projects.length === 1
      ? 'one project, whose own settings send'
      : `${projects.length} projects, whose own settings send`;
  const note = `Claude Code's sessions on this computer go through Tollgate, except in ${which} them elsewhere: ${named}${more}.`;
  return { ...base, note, exceptions: [...detours] };
}

/** By the user's settings, or what a session is started with when they name no address. */
function viewBase(settingsPath: string, routing: Routing, ourUrls: readonly string[]): ClaudeCodeView {
  const { settings } = routing;
  if (settings.state === 'malformed') {
    const at = settings.at;
    const where = at === null ? '' : `line ${at.line}, column ${at.column}: `;
    const note = `Claude Code ignores its settings file: ${where}${settings.problem ?? 'it is not JSON'}.`;
    return { settingsPath, routedBy: 'unreadable', baseUrl: null, note };
  }
  if (settings.state === 'unreadable') {
    const note = `${settingsPath} ${settings.problem ?? 'cannot be read'}. Mend it and look again.`;
    return { settingsPath, routedBy: 'unreadable', baseUrl: null, note };
  }
  const source = effectiveSource(
    routing.sources.filter(({ kind }) => kind !== 'managed'),
    BASE_URL,
  );
  const address = source?.value ?? '';
  if (source === null || address === '')
    return { settingsPath, routedBy: 'direct', baseUrl: null, note: DIRECT };
  return { settingsPath, ...viewAddress(source, address, routing, ourUrls) };
}

function viewAddress(
  source: RankedSource,
  address: string,
  { settings }: Routing,
  ourUrls: readonly string[],
): Omit<ClaudeCodeView, 'settingsPath'> {
  const baseUrl = maskWithin(address);
  const fromUser = source.kind === 'user';
  if (ourUrls.some((url) => isSameAddress(url, address))) {
    const note = fromUser
      ? 'All Claude Code sessions on this computer go through Tollgate.'
      : `Claude Code sessions started with ${BASE_URL} from ${sayPlace(source)} go through Tollgate; its settings do not name Tollgate.`;
    return { routedBy: 'tollgate', baseUrl, note };
  }
  if (isSameAddress(address, 'https://api.anthropic.com'))
    return { routedBy: 'direct', baseUrl, note: DIRECT };
  const whence = fromUser ? '' : ` (${BASE_URL} in ${sayPlace(source)})`;
  if (fromUser && settings.document !== null && pointsAtTollgate(settings.document)) {
    const note = `Claude Code is set to a Tollgate at ${baseUrl}, which is not the one running here.`;
    return { routedBy: 'other', baseUrl, note };
  }
  const note = isLoopbackAddress(address)
    ? `Another program routes Claude Code to ${baseUrl}${whence}.`
    : fromUser
      ? `Claude Code's settings route it to ${baseUrl}.`
      : `Claude Code is routed to ${baseUrl}${whence}.`;
  return { routedBy: 'other', baseUrl, note };
}

function sayAddress(value: string | null): string {
  return value === null ? 'worked out by a program' : value === '' ? 'empty' : maskWithin(value);
}
