// Azure's own ways around a request of OpenAI's shape: the version in the address, one way of signing in, and an answer
// to "not found" that says what was asked for.
import { messageIn } from '../translated/get-json.ts';
import type { AzurePlace } from './place.ts';

type Fetch = typeof globalThis.fetch;

/** `entra`: the secret is a token of Entra ID, which goes where OpenAI's key goes. */
export type AzureAuth = 'api-key' | 'entra';

/** A token is a JWT; a key of Azure's never looks like one. */
export function azureAuth(options: Readonly<Record<string, string>>, secret: string | null): AzureAuth {
  const { auth } = options;
  if (auth === 'entra' || auth === 'api-key') return auth;
  return secret !== null && /^eyJ[^.]*\.[^.]+\./.test(secret) ? 'entra' : 'api-key';
}

/** One of the two, never both (T131). */
export function azureAuthHeaders(auth: AzureAuth, secret: string | null): Record<string, string> {
  if (secret === null || secret === '') return {};
  return auth === 'entra' ? { authorization: `Bearer ${secret}` } : { 'api-key': secret };
}

export function azureFetch(
  fetch: Fetch,
  place: AzurePlace,
  deployment: string,
  authHeaders: Readonly<Record<string, string>>,
): Fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    if (place.version !== null) url.searchParams.set('api-version', place.version);
    const headers = new Headers(init?.headers);
    headers.delete('authorization');
    for (const [name, value] of Object.entries(authHeaders)) headers.set(name, value);
    const response = await fetch(url.href, { ...init, headers: Object.fromEntries(headers) });
    return response.status === 404 ? explainNotFound(response, place, deployment) : response;
  };
}

/** Azure says "Resource not found" for a wrong host, a wrong deployment and a wrong version alike (T133). */
async function explainNotFound(response: Response, place: AzurePlace, deployment: string): Promise<Response> {
  const said = messageIn(await response.text()) ?? 'not found';
  const message =
    `Azure answered "${said}": check the deployment "${deployment}", the API version ` +
    `"${place.version ?? 'v1'}" and the resource "${new URL(place.endpoint).host}".`;
  return new Response(JSON.stringify({ error: { code: '404', message, type: null, param: null } }), {
    status: 404,
    headers: { 'content-type': 'application/json' },
  });
}
