// Makes what everything else stands on, in the order of the flow: keys and door, providers and prices, ledger and meter,
// budgets, the MCP gateway. Every part gets what it needs as a parameter; nothing is looked up.
import { createBudgets } from './budgets/budgets.ts';
import type { BudgetParts, Budgets } from './budgets/budgets.ts';
import { createRecentSessions } from './claude-code/lingering-sessions.ts';
import type { RecentSessions } from './claude-code/lingering-sessions.ts';
import type { SettingsStore } from './config/settings-store.ts';
import { LiveExchanges } from './exchange/live-exchanges.ts';
import { Guard } from './faces/guard.ts';
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
import { buildProviders } from './build-providers.ts';
import type { Reach } from './build-providers.ts';
import { createMcpGateway } from './mcp/mcp-gateway.ts';
import type { McpGateway } from './mcp/mcp-gateway.ts';
import type { Vault } from './vault/vault.ts';

/** What was opened on disk before. */
export interface Opened {
  readonly settings: SettingsStore;
  readonly keys: LocalKeys;
  readonly db: WritableDb;
  readonly vault: Vault;
}

/** What changes while the gateway runs. */
export interface GatewayState {
  paused: boolean;
  stopping: boolean;
  port: number;
  prices: PriceTable;
  /** Sentences for the user about what was found at the start. */
  notices: readonly string[];
}

/** How long a budget holds a request for the user's answer; Claude Code waits six minutes for the first byte. */
const ASK_MS = 60_000;
/** Name under which the pause is remembered. */
export const PAUSED_FACT = 'paused';

export interface Core extends Reach {
  readonly host: GatewayHost;
  readonly opened: Opened;
  readonly state: GatewayState;
  readonly guard: Guard;
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

export function buildCore(
  host: GatewayHost,
  opened: Opened,
  watchers: Pick<BudgetParts, 'hasListeners' | 'onChange'>,
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
  const budgets = buildBudgets(host, opened, { ...watchers, newId, flush: () => ledger.flush() });
  const live = new LiveExchanges({ ledger, pingAfterMs: host.pingAfterMs });
  const state: GatewayState = {
    paused: ledger.fact(PAUSED_FACT) === 'true',
    stopping: false,
    port: 0,
    prices: createPriceTable(settings.current.prices),
    notices: [],
  };
  const guard = new Guard({ keys, ...sources });
  const reach = buildProviders(host, opened, () => state.prices, watchers.onChange);
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
    ...reach,
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

function buildBudgets(
  { now, log }: GatewayHost,
  { db, settings }: Opened,
  lent: Pick<BudgetParts, 'newId' | 'flush' | 'hasListeners' | 'onChange'>,
): Budgets {
  return createBudgets({ ...lent, db, now, log, settings: () => settings.current, patienceMs: ASK_MS });
}
