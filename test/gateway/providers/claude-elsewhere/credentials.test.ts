// Where the right to call a cloud comes from, and what is said when there is none.
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AwsRights } from '../../../../src/gateway/providers/claude-elsewhere/aws-keys.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';
import type { AwsPlaces } from '../../../../src/gateway/providers/claude-elsewhere/aws-keys.ts';
import { GoogleTokens } from '../../../../src/gateway/providers/claude-elsewhere/google-tokens.ts';

const env = {
  AWS_ACCESS_KEY_ID: 'AKIAENVENVENVENV0001',
  AWS_SECRET_ACCESS_KEY: 'env-secret',
  AWS_SESSION_TOKEN: 'session',
};
const found = { accessKeyId: 'AKIAPROFILE000000001', secretAccessKey: 'profile-secret' };

function rights(places: Partial<AwsPlaces>): AwsRights {
  return new AwsRights({
    provider: 'b',
    env: {},
    profile: undefined,
    apiKeyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
    ...places,
  });
}

describe('AWS', () => {
  it('a secret is an API key, or a pair of access keys when it looks like one', async () => {
    expect(await rights({}).of('bedrock-key')).toEqual({ kind: 'api-key', key: 'bedrock-key' });
    const pair = 'AKIAFAKEFAKEFAKE0001:fakeFAKEfake0123456789+/fakeFAKEfake0123';
    expect(await rights({}).of(pair)).toEqual({
      kind: 'keys',
      keys: {
        accessKeyId: 'AKIAFAKEFAKEFAKE0001',
        secretAccessKey: 'fakeFAKEfake0123456789+/fakeFAKEfake0123',
      },
    });
    expect(await rights({}).of(`${pair}:sess+ion/=`)).toMatchObject({ keys: { sessionToken: 'sess+ion/=' } });
  });

  it('without a secret the environment comes first: its API key, then its access keys', async () => {
    expect(await rights({ env: { ...env, AWS_BEARER_TOKEN_BEDROCK: 'k' } }).of(null)).toEqual({
      kind: 'api-key',
      key: 'k',
    });
    expect(await rights({ env }).of(null)).toEqual({
      kind: 'keys',
      keys: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: 'env-secret', sessionToken: 'session' },
    });
  });

  it('a profile named in the settings wins, and its finder is opened once', async () => {
    const asked: (string | undefined)[] = [];
    const own = rights({
      env: { ...env, AWS_BEARER_TOKEN_BEDROCK: 'k' },
      profile: 'work',
      createFinder: async (profile) => {
        asked.push(profile);
        return async () => found;
      },
    });
    expect(await own.of(null)).toEqual({ kind: 'keys', keys: found });
    await own.of(null);
    expect(asked).toEqual(['work']);
  });

  it('when nothing is found, one sentence says what to do, and the next request looks again', async () => {
    let tries = 0;
    const own = rights({
      createFinder: async () => async () => {
        if (++tries === 1) throw new Error('Could not load credentials\nfrom any providers');
        return found;
      },
    });
    await expect(own.of(null)).rejects.toMatchObject({
      code: 'PROVIDER_UNUSABLE',
      message: expect.stringMatching(/Could not load credentials\).*aws sso login/) as string,
    });
    expect(await own.of(null)).toEqual({ kind: 'keys', keys: found });
  });
});

describe('Google Cloud', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const account = {
    type: 'service_account',
    project_id: 'acme-1',
    client_email: 'bot@acme-1.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };

  function tokens(answer: () => Response): { tokens: GoogleTokens; asked: string[] } {
    const asked: string[] = [];
    const fetch = async (input: string | URL | Request): Promise<Response> => {
      asked.push(input instanceof Request ? input.url : String(input));
      return answer();
    };
    return { tokens: new GoogleTokens({ provider: 'v', env: {}, keyFile: undefined, fetch }), asked };
  }
  const granted = (): Response =>
    Response.json({ access_token: 'ya29.granted', expires_in: 3600, token_type: 'Bearer' });

  it('a token is sent as it is', async () => {
    expect(await tokens(granted).tokens.of('ya29.given')).toEqual({ token: 'ya29.given', project: null });
  });

  it.each([
    ['as it is', JSON.stringify(account)],
    ['in base64', Buffer.from(JSON.stringify(account)).toString('base64')],
  ])(
    'a service account’s key, %s, is exchanged for a token once, over the provider’s own connections',
    async (_, secret) => {
      const own = tokens(granted);
      expect(await own.tokens.of(secret)).toEqual({ token: 'ya29.granted', project: 'acme-1' });
      await own.tokens.of(secret);
      expect(own.asked).toHaveLength(1);
      expect(own.asked[0]).toMatch(/^https:\/\/(?:oauth2|www)\.googleapis\.com\//);
    },
  );

  it('without a secret a key file is read: the one in the settings, else the one the environment names', async () => {
    const folder = await createTemporaryFolder();
    const path = join(folder.path, 'key.json');
    await writeFile(path, JSON.stringify(account));
    const fetch = async (): Promise<Response> => granted();
    const fromSettings = new GoogleTokens({ provider: 'v', env: {}, keyFile: path, fetch });
    expect(await fromSettings.of(null)).toMatchObject({ token: 'ya29.granted' });
    const env = { GOOGLE_APPLICATION_CREDENTIALS: path };
    const fromEnvironment = new GoogleTokens({ provider: 'v', env, keyFile: undefined, fetch });
    expect(await fromEnvironment.of(null)).toEqual({ token: 'ya29.granted', project: 'acme-1' });
    const other = join(folder.path, 'other.json');
    await writeFile(other, '{"type":"unheard_of"}');
    const unknown = new GoogleTokens({ provider: 'v', env: {}, keyFile: other, fetch });
    await expect(unknown.of(null)).rejects.toMatchObject({ code: 'PROVIDER_UNUSABLE' });
    await folder.remove();
  });

  it('gcloud’s own sign-in is a credential too', async () => {
    const user = {
      type: 'authorized_user',
      client_id: 'c',
      client_secret: 's',
      refresh_token: 'r',
      quota_project_id: 'q-1',
    };
    expect(await tokens(granted).tokens.of(JSON.stringify(user))).toEqual({
      token: 'ya29.granted',
      project: 'q-1',
    });
  });

  it('a refused exchange says what to do, and holds nothing of the key', async () => {
    const own = tokens(() =>
      Response.json({ error: 'invalid_grant', error_description: 'Invalid JWT' }, { status: 400 }),
    );
    const error = await own.tokens.of(JSON.stringify(account)).catch((one: unknown) => one as Error);
    expect(error).toMatchObject({ code: 'PROVIDER_UNUSABLE' });
    expect((error as Error).message).toContain('gcloud auth application-default login');
    expect((error as Error).message).not.toContain('PRIVATE KEY');
  });
});
