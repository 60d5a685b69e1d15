// The vault: secrets by id, sealed in one file of the data folder with a key that the system keychain holds. Looking
// one up never waits; changes run one after another, each on disk before it counts. Opened secrets live in memory only.
import type { SecretView } from '../../contract/vault.ts';
import { GatewayError } from '../gateway-error.ts';
import { KeychainFailure, sayKeychainProblem } from './keychain.ts';
import type { KeychainProblem } from './keychain.ts';
import { KeyRing } from './key-ring.ts';
import type { KeyRingParts, SealingKey } from './key-ring.ts';
import { openSealed, sealSecret } from './seal.ts';
import type { SecretSource, SecretState } from './secret-source.ts';
import type { KeyPlace, StoredSecret } from './vault-files.ts';
import { notWritten, sayNoKey, sayState, storeAgain } from './vault-words.ts';

const MOST_SECRETS = 200;
/** Shorter ones would be half shown by their last four characters. */
const SHORTEST_SHOWN = 12;

export class Vault implements SecretSource {
  readonly #parts: Omit<KeyRingParts, 'onChange'>;
  readonly #ring: KeyRing;
  #listener: () => void = () => {};
  #secrets = new Map<string, StoredSecret>();
  /** Second half of a sentence about the file; null when it is in order. */
  #fileProblem: string | null = null;
  readonly #opened = new Map<string, string>();
  /** Why the last secret went to the file instead of the keychain. */
  #keychainProblem: KeychainProblem | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  /** Reads the files; asks no keychain yet. A vault that cannot be read is a warning, never a refused start. */
  constructor(parts: Omit<KeyRingParts, 'onChange'>) {
    this.#parts = parts;
    this.#ring = new KeyRing({ ...parts, onChange: () => this.#listener() });
    try {
      for (const path of parts.files.tidy()) parts.log.warn({ path }, 'vault-rights-narrowed');
    } catch (error) {
      parts.log.warn({ code: (error as NodeJS.ErrnoException).code }, 'vault-not-tidied');
    }
    const read = parts.files.readSecrets();
    if (read.ok) this.#adopt(read.secrets);
    else this.#fileProblem = read.why;
  }

  /** `listener` hears when the keychain has answered. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  look(id: string): SecretState {
    const opened = this.#opened.get(id);
    if (opened !== undefined) return { kind: 'ready', secret: opened };
    if (this.#fileProblem !== null) return this.#unreadable(this.#fileProblem);
    const stored = this.#secrets.get(id);
    if (stored === undefined) {
      return {
        kind: 'unusable',
        why: `nothing is stored in the vault as "${id}"`,
        mend: `Store it in the window or with "tollgate vault set ${id}".`,
      };
    }
    const key = this.#ring.look(stored.key);
    if (key === 'waiting') return { kind: 'waiting' };
    if (typeof key === 'string') return sayNoKey(id, stored.key, key);
    const secret = openSealed(key, id, stored.sealed);
    if (secret === null) {
      return { kind: 'unusable', why: `the vault's entry "${id}" is damaged`, mend: storeAgain(id) };
    }
    this.#opened.set(id, secret);
    return { kind: 'ready', secret };
  }

  /** Stores or replaces. Throws CONFLICT, with nothing changed, when it cannot be stored as safely as the others. */
  set(id: string, secret: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#assertReadable();
      if (!this.#secrets.has(id) && this.#secrets.size >= MOST_SECRETS) {
        throw new GatewayError(
          'CONFLICT',
          `The vault holds at most ${MOST_SECRETS} secrets; remove one first.`,
        );
      }
      const before = this.#places();
      const sealing = await this.#sealingKey(before);
      const next = this.#movedTo(sealing);
      next.set(id, {
        id,
        key: sealing.place,
        sealed: sealSecret(sealing.key, id, secret, this.#parts.randomBytes),
        end: secret.length < SHORTEST_SHOWN ? '' : secret.slice(-4),
        changedAt: this.#parts.now(),
      });
      try {
        await this.#save(next);
      } catch (error) {
        if (!before.has(sealing.place)) await this.#ring.drop(sealing.place);
        throw error;
      }
      this.#keychainProblem = sealing.keychainProblem;
      this.#opened.set(id, secret);
      this.#parts.log.info({ id, place: backendOf(sealing.place) }, 'vault-secret-stored');
    });
  }

  /** Throws UNKNOWN_NAME when there is no such secret. */
  remove(id: string): Promise<void> {
    return this.#inTurn(async () => {
      this.#assertReadable();
      const next = new Map(this.#secrets);
      if (!next.delete(id)) {
        throw new GatewayError('UNKNOWN_NAME', `Nothing is stored in the vault as "${id}".`);
      }
      await this.#save(next);
      this.#parts.log.info({ id }, 'vault-secret-removed');
    });
  }

  has(id: string): boolean {
    return this.#secrets.has(id);
  }

  /** In the order of their ids. `usedBy`: who names a secret. */
  list(usedBy: (id: string) => string[]): SecretView[] {
    return [...this.#secrets.values()]
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .map((stored) => {
        const state = this.look(stored.id);
        return {
          id: stored.id,
          end: stored.end,
          backend: backendOf(stored.key),
          changedAt: stored.changedAt,
          usedBy: usedBy(stored.id),
          problem: sayState(state),
        };
      });
  }

  /** Sentences for the user. */
  warnings(): string[] {
    if (this.#fileProblem !== null) {
      const { why, mend } = this.#unreadable(this.#fileProblem);
      return [`No stored secret can be used: ${why}. ${mend}`];
    }
    const exposed = [...this.#secrets.values()]
      .filter((stored) => stored.key === 'file')
      .map(({ id }) => `"${id}"`);
    if (exposed.length === 0) return [];
    const because = this.#keychainProblem === null ? '' : `, as ${sayKeychainProblem(this.#keychainProblem)}`;
    return [
      `Stored secrets are in an encrypted file, not in the system keychain${because}: ${exposed.join(', ')}. A program that reads your files can open them. Store one again when a keychain works, and all of them move there.`,
    ];
  }

  /** What failed may be tried again at once. */
  retry(): void {
    this.#ring.forgetFailures();
  }

  /** Resolves when the keychain has answered what was asked last, or its time is up. */
  settled(): Promise<void> {
    return this.#ring.settled();
  }

  #unreadable(why: string): { kind: 'unusable'; why: string; mend: string } {
    const { secretsPath } = this.#parts.files;
    return {
      kind: 'unusable',
      why: `the vault ${secretsPath} ${why}`,
      mend: 'Mend it or move it away, start Tollgate again, and store the secrets again.',
    };
  }

  #assertReadable(): void {
    if (this.#fileProblem === null) return;
    const { why, mend } = this.#unreadable(this.#fileProblem);
    throw new GatewayError('CONFLICT', `Nothing was changed: ${why}. ${mend}`);
  }

  #places(): Set<KeyPlace> {
    return new Set([...this.#secrets.values()].map(({ key }) => key));
  }

  async #sealingKey(inUse: ReadonlySet<KeyPlace>): Promise<SealingKey> {
    try {
      return await this.#ring.forSealing([...inUse]);
    } catch (error) {
      if (!(error instanceof KeychainFailure)) throw notWritten(error);
      throw new GatewayError(
        'CONFLICT',
        `Nothing was stored: ${sayKeychainProblem(error.problem)}. A keychain protects what was stored before, and this must not be kept with less: make it reachable and try again, or remove those secrets first.`,
        error,
      );
    }
  }

  /** The secrets as they are, those without a keychain sealed anew when there is one now. */
  #movedTo(sealing: SealingKey): Map<string, StoredSecret> {
    const next = new Map(this.#secrets);
    if (sealing.place === 'file') return next;
    for (const stored of next.values()) {
      if (stored.key !== 'file') continue;
      const state = this.look(stored.id);
      if (state.kind !== 'ready') continue;
      const sealed = sealSecret(sealing.key, stored.id, state.secret, this.#parts.randomBytes);
      next.set(stored.id, { ...stored, key: sealing.place, sealed });
    }
    return next;
  }

  /** Keys that open nothing any more go after the file that needed them, so that a crash between leaves no secret shut. */
  async #save(next: ReadonlyMap<string, StoredSecret>): Promise<void> {
    const idle = this.#places();
    try {
      this.#parts.files.writeSecrets([...next.values()]);
    } catch (error) {
      throw notWritten(error);
    }
    this.#adopt(next.values());
    for (const place of this.#places()) idle.delete(place);
    for (const place of idle) await this.#ring.drop(place);
  }

  #adopt(secrets: Iterable<StoredSecret>): void {
    this.#secrets = new Map([...secrets].map((stored) => [stored.id, stored]));
    this.#opened.clear();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

const backendOf = (place: KeyPlace): 'keychain' | 'file' => (place === 'file' ? 'file' : 'keychain');
