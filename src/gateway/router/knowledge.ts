// What the router asks its surroundings while it plans: facts of providers, their health, speed and price, where a
// session was last, the local time. All of it is lent, so that planning stays a pure function of what is known.
import type { RouteSettings } from '../../contract/settings.ts';
import type { ProviderFacts } from './types.ts';

export type Day = NonNullable<NonNullable<RouteSettings['match']['time']>['days']>[number];

export interface LocalTime {
  /** Since local midnight, 0 to 1439. */
  readonly minutes: number;
  readonly day: Day;
}

/** How one place stands. */
export interface PlaceHealth {
  readonly available: boolean;
  /** When it may be tried again, milliseconds since the epoch; null while it is available. */
  readonly until: number | null;
  /** Why it is left alone, to be read after "rests after", like `529`; empty while it is available. */
  readonly why: string;
  /** When it last failed or ended a rest, milliseconds since the epoch; null when nothing is known against it. */
  readonly troubledAt: number | null;
}

/** Where a session's last answer came from. */
export interface StickyPlace {
  readonly provider: string;
  readonly model: string;
  readonly key: string;
  /** Prompt tokens that the provider had in its cache then. */
  readonly cachedTokens: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface RouteKnowledge {
  readonly providers: (id: string) => ProviderFacts | null;
  /** The provider that answers when nothing is configured. */
  readonly fallback: string;
  readonly health: (provider: string, key: string, model: string) => PlaceHealth;
  /** Recent milliseconds to the first token; null when unknown. */
  readonly speed: (provider: string, model: string) => number | null;
  /** Estimated nano-dollars of this turn. */
  readonly cost: (provider: string, model: string, promptTokens: number, cachedTokens: number) => number;
  /** By `sessionKey`. */
  readonly sticky: (session: string) => StickyPlace | null;
  readonly localTime: (at: number) => LocalTime;
}

/** How long providers keep a prompt cache that nobody reads. */
export const CACHE_MS = 5 * 60_000;
