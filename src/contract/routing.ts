// Routes, pins, model sizes and the health of providers, as Control offers them.
import { z } from 'zod';
import { RoutePin, RouteSettings, TierSettings } from './settings.ts';

/** `trial`: the rest is over, and the next request tries it. */
export const HealthState = z.enum(['ready', 'resting', 'trial']);
export type HealthState = z.infer<typeof HealthState>;

const PartHealth = z.object({
  state: HealthState,
  /** Milliseconds since the epoch, while it rests. */
  until: z.number().nullable(),
  /** What it rests after, like `529`; empty while nothing is known against it. */
  why: z.string(),
});
export type PartHealth = z.infer<typeof PartHealth>;

/** How one provider fared lately. */
export const HealthView = PartHealth.extend({
  provider: z.string(),
  /** Share of the last requests that it answered, 0 to 1; null before the first. */
  successRate: z.number().nullable(),
  /** How many requests that share stands on, at most 50. */
  samples: z.number().int(),
  lastError: z.object({ at: z.number(), sentence: z.string() }).nullable(),
  /** Its keys, by credential reference. */
  keys: z.array(PartHealth.extend({ key: z.string() })),
  /** Models that it refused lately. */
  models: z.array(PartHealth.extend({ model: z.string(), key: z.string() })),
  /** Recent milliseconds to the first token. */
  speeds: z.array(z.object({ model: z.string(), firstByteMs: z.number() })),
});
export type HealthView = z.infer<typeof HealthView>;
export const HealthList = z.object({ providers: z.array(HealthView) });
export type HealthList = z.infer<typeof HealthList>;

export const RoutesView = z.object({
  routes: z.array(RouteSettings),
  pins: z.array(RoutePin),
  onlyClaude: z.array(z.string()),
  /** The provider first in the default route. */
  current: z.string(),
});
export type RoutesView = z.infer<typeof RoutesView>;

/** A request that might be sent. */
export const ExplainInput = z.strictObject({
  model: z.string().min(1).max(256),
  project: z.string().min(1).optional(),
  session: z.string().min(1).optional(),
  agent: z.string().min(1).optional(),
  requestClass: z.string().min(1).optional(),
  promptTokens: z.number().int().positive().optional(),
  thinking: z.boolean().optional(),
  /** Milliseconds since the epoch; now without it. */
  at: z.number().int().nonnegative().optional(),
});
export type ExplainInput = z.infer<typeof ExplainInput>;

export const RouteExplanation = z.object({
  /** In the order of trial. */
  candidates: z.array(z.object({ provider: z.string(), model: z.string(), key: z.string() })),
  skipped: z.array(z.object({ provider: z.string(), why: z.string(), until: z.number().nullable() })),
  reason: z.string(),
  /** Position in the list of rules, counted from 1. */
  rule: z.number().int().nullable(),
});
export type RouteExplanation = z.infer<typeof RouteExplanation>;

const PinSubject = z
  .strictObject({ project: z.string().min(1).optional(), session: z.string().min(1).optional() })
  .refine(({ project, session }) => (project === undefined) !== (session === undefined), {
    message: 'name either a "project" or a "session"',
  });
export type PinSubject = z.infer<typeof PinSubject>;

const nothing = z.strictObject({});
const Pins = z.object({ pins: z.array(RoutePin) });

export const routingMethods = {
  'routes.read': { input: nothing, output: RoutesView },
  /** Replaces the rules, and the projects held to Claude when they are given. */
  'routes.set': {
    input: z.strictObject({
      routes: z.array(RouteSettings).max(200),
      onlyClaude: z.array(z.string().min(1)).max(200).optional(),
    }),
    output: RoutesView,
  },
  /** Where such a request would go now, and why; sends nothing. */
  'routes.explain': { input: ExplainInput, output: RouteExplanation },
  'pins.set': { input: RoutePin, output: Pins },
  'pins.remove': { input: PinSubject, output: Pins },
  /** Replaces which of a provider's models stand in for Claude's sizes. */
  'tiers.set': {
    input: z.strictObject({ provider: z.string(), tiers: TierSettings }),
    output: z.object({ provider: z.string(), tiers: TierSettings }),
  },
  'health.read': { input: nothing, output: HealthList },
  /** Lets a provider, or all of them, be tried again at once. */
  'health.reset': { input: z.strictObject({ provider: z.string().optional() }), output: HealthList },
} as const;
