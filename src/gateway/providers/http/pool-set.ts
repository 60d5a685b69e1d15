// The connections of one provider: a pool for each origin it talks to, opened when first asked for, with the time limits
// and the way into the network that its settings name.
import type { HttpSettings } from '../../../contract/settings.ts';
import type { ProviderSetup } from '../provider.ts';
import { chooseProxy } from './choose-proxy.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { Network, PoolLimits } from './connection-pool.ts';
import { ExtraHeaders } from './extra-headers.ts';
import { trustedAuthorities } from './trusted-authorities.ts';

const CONNECT_SECONDS = 10;
/** The client's own patience: an answer that is not streamed begins when the model has finished. */
const ANSWER_SECONDS = 600;
/** Below the idle limit of common servers and load balancers (60 s), so that few connections die under a request. */
const IDLE_MS = 30_000;

export function limitsOf(http: HttpSettings): PoolLimits {
  return {
    connectMs: (http.connectSeconds ?? CONNECT_SECONDS) * 1000,
    headersMs: (http.headersSeconds ?? ANSWER_SECONDS) * 1000,
    silenceMs: (http.silenceSeconds ?? ANSWER_SECONDS) * 1000,
    idleMs: IDLE_MS,
  };
}

export class PoolSet {
  readonly #limits: PoolLimits;
  readonly #network: Network;
  readonly #ownOrigin: string | null;
  readonly #byOrigin = new Map<string, ConnectionPool>();
  #retired = false;

  constructor({ baseUrl, http }: ProviderSetup, env: Readonly<Record<string, string | undefined>>) {
    this.#limits = limitsOf(http);
    this.#ownOrigin = URL.parse(baseUrl)?.origin ?? null;
    this.#network = {
      proxyFor: (url) => chooseProxy(url, http, env),
      authorities: () => trustedAuthorities(http.caFile, env),
      headers: ExtraHeaders.of(http.headers),
    };
  }

  /** The pool of an `http:` or `https:` origin. */
  pool(origin: string): ConnectionPool {
    let pool = this.#byOrigin.get(origin);
    if (pool === undefined) {
      // Added headers may be secrets: they go to the provider's own address, and nowhere else when it has one.
      const isOwn = this.#ownOrigin === null || this.#ownOrigin === origin;
      const network = isOwn ? this.#network : { ...this.#network, headers: null };
      pool = new ConnectionPool(origin, this.#limits, network);
      this.#byOrigin.set(origin, pool);
      if (this.#retired) pool.retire();
    }
    return pool;
  }

  /** Takes no new calls; those in flight end by themselves. */
  retire(): void {
    this.#retired = true;
    for (const pool of this.#byOrigin.values()) pool.retire();
  }

  destroy(): void {
    this.#retired = true;
    for (const pool of this.#byOrigin.values()) pool.destroy();
  }
}
