// An upstream over HTTP: the provider's address, and the keep-alive connections behind it.
import { PoolSet } from './http/pool-set.ts';
import type { ProviderSetup, Upstream, UpstreamContext } from './provider.ts';

export function createHttpUpstream(setup: ProviderSetup, context: UpstreamContext): Upstream {
  const url = new URL(setup.baseUrl);
  const prefix = url.pathname.replace(/\/+$/, '');
  const pools = new PoolSet(setup, context.env);
  const pool = pools.pool(url.origin);
  return {
    send: (request, listener) => pool.send(prefix + request.path, request, listener),
    retire: () => pools.retire(),
    destroy: async () => pools.destroy(),
  };
}
