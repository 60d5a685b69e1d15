// What clients see and the way back: for each address the lists as texts in a fixed order, and for each exposed name the
// server and its own name (R11, R17, R18). Made from what is in memory, never by asking servers.
import type { ToolRule } from '../../../contract/mcp.ts';
import { decideTool } from '../rules/tool-rules.ts';
import type { McpServer } from '../upstream/mcp-server.ts';
import { withMember } from '../wire/json-text.ts';
import type { CheckedDefinition } from './check-definition.ts';
import { giveNames } from './exposed-names.ts';
import type { NameOwner } from './exposed-names.ts';

/** A tool or prompt as clients may name it. */
export interface Target {
  readonly server: McpServer;
  /** As the server calls it. */
  readonly name: string;
}

export interface ToolTarget extends Target {
  readonly rule: ToolRule;
  readonly pattern: string | null;
}

/** One address, `/mcp` or `/mcp/s/<server>`. */
export interface View {
  /** Results of the list methods as JSON text, by the result's member. */
  readonly lists: Readonly<Record<'tools' | 'prompts' | 'resources' | 'resourceTemplates', string>>;
  /** By exposed name; hidden ones too, so that a call can be refused with a reason. */
  readonly tools: ReadonlyMap<string, ToolTarget>;
  readonly prompts: ReadonlyMap<string, Target>;
}

/** Between a server's name and a URI of it; never part of a server's name. */
const URI_SEPARATOR = '+';

export const exposedUri = (server: string, uri: string): string => server + URI_SEPARATOR + uri;

/** The server a URI names and the rest; null when it names none. */
export function splitUri(uri: string, isServer: (name: string) => boolean): [string, string] | null {
  const at = uri.indexOf(URI_SEPARATOR);
  const server = at === -1 ? '' : uri.slice(0, at);
  return isServer(server) ? [server, uri.slice(at + 1)] : null;
}

interface Row {
  readonly exposed: string;
  readonly text: string;
}

const byExposedName = (left: Row, right: Row): number =>
  left.exposed < right.exposed ? -1 : left.exposed > right.exposed ? 1 : 0;

const listText = (member: string, rows: readonly Row[]): string =>
  `{${JSON.stringify(member)}:[${[...rows]
    .sort(byExposedName)
    .map((row) => row.text)
    .join(',')}]}`;

type NameKind = 'tool' | 'prompt';

/** Names by kind, with the memory of those once given. */
export class NameBook {
  #known: Map<string, string>;

  constructor(known: Readonly<Record<string, string>>) {
    this.#known = new Map(Object.entries(known));
  }

  get entries(): Record<string, string> {
    return Object.fromEntries(this.#known);
  }

  give(kind: NameKind, owners: readonly NameOwner[]): readonly string[] {
    const prefix = `${kind}\0`;
    const mine = [...this.#known].filter(([key]) => key.startsWith(prefix));
    const known = new Map(mine.map(([key, name]) => [key.slice(prefix.length), name]));
    const { names, aliases } = giveNames(owners, known);
    for (const [key, name] of aliases) this.#known.set(prefix + key, name);
    return names;
  }

  /** A name once given belongs to this server's tool or prompt; null when it was never given. */
  ownerOf(kind: NameKind, exposed: string): { server: string; name: string } | null {
    for (const [key, name] of this.#known) {
      const [itsKind, server = '', own = ''] = key.split('\0');
      if (itsKind === kind && name === exposed) return { server, name: own };
    }
    return null;
  }

  forgetServer(server: string): void {
    for (const key of [...this.#known.keys()]) if (key.split('\0')[1] === server) this.#known.delete(key);
  }
}

/** `names` null: everything keeps its own name, as on a server's own address. */
export function buildView(servers: readonly McpServer[], names: NameBook | null): View {
  const tools = new Map<string, ToolTarget>();
  const prompts = new Map<string, Target>();
  const rows = { tools: [] as Row[], prompts: [] as Row[], resources: [] as Row[], templates: [] as Row[] };
  const toolTargets = servers.flatMap((server) =>
    usable(
      server,
      server.tools.map(({ checked }) => checked),
    ),
  );
  const toolNames = names?.give('tool', toolTargets.map(ownerOf)) ?? toolTargets.map(({ name }) => name);
  for (const [index, { server, name, text }] of toolTargets.entries()) {
    const exposed = toolNames[index] ?? name;
    const decision = decideTool(server.settings.tools ?? {}, name);
    tools.set(exposed, { server, name, ...decision });
    if (decision.rule !== 'deny') rows.tools.push({ exposed, text: renamed(text, 'name', exposed, name) });
  }
  const promptTargets = servers.flatMap((server) => usable(server, server.prompts));
  const promptNames =
    names?.give('prompt', promptTargets.map(ownerOf)) ?? promptTargets.map(({ name }) => name);
  for (const [index, { server, name, text }] of promptTargets.entries()) {
    const exposed = promptNames[index] ?? name;
    prompts.set(exposed, { server, name });
    rows.prompts.push({ exposed, text: renamed(text, 'name', exposed, name) });
  }
  for (const server of servers) {
    for (const { name, text } of usable(server, server.resources)) {
      const exposed = names === null ? name : exposedUri(server.name, name);
      rows.resources.push({ exposed, text: renamed(text, 'uri', exposed, name) });
    }
    for (const { name, text } of usable(server, server.templates)) {
      const exposed = names === null ? name : exposedUri(server.name, name);
      rows.templates.push({ exposed, text: renamed(text, 'uriTemplate', exposed, name) });
    }
  }
  return {
    lists: {
      tools: listText('tools', rows.tools),
      prompts: listText('prompts', rows.prompts),
      resources: listText('resources', rows.resources),
      resourceTemplates: listText('resourceTemplates', rows.templates),
    },
    tools,
    prompts,
  };
}

/** The entries that clients can take. */
function usable(
  server: McpServer,
  entries: readonly CheckedDefinition[],
): (Target & { readonly text: string })[] {
  return entries.flatMap((entry) => (entry.ok ? [{ server, name: entry.name, text: entry.text }] : []));
}

const ownerOf = ({ server, name }: Target): NameOwner => ({ server: server.name, name });

const renamed = (text: string, member: string, exposed: string, own: string): string =>
  exposed === own ? text : withMember(text, member, JSON.stringify(exposed));
