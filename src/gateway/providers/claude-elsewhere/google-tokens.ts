// Access tokens for Google Cloud: from a service account's key file, from what gcloud left on the machine, or a token given
// as the secret itself. Google's own library does the exchange; it is loaded at the first request that needs it.
import { readFile } from 'node:fs/promises';
import type { AuthClient } from 'google-auth-library';
import type { UpstreamContext } from '../provider.ts';
import { unusable } from './unusable.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

export interface GoogleRight {
  readonly token: string;
  /** The project the credential belongs to, when it says so. */
  readonly project: string | null;
}

export interface GooglePlaces {
  readonly provider: string;
  readonly env: UpstreamContext['env'];
  /** Path of a service account's key file; used when there is no secret. */
  readonly keyFile: string | undefined;
  /** How Google is asked for tokens. */
  readonly fetch: typeof globalThis.fetch;
}

type Account = Readonly<Record<string, unknown>>;

interface OpenedRight {
  readonly client: AuthClient;
  readonly project: string | null;
}

export class GoogleTokens {
  readonly #places: GooglePlaces;
  /** Clients keep their token until it runs out; one per secret, since keys are changed while Tollgate runs. */
  #opened: { readonly secret: string | null; readonly right: Promise<OpenedRight> } | null = null;

  constructor(places: GooglePlaces) {
    this.#places = places;
  }

  /** Throws PROVIDER_UNUSABLE with what was looked for. */
  async of(secret: string | null): Promise<GoogleRight> {
    const account = secret === null ? null : parseAccount(fromBase64(secret));
    if (secret !== null && account === null) return { token: secret, project: null };
    try {
      if (this.#opened?.secret !== secret) this.#opened = { secret, right: this.#open(account) };
      const { client, project } = await this.#opened.right;
      const { token } = await client.getAccessToken();
      if (token === null || token === undefined || token === '') throw new Error('Google gave no token');
      return { token, project: project ?? client.projectId ?? null };
    } catch (error) {
      this.#opened = null;
      const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
      throw unusable(
        this.#places.provider,
        `Google Cloud gave no access token (${why ?? ''}); give it a service account’s key, or sign in with "gcloud auth application-default login"`,
      );
    }
  }

  async #open(given: Account | null): Promise<OpenedRight> {
    const { keyFile, env } = this.#places;
    const path = keyFile ?? env['GOOGLE_APPLICATION_CREDENTIALS'];
    const account = given ?? (path === undefined ? null : parseAccount(await readFile(path, 'utf8')));
    const client = account === null ? null : await this.#clientOf(account);
    if (client !== null) return { client, project: projectOf(account) };
    if (given !== null || keyFile !== undefined)
      throw new Error('the key is neither a service account’s nor gcloud’s own');
    const { GoogleAuth } = await import('google-auth-library');
    const auth = new GoogleAuth({ scopes: [SCOPE], clientOptions: this.#clientOptions() });
    // The project is in gcloud's settings, not in the credential.
    return { client: await auth.getClient(), project: await auth.getProjectId().catch(() => null) };
  }

  /** Null for other kinds of credentials, which only Google's library reads. */
  async #clientOf(account: Account): Promise<AuthClient | null> {
    const { JWT, UserRefreshClient } = await import('google-auth-library');
    const text = (name: string): string => (typeof account[name] === 'string' ? account[name] : '');
    if (account['type'] === 'authorized_user') {
      return new UserRefreshClient({
        clientId: text('client_id'),
        clientSecret: text('client_secret'),
        refreshToken: text('refresh_token'),
        ...this.#clientOptions(),
      });
    }
    if (text('client_email') === '' || text('private_key') === '') return null;
    const [email, key] = [text('client_email'), text('private_key')];
    return new JWT({ email, key, scopes: [SCOPE], ...this.#clientOptions() });
  }

  #clientOptions(): { transporterOptions: { fetchImplementation: typeof globalThis.fetch } } {
    return { transporterOptions: { fetchImplementation: this.#places.fetch } };
  }
}

/** Vaults and variables take one line; a key file has many. */
const fromBase64 = (secret: string): string =>
  secret.startsWith('{') ? secret : Buffer.from(secret, 'base64').toString('utf8');

/** A credential file's content; null for anything else. */
function parseAccount(text: string): Account | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Account) : null;
  } catch {
    return null;
  }
}

function projectOf(account: Account | null): string | null {
  const project = account?.['project_id'] ?? account?.['quota_project_id'];
  return typeof project === 'string' ? project : null;
}
