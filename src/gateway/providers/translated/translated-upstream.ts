// An upstream that speaks another vocabulary: the Messages request becomes a call of the provider's model, and what
// the model says becomes a Messages answer. To everybody else it is an upstream like any other.
import type { ModelAdapter } from '../../translation/types.ts';
import { createFetch } from '../http/fetch-over-pool.ts';
import { unknownLimits } from '../provider.ts';
import type {
  ModelLimits,
  ProviderSetup,
  Upstream,
  UpstreamCall,
  UpstreamContext,
  UpstreamListener,
  UpstreamRequest,
} from '../provider.ts';
import { ModelCache } from './model-cache.ts';
import { prepareCall, targetOf } from './prepare-call.ts';
import type { CallParts } from './prepare-call.ts';
import { TranslatedCall } from './translated-call.ts';
import { noticeDocuments } from './whole-answer.ts';

/** Larger bodies would hold every other stream up while they are parsed and written anew. */
const LARGEST_INLINE_BODY = 256 * 1024;

/** `type` is the provider type that `adapter` belongs to, by which another thread finds it. */
export function createTranslatedUpstream(
  type: string,
  adapter: ModelAdapter,
  setup: ProviderSetup,
  context: UpstreamContext,
): Upstream {
  const transport = createFetch(setup, context);
  const parts: CallParts = {
    adapter,
    setup,
    fetch: noticeDocuments(transport.fetch),
    models: new ModelCache(adapter),
    context,
  };
  const running = new Set<TranslatedCall>();
  let closed = false;

  const start = (request: UpstreamRequest, limits: ModelLimits, listener: UpstreamListener): UpstreamCall => {
    const call = new TranslatedCall(listener, () => {
      running.delete(call);
      if (closed && running.size === 0) transport.retire();
    });
    running.add(call);
    void call.run(
      (signal) => prepareCall(parts, request, limits, signal),
      () => targetOf(parts, request, request.model ?? '', limits),
    );
    return call;
  };

  return {
    send(request, listener) {
      const { model } = request;
      const limits = (model === null ? undefined : context.limitsOf?.(setup.id, model)) ?? unknownLimits;
      if (context.offload !== undefined && (request.body?.length ?? 0) > LARGEST_INLINE_BODY)
        return context.offload(type, setup, { request, limits, listener });
      return start(request, limits, listener);
    },
    retire() {
      closed = true;
      if (running.size === 0) transport.retire();
    },
    async destroy() {
      closed = true;
      for (const call of [...running]) call.abort();
      transport.destroy();
    },
  };
}
