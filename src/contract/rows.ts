// What lists show: one exchange, one provider, one client, and the state of Claude Code's own settings.
import { z } from 'zod';
import { NanoUsd, TokenCounts, Totals } from './usage.ts';

/** `live` is the only state that changes; the other four are the outcomes, written once. */
export const ExchangeState = z.enum(['live', 'completed', 'refused', 'failed', 'aborted']);
export type ExchangeState = z.infer<typeof ExchangeState>;

/** Where an exchange's project came from, best first. */
export const ProjectSource = z.enum(['header', 'transcript', 'request', 'none']);
export type ProjectSource = z.infer<typeof ProjectSource>;

/** Where the token counts came from: the provider's own report, or our floor estimate for a cut answer. */
export const UsageBasis = z.enum(['reported', 'estimated', 'none']);
export type UsageBasis = z.infer<typeof UsageBasis>;

/** One place that was tried or left out on the way to an answer, in order. */
export const AttemptStep = z.object({
  provider: z.string(),
  /** Name sent upstream; null for a place that was left out. */
  model: z.string().nullable(),
  outcome: z.enum(['answered', 'refused', 'failed', 'skipped']),
  /** HTTP status of the provider; null when there was none. */
  status: z.number().int().nullable(),
  milliseconds: z.number().nullable(),
  /** A few words: what went wrong, or why it was left out. */
  reason: z.string().nullable(),
});
export type AttemptStep = z.infer<typeof AttemptStep>;

export const ExchangeRow = TokenCounts.extend({
  id: z.string(),
  startedAt: z.number().int(),
  endedAt: z.number().int().nullable(),
  state: ExchangeState,
  client: z.string(),
  sessionId: z.string().nullable(),
  agentId: z.string().nullable(),
  parentAgentId: z.string().nullable(),
  requestClass: z.string().nullable(),
  developer: z.string().nullable(),
  /** Absolute folder or the name given in `x-tollgate-project`. */
  project: z.string().nullable(),
  projectSource: ProjectSource,
  provider: z.string().nullable(),
  /** True when the practice provider answered: no money was spent. */
  practice: z.boolean(),
  modelAsked: z.string().nullable(),
  modelServed: z.string().nullable(),
  streaming: z.boolean(),
  /** HTTP status sent to the client; null when the client left before one was sent. */
  status: z.number().int().nullable(),
  stopReason: z.string().nullable(),
  attempts: z.number().int(),
  /** Milliseconds from the accepted request to the first byte of the answer. */
  firstByteMs: z.number().nullable(),
  durationMs: z.number().nullable(),
  costNanoUsd: NanoUsd,
  usageBasis: UsageBasis,
  /** True when no price was known for the model and a family default was used. */
  priceEstimated: z.boolean(),
  /** One sentence: why it was refused, failed or aborted. */
  reason: z.string().nullable(),
  /** One sentence: why it went where it went. */
  routeReason: z.string().nullable().optional(),
  /** What was tried, when that was more than one place. */
  ladder: z.array(AttemptStep).optional(),
  /** What of the request the provider's own vocabulary has no words for, like `top_k`, and what was mended in the answer. */
  dropped: z.array(z.string()).optional(),
  /** True when the gateway died while this was in flight; its figures are the last ones seen. */
  unconfirmed: z.boolean(),
});
export type ExchangeRow = z.infer<typeof ExchangeRow>;

export const ProviderView = z.object({
  id: z.string(),
  type: z.string(),
  label: z.string(),
  practice: z.boolean(),
  baseUrl: z.string().nullable(),
  /** First in the default route: answers what no other rule sends elsewhere. */
  current: z.boolean(),
  /** The credential reference as written in config.json (`env:NAME`, `file:PATH`, …), never the secret. */
  credential: z.string(),
  /** Null when requests can be sent; else one sentence that says what is missing and what to do. */
  problem: z.string().nullable(),
});
export type ProviderView = z.infer<typeof ProviderView>;

export const ClientView = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.number().int(),
  /** The last four characters of the key, to tell keys apart. */
  keyEnd: z.string(),
});
export type ClientView = z.infer<typeof ClientView>;

/** Who routes Claude Code, read from its user settings file. */
export const ClaudeCodeView = z.object({
  settingsPath: z.string(),
  /** `tollgate`: this gateway; `other`: another address; `direct`: no base URL; `unreadable`: see `note`. */
  routedBy: z.enum(['tollgate', 'other', 'direct', 'unreadable']),
  baseUrl: z.string().nullable(),
  note: z.string(),
  /**
   * What sends sessions another way than the user's settings say: a project's own settings, a rule of the administrator, a
   * switch for a cloud provider. `project`: the only folder it counts in, null for all of them. Absent when nothing does.
   */
  exceptions: z
    .array(z.object({ place: z.string(), project: z.string().nullable(), why: z.string() }))
    .optional(),
});
export type ClaudeCodeView = z.infer<typeof ClaudeCodeView>;

/** A session that keeps Tollgate's address although Claude Code's settings no longer have it. */
export const LingeringSession = z.object({
  sessionId: z.string(),
  project: z.string().nullable(),
  lastSeenAt: z.number().int(),
});
export type LingeringSession = z.infer<typeof LingeringSession>;

export const MeterView = z.object({
  today: Totals,
  /** The part of `today.costNanoUsd` that the practice provider made up. */
  todayPracticeNanoUsd: NanoUsd,
  month: Totals,
  /** Running estimate of what exchanges in flight have cost so far; part of no total. */
  liveNanoUsd: NanoUsd,
  /** Settled nano-dollars per local quarter hour of today, oldest first. */
  quarters: z.array(NanoUsd),
});
export type MeterView = z.infer<typeof MeterView>;
