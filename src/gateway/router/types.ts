// What the router is asked, what it knows, and what it answers: an ordered list of places to try, each with its reason.

/** What rules can look at. */
export interface RouteQuestion {
  readonly model: string;
  readonly requestClass: string | null;
  readonly agentId: string | null;
  readonly project: string | null;
  readonly sessionId: string | null;
  /** Estimated from the body's length, never zero. */
  readonly promptTokens: number;
  /** Thinking is switched on in the request. */
  readonly thinking: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What the router knows of one configured provider. */
export interface ProviderFacts {
  readonly id: string;
  /** Serves Claude under Claude's own names; else names are mapped to its own models. */
  readonly servesClaude: boolean;
  /** Models standing in for Claude's sizes: the user's choice over the type's default, which one that serves Claude lacks. */
  readonly tiers: Readonly<Partial<Record<'opus' | 'sonnet' | 'haiku' | 'background', string>>>;
  /** Names of its own that it is known to serve. */
  readonly models: readonly string[];
  /** Credential references, in order of preference; at least one. */
  readonly keys: readonly string[];
  /** One sentence when no request can be sent to it, like a missing key. */
  readonly problem: string | null;
}

/** One place to try. */
export interface Candidate {
  readonly provider: string;
  /** Name sent upstream. */
  readonly model: string;
  /** Credential reference to use. */
  readonly key: string;
}

/** A place that was left out, and why in a few words. */
export interface SkippedPlace {
  readonly provider: string;
  /** To be read after the provider's name, like `rests after 529`. */
  readonly why: string;
  /** When it may be tried again, milliseconds since the epoch; null when that is not a matter of time. */
  readonly until: number | null;
  /** The whole sentence for the user, when something has to be mended first. */
  readonly problem?: string;
}

export interface RoutePlan {
  /** In the order of trial; empty when nothing can be tried. */
  readonly candidates: readonly Candidate[];
  readonly skipped: readonly SkippedPlace[];
  /** One sentence for the record. */
  readonly reason: string;
  /** Position of the rule in `routes`, counted from 1; null for a pin, an alias or the built-in default. */
  readonly rule: number | null;
}
