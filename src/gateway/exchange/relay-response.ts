// Passes an upstream's answer to the client byte for byte, with back-pressure and abort both ways, while an observer
// reads a copy. The first byte commits: before it a failure is handed back, after it the answer can only be ended.
import type { ServerResponse } from 'node:http';
import { errorEvent, pingEvent } from '../dialects/anthropic-messages/error-body.ts';
import type { AnswerObserver } from '../dialects/anthropic-messages/answer-facts.ts';
import { forwardedResponseHeaders, isNamed } from '../providers/request-headers.ts';
import type { Upstream, UpstreamCall, UpstreamRequest } from '../providers/provider.ts';
import { decodeCopy } from './decode-copy.ts';
import { HeldAnswer } from './held-answer.ts';
import type { RejectedAnswer } from './held-answer.ts';
import type { CopyDecoder } from './decode-copy.ts';

/** How long a stream without content is held back. */
const LONGEST_HOLD_MS = 5000;
export type RelayEnd =
  /** All of the answer was passed on. */
  | { readonly kind: 'complete' }
  /** The client closed its connection; the upstream call was aborted at once. */
  | { readonly kind: 'client-gone' }
  /** The provider refused, and nothing of it was sent to the client: the caller may ask another or pass it on. */
  | RejectedAnswer
  /** Nothing was sent to the client yet: the caller may try again or answer an error. */
  | { readonly kind: 'failed-before-start'; readonly error: Error; readonly reusedSocket: boolean }
  /** The answer was cut; the client was told as far as its format allows. */
  | { readonly kind: 'failed-midway'; readonly error: Error };

export interface RelayOptions {
  /** True while another provider could answer: a refusal is then given back instead of being passed on. */
  readonly mayGiveBack: boolean;
}

export interface RelayHooks {
  /**
   * Called with the answer's head, just before it is sent; the callee may change its headers. Returns who reads the copy,
   * or null for nobody.
   */
  onHead(status: number, headers: string[], isEventStream: boolean): AnswerObserver | null;
  /** Something the record should say of the answer. */
  onNote?(note: string): void;
  /** Called after each chunk was read. */
  onProgress(): void;
  /** Called once, when the answer is complete by its own word and before its last bytes are sent. */
  onComplete(): void;
  /** One sentence for the client when the upstream fails midway. */
  failureText(error: Error): string;
}

/** One relay in flight; the caller's ticker may ask it to keep a silent stream alive. */
export class Relay {
  readonly #response: ServerResponse;
  readonly #hooks: RelayHooks;
  readonly done: Promise<RelayEnd>;

  #settle: (end: RelayEnd) => void = () => {};
  #call: UpstreamCall | null = null;
  #observer: AnswerObserver | null = null;
  #decoder: CopyDecoder | null = null;
  #started = false;
  #ended = false;
  #isEventStream = false;
  #takesEvents = false;
  #waitingForClient = false;
  #lastByteTick = 0;
  /** Bytes of the answer still to come, when its length was declared. */
  #missingBytes = Infinity;
  #passedOn = false;
  #observerEnded = false;
  #completed = false;
  /** Chunks of one read of the upstream's socket; they go on together, as one write. */
  #first: Buffer | null = null;
  #more: Buffer[] = [];
  /** The answer's head while nothing of it has been passed on. */
  #held: HeldAnswer | null = null;
  readonly #mayGiveBack: boolean;

  constructor(
    upstream: Upstream,
    request: UpstreamRequest,
    response: ServerResponse,
    hooks: RelayHooks,
    options: RelayOptions = { mayGiveBack: false },
  ) {
    this.#mayGiveBack = options.mayGiveBack;
    this.#response = response;
    this.#hooks = hooks;
    this.done = new Promise((resolve) => {
      this.#settle = resolve;
    });
    response.on('close', this.#onClientClose);
    response.on('drain', this.#onDrain);
    if (response.destroyed) {
      this.#onClientClose();
      return;
    }
    this.#call = upstream.send(request, {
      onStart: (status, headers) => this.#onStart(status, headers),
      onNote: (note) => this.#hooks.onNote?.(note),
      onData: (chunk) => this.#onData(chunk),
      onEnd: () => void this.#onEnd(),
      onError: (error, reusedSocket) => void this.#onError(error, reusedSocket),
    });
    // The client may have left while `send` ran.
    if (this.#ended) this.#call.abort();
  }

  /** Sends our own ping when the upstream was silent for `afterMs` and the bytes stand at an event border. */
  keepAlive(nowTick: number, afterMs: number): void {
    // A stream that greeted and then thinks is not held back for longer than a client likes to hear nothing.
    if (this.#held?.isRefusal === false && nowTick - this.#lastByteTick > LONGEST_HOLD_MS) this.#passHeld();
    if (!this.#takesEvents || !this.#started || this.#ended || this.#waitingForClient) return;
    if (nowTick - this.#lastByteTick < afterMs || this.#observer?.atEventBorder !== true) return;
    this.#lastByteTick = nowTick;
    this.#write(Buffer.from(pingEvent));
  }

  /** Ends an attempt that has not begun to answer, so that another provider can be asked. */
  giveUp(error: Error): void {
    if (this.#started || this.#held?.isRefusal === false) return;
    this.#call?.abort();
    void this.#onError(error, false);
  }

  /** Ends the relay because the gateway stops. */
  cut(error: Error): void {
    this.#call?.abort();
    void this.#onError(error, false);
  }

  #onStart(status: number, raw: readonly string[]): void {
    if (this.#ended) return;
    const headers = forwardedResponseHeaders(raw);
    if (!this.#mayGiveBack) {
      this.#begin(status, headers);
      return;
    }
    this.#held = HeldAnswer.of(status, headers);
    this.#lastByteTick = performance.now();
    if (this.#held === null) this.#begin(status, headers);
  }

  /** True when the chunk was kept. */
  #hold(chunk: Buffer): boolean {
    if (this.#held === null) return false;
    const verdict = this.#held.add(chunk);
    if (verdict === 'pass') this.#passHeld();
    else if (verdict !== 'hold') {
      this.#call?.abort();
      this.#giveBack(verdict);
    }
    return true;
  }

  #passHeld(): void {
    const held = this.#held;
    if (held === null || this.#ended) return;
    this.#held = null;
    this.#begin(held.status, held.headers);
    const { bytes } = held;
    if (bytes.length > 0) this.#onData(bytes);
  }

  #giveBack(answer: RejectedAnswer): void {
    this.#ended = true;
    this.#finish(answer);
  }

  #begin(status: number, headers: string[]): void {
    let contentType = '';
    let encoding = '';
    for (let index = 0; index < headers.length; index += 2) {
      const name = headers[index] as string;
      const value = headers[index + 1] as string;
      if (isNamed(name, 'content-type')) contentType = value.toLowerCase();
      else if (isNamed(name, 'content-length')) this.#missingBytes = Number(value);
      else if (isNamed(name, 'content-encoding')) encoding = value.toLowerCase().trim();
    }
    const isEventStream = contentType.startsWith('text/event-stream');
    this.#isEventStream = isEventStream;
    this.#observer = this.#hooks.onHead(status, headers, isEventStream);
    if (encoding !== '' && encoding !== 'identity' && this.#observer !== null) {
      this.#decoder = decodeCopy(encoding, this.#observer);
    }
    // Into encoded bytes, or an answer of declared length, no event of ours can be put.
    this.#takesEvents = isEventStream && encoding === '' && this.#missingBytes === Infinity;
    this.#lastByteTick = performance.now();
    this.#response.sendDate = false;
    // Throws when the upstream's head is not fit to be sent; nothing has started then.
    this.#response.writeHead(status, headers);
    this.#started = true;
    // The head usually arrives with the first bytes; only a stream that stays silent needs it sent alone.
    if (isEventStream) setImmediate(() => this.#sendHead());
  }

  #sendHead(): void {
    if (!this.#ended && !this.#response.writableEnded) this.#response.flushHeaders();
  }

  #onData(chunk: Buffer): void {
    if (this.#ended || this.#hold(chunk)) return;
    // Microtasks run when the read has been taken apart: nothing waits, and a burst costs one write instead of many.
    if (this.#first === null) {
      this.#first = chunk;
      queueMicrotask(this.#passOn);
    } else {
      this.#more.push(chunk);
    }
  }

  readonly #passOn = (): void => {
    const first = this.#first;
    if (first === null || this.#ended) return;
    const chunk = this.#more.length === 0 ? first : Buffer.concat([first, ...this.#more]);
    this.#first = null;
    if (this.#more.length > 0) this.#more = [];
    this.#lastByteTick = performance.now();
    // The first bytes go out at once. Later the copy is read first, so that what an answer cost is written down before
    // the client has all of it.
    const isFirst = !this.#passedOn;
    this.#passedOn = true;
    if (isFirst) this.#writeNow(chunk);
    if (this.#decoder === null) this.#observe(chunk);
    if (!isFirst && !this.#completed) this.#writeNow(chunk);
    else if (!isFirst) this.#write(chunk);
    if (this.#decoder !== null && !this.#decoder.write(chunk)) this.#pauseFor(this.#decoder);
    this.#hooks.onProgress();
  };

  #observe(chunk: Buffer): void {
    const observer = this.#observer;
    if (observer === null) return;
    observer.see(chunk);
    this.#missingBytes -= chunk.length;
    if (this.#missingBytes === 0) this.#endObserverNow();
    if (this.#completed || !observer.facts.finished) return;
    this.#completed = true;
    this.#hooks.onComplete();
  }

  /** A delta goes out at once; Node would keep it until all else of this turn is done, to join it with what may follow. */
  #writeNow(chunk: Buffer): void {
    this.#write(chunk);
    if (this.#isEventStream) this.#response.socket?.uncork();
  }

  #write(chunk: Buffer): void {
    if (this.#response.write(chunk) || this.#waitingForClient) return;
    this.#waitingForClient = true;
    this.#call?.pause();
  }

  readonly #onDrain = (): void => {
    if (!this.#waitingForClient) return;
    this.#waitingForClient = false;
    this.#lastByteTick = performance.now();
    this.#call?.resume();
  };

  /** A decoder that falls behind holds the upstream too: its queue would else grow without bound. */
  #pauseFor(decoder: CopyDecoder): void {
    this.#call?.pause();
    decoder.onDrain(() => {
      if (!this.#waitingForClient) this.#call?.resume();
    });
  }

  async #onEnd(): Promise<void> {
    if (this.#ended) return;
    const held = this.#held;
    if (held?.isRefusal === true) {
      this.#giveBack(held.whole());
      return;
    }
    this.#passHeld();
    this.#passOn();
    this.#ended = true;
    await this.#endObserver();
    this.#finish({ kind: 'complete' });
    this.#response.end();
  }

  async #onError(error: Error, reusedSocket: boolean): Promise<void> {
    if (this.#ended) return;
    this.#passOn();
    this.#ended = true;
    if (!this.#started) {
      this.#finish({ kind: 'failed-before-start', error, reusedSocket });
      return;
    }
    const atBorder = this.#observer?.atEventBorder ?? true;
    const insideData = this.#observer?.insideData ?? true;
    await this.#endObserver();
    this.#finish({ kind: 'failed-midway', error });
    if (!this.#takesEvents) {
      // An answer of known length cannot be mended; a broken connection is the only honest end.
      this.#response.destroy();
    } else if (insideData) {
      // The reader drops the half event and sees that the stream ended early.
      this.#response.end();
    } else {
      this.#response.end(errorEvent('api_error', this.#hooks.failureText(error), atBorder));
    }
  }

  readonly #onClientClose = (): void => {
    if (this.#ended || this.#response.writableFinished) return;
    this.#ended = true;
    this.#call?.abort();
    void this.#endObserver().then(() => this.#finish({ kind: 'client-gone' }));
  };

  async #endObserver(): Promise<void> {
    if (this.#decoder !== null) await this.#decoder.end();
    this.#endObserverNow();
  }

  #endObserverNow(): void {
    if (this.#observerEnded) return;
    this.#observerEnded = true;
    this.#observer?.end();
  }

  #finish(end: RelayEnd): void {
    this.#response.off('close', this.#onClientClose);
    this.#response.off('drain', this.#onDrain);
    this.#settle(end);
  }
}
