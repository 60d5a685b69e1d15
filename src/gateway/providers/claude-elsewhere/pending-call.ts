// A call whose request is still being prepared: what the caller wants meanwhile (pause, resume, abort) holds for the real
// call as soon as there is one, and after an abort nobody hears anything more.
import type { UpstreamCall, UpstreamListener } from '../provider.ts';
import type { PlainAnswer } from './error-answers.ts';

export class PendingCall implements UpstreamCall {
  readonly #listener: UpstreamListener;
  #inner: UpstreamCall | null = null;
  #paused = false;
  #done = false;

  constructor(listener: UpstreamListener) {
    this.#listener = listener;
  }

  /** True once the caller has gone or the answer has ended. */
  get isDone(): boolean {
    return this.#done;
  }

  /** From now on this is the call on the wire. */
  use(call: UpstreamCall): void {
    this.#inner = call;
    if (this.#done) call.abort();
    else if (this.#paused) call.pause();
  }

  start(status: number, headers: readonly string[]): void {
    if (!this.#done) this.#listener.onStart(status, headers);
  }

  data(chunk: Buffer): void {
    if (!this.#done && chunk.length > 0) this.#listener.onData(chunk);
  }

  end(): void {
    if (this.#done) return;
    this.#done = true;
    this.#listener.onEnd();
  }

  fail(error: Error, reusedSocket = false): void {
    if (this.#done) return;
    this.#done = true;
    this.#listener.onError(error, reusedSocket);
  }

  /** A whole answer at once. */
  answer({ status, headers, body }: PlainAnswer): void {
    this.start(status, headers);
    this.data(body);
    this.end();
  }

  /** Ends the call on the wire; the listener still hears what follows. */
  leaveWire(): void {
    this.#inner?.abort();
    this.#inner = null;
  }

  pause(): void {
    this.#paused = true;
    this.#inner?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#inner?.resume();
  }

  abort(): void {
    this.#done = true;
    this.#inner?.abort();
  }
}
