// Gemini on Google Cloud: with an API key in express mode, or in a project with a service account, an access token or the
// machine's own sign-in.
import process from 'node:process';
import type { LanguageModelV4 } from '@ai-sdk/provider';
import { GatewayError } from '../../gateway-error.ts';
import type { ModelAdapter, ModelSetup } from '../../translation/types.ts';
import { GoogleTokens } from '../claude-elsewhere/google-tokens.ts';
import { changeOptions } from '../translated/change-options.ts';
import {
  countGeminiTokens,
  geminiOptions,
  geminiTraits,
  oneTurnEach,
  searchOrFunctions,
} from '../translated/gemini.ts';
import { vertexModels } from './models.ts';

const DEFAULT_LOCATION = 'global';

/** How a service account's file, its base64 form and access tokens begin; an API key begins with none of these. */
const cloudCredential = /^(\{|ey|ew|ya29\.)/;

/** The key for express mode; null for any other way of signing in. */
export function expressKey(secret: string | null): string | null {
  const text = secret?.trim() ?? '';
  return text === '' || cloudCredential.test(text) ? null : text;
}

/** The address up to `/models/…` in express mode, which knows no projects. */
const expressBase = (baseUrl: string): string =>
  baseUrl.includes('/publishers/')
    ? baseUrl
    : `${baseUrl === '' ? 'https://aiplatform.googleapis.com' : baseUrl}/v1/publishers/google`;

/** The address up to `/models/…` in a project. */
export function projectBase(baseUrl: string, project: string, location: string): string {
  if (baseUrl.includes('/publishers/')) return baseUrl;
  const origin = baseUrl === '' ? `https://${hostOf(location)}` : baseUrl;
  return `${origin}/v1beta1/projects/${project}/locations/${location}/publishers/google`;
}

function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com';
  if (location === 'eu' || location === 'us') return `aiplatform.${location}.rep.googleapis.com`;
  return `${location}-aiplatform.googleapis.com`;
}

async function createModel(setup: ModelSetup): Promise<LanguageModelV4> {
  const { createGoogleVertex } = await import('@ai-sdk/google-vertex');
  const headers = { ...setup.headers };
  const fetch = oneTurnEach(setup.fetch);
  const apiKey = expressKey(setup.secret);
  if (apiKey !== null)
    return createGoogleVertex({ baseURL: expressBase(setup.baseUrl), apiKey, headers, fetch })(setup.model);
  const secret = setup.secret?.trim() ?? '';
  const tokens = new GoogleTokens({
    provider: 'vertex-gemini',
    env: process.env,
    keyFile: setup.options['keyFile'],
    fetch: setup.fetch,
  });
  const right = async () => tokens.of(secret === '' ? null : secret);
  const location = setup.options['location'] ?? DEFAULT_LOCATION;
  const project = setup.options['project'] ?? process.env['GOOGLE_CLOUD_PROJECT'] ?? (await right()).project;
  if (project === null)
    throw new GatewayError(
      'PROVIDER_UNUSABLE',
      'Vertex AI needs to know the Google Cloud project: set the option "project" of the provider.',
    );
  return createGoogleVertex({
    baseURL: projectBase(setup.baseUrl, project, location),
    // With a key the package signs in nowhere itself; the token then takes the key's place.
    apiKey: 'unused',
    headers,
    fetch: withToken(fetch, async () => (await right()).token),
  })(setup.model);
}

function withToken(fetch: typeof globalThis.fetch, token: () => Promise<string>): typeof globalThis.fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.delete('x-goog-api-key');
    headers.set('authorization', `Bearer ${await token()}`);
    return fetch(input, { ...init, headers: Object.fromEntries(headers) });
  };
}

export const vertexGeminiAdapter: ModelAdapter = {
  createModel: async (setup) =>
    changeOptions(await createModel(setup), searchOrFunctions(setup.name ?? setup.model)),

  traits: geminiTraits,
  // The package reads them under the name for AI Studio too.
  providerOptions: geminiOptions,

  countTokens: (request, setup) =>
    countGeminiTokens(vertexGeminiAdapter, request, setup, ({ contents, systemInstruction, tools }) => ({
      contents,
      systemInstruction,
      tools,
    })),

  // Vertex lists its models to nobody but a signed-in project owner, and then all publishers' at once.
  listModels: () => Promise.resolve(vertexModels),
};
