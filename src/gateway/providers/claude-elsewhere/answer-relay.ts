// Hears the wire for one request: a good answer goes on to the client, decoded where that is needed; a refusal is gathered
// and given back, since another try may do better.
import type { UpstreamListener } from '../provider.ts';
import { isNamed } from '../request-headers.ts';
import type { PlainAnswer } from './error-answers.ts';
import { Gathered } from './gathered.ts';
import type { PendingCall } from './pending-call.ts';
import type { AnswerDecoder, Decoded, Place, Question } from './place.ts';

/** More is no error text. */
const MOST_ERROR_BYTES = 1024 * 1024;

export class AnswerRelay implements UpstreamListener {
  readonly #place: Place;
  readonly #question: Question;
  readonly #call: PendingCall;
  readonly #settle: (refusal: PlainAnswer | null) => void;
  #refusal: Gathered | null = null;
  #decoder: AnswerDecoder | null = null;
  #headers: readonly string[] = [];
  #started = false;
  #ended = false;

  constructor(
    place: Place,
    question: Question,
    call: PendingCall,
    settle: (refusal: PlainAnswer | null) => void,
  ) {
    this.#place = place;
    this.#question = question;
    this.#call = call;
    this.#settle = settle;
  }

  onStart(status: number, headers: readonly string[]): void {
    if (status >= 400) {
      this.#refusal = new Gathered(MOST_ERROR_BYTES);
      this.#refusal.start(status, headers);
      return;
    }
    const { shaped } = this.#question;
    this.#headers = [
      ...headers,
      'x-tollgate-model',
      headerText(this.#place.shownName(shaped.model)),
      ...(shaped.dropped.length === 0 ? [] : ['x-tollgate-dropped', headerText(shaped.dropped.join(', '))]),
    ];
    this.#decoder = this.#place.decoder(headers);
    if (this.#decoder === null) this.#call.start(status, this.#headers);
  }

  onData(chunk: Buffer): void {
    if (this.#refusal !== null) this.#refusal.add(chunk);
    else if (this.#decoder === null) this.#call.data(chunk);
    else if (!this.#ended) this.#take(this.#decoder.feed(chunk));
  }

  onEnd(): void {
    if (this.#ended) return;
    if (this.#refusal !== null) {
      this.#finish(this.#refusal.answer());
      return;
    }
    if (this.#decoder !== null) this.#take(this.#decoder.end());
    if (this.#ended) return;
    this.#call.end();
    this.#finish(null);
  }

  onError(error: Error, reusedSocket: boolean): void {
    if (this.#ended) return;
    this.#call.fail(error, reusedSocket);
    this.#finish(null);
  }

  #take(decoded: Decoded): void {
    switch (decoded.kind) {
      case 'bytes':
        this.#pass(decoded.bytes);
        return;
      case 'last':
        this.#pass(decoded.bytes);
        this.#call.leaveWire();
        this.#call.end();
        this.#finish(null);
        return;
      case 'refused':
        this.#call.leaveWire();
        this.#finish(decoded.answer);
        return;
      case 'broken':
        this.#call.leaveWire();
        this.#call.fail(decoded.error);
        this.#finish(null);
    }
  }

  #pass(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (!this.#started) {
      this.#started = true;
      this.#call.start(200, asEventStream(this.#headers));
    }
    this.#call.data(bytes);
  }

  #finish(refusal: PlainAnswer | null): void {
    this.#ended = true;
    this.#settle(refusal);
  }
}

/** Names come from settings and clients; a header takes ASCII only. */
const headerText = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

function asEventStream(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    if (!isNamed(name, 'content-type') && !isNamed(name, 'content-length'))
      kept.push(name, headers[index + 1] as string);
  }
  return ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache', ...kept];
}
