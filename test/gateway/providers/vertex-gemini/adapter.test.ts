// Gemini on Vertex AI: who signs in how, and where that leads.
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import {
  expressKey,
  projectBase,
  vertexGeminiAdapter,
} from '../../../../src/gateway/providers/vertex-gemini/adapter.ts';
import { helloOptions, helloRequest, record, sent, setupOf } from '../translated/recording.ts';
import type { Answer, Call } from '../translated/recording.ts';

const answer: Answer = () => ({
  json: { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }] },
});
const call = (setup: Partial<Call['setup']>, rest: Partial<Call> = {}) =>
  sent(vertexGeminiAdapter, { setup: { model: 'gemini-3.5-flash', baseUrl: '', ...setup }, answer, ...rest });
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const account = JSON.stringify({
  type: 'service_account',
  client_email: 'gemini@acme.example',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  project_id: 'acme',
});

describe('a call', () => {
  it('with an API key goes to express mode, which needs no project', async () => {
    const { url, headers } = await call({ secret: 'AQ.key' });
    expect(url).toBe(
      'https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-3.5-flash:generateContent',
    );
    expect(headers['x-goog-api-key']).toBe('AQ.key');
    expect(headers).not.toHaveProperty('authorization');
  });

  it('with an access token goes to the project, and takes no key along', async () => {
    const { url, headers } = await call({
      secret: 'ya29.token',
      options: { project: 'acme', location: 'europe-west4' },
    });
    expect(url).toBe(
      'https://europe-west4-aiplatform.googleapis.com/v1beta1/projects/acme/locations/europe-west4/publishers/google/models/gemini-3.5-flash:generateContent',
    );
    expect(headers['authorization']).toBe('Bearer ya29.token');
    expect(headers).not.toHaveProperty('x-goog-api-key');
  });

  it('T118: tells the model to think in its own words', async () => {
    const { body } = await call({ secret: 'AQ.key' }, { wish: { effort: 'low', showThinking: true } });
    expect(body['generationConfig']).toMatchObject({
      thinkingConfig: { thinkingLevel: 'low', includeThoughts: true },
    });
  });
});

describe('signing in', () => {
  it('is told by the looks of the secret', () => {
    expect(expressKey('AIzaSyKey')).toBe('AIzaSyKey');
    expect(expressKey(' AQ.key ')).toBe('AQ.key');
    for (const other of [null, '', 'ya29.a0Af', account, Buffer.from(account).toString('base64')])
      expect(expressKey(other)).toBeNull();
  });

  it('as a service account exchanges its key for a token, and takes the project from it', async () => {
    const { fetch, requests } = record((request) =>
      request.url.includes('oauth2')
        ? { json: { access_token: 'ya29.fresh', expires_in: 3600 } }
        : answer(request),
    );
    const setup = setupOf({ model: 'gemini-3.5-flash', baseUrl: '', secret: account, fetch });
    await (await vertexGeminiAdapter.createModel(setup)).doGenerate(helloOptions);
    const last = requests.at(-1);
    expect(last?.url).toBe(
      'https://aiplatform.googleapis.com/v1beta1/projects/acme/locations/global/publishers/google/models/gemini-3.5-flash:generateContent',
    );
    expect(last?.headers['authorization']).toBe('Bearer ya29.fresh');
    expect(await vertexGeminiAdapter.countTokens?.(helloRequest, setup).catch(() => 'failed')).toBeNull();
    expect(requests.at(-1)?.url).toMatch(/:countTokens$/);
  });

  it('asks for the project where nothing names it', async () => {
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', undefined);
    await expect(call({ secret: 'ya29.token' })).rejects.toThrow('set the option "project"');
    vi.unstubAllEnvs();
  });

  it('leads to the host of the location, or to the address given', () => {
    expect(projectBase('', 'acme', 'eu')).toMatch(
      /^https:\/\/aiplatform\.eu\.rep\.googleapis\.com\/v1beta1\/projects\/acme\//,
    );
    expect(projectBase('https://proxy.example.com', 'acme', 'global')).toBe(
      'https://proxy.example.com/v1beta1/projects/acme/locations/global/publishers/google',
    );
  });
});

it('T73: counts natively at the model’s own address', async () => {
  const { fetch, requests } = record(() => ({ json: { totalTokens: 9 } }));
  const setup = setupOf({ model: 'gemini-3.5-flash', baseUrl: '', secret: 'AQ.key', fetch });
  expect(await vertexGeminiAdapter.countTokens?.(helloRequest, setup)).toBe(9);
  expect(requests[0]?.url).toMatch(/gemini-3\.5-flash:countTokens$/);
  expect(Object.keys(requests[0]?.body ?? {}).sort()).toEqual(['contents', 'systemInstruction']);
});
