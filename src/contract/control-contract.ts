// The only list of what the window, the command line and the tray may ask of a running gateway: method name →
// input and output schema (POST /control/<method>), event name → payload schema (GET /control/events).
import { z } from 'zod';
import { ClaudeCodeView, ClientView, ExchangeRow, MeterView, ProviderView } from './rows.ts';
import { ProviderSettings } from './settings.ts';
import { UsageGrouping, UsageReport } from './usage.ts';

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
});
export type GatewayStatus = z.infer<typeof GatewayStatus>;

/** All that the window and the tray show; sent whole as the first event, so a client never polls. */
export const Snapshot = z.object({
  status: GatewayStatus,
  meter: MeterView,
  /** Newest first: live ones on top, then the last settled ones; at most 100. */
  exchanges: z.array(ExchangeRow),
});
export type Snapshot = z.infer<typeof Snapshot>;

export const Since = z.union([
  z.enum(['today', 'week', 'month', 'all']),
  z.iso.datetime({ offset: true, local: true }),
  z.iso.date(),
]);
export type Since = z.infer<typeof Since>;

/** A planned or finished edit of Claude Code's settings file. */
export const TakeOverResult = z.object({
  settingsPath: z.string(),
  /** Unified diff of the file; secrets in it are masked. Empty when nothing changes. */
  diff: z.string(),
  /** SHA-256 of the file the diff was made from (of nothing, when there is none); send it back to apply. */
  basedOn: z.string(),
  applied: z.boolean(),
  /** What the user should know: a key left alone, a backup's place. */
  notes: z.array(z.string()),
});
export type TakeOverResult = z.infer<typeof TakeOverResult>;

const takeOverInput = z.strictObject({
  dryRun: z.boolean(),
  /** The `basedOn` of the plan that was shown; a changed file is then refused. */
  basedOn: z.string().optional(),
});

export const controlMethods = {
  'status.get': { input: nothing, output: GatewayStatus },
  'snapshot.get': { input: nothing, output: Snapshot },
  'usage.report': {
    input: z.strictObject({ since: Since, by: UsageGrouping.optional() }),
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
  'claude.connect': { input: takeOverInput, output: TakeOverResult },
  'claude.disconnect': { input: takeOverInput, output: TakeOverResult },
} as const;

export type ControlMethods = typeof controlMethods;
export type ControlMethod = keyof ControlMethods;
export type ControlInput<M extends ControlMethod> = z.infer<ControlMethods[M]['input']>;
export type ControlOutput<M extends ControlMethod> = z.infer<ControlMethods[M]['output']>;
export type Control = { [M in ControlMethod]: (input: ControlInput<M>) => Promise<ControlOutput<M>> };

/** Server-sent events of GET /control/events: `event:` is the key, `data:` the payload as JSON. */
export const controlEvents = {
  /** First event of every connection, and again after anything but an exchange changed (provider, pause, take-over). */
  snapshot: Snapshot,
  /** Changed exchanges since the last such event (at most ten a second), and the meter with them. */
  exchanges: z.object({ changed: z.array(ExchangeRow), meter: MeterView }),
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

/** Contents of the data folder's `lock` file (mode 0600): how the command line finds the running gateway. */
export const LockFile = z.object({ pid: z.number().int(), url: z.string(), controlKey: z.string() });
export type LockFile = z.infer<typeof LockFile>;
