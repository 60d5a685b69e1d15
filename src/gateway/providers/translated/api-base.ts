// Addresses as people paste them: with a method's path at the end, or without the version a server keeps its API under.
import { GatewayError } from '../../gateway-error.ts';

const methods = /(\/(chat\/completions|completions|responses|models|embeddings|messages))+$/;

/** The address that method paths are appended to. `version`, like `/v1`, is added to an address without any path. */
export function apiBase(baseUrl: string, version: string): string {
  const url = addressOf(baseUrl);
  const path = url.pathname.replace(/\/+$/, '').replace(methods, '').replace(/\/+$/, '');
  return `${url.origin}${path === '' ? version : path}`;
}

/** Scheme, host and port: where a local server keeps what is not part of its OpenAI-compatible API. */
export const originOf = (baseUrl: string): string => addressOf(baseUrl).origin;

/** Throws PROVIDER_UNUSABLE for a provider whose address only the user knows and nobody wrote down. */
export function addressOf(baseUrl: string): URL {
  const url = URL.parse(baseUrl);
  if (url !== null) return url;
  throw new GatewayError('PROVIDER_UNUSABLE', 'The provider has no address: set its "baseUrl".');
}
