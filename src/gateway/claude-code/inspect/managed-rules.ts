// Which rules of the computer's administrator stand in the way of a gateway, and what they mean for Tollgate (trap 19). Pure.
import type { Node } from 'jsonc-parser';
import type { ManagedRule } from '../../../contract/doctor.ts';
import { isSameAddress } from '../loopback-address.ts';
import { lastProperty } from '../settings-text.ts';
import { sayPlace } from './found-source.ts';
import type { FoundSource } from './found-source.ts';
import type { ManagedSettings } from './managed-settings.ts';
import { AUTH_TOKEN, API_KEY, BASE_URL, cloudSwitches, isOn, KEY_HELPER } from './route-names.ts';
import { hasSetting, settingNode, settingText } from './settings-sources.ts';
import type { SettingsRead } from './settings-sources.ts';

/** Name under which Tollgate's MCP endpoint is registered. */
const MCP_NAME = 'tollgate';

export interface ManagedFindings {
  readonly rules: readonly ManagedRule[];
  /** Why a local key as Claude Code's credential would be refused; null when it would not. */
  readonly forbidsGatewayKey: string | null;
}

/** `ourUrls`: addresses of this gateway, without a path; when none is known, the usual one is assumed. */
export function findManagedRules(managed: ManagedSettings, ourUrls: readonly string[]): ManagedFindings {
  const { inForce, reads, mcpFile } = managed;
  const login = loginRules(inForce);
  const rules = [
    ...login,
    ...reads.flatMap((read) => read.sources.flatMap((source) => sourceRule(source, ourUrls))),
    ...mcpRules(inForce, ourUrls),
    ...(mcpFile === null
      ? []
      : [
          {
            rule: 'mcp-exclusive' as const,
            name: 'managed-mcp.json',
            place: mcpFile,
            why: "Only the MCP servers of this file are loaded, so Tollgate's MCP endpoint is not.",
          },
        ]),
  ];
  const [first] = login;
  return {
    rules: dropRepeated(rules),
    forbidsGatewayKey:
      first === undefined
        ? null
        : `${first.name} in ${first.place} makes Claude Code refuse every credential but a login with Anthropic. Keep the login: connect with the login kept, so that only the address changes.`,
  };
}

function loginRules(inForce: readonly SettingsRead[]): ManagedRule[] {
  return ['forceLoginMethod', 'forceLoginOrgUUID'].flatMap((name) => {
    const read = inForce.find((one) => hasSetting(one.document, name));
    if (read === undefined) return [];
    const gateway = settingText(read.document, name) === 'gateway';
    const why = gateway
      ? 'Claude Code signs in at a gateway of your organisation, which goes over any base URL.'
      : 'Claude Code starts only with a login at Anthropic; a key for a gateway is refused.';
    return [{ rule: 'login-required', name, place: read.path, why }];
  });
}

function sourceRule(source: FoundSource, ourUrls: readonly string[]): ManagedRule[] {
  const { name, value } = source;
  const place = sayPlace(source);
  if (name === BASE_URL) {
    if (value === null || value === '' || ourUrls.some((url) => isSameAddress(url, value))) return [];
    return [
      {
        rule: 'base-url',
        name,
        place,
        why: 'It sends every session elsewhere, and no user setting goes over it.',
      },
    ];
  }
  const cloud = cloudSwitches.get(name);
  if (cloud !== undefined && isOn(value)) {
    return [
      {
        rule: 'cloud-provider',
        name,
        place,
        why: `It makes every session call ${cloud} itself, past any base URL.`,
      },
    ];
  }
  const isCredential = name === AUTH_TOKEN || name === API_KEY || name === KEY_HELPER;
  // With our own token in place an API key or a helper is sent beside it, which does no harm.
  if (!isCredential || name !== AUTH_TOKEN || value?.startsWith('tg-') === true) return [];
  return [
    { rule: 'credential', name, place, why: "It goes over the local key, so Tollgate's door stays shut." },
  ];
}

function mcpRules(inForce: readonly SettingsRead[], ourUrls: readonly string[]): ManagedRule[] {
  const endpoints = (ourUrls.length === 0 ? ['http://127.0.0.1:8655'] : ourUrls).map((url) => `${url}/mcp`);
  const rules: ManagedRule[] = [];
  const allowed = firstNode(inForce, 'allowedMcpServers');
  if (allowed !== null && !endpoints.every((endpoint) => isAllowed(allowed.node, endpoint))) {
    const why =
      "Tollgate's MCP endpoint is not on the list of allowed servers; Claude Code leaves it out without a word.";
    rules.push({ rule: 'mcp-servers', name: 'allowedMcpServers', place: allowed.path, why });
  }
  const denied = firstNode(inForce, 'deniedMcpServers');
  if (denied !== null && endpoints.some((endpoint) => matchesAny(denied.node, endpoint))) {
    const why = "Tollgate's MCP endpoint is on the list of denied servers.";
    rules.push({ rule: 'mcp-servers', name: 'deniedMcpServers', place: denied.path, why });
  }
  return rules;
}

function firstNode(
  reads: readonly SettingsRead[],
  name: string,
): { readonly node: Node; readonly path: string } | null {
  for (const read of reads) {
    const node = settingNode(read.document, [name]);
    if (node !== null) return { node, path: read.path };
  }
  return null;
}

/** An address on the list counts alone for remote servers; without any, the name may match. Anything but a list allows nothing. */
function isAllowed(list: Node, endpoint: string): boolean {
  if (list.type !== 'array') return false;
  const urls = entryTexts(list, 'serverUrl');
  if (urls.length > 0) return urls.some((pattern) => matchesUrl(pattern, endpoint));
  return entryTexts(list, 'serverName').includes(MCP_NAME);
}

function matchesAny(list: Node, endpoint: string): boolean {
  if (list.type !== 'array') return false;
  return (
    entryTexts(list, 'serverUrl').some((pattern) => matchesUrl(pattern, endpoint)) ||
    entryTexts(list, 'serverName').includes(MCP_NAME)
  );
}

function entryTexts(list: Node, key: string): string[] {
  return (list.children ?? []).flatMap((entry) => {
    const value: unknown = entry.type === 'object' ? lastProperty(entry, key)?.value.value : undefined;
    return typeof value === 'string' ? [value] : [];
  });
}

/** `*` stands for any run of characters. */
export function matchesUrl(pattern: string, url: string): boolean {
  const spellings = [url, url.replace('127.0.0.1', 'localhost')];
  const source = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${source.join('.*')}$`, 'i');
  return spellings.some((spelling) => expression.test(spelling));
}

function dropRepeated(rules: readonly ManagedRule[]): ManagedRule[] {
  const seen = new Set<string>();
  return rules.filter(({ rule, name, place }) => {
    const mark = `${rule} ${name} ${place}`;
    if (seen.has(mark)) return false;
    seen.add(mark);
    return true;
  });
}
