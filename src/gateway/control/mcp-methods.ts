// The MCP servers, as Control offers them: what there is, switches and rules, asks that wait, calls that were made.
import type { Control, ControlOutput } from '../../contract/control-contract.ts';
import { McpServerSettings } from '../../contract/mcp.ts';
import type { McpServerSettings as ServerSettings, McpServerView, McpToolView } from '../../contract/mcp.ts';
import type { SettingsEdit, SettingsStore } from '../config/settings-store.ts';
import { GatewayError } from '../gateway-error.ts';
import type { View } from '../mcp/catalogue/catalogue.ts';
import type { McpGateway } from '../mcp/mcp-gateway.ts';
import { decideTool } from '../mcp/rules/tool-rules.ts';
import type { McpServer } from '../mcp/upstream/mcp-server.ts';
import { targetOf } from '../mcp/upstream/plan-server.ts';

export type McpMethods = Pick<
  Control,
  | 'mcp.list'
  | 'mcp.add'
  | 'mcp.remove'
  | 'mcp.enable'
  | 'mcp.rule'
  | 'mcp.test'
  | 'mcp.call'
  | 'mcp.asks'
  | 'mcp.answer'
  | 'mcp.calls'
>;

interface McpMethodParts {
  readonly mcp: McpGateway;
  readonly settings: SettingsStore;
  /** Adopts changed settings everywhere and tells the window. */
  readonly adopt: () => void;
}

export function mcpMethods(parts: McpMethodParts): McpMethods {
  return { ...settingMethods(parts), ...usingMethods(parts), ...askMethods(parts) };
}

type Servers = ControlOutput<'mcp.list'>;

const listed = (parts: McpMethodParts): Servers => ({
  servers: Object.entries(parts.settings.current.mcpServers).map(([name, settings]) =>
    viewServer(parts.mcp, name, settings),
  ),
});

function settingMethods(
  parts: McpMethodParts,
): Pick<McpMethods, 'mcp.list' | 'mcp.add' | 'mcp.remove' | 'mcp.enable' | 'mcp.rule'> {
  const { settings, mcp, adopt } = parts;
  /** Edits one server's settings, which must exist. */
  const edit = (name: string, plan: (server: ServerSettings) => readonly SettingsEdit[]): Servers => {
    settings.edit((current) => plan(needSettings(current.mcpServers, name)));
    adopt();
    return listed(parts);
  };
  return {
    async 'mcp.list'() {
      return listed(parts);
    },
    async 'mcp.add'({ name, settings: added }) {
      settings.edit((current) => {
        if (Object.hasOwn(current.mcpServers, name)) {
          throw new GatewayError(
            'CONFLICT',
            `There is an MCP server "${name}" already; choose another name, or remove it first.`,
          );
        }
        return [{ path: ['mcpServers', name], value: McpServerSettings.parse(added) }];
      });
      adopt();
      return listed(parts);
    },
    async 'mcp.remove'({ name }) {
      mcp.asks.forgetServer(name);
      return edit(name, () => [{ path: ['mcpServers', name], value: undefined }]);
    },
    async 'mcp.enable'({ name, enabled }) {
      mcp.servers.find(name)?.forgive();
      return edit(name, () => [
        { path: ['mcpServers', name, 'enabled'], value: enabled ? undefined : false },
      ]);
    },
    async 'mcp.rule'({ name, pattern, rule }) {
      mcp.asks.forgetServer(name);
      return edit(name, (server) =>
        rule === null && server.tools?.[pattern] === undefined
          ? []
          : [{ path: ['mcpServers', name, 'tools', pattern], value: rule ?? undefined }],
      );
    },
  };
}

function usingMethods({
  mcp,
  settings,
}: McpMethodParts): Pick<McpMethods, 'mcp.test' | 'mcp.call' | 'mcp.calls'> {
  const needRunning = (name: string): McpServer => {
    needSettings(settings.current.mcpServers, name);
    const server = mcp.servers.find(name);
    if (server === null)
      throw new GatewayError('CONFLICT', `The MCP server "${name}" is turned off; enable it first.`);
    return server;
  };
  return {
    async 'mcp.test'({ name }) {
      const server = needRunning(name);
      server.forgive();
      await server.learnOnce();
      return {
        ok: server.state === 'ready' && server.problem === null,
        server: viewServer(mcp, name, server.settings),
      };
    },
    async 'mcp.call'({ name, tool, arguments: args }) {
      const server = needRunning(name);
      const outcome = await mcp.callAsUser(
        server,
        tool,
        JSON.stringify(args ?? {}),
        new AbortController().signal,
      );
      if ('errorText' in outcome)
        return { ok: false, result: { error: JSON.parse(outcome.errorText) as unknown } };
      const result = JSON.parse(outcome.resultText) as { isError?: unknown };
      return { ok: result.isError !== true, result };
    },
    async 'mcp.calls'({ limit, before }) {
      return { rows: mcp.recorder.list(limit, before) };
    },
  };
}

function askMethods({ mcp }: McpMethodParts): Pick<McpMethods, 'mcp.asks' | 'mcp.answer'> {
  return {
    async 'mcp.asks'() {
      return { asks: mcp.asks.views };
    },
    async 'mcp.answer'({ id, answer }) {
      if (!mcp.asks.answer(id, answer)) {
        throw new GatewayError(
          'UNKNOWN_NAME',
          'This call does not wait any more: it was answered, given up, or refused because nobody answered in time.',
        );
      }
      return { asks: mcp.asks.views };
    },
  };
}

function needSettings(servers: Readonly<Record<string, ServerSettings>>, name: string): ServerSettings {
  const settings = Object.hasOwn(servers, name) ? servers[name] : undefined;
  if (settings !== undefined) return settings;
  const known = Object.keys(servers).join(', ') || 'none';
  throw new GatewayError('UNKNOWN_NAME', `There is no MCP server "${name}"; known: ${known}.`);
}

function viewServer(mcp: McpGateway, name: string, settings: ServerSettings): McpServerView {
  const server = mcp.servers.find(name);
  const learned = server?.learned ?? null;
  const connection = server?.connection ?? null;
  const transport = connection?.line.transport ?? null;
  return {
    name,
    transport: 'url' in settings ? (settings.type === 'sse' ? 'sse' : 'http') : 'stdio',
    target: targetOf(settings),
    enabled: settings.enabled !== false,
    state: server?.state ?? 'disabled',
    problem: server === null ? null : sayProblem(server),
    era: connection?.era ?? learned?.era ?? null,
    protocolVersion: connection?.version ?? learned?.version ?? null,
    serverName: connection?.serverName ?? learned?.serverName ?? null,
    serverVersion: connection?.serverVersion ?? learned?.serverVersion ?? null,
    pid: transport?.pid ?? null,
    stderr: server?.stderr ?? '',
    learnedAt: learned?.learnedAt ?? null,
    tools: server === null ? [] : viewTools(server, mcp.servers.view(null)),
    prompts: server?.prompts.filter(({ ok }) => ok).length ?? 0,
    resources: [...(server?.resources ?? []), ...(server?.templates ?? [])].filter(({ ok }) => ok).length,
    setAside: server === null ? [] : saySetAside(server),
  };
}

function sayProblem(server: McpServer): string | null {
  if (server.problem === null) return null;
  return `The MCP server "${server.name}" cannot be used: ${server.problem}.`;
}

function saySetAside(server: McpServer): string[] {
  const kinds = [
    ['prompt', server.prompts],
    ['resource', server.resources],
    ['resource template', server.templates],
  ] as const;
  return kinds.flatMap(([kind, entries]) =>
    entries.flatMap((entry) =>
      entry.ok ? [] : [`The ${kind} "${entry.name}" is set aside: ${entry.reason}.`],
    ),
  );
}

function viewTools(server: McpServer, view: View): McpToolView[] {
  const exposed = new Map(
    [...view.tools]
      .filter(([, target]) => target.server === server)
      .map(([key, target]) => [target.name, key]),
  );
  return server.tools.map(({ checked, value }) => {
    const { rule, pattern } = decideTool(server.settings.tools ?? {}, checked.name);
    const text = (member: unknown): string | null => (typeof member === 'string' ? member : null);
    return {
      name: checked.name,
      exposedName: checked.ok && rule !== 'deny' ? (exposed.get(checked.name) ?? null) : null,
      title: text(value['title']),
      description: text(value['description']),
      rule,
      pattern,
      problem: checked.ok ? null : checked.reason,
    };
  });
}
