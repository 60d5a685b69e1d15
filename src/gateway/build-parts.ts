// Wires the parts together in the order of the flow: providers and prices, ledger and meter, control, exchanges,
// routes, server. Every part gets what it needs as a parameter; nothing is looked up.
import type { Settings } from '../contract/settings.ts';
import { claudeSettingsPath } from './claude-code/claude-folder.ts';
import { createProjectFinder } from './claude-code/session-project.ts';
import type { SettingsStore } from './config/settings-store.ts';
import { claudeMethods } from './control/claude-methods.ts';
import { createControl, takeSnapshot } from './control/control.ts';
import type { ControlParts } from './control/control.ts';
import { EventHub } from './control/event-hub.ts';
import { readStatus } from './control/read-status.ts';
import { sendPracticeRequest } from './control/send-practice.ts';
import { LiveExchanges } from './exchange/live-exchanges.ts';
import { passThrough } from './exchange/pass-through.ts';
import { runExchange } from './exchange/run-exchange.ts';
import type { ExchangeParts } from './exchange/run-exchange.ts';
import { anthropicRoutes } from './faces/anthropic-face.ts';
import { controlRoutes } from './faces/control-face.ts';
import { Guard } from './faces/guard.ts';
import { createHttpServer } from './faces/http-server.ts';
import type { HttpServer } from './faces/http-server.ts';
import { RouteTable } from './faces/route-table.ts';
import { windowRoutes } from './faces/window-face.ts';
import type { GatewayHost } from './gateway-host.ts';
import { createIdSource } from './lib/ids.ts';
import type { LocalKeys } from './keys/local-keys.ts';
import { createMeter } from './ledger/meter.ts';
import type { Meter } from './ledger/meter.ts';
import type { WritableDb } from './ledger/open-database.ts';
import { createPriceTable } from './ledger/price-table.ts';
import type { PriceTable } from './ledger/price-table.ts';
import { createSqliteLedger } from './ledger/sqlite-ledger.ts';
import type { Ledger } from './ledger/sqlite-ledger.ts';
import { Providers } from './providers/providers.ts';

/** What was opened on disk before. */
export interface Opened {
  readonly settings: SettingsStore;
  readonly keys: LocalKeys;
  readonly db: WritableDb;
}

/** What changes while the gateway runs. */
interface GatewayState {
  paused: boolean;
  stopping: boolean;
  port: number;
  prices: PriceTable;
}

export interface Parts {
  readonly server: HttpServer;
  readonly routes: RouteTable;
  readonly live: LiveExchanges;
  readonly ledger: Ledger;
  readonly hub: EventHub;
  readonly providers: Providers;
  readonly state: GatewayState;
  readonly url: () => string;
  readonly windowLink: () => string;
}

interface Core {
  readonly host: GatewayHost;
  readonly opened: Opened;
  readonly state: GatewayState;
  readonly guard: Guard;
  readonly providers: Providers;
  readonly ledger: Ledger;
  readonly meter: Meter;
  readonly live: LiveExchanges;
  readonly newId: () => string;
  readonly isLocalKey: (value: string) => boolean;
  readonly url: () => string;
  readonly windowLink: () => string;
}

const PAUSED_FACT = 'paused';

export function buildParts(host: GatewayHost, opened: Opened): Parts {
  const core = buildCore(host, opened);
  // The hub asks control for its views, and control tells the hub of changes: the one circle, closed here by name.
  const controlParts: ControlParts = buildControlParts(core, () => hub.stateChanged());
  const hub = new EventHub(
    { snapshot: () => takeSnapshot(controlParts), meter: controlParts.meter },
    (error) => host.log.error({ error: String(error) }, 'events-failed'),
  );
  const routes = buildRoutes(core, controlParts, hub);
  const server = createHttpServer({ routes, guard: core.guard, log: host.log, newId: core.newId });
  const { live, ledger, providers, state, url, windowLink } = core;
  return { server, routes, live, ledger, hub, providers, state, url, windowLink };
}

function buildCore(host: GatewayHost, opened: Opened): Core {
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
  );
  const live = new LiveExchanges({ ledger, pingAfterMs: host.pingAfterMs });
  const state: GatewayState = {
    paused: ledger.fact(PAUSED_FACT) === 'true',
    stopping: false,
    port: 0,
    prices: createPriceTable(settings.current.prices),
  };
  const guard = new Guard({ keys, ...sources });
  const providers = new Providers(sources, host.env);
  providers.apply(settings.current);
  const url = (): string => `http://127.0.0.1:${state.port}`;
  return {
    host,
    opened,
    state,
    guard,
    providers,
    ledger,
    meter: createMeter(db, () => ledger.flush(), host.now),
    live,
    newId: createIdSource(host.now, host.randomBytes),
    isLocalKey: (value) => keys.identify(value) !== null || keys.isControlKey(value),
    url,
    windowLink: () => `${url()}/?k=${guard.createLink()}`,
  };
}

function buildControlParts(core: Core, stateChanged: () => void): ControlParts {
  const { host, opened, state, providers, ledger, meter, live, url } = core;
  const settingsPath = claudeSettingsPath(host.claudeFolder);
  const startedAt = host.now();
  return {
    ...opened,
    applySettings() {
      providers.apply(opened.settings.current);
      state.prices = createPriceTable(opened.settings.current.prices);
    },
    providers,
    ledger,
    now: host.now,
    status: () =>
      readStatus({
        host,
        settings: opened.settings.current,
        providers,
        settingsPath,
        url: url(),
        paused: state.paused,
        startedAt,
      }),
    meter: () =>
      meter.view(live.exchanges.reduce((sum, exchange) => sum + exchange.toEntry().costNanoUsd, 0)),
    liveRows: () => live.exchanges.map((exchange) => exchange.toRow()).reverse(),
    setPaused(paused) {
      state.paused = paused;
      ledger.setFact(PAUSED_FACT, String(paused));
    },
    sendPractice: () => sendPracticeRequest(url(), opened.keys.firstClientKey()),
    createWindowLink: core.windowLink,
    claude: claudeMethods({
      settingsPath,
      dataDir: host.dataDir,
      url,
      key: () => opened.keys.firstClientKey(),
      now: host.now,
      onApplied: stateChanged,
    }),
    stateChanged,
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
    log: host.log,
    now: host.now,
    newId,
    isLocalKey,
    onChange(exchange, entry) {
      if (entry !== null) meter.add(entry);
      hub.exchangeChanged(exchange.id, exchange);
    },
  };
  const freeParts = { settings, providers, log: host.log, newId, isLocalKey };
  return new RouteTable([
    {
      method: 'GET',
      path: '/healthz',
      access: 'open',
      handle: ({ response }) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}'),
    },
    ...anthropicRoutes({
      runExchange: ({ client, request, response }) => runExchange(exchangeParts, client, request, response),
      passThrough: ({ request, response }) => passThrough(freeParts, request, response),
    }),
    ...controlRoutes(createControl(controlParts), hub),
    ...windowRoutes(host.windowDir),
  ]);
}
