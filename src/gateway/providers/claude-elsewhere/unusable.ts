// A provider that cannot be used as it is configured: the error that says why, and an upstream that answers every request
// with it, so that one wrong address does not stop the others.
import { GatewayError } from '../../gateway-error.ts';
import { createHttpUpstream } from '../send-request.ts';
import type { ProviderSetup, Upstream, UpstreamContext } from '../provider.ts';
import { PendingCall } from './pending-call.ts';

/** `why`: a clause that says what is missing and what to do. */
export const unusable = (provider: string, why: string): GatewayError =>
  new GatewayError('PROVIDER_UNUSABLE', `The provider "${provider}" cannot be used: ${why}.`);

export function unusableUpstream(error: GatewayError): Upstream {
  return {
    send(_request, listener) {
      const call = new PendingCall(listener);
      queueMicrotask(() => call.fail(error));
      return call;
    },
    retire() {},
    async destroy() {},
  };
}

/** The connections to an address; `missing` says what to do when there is none. */
export function openAddress(
  setup: ProviderSetup,
  context: UpstreamContext,
  baseUrl: string,
  missing: string,
): Upstream {
  if (!URL.canParse(baseUrl)) return unusableUpstream(unusable(setup.id, missing));
  return createHttpUpstream({ ...setup, baseUrl }, context);
}
