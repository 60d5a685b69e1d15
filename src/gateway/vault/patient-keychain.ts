// Limits how long anybody waits for the system keychain. A keychain that asks its user can stay silent for minutes, and
// its calls cannot be taken back: they hold a thread each, so never more than one is under way.
import { KeychainFailure } from './keychain.ts';
import type { Keychain } from './keychain.ts';

export class PatientKeychain {
  readonly #keychain: Keychain;
  readonly #limitMs: number;
  #last: Promise<unknown> = Promise.resolve();
  /** A call outlived its limit and has not come back. */
  #stuck = false;

  constructor(keychain: Keychain, limitMs: number) {
    this.#keychain = keychain;
    this.#limitMs = limitMs;
  }

  /** `onLate` hears of an answer that came after the limit. */
  read(account: string, onLate?: (text: string | null) => void): Promise<string | null> {
    return this.#call((keychain) => keychain.read(account), onLate);
  }

  write(account: string, text: string): Promise<void> {
    return this.#call((keychain) => keychain.write(account, text));
  }

  remove(account: string): Promise<boolean> {
    return this.#call((keychain) => keychain.remove(account));
  }

  /** Calls run one after another; behind one that is stuck nobody queues. */
  async #call<T>(start: (keychain: Keychain) => Promise<T>, onLate?: (value: T) => void): Promise<T> {
    const before = this.#last;
    const turn = Promise.withResolvers<void>();
    this.#last = turn.promise;
    try {
      await before;
      if (this.#stuck) throw silence(this.#limitMs);
      return await this.#within(start(this.#keychain), onLate);
    } finally {
      turn.resolve();
    }
  }

  async #within<T>(call: Promise<T>, onLate?: (value: T) => void): Promise<T> {
    const limit = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#stuck = true;
      call.then(
        (value) => {
          this.#stuck = false;
          onLate?.(value);
        },
        () => {
          this.#stuck = false;
        },
      );
      limit.reject(silence(this.#limitMs));
    }, this.#limitMs).unref();
    try {
      return await Promise.race([call, limit.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function silence(limitMs: number): KeychainFailure {
  return new KeychainFailure('silent', `no answer within ${limitMs} ms`);
}
