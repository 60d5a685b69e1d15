// Control: what the window, the command line and the tray may ask, answered by calling the parts. No logic of its own.
import type { Control, GatewayStatus, Snapshot } from '../../contract/control-contract.ts';
import type { ExchangeRow, MeterView } from '../../contract/rows.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import type { BudgetMethods } from './budget-methods.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { DoctorMethods } from './doctor-methods.ts';
import type { McpMethods } from './mcp-methods.ts';
import type { ModelMethods } from './model-methods.ts';
import { historyMethods } from './history-methods.ts';
import type { HealthList } from '../../contract/routing.ts';
import type { RouteMethods } from './route-methods.ts';
import { providerMethods } from './provider-methods.ts';
import type { FirstRunMethods } from './first-run-methods.ts';
import type { VaultMethods } from './vault-methods.ts';
import { GatewayError } from '../gateway-error.ts';
import type { HistoryService } from '../history/history-service.ts';
import type { LocalKeys } from '../keys/local-keys.ts';
import type { ReadableDb } from '../ledger/open-database.ts';
import type { Ledger } from '../ledger/sqlite-ledger.ts';
import { startOf } from '../ledger/time-windows.ts';
import { reportUsage } from '../ledger/usage-report.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Providers } from '../providers/providers.ts';
import { defaultProvider } from '../router/choose-route.ts';

export interface ControlParts {
  readonly settings: SettingsStore;
  /** Adopts changed settings everywhere. */
  readonly applySettings: () => void;
  readonly providers: Providers;
  readonly keys: LocalKeys;
  readonly db: ReadableDb;
  readonly ledger: Ledger;
  readonly now: () => number;
  readonly status: () => Promise<GatewayStatus>;
  readonly meter: () => MeterView;
  /** Rows in flight, newest first. */
  readonly liveRows: () => ExchangeRow[];
  readonly setPaused: (paused: boolean) => void;
  readonly sendPractice: () => Promise<void>;
  readonly sendRequest: () => Promise<void>;
  readonly createWindowLink: () => string;
  readonly claude: Pick<Control, 'claude.connect' | 'claude.disconnect'>;
  readonly doctor: DoctorMethods;
  readonly mcp: McpMethods;
  readonly models: ModelMethods;
  readonly routing: RouteMethods;
  /** How the providers in force fare. */
  readonly health: () => HealthList;
  readonly history: HistoryService;
  readonly budgets: Budgets;
  readonly budgetMethods: BudgetMethods;
  readonly secrets: VaultMethods & FirstRunMethods;
  /** Something other than an exchange changed. */
  readonly stateChanged: () => void;
}

/** How many settled rows a snapshot carries. */
const SNAPSHOT_ROWS = 100;

export async function takeSnapshot(parts: ControlParts): Promise<Snapshot> {
  const live = parts.liveRows();
  const settled = parts.ledger.list(SNAPSHOT_ROWS).filter((row) => row.state !== 'live');
  return {
    status: await parts.status(),
    meter: parts.meter(),
    exchanges: [...live, ...settled].slice(0, SNAPSHOT_ROWS),
    budgets: parts.budgets.views(),
    budgetAsks: parts.budgets.asks.views,
    health: parts.health(),
  };
}

export function createControl(parts: ControlParts): Control {
  return {
    ...readingMethods(parts),
    ...providerMethods(parts),
    ...keyMethods(parts),
    ...parts.claude,
    ...parts.doctor,
    ...parts.mcp,
    ...parts.models,
    ...parts.routing,
    ...historyMethods(parts.history),
    ...parts.secrets,
    ...parts.budgetMethods,
  };
}

function readingMethods(
  parts: ControlParts,
): Pick<
  Control,
  | 'status.get'
  | 'snapshot.get'
  | 'usage.report'
  | 'exchanges.list'
  | 'window.link'
  | 'gateway.pause'
  | 'practice.send'
  | 'request.send'
> {
  return {
    'status.get': () => parts.status(),
    'snapshot.get': () => takeSnapshot(parts),
    async 'usage.report'({ since, by, history }) {
      const start = startOf(since, parts.now());
      const fromLogs = history === true ? await parts.history.report(start, by) : null;
      parts.ledger.flush();
      const report = reportUsage(parts.db, start, by);
      return fromLogs === null ? report : { ...report, fromLogs };
    },
    async 'exchanges.list'({ limit, before }) {
      return { rows: parts.ledger.list(limit, before) };
    },
    async 'window.link'() {
      return { url: parts.createWindowLink() };
    },
    async 'gateway.pause'({ paused }) {
      parts.setPaused(paused);
      parts.stateChanged();
      return { paused };
    },
    async 'practice.send'() {
      if (
        parts.providers.get(defaultProvider(parts.settings.current, PRACTICE))?.descriptor.practice !== true
      ) {
        throw new GatewayError(
          'CONFLICT',
          'A practice request is sent only while the practice provider answers; switch to it first.',
        );
      }
      await parts.sendPractice();
      return { sent: true };
    },
    async 'request.send'() {
      await parts.sendRequest();
      return { sent: true };
    },
  };
}

function keyMethods(parts: ControlParts): Pick<Control, 'key.list' | 'key.add' | 'key.revoke'> {
  return {
    async 'key.list'() {
      return { clients: parts.keys.list() };
    },
    async 'key.add'({ name }) {
      return parts.keys.add(name);
    },
    async 'key.revoke'({ id }) {
      parts.keys.revoke(id);
      return { clients: parts.keys.list() };
    },
  };
}
