// A keychain in memory that can be told to misbehave at any of its calls.
import { KeychainFailure } from '../../../src/gateway/vault/keychain.ts';
import type { Keychain, KeychainProblem } from '../../../src/gateway/vault/keychain.ts';

export type KeychainCall = { readonly operation: 'read' | 'write' | 'remove'; readonly account: string };
/** What a call does instead of its work. `hang` never answers, until `release`. */
type Fault = KeychainProblem | 'hang' | 'lie';

export class MemoryKeychain implements Keychain {
  readonly entries = new Map<string, string>();
  readonly calls: KeychainCall[] = [];
  /** Decides for each call, by its number from 1; null lets it work. */
  fault: (call: KeychainCall, number: number) => Fault | null = () => null;
  #waiting: (() => void)[] = [];

  /** Lets every hanging call do its work now. */
  release(): void {
    for (const go of this.#waiting.splice(0)) go();
  }

  read(account: string): Promise<string | null> {
    return this.#run({ operation: 'read', account }, () => this.entries.get(account) ?? null, null);
  }

  write(account: string, text: string): Promise<void> {
    return this.#run({ operation: 'write', account }, () => void this.entries.set(account, text), undefined);
  }

  remove(account: string): Promise<boolean> {
    return this.#run({ operation: 'remove', account }, () => this.entries.delete(account), false);
  }

  async #run<T>(call: KeychainCall, work: () => T, lie: T): Promise<T> {
    const fault = this.fault(call, this.calls.push(call));
    if (fault === 'hang') await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else if (fault === 'lie') return lie;
    else if (fault !== null) throw new KeychainFailure(fault, 'as the test says');
    return work();
  }
}
