// The thread that translates requests with large bodies, seen from the gateway: started at the first one, ended when it
// had nothing to do for a while. A call in it looks like any other call.
import { Worker } from 'node:worker_threads';
import type {
  OffloadJob,
  ProviderSetup,
  UpstreamCall,
  UpstreamListener,
  UpstreamRequest,
} from '../provider.ts';
import type { FromThread, PlainRequest, ToThread } from './thread-messages.ts';

const IDLE_MS = 60_000;
/** In megabytes: a body of 32 MB parsed, translated and written anew. */
const LIMITS = { maxOldGenerationSizeMb: 768, maxYoungGenerationSizeMb: 64, stackSizeMb: 4 } as const;

export class TranslationThread {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #calls = new Map<number, UpstreamListener>();
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #last = 0;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#env = env;
  }

  offload(type: string, setup: ProviderSetup, { request, limits, listener }: OffloadJob): UpstreamCall {
    const call = ++this.#last;
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const tell = (message: ToThread, moved: readonly ArrayBuffer[] = []): void =>
      worker.postMessage(message, moved);
    this.#calls.set(call, listener);
    const sent = plain(request);
    tell(
      { kind: 'send', call, type, setup, request: sent, limits },
      sent.body === null ? [] : [sent.body.buffer],
    );
    return {
      pause: () => tell({ kind: 'pause', call }),
      resume: () => tell({ kind: 'resume', call }),
      abort: () => {
        if (this.#end(call) !== undefined) tell({ kind: 'abort', call });
      },
    };
  }

  async close(): Promise<void> {
    const running = this.#worker;
    this.#fail(new Error('Tollgate is stopping'));
    await running?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(workerFile(), {
      name: 'tollgate-translation',
      workerData: { env: { ...this.#env } },
      resourceLimits: LIMITS,
      execArgv: [],
      env: {},
    });
    worker.unref();
    worker.on('message', (message: FromThread) => this.#hear(message));
    worker.once('error', (error: Error) => {
      if (this.#worker === worker) this.#fail(error);
    });
    worker.once('exit', () => {
      if (this.#worker === worker) this.#fail(new Error('the thread that translates was stopped'));
    });
    return worker;
  }

  #hear(message: FromThread): void {
    const { call } = message;
    switch (message.kind) {
      case 'start':
        this.#calls.get(call)?.onStart(message.status, message.headers);
        break;
      case 'data': {
        const { buffer, byteOffset, byteLength } = message.bytes;
        this.#calls.get(call)?.onData(Buffer.from(buffer, byteOffset, byteLength));
        break;
      }
      case 'note':
        this.#calls.get(call)?.onNote?.(message.note);
        break;
      case 'end':
        this.#end(call)?.onEnd();
        break;
      case 'error': {
        const { code, reusedSocket } = message;
        const error = Object.assign(new Error(message.message), code === null ? {} : { code });
        this.#end(call)?.onError(error, reusedSocket);
      }
    }
  }

  /** The listener of a call that is over; undefined when it was over before. */
  #end(call: number): UpstreamListener | undefined {
    const listener = this.#calls.get(call);
    this.#calls.delete(call);
    if (this.#calls.size === 0 && this.#idle === null) {
      this.#idle = setTimeout(() => {
        const idle = this.#worker;
        this.#worker = null;
        this.#idle = null;
        void idle?.terminate();
      }, IDLE_MS).unref();
    }
    return listener;
  }

  #fail(error: Error): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    this.#worker = null;
    const listeners = [...this.#calls.values()];
    this.#calls.clear();
    for (const listener of listeners) listener.onError(error, false);
  }
}

/** The body is copied once, into memory that moves to the thread; the parts may be needed for another try elsewhere. */
function plain({ body, ...request }: UpstreamRequest): PlainRequest {
  if (body === null) return { ...request, body: null };
  const bytes = new Uint8Array(body.length);
  let at = 0;
  for (const part of body.parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { ...request, body: bytes };
}

/** The worker's own file: beside this one in a checkout, an entry of its own in a build. */
function workerFile(): URL {
  const name = import.meta.url.endsWith('.ts')
    ? './translation-worker.ts'
    : '../headless/translation-worker.js';
  return new URL(name, import.meta.url);
}
