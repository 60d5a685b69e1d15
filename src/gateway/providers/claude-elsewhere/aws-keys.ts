// Where the right to call AWS comes from: an API key sent as it is, access keys in a secret or in the environment, or what
// the AWS tools find on the machine (profiles, single sign-on, roles). The finder is loaded only when it is needed.
import type { UpstreamContext } from '../provider.ts';
import { unusable } from './unusable.ts';

export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export type AwsRight =
  { readonly kind: 'api-key'; readonly key: string } | { readonly kind: 'keys'; readonly keys: AwsKeys };

type Environment = UpstreamContext['env'];
type KeyFinder = () => Promise<AwsKeys>;

export interface AwsPlaces {
  readonly provider: string;
  readonly env: Environment;
  /** Name of a profile in the AWS configuration; wins over keys in the environment. */
  readonly profile: string | undefined;
  /** Variable that holds an API key. */
  readonly apiKeyVariable: string;
  /** Looks where the AWS tools look; given in tests. */
  readonly createFinder?: (profile: string | undefined) => Promise<KeyFinder>;
}

/** `ID:SECRET` or `ID:SECRET:SESSION`, as pasted into the vault. */
const keyPair = /^((?:AKIA|ASIA)[A-Z0-9]{12,124}):([A-Za-z0-9/+=]{16,}?)(?::([A-Za-z0-9/+=]+))?$/;

/** Remembers the finder: it keeps temporary keys until they run out. */
export class AwsRights {
  readonly #places: AwsPlaces;
  #finder: Promise<KeyFinder> | null = null;

  constructor(places: AwsPlaces) {
    this.#places = places;
  }

  /** Throws PROVIDER_UNUSABLE with what was looked for. */
  async of(secret: string | null): Promise<AwsRight> {
    if (secret !== null) return readSecret(secret);
    const { env, profile, apiKeyVariable } = this.#places;
    const apiKey = env[apiKeyVariable]?.trim() ?? '';
    if (profile === undefined && apiKey !== '') return { kind: 'api-key', key: apiKey };
    const own = profile === undefined ? keysOf(env) : null;
    return { kind: 'keys', keys: own ?? (await this.#find(profile ?? env['AWS_PROFILE'])) };
  }

  async #find(profile: string | undefined): Promise<AwsKeys> {
    const { provider, apiKeyVariable, createFinder = findWhereAwsDoes } = this.#places;
    try {
      this.#finder ??= createFinder(profile);
      const finder = await this.#finder;
      return await finder();
    } catch (error) {
      this.#finder = null;
      const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
      throw unusable(
        provider,
        `no AWS credentials were found (${why ?? ''}); store an API key, set ${apiKeyVariable}, or sign in with "aws sso login"`,
      );
    }
  }
}

function readSecret(secret: string): AwsRight {
  const [, accessKeyId, secretAccessKey, sessionToken] = keyPair.exec(secret) ?? [];
  if (accessKeyId === undefined || secretAccessKey === undefined) return { kind: 'api-key', key: secret };
  return {
    kind: 'keys',
    keys: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
}

function keysOf(env: Environment): AwsKeys | null {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'] ?? '';
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY'] ?? '';
  const sessionToken = env['AWS_SESSION_TOKEN'] ?? '';
  if (accessKeyId === '' || secretAccessKey === '') return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

async function findWhereAwsDoes(profile: string | undefined): Promise<KeyFinder> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const provider = defaultProvider(profile === undefined ? {} : { profile });
  return () => provider();
}
