// The body of an answer as a web stream: bytes are put in as they arrive and decompressed when the upstream compressed
// them. What one read of the network brings goes in as one chunk, since every chunk costs each stream behind this one
// several promises. A reader that falls behind pauses the connection.
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import type { Transform } from 'node:stream';
import type { UpstreamCall } from '../provider.ts';

/** Bytes that may wait for the reader before the connection is paused. */
const MOST_WAITING = 64 * 1024;

/** A coding that ends too early is read as far as it goes, as `fetch` does: the length of an answer is told by its framing. */
const lenient = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const lenientBrotli = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
};

/** Each is made from the first bytes of what it is to decode. */
const decoders: Readonly<Record<string, (first: Buffer) => Transform>> = {
  gzip: () => createGunzip(lenient),
  'x-gzip': () => createGunzip(lenient),
  br: () => createBrotliDecompress(lenientBrotli),
  zstd: () => createZstdDecompress(),
  // The name stands for the zlib format, but some servers send the bare one: a zlib header names method 8.
  deflate: (first) => (((first[0] ?? 0) & 0x0f) === 8 ? createInflate(lenient) : createInflateRaw(lenient)),
};

/** What holds bytes back when asked to: the call, or the decoder between call and stream. */
interface Tap {
  pause(): unknown;
  resume(): unknown;
}

export class AnswerBody {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #call: UpstreamCall;
  readonly #createDecoder: ((first: Buffer) => Transform) | null;
  readonly #onCancel: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #decoder: Transform | null = null;
  #tap: Tap;
  /** Chunks of this turn. */
  #gathered: Buffer[] = [];
  #ended = false;
  #held = false;
  /** Ends the stream's pending pull; as long as one is pending, the stream does not ask again. */
  #endPull: (() => void) | null = null;

  /** `encoding`: the answer's Content-Encoding; an unknown one is passed on as it is. */
  constructor(call: UpstreamCall, encoding: string | null, onCancel: () => void) {
    this.#call = call;
    this.#tap = call;
    this.#createDecoder = decoders[encoding?.trim().toLowerCase() ?? ''] ?? null;
    this.#onCancel = onCancel;
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#pull(),
        cancel: () => this.#cancel(),
      },
      { highWaterMark: MOST_WAITING, size: (chunk) => chunk.byteLength },
    );
  }

  push(chunk: Buffer): void {
    if (this.#ended) return;
    if (this.#createDecoder === null) this.#gather(chunk);
    else if (!this.#decoderFor(chunk, this.#createDecoder).write(chunk)) this.#call.pause();
  }

  end(): void {
    if (this.#ended) return;
    this.#passOn();
    if (this.#decoder === null) this.#close();
    else this.#decoder.end();
  }

  fail(reason: unknown): void {
    if (this.#ended) return;
    this.#passOn();
    this.#ended = true;
    this.#decoder?.destroy();
    this.#controller?.error(reason);
  }

  #pull(): Promise<void> {
    if (this.#held) {
      this.#held = false;
      this.#tap.resume();
    }
    return new Promise((resolve) => (this.#endPull = resolve));
  }

  #cancel(): void {
    this.#ended = true;
    this.#onCancel();
    this.#decoder?.destroy();
    this.#call.abort();
  }

  #gather(chunk: Buffer): void {
    if (this.#gathered.length === 0) queueMicrotask(this.#passOn);
    this.#gathered.push(chunk);
  }

  readonly #passOn = (): void => {
    const [first, ...others] = this.#gathered;
    if (first === undefined) return;
    this.#gathered = [];
    this.#enqueue(others.length === 0 ? first : Buffer.concat([first, ...others]));
  };

  #enqueue(chunk: Buffer): void {
    const controller = this.#controller;
    if (controller === null || this.#ended) return;
    controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if ((controller.desiredSize ?? 0) > 0 || this.#held) return;
    this.#held = true;
    this.#tap.pause();
    this.#endPull?.();
  }

  #close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#controller?.close();
  }

  #decoderFor(first: Buffer, create: (first: Buffer) => Transform): Transform {
    if (this.#decoder !== null) return this.#decoder;
    const decoder = create(first);
    decoder.on('data', (chunk: Buffer) => this.#enqueue(chunk));
    decoder.on('drain', () => this.#call.resume());
    decoder.on('end', () => this.#close());
    decoder.on('error', (error) => {
      this.#call.abort();
      this.fail(new TypeError('terminated', { cause: error }));
    });
    this.#tap = decoder;
    this.#decoder = decoder;
    return decoder;
  }
}
