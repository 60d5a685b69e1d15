// Tells Tollgate's entry among the MCP servers in Claude Code's state file by what it holds: an address of this computer
// and a local key. Pure.
import { getNodeValue } from 'jsonc-parser';
import { isLoopbackAddress } from './loopback-address.ts';
import { nodeAt, propertiesOf } from './settings-text.ts';
import type { SettingsDocument } from './settings-text.ts';

const MCP_SERVERS = 'mcpServers';

/** The servers of all projects, by name. */
export function serversIn(document: SettingsDocument): Map<string, unknown> {
  const servers = propertiesOf(nodeAt(document, [MCP_SERVERS]));
  return new Map(servers.map(({ name, value }) => [name, getNodeValue(value) as unknown]));
}

/** True for an endpoint of a Tollgate of this computer, be it another one or one long gone. */
export function isOwnServer(value: unknown): boolean {
  const { url, headers } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  if (typeof url !== 'string' || !isLoopbackAddress(url) || URL.parse(url)?.pathname !== '/mcp') return false;
  if (typeof headers !== 'object' || headers === null) return false;
  return Object.values(headers).some(
    (header) => typeof header === 'string' && /^(?:Bearer\s+)?tg-/.test(header),
  );
}
