// Resolves where a provider's secret is (`vault:ID`, `env:NAME`, `file:PATH`, `client`, `none`) to the secret, afresh for
// each request, so that a changed key works at once.
import { readFileSync, statSync } from 'node:fs';
import { GatewayError } from '../gateway-error.ts';
import { isUsableSecret } from '../vault/acceptable-secret.ts';
import type { SecretSource } from '../vault/secret-source.ts';

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
  readonly #vault: SecretSource;
  readonly #files = new Map<string, CachedFile>();
  /** Reading a variable of the process is slow, and nobody can change it from outside. */
  readonly #variables = new Map<string, Credential>();

  constructor(env: Environment, vault: SecretSource) {
    this.#env = env;
    this.#vault = vault;
  }

  /**
   * Throws PROVIDER_UNUSABLE with what is missing and what to do, PROVIDER_NOT_READY while the system keychain is being
   * asked. Begins to fetch what is not in memory yet.
   */
  resolve(provider: string, reference: string): Credential {
    if (reference === 'none') return { kind: 'none' };
    if (reference === 'client') return { kind: 'client' };
    const known = this.#variables.get(reference);
    if (known !== undefined) return known;
    const [kind, place] = splitReference(reference);
    const secret = this.#read(provider, kind, place);
    // A line break would end the header line; the HTTP client would refuse it with a less helpful word.
    if (!isUsableSecret(secret)) {
      throw unusable(provider, `the key in ${reference} has characters no key has`, 'Mend it');
    }
    const credential: Credential = { kind: 'secret', secret };
    if (kind === 'env') this.#variables.set(reference, credential);
    return credential;
  }

  #read(provider: string, kind: string, place: string): string {
    if (kind === 'vault') return this.#readVault(provider, place);
    if (kind === 'file') {
      const secret = this.#readFile(provider, place);
      if (secret !== '') return secret;
      throw unusable(provider, `the key file ${place} is empty`, 'Put the key into it');
    }
    const secret = this.#env[place]?.trim() ?? '';
    if (secret !== '') return secret;
    throw unusable(
      provider,
      `the environment variable ${place} is not set where Tollgate runs (started from a dock or menu, it does not see what your shell sets)`,
      'Store the key in Tollgate’s vault instead, or start Tollgate where the variable is set',
    );
  }

  #readVault(provider: string, id: string): string {
    const state = this.#vault.look(id);
    switch (state.kind) {
      case 'ready':
        return state.secret;
      case 'waiting':
        throw new GatewayError(
          'PROVIDER_NOT_READY',
          `The key of the provider "${provider}" is in the system keychain, which has not handed it over yet. Answer its question if one is on the screen, and try again in a moment.`,
        );
      case 'unusable':
        throw unusable(provider, state.why, state.mend.replace(/\.$/, ''));
    }
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
        'Make it readable',
      );
    }
  }
}

function splitReference(reference: string): readonly [kind: string, place: string] {
  const colon = reference.indexOf(':');
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

/** `mend` is a sentence without its full stop. */
function unusable(provider: string, why: string, mend: string): GatewayError {
  return new GatewayError(
    'PROVIDER_UNUSABLE',
    `The provider "${provider}" has no key: ${why}. ${mend}, or switch to another provider.`,
  );
}
