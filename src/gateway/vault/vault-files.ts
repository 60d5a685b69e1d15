// The vault's two files in the data folder, both private to the user: `secrets.json`, the sealed secrets, and
// `secrets.key`, the key of those that no system keychain protects. Each is replaced whole or not at all.
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { SecretId } from '../../contract/vault.ts';
import { writeFileAtomic } from '../lib/write-file-atomic.ts';
import { KEY_BYTES } from './seal.ts';

/** Which key opens a secret: the one in `secrets.key`, or the keychain entry of that account. */
export const KeyPlace = z.union([z.literal('file'), z.string().regex(/^keychain:[a-z0-9-]{1,64}$/)]);
export type KeyPlace = z.infer<typeof KeyPlace>;

const StoredSecret = z.strictObject({
  id: SecretId,
  key: KeyPlace,
  sealed: z.base64(),
  end: z.string().max(4),
  changedAt: z.number().int(),
});
export type StoredSecret = z.infer<typeof StoredSecret>;

const SecretsFile = z.strictObject({ version: z.literal(1), secrets: z.array(StoredSecret) });

/** `newVersion`: written by a later Tollgate. */
export type ReadSecrets =
  | { readonly ok: true; readonly secrets: readonly StoredSecret[] }
  | { readonly ok: false; readonly why: string };

const LARGEST_FILE = 16 * 1024 * 1024;
const OWNER_ONLY = 0o600;

export class VaultFiles {
  readonly secretsPath: string;
  readonly keyPath: string;
  readonly #folder: string;
  readonly #suffix: () => string;

  /** `suffix` makes the names of temporary files unique. */
  constructor(folder: string, suffix: () => string) {
    this.#folder = folder;
    this.#suffix = suffix;
    this.secretsPath = join(folder, 'secrets.json');
    this.keyPath = join(folder, 'secrets.key');
  }

  /**
   * Removes temporary files that a killed Tollgate left, and takes rights away that others have on the files; returns
   * the names of files whose rights were too wide. Only the gateway that holds the data folder may call this.
   */
  tidy(): string[] {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(this.#folder)) {
      if (/^secrets\.(json|key)\.[0-9a-f]+\.tmp$/.test(name))
        rmSync(join(this.#folder, name), { force: true });
    }
    if (process.platform === 'win32') return [];
    return [
      ...narrow(this.#folder, 0o700),
      ...narrow(this.secretsPath, OWNER_ONLY),
      ...narrow(this.keyPath, OWNER_ONLY),
    ];
  }

  readSecrets(): ReadSecrets {
    const text = this.#read(this.secretsPath);
    if (!text.ok) return text;
    if (text.value === null) return { ok: true, secrets: [] };
    const value = parseJson(text.value);
    if (isNewer(value)) return { ok: false, why: 'was written by a newer Tollgate' };
    const file = SecretsFile.safeParse(value);
    if (!file.success) return { ok: false, why: 'is damaged' };
    return { ok: true, secrets: file.data.secrets };
  }

  writeSecrets(secrets: readonly StoredSecret[]): void {
    this.#write(this.secretsPath, `${JSON.stringify({ version: 1, secrets }, null, 2)}\n`);
  }

  /** Null when there is none, or what is there is no key. */
  readKey(): Buffer | null {
    const text = this.#read(this.keyPath);
    if (!text.ok || text.value === null) return null;
    const key = Buffer.from(text.value.trim(), 'base64');
    return key.length === KEY_BYTES ? key : null;
  }

  /** Keeps what stands in the way, though it is no key: it may be all that is left of one. */
  writeKey(key: Buffer): void {
    if (statSync(this.keyPath, { throwIfNoEntry: false }) !== undefined) {
      renameSync(this.keyPath, `${this.keyPath}.unusable-${this.#suffix()}`);
    }
    this.#write(this.keyPath, `${key.toString('base64')}\n`);
  }

  removeKey(): void {
    rmSync(this.keyPath, { force: true });
  }

  #read(path: string): { ok: true; value: string | null } | { ok: false; why: string } {
    try {
      const size = statSync(path).size;
      if (size > LARGEST_FILE) return { ok: false, why: 'is damaged' };
      return { ok: true, value: readFileSync(path, 'utf8') };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'error';
      return code === 'ENOENT' ? { ok: true, value: null } : { ok: false, why: `cannot be read (${code})` };
    }
  }

  #write(path: string, text: string): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileAtomic(path, text, OWNER_ONLY, this.#suffix());
  }
}

function narrow(path: string, mode: number): string[] {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined || (facts.mode & 0o077) === 0) return [];
  chmodSync(path, mode);
  return [path];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isNewer(value: unknown): boolean {
  const version = (value as { version?: unknown } | null)?.version;
  return typeof version === 'number' && version > 1;
}
