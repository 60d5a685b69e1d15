// One circuit breaker: closed, open for a while after failures, then half open for a single probe at a time, closed again
// by the first success. The clock is passed in.

/** Longer with every opening in a row. */
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 5 * 60_000;
const MOST_FAILURES = 3;

export type BreakerState = 'closed' | 'open' | 'half-open' | 'probing';

/** A request's pass through one breaker. */
export interface Pass {
  readonly breaker: Breaker;
  readonly epoch: number;
  /** This request is the probe. */
  probes: boolean;
}

export class Breaker {
  #failures = 0;
  #opened = 0;
  /** Counts openings; what began before the latest says nothing about now. */
  #epoch = 0;
  #restUntil: number | null = null;
  #probe: Pass | null = null;
  #why = '';
  #failedAt: number | null = null;

  state(now: number): BreakerState {
    if (this.#restUntil === null) return 'closed';
    if (now < this.#restUntil) return 'open';
    return this.#probe === null ? 'half-open' : 'probing';
  }

  /** When the present or last rest ends; null while closed. */
  get restUntil(): number | null {
    return this.#restUntil;
  }

  /** What it opened after; empty while closed. */
  get why(): string {
    return this.#restUntil === null ? '' : this.#why;
  }

  /** When it last failed, or when its last rest ended or will end. */
  get troubledAt(): number | null {
    return this.#restUntil === null ? this.#failedAt : Math.max(this.#restUntil, this.#failedAt ?? 0);
  }

  /** A request begins. While half open the first one becomes the probe; while open it has no special part. */
  enter(now: number): Pass {
    const probes = this.state(now) === 'half-open';
    const pass: Pass = { breaker: this, epoch: this.#epoch, probes };
    if (pass.probes) this.#probe = pass;
    return pass;
  }

  /** The request says nothing about this breaker any more. */
  leave(pass: Pass): void {
    if (this.#probe === pass) this.#probe = null;
    pass.probes = false;
  }

  succeed(pass: Pass): void {
    this.leave(pass);
    if (pass.epoch !== this.#epoch) return;
    this.#failedAt = this.troubledAt;
    this.#failures = 0;
    this.#opened = 0;
    this.#restUntil = null;
  }

  /** `rest`: milliseconds that were asked for or are known; `backoff` opens at once, `count` at the third in a row. */
  fail(pass: Pass, rest: number | 'backoff' | 'count', why: string, now: number): void {
    this.leave(pass);
    const isStale = pass.epoch !== this.#epoch;
    if (typeof rest === 'number') {
      // Of requests that were refused together the longest rest counts.
      this.#open(Math.max(now + rest, this.#restUntil ?? 0), why, now, !isStale);
      return;
    }
    if (isStale) return;
    this.#failures++;
    this.#failedAt = now;
    if (rest === 'backoff' || this.#failures >= MOST_FAILURES || this.#restUntil !== null) {
      this.#open(now + Math.min(FIRST_REST_MS * 2 ** this.#opened, LONGEST_REST_MS), why, now, true);
    }
  }

  #open(until: number, why: string, now: number, counts: boolean): void {
    this.#restUntil = until;
    this.#failedAt = now;
    this.#why = why;
    if (!counts) return;
    this.#opened++;
    this.#epoch++;
    this.#failures = 0;
  }
}
