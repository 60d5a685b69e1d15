// Wires the parts together: the core, what control may ask of it, the routes, the server.
import type { Budgets } from './budgets/budgets.ts';
import { takeSnapshot } from './control/control.ts';
import type { ControlParts } from './control/control.ts';
import { EventHub } from './control/event-hub.ts';
import type { LiveExchanges } from './exchange/live-exchanges.ts';
import { createHttpServer } from './faces/http-server.ts';
import type { HttpServer } from './faces/http-server.ts';
import type { RouteTable } from './faces/route-table.ts';
import type { GatewayHost } from './gateway-host.ts';
import type { HistoryService } from './history/history-service.ts';
import type { Ledger } from './ledger/sqlite-ledger.ts';
import type { McpGateway } from './mcp/mcp-gateway.ts';
import type { ModelCatalogue } from './models/catalogue.ts';
import type { Providers } from './providers/providers.ts';
import type { TranslationThread } from './providers/translated/translation-thread.ts';
import { buildControlParts } from './build-control-parts.ts';
import { buildCore } from './build-core.ts';
import type { GatewayState, Opened } from './build-core.ts';
import { buildRoutes } from './build-routes.ts';

export interface Parts {
  readonly server: HttpServer;
  readonly routes: RouteTable;
  readonly live: LiveExchanges;
  readonly ledger: Ledger;
  readonly hub: EventHub;
  readonly providers: Providers;
  readonly translation: TranslationThread;
  readonly mcp: McpGateway;
  readonly models: ModelCatalogue;
  readonly history: HistoryService;
  readonly budgets: Budgets;
  readonly state: GatewayState;
  readonly url: () => string;
  readonly windowLink: () => string;
  readonly statusLineKey: string;
  /** Connects Claude Code to where the gateway listens, with the choices of last time. */
  readonly reconnect: () => Promise<unknown>;
}

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
    {
      snapshot: () => takeSnapshot(controlParts),
      meter: controlParts.meter,
      budgets: () => core.budgets.views(),
    },
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
    translation: core.translation,
    mcp: core.mcp,
    models: core.models,
    history: controlParts.history,
    budgets: core.budgets,
    state,
    url,
    windowLink,
    statusLineKey,
    reconnect: () => controlParts.claude['claude.connect']({ dryRun: false }),
  };
}
