// The local door: which Host and Origin may call, and which key opens which lock. Keys are compared by digest, never by
// their characters (a connection's further requests only with the key that the same connection gave before), and nothing
// is answered before the door was passed.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { ClientView } from '../../contract/rows.ts';
import { GatewayError } from '../gateway-error.ts';
import type { LocalKeys } from '../keys/local-keys.ts';
import { bearerToken } from '../providers/request-headers.ts';

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'] as const;
const LINK_LIFE_MS = 10 * 60 * 1000;
const MOST_OPEN_LINKS = 50;

/** Everything in a request that could be a local key, most specific header first. */
export function presentedKeys(request: IncomingMessage): string[] {
  const keys: string[] = [];
  const add = (value: string | string[] | undefined): void => {
    if (typeof value === 'string' && value !== '') keys.push(value);
  };
  add(request.headers['x-tollgate-key']);
  const authorization = request.headers.authorization;
  if (authorization !== undefined) add(bearerToken(authorization) ?? undefined);
  add(request.headers['x-api-key']);
  return keys;
}

interface GuardOptions {
  readonly keys: LocalKeys;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
}

export class Guard {
  readonly #options: GuardOptions;
  readonly #links = new Map<string, number>();
  /** The key that each connection opened the door with: it is digested once, and again after any change of the keys. */
  readonly #opened = new WeakMap<Socket, { key: string; client: ClientView; keyVersion: number }>();
  #hosts: ReadonlySet<string> = new Set();
  #origins: ReadonlySet<string> = new Set();
  #port = 0;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** Call once the port is known. */
  listensOn(port: number): void {
    this.#port = port;
    const names = loopbackNames.map((name) => `${name}:${port}`);
    // Port 80 is left out of Host and Origin by clients.
    const hosts = port === 80 ? [...names, ...loopbackNames] : names;
    this.#hosts = new Set(hosts);
    this.#origins = new Set(hosts.map((host) => `http://${host}`));
  }

  /** Lets clients in that still use an earlier port; the window is not served there. */
  alsoListensOn(port: number): boolean {
    this.#hosts = new Set([...this.#hosts, ...loopbackNames.map((name) => `${name}:${port}`)]);
    return true;
  }

  /** Throws HOST_REFUSED or ORIGIN_REFUSED: a web page reached us, by its own origin or by a rebound name. */
  checkOrigin(request: IncomingMessage): void {
    const host = request.headers.host?.toLowerCase();
    if (host === undefined || !this.#hosts.has(host)) {
      throw new GatewayError(
        'HOST_REFUSED',
        `Tollgate answers only as 127.0.0.1:${this.#port} or localhost:${this.#port}.`,
      );
    }
    const origin = request.headers.origin;
    if (origin !== undefined && !this.#origins.has(origin.toLowerCase())) {
      throw new GatewayError('ORIGIN_REFUSED', 'Tollgate does not answer web pages of other origins.');
    }
  }

  /** The client whose key the request carries. Throws KEY_REFUSED. */
  identifyClient(request: IncomingMessage): ClientView {
    const presented = presentedKeys(request);
    const { keys } = this.#options;
    const known = this.#opened.get(request.socket);
    if (known !== undefined && known.keyVersion === keys.version && known.key === presented[0])
      return known.client;
    for (const key of presented) {
      const client = keys.identify(key);
      if (client === null) continue;
      // Only the first of several keys is remembered: it decides alone, whatever else a request carries.
      if (key === presented[0]) this.#opened.set(request.socket, { key, client, keyVersion: keys.version });
      return client;
    }
    throw new GatewayError(
      'KEY_REFUSED',
      presented.length === 0
        ? 'This request carries no Tollgate key. Run "tollgate connect", or send a key from "tollgate key add" as Authorization: Bearer.'
        : 'Tollgate does not know this key (it may have been revoked). Run "tollgate connect" again, or use a key from "tollgate key add".',
    );
  }

  /** Throws KEY_REFUSED unless the request carries the control key or, from our own window, its cookie. */
  checkControl(request: IncomingMessage): void {
    if (presentedKeys(request).some((key) => this.#options.keys.isControlKey(key))) return;
    if (this.#hasCookie(request)) {
      // A cookie travels by itself; a page of another origin must not be able to use it.
      if (request.method === 'GET' || request.headers.origin !== undefined) return;
    }
    throw new GatewayError(
      'KEY_REFUSED',
      'Open the window again from the tray, or run "tollgate status" for a fresh link.',
    );
  }

  /** Throws KEY_REFUSED unless the request carries the status line's key or may do more than that. */
  checkStatusLine(request: IncomingMessage): void {
    if (presentedKeys(request).some((key) => sameSecret(key, this.statusLineKey))) return;
    this.checkControl(request);
  }

  /** Opens the status line and nothing else: it may lie in files that a stranger's program comes to read. */
  get statusLineKey(): string {
    return `tgs-${createHmac('sha256', this.#options.keys.controlKey).update('statusline').digest('base64url')}`;
  }

  #hasCookie(request: IncomingMessage): boolean {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
    const wanted = `${this.cookieName}=`;
    const cookies = (request.headers.cookie ?? '').split(/; */);
    return cookies.some(
      (cookie) => cookie.startsWith(wanted) && sameSecret(cookie.slice(wanted.length), this.#cookieValue),
    );
  }

  /** Cookies know no port, so the name carries it. */
  get cookieName(): string {
    return `tollgate_${this.#port}`;
  }

  get #cookieValue(): string {
    return createHmac('sha256', this.#options.keys.controlKey).update('window').digest('base64url');
  }

  /** `Set-Cookie` value that opens the window for this browser. */
  get setCookie(): string {
    return `${this.cookieName}=${this.#cookieValue}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000`;
  }

  /** The secret part of a fresh one-time link; good for ten minutes and one use. */
  createLink(): string {
    const now = this.#options.now();
    for (const [link, until] of this.#links) if (until < now) this.#links.delete(link);
    const oldest = this.#links.keys().next();
    if (this.#links.size >= MOST_OPEN_LINKS && oldest.done !== true) this.#links.delete(oldest.value);
    const link = this.#options.randomBytes(24).toString('base64url');
    this.#links.set(link, now + LINK_LIFE_MS);
    return link;
  }

  /** True once per link. */
  useLink(link: string): boolean {
    const until = this.#links.get(link);
    this.#links.delete(link);
    return until !== undefined && until >= this.#options.now();
  }
}

function sameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
