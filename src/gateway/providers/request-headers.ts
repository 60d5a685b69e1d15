// Which of the client's headers go upstream. Open lists: everything but the connection's own headers, the client's
// credentials and what is Tollgate's alone (P3, P6); the provider's credential is put in their place.

const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** Set anew for the upstream by the HTTP client, or private to the browser or to Tollgate. */
const notForwarded: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'cookie',
  'origin',
  'accept-encoding',
]);

const credentialHeaders: ReadonlySet<string> = new Set(['authorization', 'x-api-key']);

export interface HeaderRules {
  /** Credential headers of the provider, name and value alternating. */
  readonly credential: readonly string[];
  /** True lets the client's own credential through (subscription logins), except values that are local keys. */
  readonly keepClientCredential: boolean;
  /** True for a value that opens Tollgate's own door; it must never leave the machine. */
  readonly isLocalKey: (value: string) => boolean;
}

/** `raw` alternates name and value as Node received them; so does the result. Pure. */
export function forwardedRequestHeaders(raw: readonly string[], rules: HeaderRules): string[] {
  const listed = connectionListed(raw);
  const headers: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] as string;
    const value = raw[index + 1] as string;
    const lower = name.toLowerCase();
    if (connectionHeaders.has(lower) || notForwarded.has(lower) || listed?.has(lower) === true) continue;
    if (lower.startsWith('x-tollgate-')) continue;
    if (credentialHeaders.has(lower) && !mayPass(value, rules)) continue;
    headers.push(name, value);
  }
  // Bytes are relayed as they come and read on the side, so plain bytes are asked for (P20).
  headers.push('accept-encoding', 'identity', ...rules.credential);
  return headers;
}

function mayPass(value: string, rules: HeaderRules): boolean {
  return rules.keepClientCredential && !rules.isLocalKey(bearerToken(value) ?? value);
}

/** Response headers that reach the client: all but the connection's own. Pure. */
export function forwardedResponseHeaders(raw: readonly string[]): string[] {
  const listed = connectionListed(raw);
  const headers: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const lower = (raw[index] as string).toLowerCase();
    if (connectionHeaders.has(lower) || listed?.has(lower) === true) continue;
    headers.push(raw[index] as string, raw[index + 1] as string);
  }
  return headers;
}

/** Headers that a `Connection:` header declares to be the connection's own. */
function connectionListed(raw: readonly string[]): ReadonlySet<string> | null {
  let listed: Set<string> | null = null;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if ((raw[index] as string).toLowerCase() !== 'connection') continue;
    for (const name of (raw[index + 1] as string).split(',')) {
      listed ??= new Set();
      listed.add(name.trim().toLowerCase());
    }
  }
  return listed;
}

/** The token of `Bearer TOKEN`, or null. */
export function bearerToken(value: string): string | null {
  return /^Bearer +(\S+) *$/i.exec(value)?.[1] ?? null;
}

/** First value of a header in a raw list; `lower` is the name in lower case. */
export function headerValue(raw: readonly string[], lower: string): string | null {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if ((raw[index] as string).toLowerCase() === lower) return raw[index + 1] as string;
  }
  return null;
}
