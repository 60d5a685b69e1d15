// The request as it goes upstream: the client's path, query, headers and bytes, with the provider's credential in the
// place of the client's. Shared by everything that is passed on, so that no path can leak a local key.
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../gateway-error.ts';
import type { ByteParts } from '../lib/byte-parts.ts';
import type { Credential } from '../providers/credential.ts';
import type { Provider } from '../providers/providers.ts';
import type { UpstreamRequest } from '../providers/provider.ts';
import { bearerToken, forwardedRequestHeaders, headerValue } from '../providers/request-headers.ts';

interface BuildOptions {
  readonly provider: Provider;
  readonly credential: Credential;
  /** True for a value that opens Tollgate's own door. */
  readonly isLocalKey: (value: string) => boolean;
  readonly request: IncomingMessage;
  readonly body: ByteParts | null;
  /** The model the client asked for. */
  readonly asked: string | null;
  /** The model in the body. */
  readonly model: string | null;
}

/** Throws PROVIDER_UNUSABLE when the provider wants the caller's own login and the caller sent none. */
export function buildUpstreamRequest(options: BuildOptions): UpstreamRequest {
  const { provider, credential, isLocalKey, request } = options;
  const raw = request.rawHeaders;
  if (credential.kind === 'client' && !carriesOwnLogin(raw, isLocalKey)) {
    throw new GatewayError(
      'PROVIDER_UNUSABLE',
      `The provider "${provider.id}" uses your own Claude login, but this request carries none: put the local key into x-tollgate-key and keep Claude Code signed in.`,
    );
  }
  const ownCredential = credential.kind === 'secret' ? provider.descriptor.authorize(credential.secret) : [];
  // A document is a secret too, for providers that sign in with one; it never enters a header line.
  if (ownCredential.some((text) => /[^\x20-\x7e]/.test(text))) {
    throw new GatewayError(
      'PROVIDER_UNUSABLE',
      `The key of the provider "${provider.id}" cannot be sent: it is no key but a document. Store the provider's key instead.`,
    );
  }
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    path: request.url ?? '/',
    headers: forwardedRequestHeaders(raw, {
      credential: ownCredential,
      keepClientCredential: credential.kind === 'client',
      isLocalKey,
    }),
    body: options.body,
    secret: credential.kind === 'secret' ? credential.secret : null,
    asked: options.asked,
    model: options.model,
  };
}

function carriesOwnLogin(raw: readonly string[], isLocalKey: (value: string) => boolean): boolean {
  return ['authorization', 'x-api-key'].some((name) => {
    const value = headerValue(raw, name);
    return value !== null && !isLocalKey(bearerToken(value) ?? value);
  });
}
