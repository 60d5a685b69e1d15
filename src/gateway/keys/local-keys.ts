// Local keys: one per client, one for control. They only open this gateway's own door. Kept in a 0600 file of the data
// folder; the first client's key in plain, since Claude Code's settings and the ready line need it, the others hashed.
import { hash, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ClientView } from '../../contract/rows.ts';
import { GatewayError, StartError } from '../gateway-error.ts';
import { writeFileAtomic } from '../lib/write-file-atomic.ts';

/** Id of the client that every data folder begins with. */
export const FIRST_CLIENT = 'claude-code';

const KeyFile = z.strictObject({
  version: z.literal(1),
  controlKey: z.string().min(32),
  clients: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      createdAt: z.number().int(),
      keyEnd: z.string(),
      hash: z.string().length(64),
      /** Only the first client's key is kept readable. */
      key: z.string().optional(),
    }),
  ),
});
type KeyFile = z.infer<typeof KeyFile>;
type StoredClient = KeyFile['clients'][number];

interface KeySources {
  readonly randomBytes: (length: number) => Buffer;
  readonly now: () => number;
}

/** The keys of one data folder. Creates the file, with a control key and the first client, when there is none. */
export class LocalKeys {
  readonly #path: string;
  readonly #sources: KeySources;
  #file: KeyFile;
  #byHash = new Map<string, StoredClient>();
  #controlDigest: Buffer;
  /** Changes whenever a key was added or revoked: what was found out before no longer counts. */
  version = 0;

  /** Throws StartError when the file is damaged. */
  constructor(path: string, sources: KeySources) {
    this.#path = path;
    this.#sources = sources;
    const known = readKeys(path);
    this.#file = known ?? {
      version: 1,
      controlKey: `tgc-${sources.randomBytes(32).toString('base64url')}`,
      clients: [this.#makeClient(FIRST_CLIENT, 'Claude Code', true).stored],
    };
    this.#controlDigest = digest(this.#file.controlKey);
    if (known === null) this.#save(this.#file);
    else this.#index();
  }

  get controlKey(): string {
    return this.#file.controlKey;
  }

  /** The key Claude Code uses; made anew when it was revoked. */
  firstClientKey(): string {
    const first = this.#file.clients.find((client) => client.id === FIRST_CLIENT);
    if (first?.key !== undefined) return first.key;
    const made = this.#makeClient(FIRST_CLIENT, 'Claude Code', true);
    const others = this.#file.clients.filter((client) => client.id !== FIRST_CLIENT);
    this.#save({ ...this.#file, clients: [made.stored, ...others] });
    return made.key;
  }

  /**
   * The client that holds this key, or null. The look-up compares digests of the presented key, so its time says
   * nothing about any stored key.
   */
  identify(key: string): ClientView | null {
    const client = this.#byHash.get(hashOf(key));
    return client === undefined ? null : viewOf(client);
  }

  isControlKey(key: string): boolean {
    return timingSafeEqual(digest(key), this.#controlDigest);
  }

  list(): ClientView[] {
    return this.#file.clients.map(viewOf);
  }

  add(name: string): { client: ClientView; key: string } {
    const made = this.#makeClient(uniqueId(name, this.#file.clients), name, false);
    this.#save({ ...this.#file, clients: [...this.#file.clients, made.stored] });
    return { client: viewOf(made.stored), key: made.key };
  }

  /** Throws UNKNOWN_NAME when there is no such client. */
  revoke(id: string): void {
    const clients = this.#file.clients.filter((client) => client.id !== id);
    if (clients.length === this.#file.clients.length) {
      const ids = clients.map((client) => client.id);
      throw new GatewayError(
        'UNKNOWN_NAME',
        `There is no client "${id}"; known: ${ids.join(', ') || 'none'}.`,
      );
    }
    this.#save({ ...this.#file, clients });
  }

  #makeClient(id: string, name: string, keepKey: boolean): { stored: StoredClient; key: string } {
    const key = `tg-${this.#sources.randomBytes(24).toString('base64url')}`;
    const stored = { id, name, createdAt: this.#sources.now(), keyEnd: key.slice(-4), hash: hashOf(key) };
    return { stored: keepKey ? { ...stored, key } : stored, key };
  }

  #save(next: KeyFile): void {
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    const suffix = this.#sources.randomBytes(6).toString('hex');
    writeFileAtomic(this.#path, `${JSON.stringify(next, null, 2)}\n`, 0o600, suffix);
    this.#file = next;
    this.#index();
  }

  #index(): void {
    this.version++;
    this.#byHash = new Map(this.#file.clients.map((client) => [client.hash, client]));
  }
}

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
const hashOf = (key: string): string => hash('sha256', key, 'hex');

function viewOf(client: StoredClient): ClientView {
  return { id: client.id, name: client.name, createdAt: client.createdAt, keyEnd: client.keyEnd };
}

function uniqueId(name: string, clients: readonly StoredClient[]): string {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'client';
  const taken = new Set(clients.map((client) => client.id));
  if (!taken.has(base)) return base;
  let number = 2;
  while (taken.has(`${base}-${number}`)) number++;
  return `${base}-${number}`;
}

function readKeys(path: string): KeyFile | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartError(`the key file ${path} cannot be read (${(error as Error).message})`);
  }
  const parsed = KeyFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new StartError(
    `the key file ${path} is damaged; move it away and start again: new keys are made, then connect again.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
