// The keys that seal the vault's secrets: in the system keychain where one works, else in a private file. A key that was
// fetched stays in memory, so a keychain that locks later stops no request; one that cannot be fetched is asked for
// again, ever more rarely, since asking may put a question on the user's screen.
import type { Log } from '../gateway-host.ts';
import { KeychainFailure } from './keychain.ts';
import type { Keychain, KeychainProblem } from './keychain.ts';
import { PatientKeychain } from './patient-keychain.ts';
import { KEY_BYTES } from './seal.ts';
import type { KeyPlace, VaultFiles } from './vault-files.ts';

export interface KeyRingParts {
  readonly files: VaultFiles;
  /** Null where the host lends none. */
  readonly keychain: Keychain | null;
  /** How long one answer of the keychain may take. */
  readonly keychainLimitMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
  readonly log: Log;
  /** A key arrived, or could not be had. */
  readonly onChange: () => void;
}

/** `gone`: the place answers, but there is no such key. */
export type KeyProblem = KeychainProblem | 'gone';

interface Attempt {
  /** Null while the keychain is being asked. */
  readonly problem: KeyProblem | null;
  readonly tries: number;
  readonly nextAt: number;
}

export interface SealingKey {
  readonly place: KeyPlace;
  readonly key: Buffer;
  /** Why the keychain is not used; null when it is. */
  readonly keychainProblem: KeychainProblem | null;
}

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 1_800_000;
const IN_KEYCHAIN = 'keychain:';

const absentKeychain: Keychain = {
  read: () => Promise.reject(new KeychainFailure('absent', 'none is used')),
  write: () => Promise.reject(new KeychainFailure('absent', 'none is used')),
  remove: () => Promise.reject(new KeychainFailure('absent', 'none is used')),
};

export class KeyRing {
  readonly #parts: KeyRingParts;
  readonly #keychain: PatientKeychain;
  readonly #keys = new Map<KeyPlace, Buffer>();
  readonly #attempts = new Map<KeyPlace, Attempt>();
  #fetching: Promise<unknown> = Promise.resolve();

  constructor(parts: KeyRingParts) {
    this.#parts = parts;
    this.#keychain = new PatientKeychain(parts.keychain ?? absentKeychain, parts.keychainLimitMs);
  }

  /** The key, `waiting` while it is fetched, or why it cannot be had. Starts fetching when that is due. */
  look(place: KeyPlace): Buffer | 'waiting' | KeyProblem {
    const known = this.#keys.get(place);
    if (known !== undefined) return known;
    if (place === 'file') {
      const key = this.#parts.files.readKey();
      if (key === null) return 'gone';
      this.#keys.set(place, key);
      return key;
    }
    const attempt = this.#attempts.get(place);
    if (attempt === undefined || (attempt.problem !== null && this.#parts.now() >= attempt.nextAt)) {
      this.#fetching = this.#fetch(place).catch(() => undefined);
    }
    return this.#attempts.get(place)?.problem ?? 'waiting';
  }

  /** Resolves when the keychain has answered what was asked last, or its time is up. */
  async settled(): Promise<void> {
    await this.#fetching;
  }

  /** The user looks at the vault, or mended something: what failed may be tried again at once. */
  forgetFailures(): void {
    for (const [place, attempt] of this.#attempts) {
      if (attempt.problem !== null) this.#attempts.delete(place);
    }
  }

  /**
   * A key to seal with. `inUse`: places of the keys that seal secrets now. Without a working keychain it is the one in
   * the file, but never when the keychain protects secrets already: that rejects with KeychainFailure.
   */
  async forSealing(inUse: readonly KeyPlace[]): Promise<SealingKey> {
    const places = inUse.filter((place) => place !== 'file');
    try {
      for (const place of places) {
        const key = this.#keys.get(place) ?? (await this.#fetch(place));
        if (key !== null) return { place, key, keychainProblem: null };
      }
      return { ...(await this.#makeInKeychain()), keychainProblem: null };
    } catch (error) {
      if (!(error instanceof KeychainFailure) || places.length > 0) throw error;
      this.#logFailure(error);
      return { place: 'file', key: this.#fileKey(), keychainProblem: error.problem };
    }
  }

  /** Removes a key that seals nothing any more. Never rejects: one that cannot be removed is worthless. */
  async drop(place: KeyPlace): Promise<void> {
    this.#keys.delete(place);
    this.#attempts.delete(place);
    try {
      if (place === 'file') this.#parts.files.removeKey();
      else await this.#keychain.remove(accountOf(place));
    } catch (error) {
      this.#logFailure(error);
    }
  }

  /** Null when the keychain answers that it has no such key. Rejects with KeychainFailure. */
  async #fetch(place: KeyPlace): Promise<Buffer | null> {
    const tries = (this.#attempts.get(place)?.tries ?? 0) + 1;
    this.#attempts.set(place, { problem: null, tries, nextAt: 0 });
    try {
      const text = await this.#keychain.read(accountOf(place), (late) => this.#adopt(place, late, tries));
      return this.#adopt(place, text, tries);
    } catch (error) {
      this.#logFailure(error);
      this.#failed(place, error instanceof KeychainFailure ? error.problem : 'refused', tries);
      throw error;
    }
  }

  #adopt(place: KeyPlace, text: string | null, tries: number): Buffer | null {
    const key = text === null ? null : Buffer.from(text, 'base64');
    if (key?.length !== KEY_BYTES) {
      this.#failed(place, 'gone', tries);
      return null;
    }
    this.#keys.set(place, key);
    this.#attempts.delete(place);
    this.#parts.onChange();
    return key;
  }

  #failed(place: KeyPlace, problem: KeyProblem, tries: number): void {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10));
    this.#attempts.set(place, { problem, tries, nextAt: this.#parts.now() + pause });
    this.#parts.onChange();
  }

  /** Only a keychain that wrote, read and removed an entry before our eyes is trusted with a new key. */
  async #makeInKeychain(): Promise<{ place: KeyPlace; key: Buffer }> {
    const name = this.#parts.randomBytes(8).toString('hex');
    const probe = this.#parts.randomBytes(KEY_BYTES).toString('base64');
    await this.#writeAndRead(`probe-${name}`, probe);
    if (!(await this.#keychain.remove(`probe-${name}`))) {
      throw new KeychainFailure('refused', 'an entry just written could not be removed');
    }
    const key = this.#parts.randomBytes(KEY_BYTES);
    await this.#writeAndRead(`vault-${name}`, key.toString('base64'));
    const place: KeyPlace = `${IN_KEYCHAIN}vault-${name}`;
    this.#keys.set(place, key);
    return { place, key };
  }

  async #writeAndRead(account: string, text: string): Promise<void> {
    await this.#keychain.write(account, text);
    if ((await this.#keychain.read(account)) !== text) {
      throw new KeychainFailure('refused', 'an entry just written did not come back');
    }
  }

  /** The key in memory goes before the one on disk: it is the one that opens what was sealed. */
  #fileKey(): Buffer {
    const { files, randomBytes } = this.#parts;
    const onDisk = files.readKey();
    const key = this.#keys.get('file') ?? onDisk ?? randomBytes(KEY_BYTES);
    if (onDisk === null || !onDisk.equals(key)) files.writeKey(key);
    this.#keys.set('file', key);
    return key;
  }

  #logFailure(error: unknown): void {
    const problem = error instanceof KeychainFailure ? error.problem : 'unknown';
    this.#parts.log.warn(
      { problem, detail: error instanceof Error ? error.message : '' },
      'vault-key-failed',
    );
  }
}

const accountOf = (place: KeyPlace): string => place.slice(IN_KEYCHAIN.length);
