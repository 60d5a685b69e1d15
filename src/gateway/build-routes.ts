// The routes of the gateway, each with its lock, and what an exchange is run with.
import type { Settings } from '../contract/settings.ts';
import { createProjectFinder } from './claude-code/session-project.ts';
import { createControl } from './control/control.ts';
import type { ControlParts } from './control/control.ts';
import type { EventHub } from './control/event-hub.ts';
import { passThrough } from './exchange/pass-through.ts';
import { runExchange } from './exchange/run-exchange.ts';
import type { ExchangeParts } from './exchange/run-exchange.ts';
import { anthropicRoutes } from './faces/anthropic-face.ts';
import { controlRoutes } from './faces/control-face.ts';
import { mcpRoutes } from './faces/mcp-face.ts';
import { healthRoute } from './faces/health-route.ts';
import { GatewayError } from './gateway-error.ts';
import { decide } from './policy/decide.ts';
import { RouteTable } from './faces/route-table.ts';
import { statusLineRoute } from './faces/status-line-face.ts';
import { windowRoutes } from './faces/window-face.ts';
import { createStatusLineFacts } from './statusline/status-line-facts.ts';
import type { Core } from './build-core.ts';

export function buildRoutes(core: Core, controlParts: ControlParts, hub: EventHub): RouteTable {
  const { host, state, providers, models, router, live, ledger, meter, newId, isLocalKey } = core;
  const settings = (): Settings => core.opened.settings.current;
  let turns = router.book.turns;
  const exchangeParts: ExchangeParts = {
    settings,
    refuseUnlessAllowed() {
      const decision = decide(state);
      if (!decision.allowed) throw new GatewayError(decision.code, decision.sentence);
    },
    providers,
    router,
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
        const isNewSession = core.sessions.see(entry, host.now());
        // A provider that begins or ends a rest shows at once.
        const isNewTurn = router.book.turns !== turns;
        turns = router.book.turns;
        if (isNewSession || isNewTurn) controlParts.stateChanged();
      }
      hub.exchangeChanged(exchange.id, exchange);
    },
  };
  const freeParts = { settings, providers, models, router, log: host.log, now: host.now, newId, isLocalKey };
  return new RouteTable([
    healthRoute(() => core.opened.keys.controlKey),
    ...anthropicRoutes({
      runExchange: ({ client, request, response }) => runExchange(exchangeParts, client, request, response),
      passThrough: ({ request, response }) => passThrough(freeParts, request, response),
    }),
    ...controlRoutes(createControl(controlParts), hub),
    statusLineRoute(
      createStatusLineFacts({
        db: core.opened.db,
        ledger,
        meter,
        live,
        providers,
        settings,
        situation: () => state,
        budgets: () => core.budgets.views(),
      }),
    ),
    ...mcpRoutes(core.mcp.door),
    ...windowRoutes(host.windowDir),
  ]);
}
