// How the attempts of an exchange tell the health book what happened to them. Count requests and refusals by a budget
// say nothing about a provider and are not reported here (T74).
import type { Candidate } from '../router/types.ts';
import type { HealthBook, Lease } from './health-book.ts';
import { judgeBreak, judgeStatus, readRetryAfter } from './judge-failure.ts';

/** Enough for an error's own words. */
const MOST_TEXT_BYTES = 16 * 1024;

/** Places are told apart as objects: each plan makes its own, and each is told the end of once. */
export class AttemptReports {
  readonly #book: HealthBook;
  readonly #now: () => number;
  readonly #leases = new Map<Candidate, Lease>();

  constructor(book: HealthBook, now: () => number) {
    this.#book = book;
    this.#now = now;
  }

  /** False when the place has begun to rest since it was planned: with another one left, that one is better. */
  mayBegin(place: Candidate): boolean {
    return this.#book.look(place, this.#now()).available;
  }

  began(place: Candidate): void {
    this.#leases.set(place, this.#book.begin(place, this.#now()));
  }

  /** A good answer has begun. */
  started(place: Candidate, firstByteMs: number): void {
    this.#with(place, (lease, now) => this.#book.started(lease, firstByteMs, now));
  }

  /** A good answer is complete. */
  answered(place: Candidate, firstByteMs: number): void {
    this.#end(place, (lease, now) => {
      this.#book.started(lease, firstByteMs, now);
      this.#book.report(lease, { kind: 'answered' }, now);
    });
  }

  /** `body`: what was read of the answer. */
  refused(place: Candidate, status: number, headers: readonly string[], body: Buffer): void {
    this.#end(place, (lease, now) => {
      const text = body.toString('utf8', 0, MOST_TEXT_BYTES);
      const failure = judgeStatus(status, readRetryAfter(headers, now), text);
      if (failure === null) this.#book.release(lease);
      else this.#book.report(lease, { kind: 'failed', ...failure }, now);
    });
  }

  /** No answer, or one that broke off. */
  failed(place: Candidate, reason: string): void {
    this.#end(place, (lease, now) =>
      this.#book.report(lease, { kind: 'failed', ...judgeBreak(reason) }, now),
    );
  }

  /** Ended without a word about the provider. */
  leftOpen(place: Candidate): void {
    this.#end(place, (lease) => this.#book.release(lease));
  }

  #with(place: Candidate, work: (lease: Lease, now: number) => void): void {
    const lease = this.#leases.get(place);
    if (lease !== undefined) work(lease, this.#now());
  }

  #end(place: Candidate, work: (lease: Lease, now: number) => void): void {
    this.#with(place, work);
    this.#leases.delete(place);
  }
}
