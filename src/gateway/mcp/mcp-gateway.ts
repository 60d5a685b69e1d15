// The MCP side as one part: the door for clients, the servers behind it, the rules between, the record of calls. Wired here,
// used by the routes and by Control.
import { hash } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../contract/settings.ts';
import type { GatewayHost } from '../gateway-host.ts';
import type { WritableDb } from '../ledger/open-database.ts';
import type { SecretSource } from '../vault/secret-source.ts';
import { createAggregator } from './aggregator.ts';
import { createCallRecorder } from './call-record.ts';
import type { CallRecorder } from './call-record.ts';
import { callTool } from './call-tool.ts';
import type { CallParts } from './call-tool.ts';
import { openCatalogueFile } from './catalogue/catalogue-file.ts';
import { createMcpDoor } from './door/mcp-door.ts';
import type { McpDoor } from './door/mcp-door.ts';
import type { Outcome } from './features.ts';
import { McpServers } from './mcp-servers.ts';
import { Relay } from './relay.ts';
import { decideTool } from './rules/tool-rules.ts';
import { PendingAsks } from './rules/pending-asks.ts';
import { createCommandFinder } from './upstream/find-command.ts';
import type { McpServer, ServerSurroundings } from './upstream/mcp-server.ts';
import { createOrphanGuard, endLeftovers } from './upstream/orphan-guard.ts';
import type { OrphanGuard } from './upstream/orphan-guard.ts';
import type { SecretLookup } from './upstream/plan-server.ts';
import { createStartGate } from './upstream/start-gate.ts';

/** How long a held call waits for the user: less than the five minutes after which Claude Code gives up. */
const ASK_MS = 4 * 60_000;
const STARTS_AT_ONCE = 4;
const SECRET_TRIES = 50;
const SECRET_PAUSE_MS = 200;

interface McpGatewayOptions {
  readonly host: GatewayHost;
  readonly db: WritableDb;
  readonly vault: SecretSource;
  /** Stays the same for this data folder; session ids are proved by it. */
  readonly secret: string;
  /** Writes an `allow` for this tool into the settings and adopts it. */
  readonly allowAlways: (server: string, tool: string) => void;
}

export interface McpGateway {
  readonly door: McpDoor;
  readonly servers: McpServers;
  readonly asks: PendingAsks;
  readonly recorder: CallRecorder;
  apply(settings: Settings): void;
  /** Calls a tool for the user himself. */
  callAsUser(server: McpServer, tool: string, argumentsText: string, signal: AbortSignal): Promise<Outcome>;
  /** Who hears when servers or pending asks change. */
  onChange(listener: () => void): void;
  /** Lets calls in flight finish for so long, then ends all servers; resolves when no process is left. */
  close(drainMs: number): Promise<void>;
}

export function createMcpGateway(options: McpGatewayOptions): McpGateway {
  const { host, db } = options;
  let listener = (): void => {};
  const clientInfo = { name: 'tollgate', title: 'Tollgate', version: host.version };
  const owner = `tg${hash('sha256', host.dataDir, 'hex').slice(0, 16)}`;
  // Marks differ from run to run: the guard of a killed gateway must not end what the next one starts.
  const run = `${owner}:${host.randomBytes(4).toString('hex')}`;
  endLeftoversOf(owner, host);
  const guard = createOrphanGuard(process.platform, run);
  const relay = new Relay(clientInfo);
  const newId = (prefix: string): string =>
    `${prefix}_${host.now().toString(36)}${host.randomBytes(8).toString('hex')}`;
  const servers = new McpServers({
    file: openCatalogueFile(
      join(host.dataDir, 'mcp-catalogue.json'),
      () => host.randomBytes(6).toString('hex'),
      (error) => host.log.error({ error: String(error) }, 'mcp-catalogue-not-written'),
    ),
    announce: (kind, concerns) => door.announce(kind, concerns),
    onChange: () => listener(),
    surroundings: buildSurroundings(options, clientInfo, { guard, relay, run }),
  });
  const asks = new PendingAsks({
    newId: () => newId('ask'),
    now: host.now,
    patienceMs: ASK_MS,
    onChange: () => listener(),
    allowAlways: options.allowAlways,
  });
  const recorder = createCallRecorder(db, (error) =>
    host.log.error({ error: String(error) }, 'mcp-call-not-recorded'),
  );
  const clock = (): number => performance.now();
  const parts: CallParts = { relay, asks, recorder, newId: () => newId('mc'), now: host.now, clock };
  const { version, now, randomBytes } = host;
  const features = createAggregator({ ...parts, servers });
  const door: McpDoor = createMcpDoor({ features, version, secret: options.secret, now, randomBytes });
  return {
    door,
    servers,
    asks,
    recorder,
    apply: (settings) => servers.apply(settings),
    callAsUser: (server, tool, argumentsText, signal) =>
      callAsUser(parts, server, tool, argumentsText, signal),
    onChange: (next) => (listener = next),
    async close(drainMs) {
      asks.close();
      door.closeStreams();
      await relay.idle(drainMs);
      door.close();
      await servers.close();
      guard.close();
      recorder.flush();
    },
  };
}

function endLeftoversOf(owner: string, { log }: GatewayHost): void {
  const left = endLeftovers(owner);
  if (left > 0) log.warn({ processes: left }, 'mcp-leftovers-ended');
}

function buildSurroundings(
  { host, vault }: McpGatewayOptions,
  clientInfo: { readonly name: string; readonly version: string },
  { guard, relay, run }: { readonly guard: OrphanGuard; readonly relay: Relay; readonly run: string },
): Omit<ServerSurroundings, 'onChange'> {
  return {
    env: host.env,
    secret: secretLookup(vault),
    finder: createCommandFinder(process.platform),
    guard,
    mark: () => `${run}:${host.randomBytes(8).toString('hex')}`,
    home: host.env['HOME'] ?? host.env['USERPROFILE'] ?? homedir(),
    clientInfo,
    gate: createStartGate(STARTS_AT_ONCE),
    now: host.now,
    log: host.log,
    onNotification: (server, message) => relay.onServerMessage(server, message),
  };
}

function callAsUser(
  parts: CallParts,
  server: McpServer,
  tool: string,
  argumentsText: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const target = { server, name: tool, ...decideTool(server.settings.tools ?? {}, tool) };
  const paramsText = `{"name":${JSON.stringify(tool)},"arguments":${argumentsText}}`;
  const request = {
    caller: { client: 'tollgate', scope: server.name, session: null },
    modern: false,
    method: 'tools/call',
    params: JSON.parse(paramsText) as Record<string, unknown>,
    paramsText,
    logLevel: null,
    signal,
    reply: { canNotify: false, notify() {}, expectDelay() {} },
  };
  return callTool(parts, target, request, true);
}

/** The keychain may take a moment, or ask its user something; a server's start waits for that, within reason. */
function secretLookup(vault: SecretSource): SecretLookup {
  return async (id) => {
    for (let attempt = 0; ; attempt++) {
      const state = vault.look(id);
      if (state.kind === 'ready') return { secret: state.secret };
      if (state.kind === 'unusable') return { why: `${state.why}. ${state.mend}` };
      if (attempt >= SECRET_TRIES) return { why: 'the system keychain has not handed it over' };
      await new Promise<void>((resolve) => setTimeout(resolve, SECRET_PAUSE_MS));
    }
  };
}
