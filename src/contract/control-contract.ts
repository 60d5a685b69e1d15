// The only list of what the window, the command line and the tray may ask of a running gateway: method name →
// input and output schema (POST /control/<method>), event name → payload schema (GET /control/events).
import { z } from 'zod';
import { BudgetAskView, budgetMethods, BudgetView } from './budgets.ts';
import { ConnectInput, DisconnectInput, TakeOverResult } from './connect.ts';
import { ClaudeInspection, DoctorReport, MendInput, MendResult } from './doctor.ts';
import { HistoryRemoved, HistoryScan, HistoryStarted, HistoryStatus } from './history.ts';
import { mcpMethods } from './mcp.ts';
import { modelMethods } from './models.ts';
import { ProviderTypeView } from './providers.ts';
import {
  ClaudeCodeView,
  ClientView,
  ExchangeRow,
  LingeringSession,
  MeterView,
  ProviderView,
} from './rows.ts';
import { HealthList, routingMethods } from './routing.ts';
import { ProviderSettings } from './settings.ts';
import { UsageGrouping, UsageReport } from './usage.ts';
import { vaultMethods } from './vault.ts';

/** Defined in connect.ts. */
export { TakeOverResult };

const nothing = z.strictObject({});

export const GatewayStatus = z.object({
  version: z.string(),
  pid: z.number().int(),
  url: z.string(),
  dataDir: z.string(),
  configPath: z.string(),
  startedAt: z.number().int(),
  paused: z.boolean(),
  /** Sentences the user should read: a config that could not be re-read, a provider without a key. */
  warnings: z.array(z.string()),
  providers: z.array(ProviderView),
  claudeCode: ClaudeCodeView,
  /** Sessions that still come through while Claude Code is not connected, the latest first. */
  lingeringSessions: z.array(LingeringSession).default([]),
});
export type GatewayStatus = z.infer<typeof GatewayStatus>;

/** All that the window and the tray show; sent whole as the first event, so a client never polls. */
export const Snapshot = z.object({
  status: GatewayStatus,
  meter: MeterView,
  /** Newest first: live ones on top, then the last settled ones; at most 100. */
  exchanges: z.array(ExchangeRow),
  budgets: z.array(BudgetView).optional(),
  /** Requests that a budget holds until the user has answered. */
  budgetAsks: z.array(BudgetAskView).optional(),
  /** How the providers fared lately. */
  health: HealthList.optional(),
});
export type Snapshot = z.infer<typeof Snapshot>;

export const Since = z.union([
  z.enum(['today', 'week', 'month', 'all']),
  z.iso.datetime({ offset: true, local: true }),
  z.iso.date(),
]);
export type Since = z.infer<typeof Since>;

export const controlMethods = {
  'status.get': { input: nothing, output: GatewayStatus },
  'snapshot.get': { input: nothing, output: Snapshot },
  'usage.report': {
    /** `history`: also report what was imported from Claude Code's logs, apart from the measured totals. */
    input: z.strictObject({ since: Since, by: UsageGrouping.optional(), history: z.boolean().optional() }),
    output: UsageReport,
  },
  'exchanges.list': {
    input: z.strictObject({ limit: z.number().int().min(1).max(500), before: z.string().optional() }),
    output: z.object({ rows: z.array(ExchangeRow) }),
  },
  'route.use': {
    input: z.strictObject({ provider: z.string() }),
    output: z.object({ previous: z.string(), current: z.string() }),
  },
  'provider.add': { input: ProviderSettings, output: z.object({ providers: z.array(ProviderView) }) },
  /** The settings of a provider as the config has them, but for `http`, which may hold the password of a proxy. */
  'provider.read': {
    input: z.strictObject({ id: z.string() }),
    output: z.object({ settings: ProviderSettings }),
  },
  /** Replaces the settings of a provider that is there; `http` stays as it is when it is not given. */
  'provider.change': { input: ProviderSettings, output: z.object({ providers: z.array(ProviderView) }) },
  'provider.types': { input: nothing, output: z.object({ types: z.array(ProviderTypeView) }) },
  'provider.remove': {
    input: z.strictObject({ id: z.string() }),
    output: z.object({ providers: z.array(ProviderView) }),
  },
  'gateway.pause': {
    input: z.strictObject({ paused: z.boolean() }),
    output: z.object({ paused: z.boolean() }),
  },
  /** Sends one small request through the gateway; refused unless the practice provider answers it. */
  'practice.send': { input: nothing, output: z.object({ sent: z.boolean() }) },
  /** Sends one short real request through the gateway to the provider in use; it may cost a fraction of a cent. */
  'request.send': { input: nothing, output: z.object({ sent: z.boolean() }) },
  'key.list': { input: nothing, output: z.object({ clients: z.array(ClientView) }) },
  'key.add': {
    input: z.strictObject({ name: z.string().min(1).max(80) }),
    /** The only time the key is shown. */
    output: z.object({ client: ClientView, key: z.string() }),
  },
  'key.revoke': {
    input: z.strictObject({ id: z.string() }),
    output: z.object({ clients: z.array(ClientView) }),
  },
  /** A fresh one-time address of the window. */
  'window.link': { input: nothing, output: z.object({ url: z.string() }) },
  'claude.connect': { input: ConnectInput, output: TakeOverResult },
  'claude.disconnect': { input: DisconnectInput, output: TakeOverResult },
  /** What Claude Code on this computer is, who routes it, and what it loses or gains behind a gateway. */
  'claude.inspect': { input: nothing, output: ClaudeInspection },
  /** Looks for all that is wrong; writes nothing. */
  'doctor.run': { input: nothing, output: DoctorReport },
  /** Carries out the mend of one finding. */
  'doctor.mend': { input: MendInput, output: MendResult },
  /** Past spend in Claude Code's logs: looking writes nothing, importing takes this explicit call. */
  'history.scan': { input: nothing, output: HistoryScan },
  'history.import': { input: nothing, output: HistoryStarted },
  'history.status': { input: nothing, output: HistoryStatus },
  /** What was imported until then stays; a later import goes on from there. */
  'history.cancel': { input: nothing, output: HistoryStatus },
  /** Takes all imported history out again. */
  'history.remove': { input: nothing, output: HistoryRemoved },
  /** vault.*, provider.test and keys.*: stored secrets and the first keys. */
  ...vaultMethods,
  /** budget.*: defined in budgets.ts. */
  ...budgetMethods,
  /** routes.*, pins.*, tiers.* and health.*: defined in routing.ts. */
  ...routingMethods,
  /** Defined in mcp.ts. */
  ...mcpMethods,
  /** Defined in models.ts. */
  ...modelMethods,
} as const;

export type ControlMethods = typeof controlMethods;
export type ControlMethod = keyof ControlMethods;
export type ControlInput<M extends ControlMethod> = z.infer<ControlMethods[M]['input']>;
export type ControlOutput<M extends ControlMethod> = z.infer<ControlMethods[M]['output']>;
/** `signal` is aborted when the caller has gone: a method that takes long may stop then. */
export type Control = {
  [M in ControlMethod]: (input: ControlInput<M>, signal?: AbortSignal) => Promise<ControlOutput<M>>;
};

/** Server-sent events of GET /control/events: `event:` is the key, `data:` the payload as JSON. */
export const controlEvents = {
  /** First event of every connection, and again after anything but an exchange changed (provider, pause, take-over). */
  snapshot: Snapshot,
  /** Changed exchanges since the last such event (at most ten a second), and the meter with them. */
  exchanges: z.object({
    changed: z.array(ExchangeRow),
    meter: MeterView,
    budgets: z.array(BudgetView).optional(),
  }),
  /** An import of past spend began, went on (at most ten a second), ended, or was taken out. */
  history: HistoryStatus,
} as const;
export type ControlEvents = { [E in keyof typeof controlEvents]: z.infer<(typeof controlEvents)[E]> };

/** Body of every control error. */
export const ControlError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
export type ControlError = z.infer<typeof ControlError>;

/** First line that `tollgate serve` prints on standard output. */
export const ReadyLine = z.object({
  event: z.literal('ready'),
  url: z.string(),
  ui: z.string(),
  mcp: z.string(),
  clientKey: z.string(),
  controlKey: z.string(),
  dataDir: z.string(),
  pid: z.number().int(),
});
export type ReadyLine = z.infer<typeof ReadyLine>;

/**
 * Answer of `GET /healthz?nonce=N`. `proof` is HMAC-SHA-256 of `healthz:N` with the control key, in hex: send the control
 * key to nobody who cannot give it.
 */
export const HealthAnswer = z.object({ ok: z.boolean(), proof: z.string().optional() });
export type HealthAnswer = z.infer<typeof HealthAnswer>;

/** Contents of the data folder's `lock` file (mode 0600): how the command line finds the running gateway. */
export const LockFile = z.object({
  pid: z.number().int(),
  url: z.string(),
  controlKey: z.string(),
  /** Opens POST /statusline and nothing else. */
  statusLineKey: z.string().optional(),
});
export type LockFile = z.infer<typeof LockFile>;
