// An upstream over HTTP: the provider's address, its time limits, and the keep-alive connections behind it.
import { ConnectionPool } from './http/connection-pool.ts';
import type { PoolLimits } from './http/connection-pool.ts';
import type { Upstream } from './provider.ts';

const limits: PoolLimits = {
  connectMs: 20_000,
  // The client's own limit is ten minutes.
  headersMs: 600_000,
  silenceMs: 600_000,
  // Below the idle limit of common servers and load balancers (60 s), so that few connections die under a request.
  idleMs: 30_000,
};

export function createHttpUpstream(baseUrl: string): Upstream {
  const url = new URL(baseUrl);
  const prefix = url.pathname.replace(/\/+$/, '');
  const pool = new ConnectionPool(url.origin, limits);
  return {
    send: (request, listener) => pool.send(prefix + request.path, request, listener),
    retire: () => pool.retire(),
    destroy: async () => pool.destroy(),
  };
}
