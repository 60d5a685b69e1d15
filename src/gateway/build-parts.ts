// Wires the parts together in the order of the flow: providers and prices, ledger and meter, control, exchanges,
// routes, server. Every part gets what it needs as a parameter; nothing is looked up.
import { dirname } from 'node:path';
import type { LingeringSession } from '../contract/rows.ts';
import type { Settings } from '../contract/settings.ts';
import { claudeSettingsPath } from './claude-code/claude-folder.ts';
import { createBudgets } from './budgets/budgets.ts';
import type { Budgets } from './budgets/budgets.ts';
import { diskMachine, rememberAnswers } from './claude-code/inspect/disk-machine.ts';
import type { Machine } from './claude-code/inspect/machine.ts';
import { createRecentSessions } from './claude-code/lingering-sessions.ts';
import type { RecentSessions } from './claude-code/lingering-sessions.ts';
import { createProjectFinder } from './claude-code/session-project.ts';
import type { SettingsStore } from './config/settings-store.ts';
import { budgetMethods } from './control/budget-methods.ts';
import { claudeMethods } from './control/claude-methods.ts';
import { createControl, takeSnapshot } from './control/control.ts';
import { doctorMethods } from './control/doctor-methods.ts';
import type { ControlParts } from './control/control.ts';
import { EventHub } from './control/event-hub.ts';
import { dataFolderAt } from './data-folder/data-folder.ts';
import { readStatus } from './control/read-status.ts';
import { firstRunMethods } from './control/first-run-methods.ts';
import { sendOneRequest, sendPracticeRequest } from './control/send-practice.ts';
import { mcpMethods } from './control/mcp-methods.ts';
import { vaultMethods } from './control/vault-methods.ts';
import { LiveExchanges } from './exchange/live-exchanges.ts';
import { passThrough } from './exchange/pass-through.ts';
import { runExchange, spendFactsOf } from './exchange/run-exchange.ts';
import type { ExchangeParts } from './exchange/run-exchange.ts';
import { anthropicRoutes } from './faces/anthropic-face.ts';
import { controlRoutes } from './faces/control-face.ts';
import { mcpRoutes } from './faces/mcp-face.ts';
import { Guard } from './faces/guard.ts';
import { healthRoute } from './faces/health-route.ts';
import { createHttpServer } from './faces/http-server.ts';
import type { HttpServer } from './faces/http-server.ts';
import { RouteTable } from './faces/route-table.ts';
import { statusLineRoute } from './faces/status-line-face.ts';
import { windowRoutes } from './faces/window-face.ts';
import type { GatewayHost } from './gateway-host.ts';
import { createHistoryService } from './history/history-service.ts';
import type { HistoryService, HistorySources } from './history/history-service.ts';
import { createIdSource } from './lib/ids.ts';
import type { LocalKeys } from './keys/local-keys.ts';
import { createMeter } from './ledger/meter.ts';
import type { Meter } from './ledger/meter.ts';
import type { WritableDb } from './ledger/open-database.ts';
import { createPriceTable } from './ledger/price-table.ts';
import type { PriceTable } from './ledger/price-table.ts';
import { createSqliteLedger } from './ledger/sqlite-ledger.ts';
import type { Ledger } from './ledger/sqlite-ledger.ts';
import { createMcpGateway } from './mcp/mcp-gateway.ts';
import type { McpGateway } from './mcp/mcp-gateway.ts';
import { PRACTICE, Providers } from './providers/providers.ts';
import { defaultProvider } from './router/choose-route.ts';
import type { Vault } from './vault/vault.ts';
import { createStatusLineFacts } from './statusline/status-line-facts.ts';

/** What was opened on disk before. */
export interface Opened {
  readonly settings: SettingsStore;
  readonly keys: LocalKeys;
  readonly db: WritableDb;
  readonly vault: Vault;
}

/** What changes while the gateway runs. */
interface GatewayState {
  paused: boolean;
  stopping: boolean;
  port: number;
  prices: PriceTable;
  /** Sentences for the user about what was found at the start. */
  notices: readonly string[];
}

export interface Parts {
  readonly server: HttpServer;
  readonly routes: RouteTable;
  readonly live: LiveExchanges;
  readonly ledger: Ledger;
  readonly hub: EventHub;
  readonly providers: Providers;
  readonly mcp: McpGateway;
  readonly history: HistoryService;
  readonly budgets: Budgets;
  readonly state: GatewayState;
  readonly url: () => string;
  readonly windowLink: () => string;
  readonly statusLineKey: string;
  /** Connects Claude Code to where the gateway listens, with the choices of last time. */
  readonly reconnect: () => Promise<unknown>;
}

interface Core {
  readonly host: GatewayHost;
  readonly opened: Opened;
  readonly state: GatewayState;
  readonly guard: Guard;
  readonly providers: Providers;
  readonly mcp: McpGateway;
  readonly ledger: Ledger;
  readonly meter: Meter;
  readonly budgets: Budgets;
  readonly live: LiveExchanges;
  readonly sessions: RecentSessions;
  readonly newId: () => string;
  readonly isLocalKey: (value: string) => boolean;
  readonly url: () => string;
  readonly windowLink: () => string;
}

/** How long what a program of the system said is taken for true. */
const REMEMBER_MS = 60_000;
/** How long a budget holds a request for the user's answer; Claude Code waits six minutes for the first byte. */
const ASK_MS = 60_000;
const PAUSED_FACT = 'paused';

export function buildParts(host: GatewayHost, opened: Opened): Parts {
  const core = buildCore(host, opened, {
    hasListeners: () => hub.hasListeners,
    onChange: () => hub.stateChanged(),
  });
  // The hub asks control for its views, and control tells the hub of changes: the one circle, closed here by name.
  const controlParts: ControlParts = buildControlParts(
    core,
    () => hub.stateChanged(),
    (status) => hub.historyChanged(status),
  );
  const hub = new EventHub(
    { snapshot: () => takeSnapshot(controlParts), meter: controlParts.meter, budgets: () => core.budgets.views() },
    (error) => host.log.error({ error: String(error) }, 'events-failed'),
  );
  const routes = buildRoutes(core, controlParts, hub);
  const server = createHttpServer({ routes, guard: core.guard, log: host.log, newId: core.newId });
  const { live, ledger, providers, state, url, windowLink } = core;
  const { statusLineKey } = core.guard;
  return {
    server,
    routes,
    live,
    ledger,
    hub,
    providers,
    mcp: core.mcp,
    history: controlParts.history,
    budgets: core.budgets,
    state,
    url,
    windowLink,
    statusLineKey,
    reconnect: () => controlParts.claude['claude.connect']({ dryRun: false }),
  };
}

function buildCore(
  host: GatewayHost,
  opened: Opened,
  watchers: { readonly hasListeners: () => boolean; readonly onChange: () => void },
): Core {
  const { settings, keys, db } = opened;
  const sources = { now: host.now, randomBytes: host.randomBytes };
  const ledger: Ledger = createSqliteLedger(
    db,
    {
      now: () => performance.now(),
      defer: (task) => void setImmediate(task),
      later: (task, milliseconds) => void setTimeout(task, milliseconds),
    },
    (error) => host.log.error({ error: String(error) }, 'ledger-write-failed'),
    (settled) => budgets.gate.write(settled),
  );
  const newId = createIdSource(host.now, host.randomBytes);
  const budgets: Budgets = createBudgets({
    ...watchers,
    db,
    flush: () => ledger.flush(),
    now: host.now,
    newId,
    log: host.log,
    settings: () => settings.current,
    patienceMs: ASK_MS,
  });
  const live = new LiveExchanges({ ledger, pingAfterMs: host.pingAfterMs });
  const state: GatewayState = {
    paused: ledger.fact(PAUSED_FACT) === 'true',
    stopping: false,
    port: 0,
    prices: createPriceTable(settings.current.prices),
    notices: [],
  };
  const guard = new Guard({ keys, ...sources });
  const providers = new Providers(sources, host.env, opened.vault);
  providers.apply(settings.current);
  const url = (): string => `http://127.0.0.1:${state.port}`;
  const mcp: McpGateway = createMcpGateway({
    host,
    db,
    vault: opened.vault,
    secret: keys.controlKey,
    allowAlways(server, tool) {
      settings.edit(() => [{ path: ['mcpServers', server, 'tools', tool], value: 'allow' }]);
      mcp.apply(settings.current);
    },
  });
  mcp.apply(settings.current);
  return {
    host,
    opened,
    state,
    guard,
    providers,
    mcp,
    ledger,
    meter: createMeter(db, () => ledger.flush(), host.now),
    live,
    budgets,
    sessions: createRecentSessions(),
    newId,
    isLocalKey: (value) => keys.identify(value) !== null || keys.isControlKey(value),
    url,
    windowLink: () => `${url()}/?k=${guard.createLink()}`,
  };
}

/** Those of exchanges in flight included: a stream may run for many minutes. */
function listRecentSessions({ host, live, sessions }: Core): LingeringSession[] {
  const now = host.now();
  for (const exchange of live.exchanges) sessions.see(exchange.toRow(), now);
  return sessions.list(now);
}

function buildControlParts(
  core: Core,
  stateChanged: () => void,
  historyChanged: HistorySources['onChange'],
): ControlParts {
  const { host, opened, state, providers, ledger, meter, live, url } = core;
  const settingsPath = claudeSettingsPath(host.claudeFolder);
  const applySettings = (): void => {
    providers.apply(opened.settings.current);
    core.mcp.apply(opened.settings.current);
    state.prices = createPriceTable(opened.settings.current.prices);
    adoptBudgets(core);
  };
  opened.vault.onChange(stateChanged);
  core.mcp.onChange(stateChanged);
  const adopt = (): void => {
    applySettings();
    stateChanged();
  };
  const machine = buildMachine(host);
  const claude = claudeMethods({
    settingsPath,
    dataDir: host.dataDir,
    url,
    key: () => opened.keys.firstClientKey(),
    now: host.now,
    program: host.program,
    env: host.env,
    onApplied: stateChanged,
  });
  return {
    ...opened,
    applySettings,
    secrets: secretMethods(core, settingsPath, applySettings, stateChanged),
    providers,
    ledger,
    now: host.now,
    status: statusReader(core, settingsPath, machine),
    meter: () =>
      meter.view(live.exchanges.reduce((sum, exchange) => sum + exchange.toEntry().costNanoUsd, 0)),
    liveRows: () => live.exchanges.map((exchange) => exchange.toRow()).reverse(),
    setPaused(paused) {
      state.paused = paused;
      ledger.setFact(PAUSED_FACT, String(paused));
    },
    sendPractice: () => sendPracticeRequest(url(), opened.keys.firstClientKey()),
    sendRequest: () => sendOneRequest(url(), opened.keys.firstClientKey()),
    createWindowLink: core.windowLink,
    claude,
    budgets: core.budgets,
    budgetMethods: budgetMethods({ budgets: core.budgets, settings: opened.settings, log: host.log, adopt }),
    mcp: mcpMethods({ mcp: core.mcp, settings: opened.settings, adopt }),
    doctor: buildDoctor(core, machine, claude),
    history: buildHistory(core, historyChanged),
    stateChanged,
  };
}

/** Requests that were sent already count on new budgets, too. */
function adoptBudgets({ budgets, live, providers }: Core): void {
  const sent = live.exchanges.flatMap((exchange) => {
    const provider = exchange.provider === null ? null : providers.get(exchange.provider);
    if (provider === null || exchange.attempts === 0) return [];
    return [{ exchange: exchange.id, facts: spendFactsOf(exchange, provider), startedAt: exchange.startedAt }];
  });
  budgets.adopt(sent);
}

function statusReader(core: Core, settingsPath: string, machine: Machine): ControlParts['status'] {
  const { host, opened, state, providers, url } = core;
  const startedAt = host.now();
  return () =>
    readStatus({
      host,
      settings: opened.settings.current,
      providers,
      settingsPath,
      machine,
      url: url(),
      paused: state.paused,
      warnings: [...opened.vault.warnings(), ...state.notices],
      startedAt,
      recentSessions: listRecentSessions(core),
    });
}

/** The computer as the host's environment describes it; without a home there, that of Claude Code's folder. */
function buildMachine(host: GatewayHost): Machine {
  const home = host.env['HOME'] ?? host.env['USERPROFILE'] ?? dirname(host.claudeFolder);
  return rememberAnswers(diskMachine(host.env, home), REMEMBER_MS, host.now);
}

function buildDoctor(core: Core, machine: Machine, claude: ControlParts['claude']): ControlParts['doctor'] {
  const { host, opened, state, providers, url } = core;
  return doctorMethods({
    host,
    machine,
    url,
    keys: opened.keys,
    paused: () => state.paused,
    providers: () => providers.views(defaultProvider(opened.settings.current, PRACTICE)),
    claude,
  });
}

function buildHistory({ host, opened, ledger }: Core, onChange: HistorySources['onChange']): HistoryService {
  const folder = dataFolderAt(host.dataDir);
  return createHistoryService({
    claudeFolder: host.claudeFolder,
    historyPath: folder.history,
    ledgerPath: folder.ledger,
    ledger: opened.db,
    flush: () => ledger.flush(),
    prices: () => opened.settings.current.prices,
    now: host.now,
    onChange,
  });
}

function secretMethods(
  core: Core,
  settingsPath: string,
  applySettings: () => void,
  stateChanged: () => void,
): ControlParts['secrets'] {
  const { host, opened, providers, isLocalKey, url } = core;
  const shared = { vault: opened.vault, settings: opened.settings, isLocalKey, stateChanged };
  return {
    ...vaultMethods(shared),
    ...firstRunMethods({ ...shared, host, providers, claudeSettingsPath: settingsPath, ownUrl: url, applySettings }),
  };
}

function buildRoutes(core: Core, controlParts: ControlParts, hub: EventHub): RouteTable {
  const { host, state, providers, live, ledger, meter, newId, isLocalKey } = core;
  const settings = (): Settings => core.opened.settings.current;
  const exchangeParts: ExchangeParts = {
    settings,
    situation: () => state,
    providers,
    projects: createProjectFinder({ claudeFolder: host.claudeFolder }),
    prices: () => state.prices,
    ledger,
    live,
    budgets: core.budgets.gate,
    log: host.log,
    now: host.now,
    newId,
    isLocalKey,
    onChange(exchange, entry) {
      if (entry !== null) {
        meter.add(entry);
        // Not for each of its exchanges, but once, so that the window names it.
        if (core.sessions.see(entry, host.now())) controlParts.stateChanged();
      }
      hub.exchangeChanged(exchange.id, exchange);
    },
  };
  const freeParts = { settings, providers, log: host.log, newId, isLocalKey };
  return new RouteTable([
    healthRoute(() => core.opened.keys.controlKey),
    ...anthropicRoutes({
      runExchange: ({ client, request, response }) => runExchange(exchangeParts, client, request, response),
      passThrough: ({ request, response }) => passThrough(freeParts, request, response),
    }),
    ...controlRoutes(createControl(controlParts), hub),
    statusLineRoute(
      createStatusLineFacts({ db: core.opened.db, ledger, meter, live, providers, settings, situation: () => state }),
    ),
    ...mcpRoutes(core.mcp.door),
    ...windowRoutes(host.windowDir),
  ]);
}
