// How providers fare: which of them, which of their keys and models are left alone for a while, how fast and how
// reliably they answer. A request passes three breakers (provider, key, model) and reports to the one its end concerns.
// The clock is passed in.
import type { HealthView, PartHealth } from '../../contract/routing.ts';
import type { Settings } from '../../contract/settings.ts';
import type { PlaceHealth } from '../router/knowledge.ts';
import type { Candidate } from '../router/types.ts';
import type { Breaker, Pass } from './breaker.ts';
import type { Failure, Scope } from './judge-failure.ts';
import { ProviderRecord } from './provider-record.ts';

/** One request's stay at a place; ended once, by `report` or `release`. */
export interface Lease {
  readonly place: Candidate;
  /** It is the single probe of a place whose rest is over. */
  readonly isProbe: boolean;
  readonly passes: Readonly<Record<Scope, Pass>>;
  readonly record: ProviderRecord;
  /** Its answer has begun. */
  hasStarted: boolean;
  done: boolean;
}

export type Outcome = { readonly kind: 'answered' } | ({ readonly kind: 'failed' } & Failure);

/** A provider as lists name it. */
export interface ListedProvider {
  readonly id: string;
  readonly keys: readonly string[];
}

/** Longer than any rest and any wish to stay where a session was put. */
const LONGEST_MEMORY_MS = 65 * 60_000;

const WELL: PlaceHealth = { available: true, until: null, why: '', troubledAt: null };

export class HealthBook {
  readonly #records = new Map<string, ProviderRecord>();
  readonly #fingerprints = new Map<string, string>();
  #turns = 0;
  #failedAt = -Infinity;

  /** True when no failure is recent enough to matter: then every place is available. */
  isClean(now: number): boolean {
    return now - this.#failedAt > LONGEST_MEMORY_MS;
  }

  /** Counts rests that began or ended: a view taken at another count may be out of date. */
  get turns(): number {
    return this.#turns;
  }

  /** Forgets providers that were removed or are reached in another way, with another key, than before. */
  adopt({ providers }: Pick<Settings, 'providers'>): void {
    const fingerprints = new Map(
      providers.map(({ id, type, baseUrl, credential, credentials, keyHeader, options, models, http }) => [
        id,
        JSON.stringify([type, baseUrl, credential, credentials, keyHeader, options, models, http]),
      ]),
    );
    for (const [id, before] of this.#fingerprints) {
      if (fingerprints.get(id) !== before) this.#records.delete(id);
    }
    this.#fingerprints.clear();
    for (const [id, fingerprint] of fingerprints) this.#fingerprints.set(id, fingerprint);
  }

  /** A secret was changed, stored or removed behind its reference. */
  forgetKey(key: string): void {
    for (const record of this.#records.values()) record.forgetKey(key);
  }

  /** Takes back everything that keeps requests from one provider, or from all of them (trap 51). */
  reset(provider?: string): void {
    for (const [id, record] of this.#records) {
      if (provider === undefined || id === provider) record.clearBreakers();
    }
  }

  look({ provider, key, model }: Candidate, now: number): PlaceHealth {
    const record = this.#records.get(provider);
    if (record === undefined) return WELL;
    if (this.isClean(now)) return WELL;
    const breakers = [record.provider, record.key(key), record.model(key, model)].filter(
      (one) => one !== null,
    );
    const [worst] = breakers
      .filter((breaker) => isClosedToMost(breaker, now))
      .toSorted((a, b) => (b.restUntil ?? 0) - (a.restUntil ?? 0));
    if (worst === undefined) {
      const troubles = breakers.flatMap(({ troubledAt }) => (troubledAt === null ? [] : [troubledAt]));
      return {
        available: true,
        until: null,
        why: '',
        troubledAt: troubles.length === 0 ? null : Math.max(...troubles),
      };
    }
    const until = worst.state(now) === 'open' ? worst.restUntil : null;
    return { available: false, until, why: worst.why, troubledAt: worst.troubledAt };
  }

  /** Before every attempt. A place that rests may be entered all the same when there is no better one. */
  begin(place: Candidate, now: number): Lease {
    const { provider, key, model } = place;
    const record = this.#records.get(provider) ?? new ProviderRecord();
    this.#records.set(provider, record);
    const breakers = record.breakersFor(key, model);
    const passes = {
      provider: breakers.provider.enter(now),
      key: breakers.key.enter(now),
      model: breakers.model.enter(now),
    };
    const isProbe = Object.values(passes).some(({ probes }) => probes);
    return { place, isProbe, passes, record, hasStarted: false, done: false };
  }

  /** The answer began: its speed counts, and the next request need not wait for its end to try the place. */
  started(lease: Lease, firstByteMs: number, now: number): void {
    if (lease.done || lease.hasStarted) return;
    lease.hasStarted = true;
    lease.record.noteSpeed(lease.place.model, firstByteMs, now);
    for (const pass of Object.values(lease.passes)) pass.breaker.leave(pass);
  }

  report(lease: Lease, outcome: Outcome, now: number): void {
    if (lease.done) return;
    lease.done = true;
    lease.record.noteOutcome(outcome.kind === 'answered');
    const { provider, key, model } = lease.passes;
    const before = restsOf(lease);
    if (outcome.kind === 'answered') {
      provider.breaker.succeed(provider);
      key.breaker.succeed(key);
      model.breaker.succeed(model);
    } else this.#fail(lease, outcome, now);
    if (restsOf(lease) !== before) this.#turns++;
  }

  #fail(lease: Lease, outcome: Failure, now: number): void {
    this.#failedAt = now;
    const { scope, rest, why, sentence } = outcome;
    lease.record.lastError = { at: now, sentence };
    for (const [name, pass] of Object.entries(lease.passes)) {
      if (name === scope) pass.breaker.fail(pass, rest, why, now);
      else pass.breaker.leave(pass);
    }
  }

  /** It ended without a word about the place: the client left, the request was at fault, a budget refused it. */
  release(lease: Lease): void {
    if (lease.done) return;
    lease.done = true;
    for (const pass of Object.values(lease.passes)) pass.breaker.leave(pass);
  }

  /** Recent milliseconds to the first token; null when unknown. */
  speed(provider: string, model: string, now: number): number | null {
    return this.#records.get(provider)?.speed(model, now) ?? null;
  }

  views(providers: readonly ListedProvider[], now: number): HealthView[] {
    return providers.map((provider) => viewProvider(provider, this.#records.get(provider.id), now));
  }
}

/** Tells whether a rest began or ended in between. */
const restsOf = ({ passes: { provider, key, model } }: Lease): number =>
  (provider.breaker.restUntil ?? 0) + (key.breaker.restUntil ?? 0) + (model.breaker.restUntil ?? 0);

const isClosedToMost = (breaker: Breaker, now: number): boolean =>
  ['open', 'probing'].includes(breaker.state(now));

function viewProvider(
  { id, keys }: ListedProvider,
  found: ProviderRecord | undefined,
  now: number,
): HealthView {
  const record = found ?? new ProviderRecord();
  const ofKeys = keys.map((key) => ({ key, ...viewPart(record.key(key), now) }));
  const own = viewPart(record.provider, now);
  // With all its keys at rest, a provider rests, too.
  const rested = ofKeys.every(({ state }) => state === 'resting')
    ? ofKeys.toSorted((a, b) => (a.until ?? 0) - (b.until ?? 0))[0]
    : undefined;
  const { state, until, why } = own.state === 'ready' && rested !== undefined ? rested : own;
  return {
    provider: id,
    state,
    until,
    why,
    successRate: record.successRate,
    samples: record.samples,
    lastError: record.lastError,
    keys: ofKeys,
    models: record
      .troubledModels()
      .map(({ key, model, breaker }) => ({ key, model, ...viewPart(breaker, now) })),
    speeds: record.speeds(now),
  };
}

function viewPart(breaker: Breaker | null, now: number): PartHealth {
  switch (breaker?.state(now)) {
    case undefined:
    case 'closed':
      return { state: 'ready', until: null, why: '' };
    case 'open':
      return { state: 'resting', until: breaker?.restUntil ?? null, why: breaker?.why ?? '' };
    case 'half-open':
    case 'probing':
      return { state: 'trial', until: null, why: breaker?.why ?? '' };
  }
}
