// A gateway that someone else runs: requests and answers pass byte for byte; only its model list is put into Anthropic's
// shape when it has another.
import type { ProviderSetup, Upstream, UpstreamContext } from '../provider.ts';
import { untouched } from './body-rules.ts';
import { DirectPlace } from './direct-place.ts';
import { ElsewhereUpstream } from './elsewhere-upstream.ts';
import { openAddress } from './unusable.ts';

/** `missing`: what to do when there is no address. */
export function createRelayUpstream(
  setup: ProviderSetup,
  context: UpstreamContext,
  missing: string,
): Upstream {
  const wire = openAddress(setup, context, setup.baseUrl, missing);
  const place = new DirectPlace({
    setup,
    rules: { ...untouched, placeName: 'The gateway' },
    models: [],
    listPath: null,
  });
  const lists = new ElsewhereUpstream(place, { messages: wire, control: wire });
  return {
    send(request, listener) {
      const isList = request.method === 'GET' && /^\/v1\/models(?:\?|$)/.test(request.path);
      return (isList ? lists : wire).send(request, listener);
    },
    retire: () => wire.retire(),
    destroy: () => wire.destroy(),
  };
}
