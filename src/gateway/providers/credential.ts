// Resolves where a provider's secret is (`env:NAME`, `file:PATH`, `client`, `none`) to the secret, afresh for each
// request, so that a changed key works at once. Secrets are held no longer than the request.
import { readFileSync, statSync } from 'node:fs';
import { GatewayError } from '../gateway-error.ts';

export type Credential =
  | { readonly kind: 'secret'; readonly secret: string }
  /** Pass the caller's own credential on. */
  | { readonly kind: 'client' }
  | { readonly kind: 'none' };

type Environment = Readonly<Record<string, string | undefined>>;

interface CachedFile {
  readonly changed: number;
  readonly secret: string;
}

/** Remembers key files by their change time, so that a request does not read them again. */
export class CredentialResolver {
  readonly #env: Environment;
  readonly #files = new Map<string, CachedFile>();
  /** Reading a variable of the process is slow, and nobody can change it from outside. */
  readonly #variables = new Map<string, Credential>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /** Throws PROVIDER_UNUSABLE with what is missing and what to do. */
  resolve(provider: string, reference: string): Credential {
    if (reference === 'none') return { kind: 'none' };
    if (reference === 'client') return { kind: 'client' };
    const known = this.#variables.get(reference);
    if (known !== undefined) return known;
    const [kind, place] = splitReference(reference);
    const secret = kind === 'env' ? this.#env[place]?.trim() : this.#readFile(provider, place);
    if (secret === undefined || secret === '') {
      const missing =
        kind === 'env'
          ? `the environment variable ${place} is not set where Tollgate runs`
          : `the key file ${place} is empty`;
      throw unusable(provider, missing);
    }
    // A line break would end the header line; undici would refuse it with a less helpful word.
    if (/[^\x21-\x7e]/.test(secret))
      throw unusable(provider, `the key in ${reference} has characters no key has`);
    const credential: Credential = { kind: 'secret', secret };
    if (kind === 'env') this.#variables.set(reference, credential);
    return credential;
  }

  #readFile(provider: string, path: string): string {
    try {
      const changed = statSync(path).mtimeMs;
      const known = this.#files.get(path);
      if (known?.changed === changed) return known.secret;
      const secret = readFileSync(path, 'utf8').trim();
      this.#files.set(path, { changed, secret });
      return secret;
    } catch (error) {
      throw unusable(
        provider,
        `the key file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
      );
    }
  }
}

function splitReference(reference: string): readonly [kind: string, place: string] {
  const colon = reference.indexOf(':');
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

function unusable(provider: string, why: string): GatewayError {
  return new GatewayError(
    'PROVIDER_UNUSABLE',
    `The provider "${provider}" has no key: ${why}. Set it and start Tollgate again, or switch to another provider.`,
  );
}
