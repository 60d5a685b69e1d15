// The translation thread: runs calls of translated providers whose bodies are large, with connections of its own, and
// hands their answers over byte for byte.
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { ByteParts } from '../../lib/byte-parts.ts';
import type { ProviderSetup, Upstream, UpstreamCall, UpstreamContext } from '../provider.ts';
import { descriptorOf } from '../registry.ts';
import type { FromThread, ToThread } from './thread-messages.ts';

/** Providers with connections of their own; the oldest goes when a further one comes. */
const MOST_UPSTREAMS = 16;

const { env } = workerData as Pick<UpstreamContext, 'env'>;
const upstreams = new Map<string, Upstream>();
const calls = new Map<number, UpstreamCall>();

const tell = (message: FromThread, moved: readonly ArrayBuffer[] = []): void =>
  parentPort?.postMessage(message, moved);

/** A small buffer is a piece of a shared one, which would travel whole. */
function tellData(call: number, chunk: Buffer): void {
  const bytes = new Uint8Array(chunk);
  tell({ kind: 'data', call, bytes }, [bytes.buffer]);
}

function upstreamOf(type: string, setup: ProviderSetup, limits: UpstreamContext['limitsOf']): Upstream {
  const key = JSON.stringify([type, setup, limits?.(setup.id, '')]);
  const known = upstreams.get(key);
  if (known !== undefined) return known;
  const [oldest] = upstreams.keys();
  if (upstreams.size >= MOST_UPSTREAMS && oldest !== undefined) {
    upstreams.get(oldest)?.retire();
    upstreams.delete(oldest);
  }
  const context: UpstreamContext = {
    now: Date.now,
    randomBytes,
    env,
    ...(limits === undefined ? {} : { limitsOf: limits }),
  };
  const upstream = descriptorOf(type).createUpstream(setup, context);
  upstreams.set(key, upstream);
  return upstream;
}

parentPort?.on('message', (message: ToThread) => {
  const { call } = message;
  if (message.kind !== 'send') {
    calls.get(call)?.[message.kind]();
    if (message.kind === 'abort') calls.delete(call);
    return;
  }
  const { type, setup, request, limits } = message;
  const body = request.body === null ? null : ByteParts.of(Buffer.from(request.body.buffer));
  const upstream = upstreamOf(type, setup, () => limits);
  const running = upstream.send(
    { ...request, body },
    {
      onStart: (status, headers) => tell({ kind: 'start', call, status, headers }),
      onData: (chunk) => tellData(call, chunk),
      onNote: (note) => tell({ kind: 'note', call, note }),
      onEnd() {
        calls.delete(call);
        tell({ kind: 'end', call });
      },
      onError(error, reusedSocket) {
        calls.delete(call);
        const code = (error as NodeJS.ErrnoException).code ?? null;
        tell({ kind: 'error', call, message: error.message, code, reusedSocket });
      },
    },
  );
  calls.set(call, running);
});
