// Which of the client's headers go upstream. Open lists: everything but the connection's own headers, the client's
// credentials and what is Tollgate's alone (P3, P6); the provider's credential is put in their place.

/** Names in lower case. Most headers differ from all of them in length and are not looked at further. */
class HeaderNames {
  readonly #names: ReadonlySet<string>;
  readonly #lengths: ReadonlySet<number>;

  constructor(names: readonly string[]) {
    this.#names = new Set(names);
    this.#lengths = new Set(names.map((name) => name.length));
  }

  has(name: string): boolean {
    return this.#lengths.has(name.length) && this.#names.has(name.toLowerCase());
  }
}

const connectionNames = [
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
] as const;

/** Set anew for the upstream by the HTTP client, or private to the browser or to Tollgate. */
const privateNames = ['host', 'content-length', 'cookie', 'origin', 'accept-encoding'] as const;

const connectionHeaders = new HeaderNames(connectionNames);
const notForwarded = new HeaderNames([...connectionNames, ...privateNames]);
const credentialHeaders = new HeaderNames(['authorization', 'x-api-key']);

const LETTER_X = 0x78;
const isOurs = (name: string): boolean =>
  (name.charCodeAt(0) | 0x20) === LETTER_X && name.toLowerCase().startsWith('x-tollgate-');

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
    if (notForwarded.has(name) || isOurs(name) || listed?.has(name.toLowerCase()) === true) continue;
    if (credentialHeaders.has(name) && !mayPass(value, rules)) continue;
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
    const name = raw[index] as string;
    if (connectionHeaders.has(name) || listed?.has(name.toLowerCase()) === true) continue;
    headers.push(name, raw[index + 1] as string);
  }
  return headers;
}

/** Headers that a `Connection:` header declares to be the connection's own. */
function connectionListed(raw: readonly string[]): ReadonlySet<string> | null {
  let listed: Set<string> | null = null;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (!isNamed(raw[index] as string, 'connection') || raw[index + 1] === 'keep-alive') continue;
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

/** True for the header of this name; `lower` is the name in lower case. */
export function isNamed(name: string, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower;
}

/** First value of a header in a raw list; `lower` is the name in lower case. */
export function headerValue(raw: readonly string[], lower: string): string | null {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (isNamed(raw[index] as string, lower)) return raw[index + 1] as string;
  }
  return null;
}
