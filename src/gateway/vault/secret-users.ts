// Who names which secret in the config: providers by their id, MCP servers as such. Pure.
import type { Settings } from '../../contract/settings.ts';

const REFERENCE = /^(?:Bearer )?vault:([a-z0-9][a-z0-9._-]{0,63})$/;

/** Users by the id of the secret, in the order of the config. */
export function secretUsers(settings: Settings): Map<string, string[]> {
  const users = new Map<string, string[]>();
  const add = (value: string | undefined, user: string): void => {
    const id = REFERENCE.exec(value ?? '')?.[1];
    if (id === undefined) return;
    const known = users.get(id) ?? [];
    if (!known.includes(user)) users.set(id, [...known, user]);
  };
  for (const { id, credential } of settings.providers) add(credential, id);
  for (const [name, server] of Object.entries(settings.mcpServers)) {
    const values = 'command' in server ? server.env : server.headers;
    for (const value of Object.values(values ?? {})) add(value, `MCP server ${name}`);
  }
  return users;
}
