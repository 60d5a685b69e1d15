// The story of a request to Claude, or to what speaks like Claude, at a place that wants the body changed, the request
// signed or the answer decoded: shape, authorize, send, learn from a refusal, relay. What differs from place to place is
// said by its `Place`.
import type { ByteParts } from '../../lib/byte-parts.ts';
import type { Upstream, UpstreamCall, UpstreamListener, UpstreamRequest } from '../provider.ts';
import { isNamed } from '../request-headers.ts';
import { betasOf } from './betas.ts';
import { AnswerRelay } from './answer-relay.ts';
import { answerOf } from './error-answers.ts';
import type { PlainAnswer } from './error-answers.ts';
import { Gathered } from './gathered.ts';
import { JsonTextError } from './json-text.ts';
import { LearnedRefusals } from './learned-refusals.ts';
import { PendingCall } from './pending-call.ts';
import type { Address, Place, Question, WireRequest } from './place.ts';
import { shapeBody } from './shape-body.ts';

/** Model lists of large providers are long. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
const MOST_LEARNING_ROUNDS = 4;

/** One connection for each address; the same one twice where a place has a single address. */
export type Addresses = Readonly<Record<Address, Upstream>>;

export class ElsewhereUpstream implements Upstream {
  readonly #place: Place;
  readonly #addresses: Addresses;
  readonly #learned: LearnedRefusals;

  constructor(place: Place, addresses: Addresses) {
    this.#place = place;
    this.#addresses = addresses;
    this.#learned = new LearnedRefusals(place.rules.betas);
  }

  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall {
    const call = new PendingCall(listener);
    this.#run(request, call).catch((error: unknown) => {
      if (error instanceof JsonTextError) call.answer(badRequest('The request body is not valid JSON.'));
      else call.fail(error instanceof Error ? error : new Error(String(error)));
    });
    return call;
  }

  retire(): void {
    for (const upstream of Object.values(this.#addresses)) upstream.retire();
  }

  async destroy(): Promise<void> {
    await Promise.all(Object.values(this.#addresses).map((upstream) => upstream.destroy()));
  }

  async #run(request: UpstreamRequest, call: PendingCall): Promise<void> {
    // Also a turn of the queue: nothing is called back before `send` has returned.
    await this.#place.ready(request.secret);
    if (call.isDone) return;
    const path = request.path.split('?', 1)[0] ?? '';
    const { body } = request;
    if (request.method === 'GET' && path === '/v1/models') {
      call.answer(await this.#place.models(request, (wire) => this.#ask(wire, request.secret, call)));
    } else if (request.method === 'POST' && body !== null && path === '/v1/messages') {
      await this.#message(request, body, call);
    } else if (request.method === 'POST' && body !== null && path === '/v1/messages/count_tokens') {
      await this.#count(request, body, call);
    } else {
      call.answer(
        answerOf({
          status: 404,
          type: 'not_found_error',
          message: `${this.#place.rules.placeName} has no ${path}.`,
        }),
      );
    }
  }

  /** Null when the request was answered already. */
  #shape(request: UpstreamRequest, body: ByteParts, call: PendingCall): Question | null {
    const { rules } = this.#place;
    const betas = betasOf(request.headers);
    const shaped = shapeBody(body, {
      rules,
      betas,
      denied: this.#learned.of(request.model ?? ''),
      rename: (model) => this.#place.nameOf(model),
    });
    if (shaped.kind === 'refused') {
      call.answer(badRequest(shaped.sentence));
      return null;
    }
    const sent = rules.betaPlace === 'header' ? shaped.betas : [];
    const isSame = sent.length === betas.length && sent.every((beta, index) => beta === betas[index]);
    const headers = isSame ? request.headers : withBetas(request.headers, sent);
    const { path, secret } = request;
    return { shaped, model: this.#place.nameOf(shaped.model), headers, path, secret };
  }

  async #message(request: UpstreamRequest, body: ByteParts, call: PendingCall): Promise<void> {
    for (let round = 1; ; round++) {
      const question = this.#shape(request, body, call);
      if (question === null) return;
      const wire = this.#place.message(question);
      const credential = await this.#place.authorize(wire, request.secret);
      if (call.isDone) return;
      const refusal = await this.#relay(wire, credential, question, call);
      if (refusal === null) return;
      const answer = this.#place.readError(refusal, question.model);
      if (this.#learns(request, answer, question, round)) continue;
      call.answer(answer);
      return;
    }
  }

  async #count(request: UpstreamRequest, body: ByteParts, call: PendingCall): Promise<void> {
    for (let round = 1; ; round++) {
      const question = this.#shape(request, body, call);
      if (question === null) return;
      const wire = this.#place.count(question);
      if (wire === null) {
        call.answer(cannotCount(this.#place.rules.placeName));
        return;
      }
      const answer = await this.#ask(wire, request.secret, call);
      const isRefused = answer.status >= 400;
      if (isRefused && this.#learns(request, this.#place.readError(answer, question.model), question, round))
        continue;
      call.answer(this.#place.readCount(answer));
      return;
    }
  }

  /** True when the refusal says what to leave out, so that trying again makes sense. */
  #learns({ model }: UpstreamRequest, answer: PlainAnswer, { shaped }: Question, round: number): boolean {
    if (answer.status !== 400 || round > MOST_LEARNING_ROUNDS) return false;
    return this.#learned.learn(model ?? '', answer.body.toString('utf8'), shaped.betas);
  }

  /** Passes a good answer on; gives a refusal back. */
  #relay(
    wire: WireRequest,
    credential: readonly string[],
    question: Question,
    call: PendingCall,
  ): Promise<PlainAnswer | null> {
    const { promise, resolve } = Promise.withResolvers<PlainAnswer | null>();
    const relay = new AnswerRelay(this.#place, question, call, resolve);
    const upstream = this.#addresses[wire.address ?? 'messages'];
    call.use(upstream.send(wireRequest(wire, credential), relay));
    return promise;
  }

  /** One whole answer, whatever its status. */
  async #ask(wire: WireRequest, secret: string | null, call: PendingCall): Promise<PlainAnswer> {
    const credential = await this.#place.authorize(wire, secret);
    if (call.isDone) throw new Error('the caller has gone');
    const { promise, resolve, reject } = Promise.withResolvers<PlainAnswer>();
    const gathered = new Gathered(MOST_ANSWER_BYTES);
    const inner = this.#addresses[wire.address ?? 'messages'].send(wireRequest(wire, credential), {
      onStart: (status, headers) => gathered.start(status, headers),
      onData: (chunk) => gathered.add(chunk),
      onEnd: () => resolve(gathered.answer()),
      onError: reject,
    });
    call.use(inner);
    return promise;
  }
}

function wireRequest(
  { method, path, headers, body }: WireRequest,
  credential: readonly string[],
): UpstreamRequest {
  return { method, path, headers: [...headers, ...credential], body, secret: null, asked: null, model: null };
}

/** The client's headers with these betas in the place of its own. */
function withBetas(headers: readonly string[], betas: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (!isNamed(headers[index] as string, 'anthropic-beta'))
      kept.push(headers[index] as string, headers[index + 1] as string);
  }
  return betas.length === 0 ? kept : [...kept, 'anthropic-beta', betas.join(',')];
}

const badRequest = (message: string): PlainAnswer => {
  const answer = answerOf({ status: 400, type: 'invalid_request_error', message });
  return { ...answer, headers: [...answer.headers, 'x-should-retry', 'false'] };
};

/** The client then counts by itself; a count that is too low would hurt more than none (T73, T145). */
export const cannotCount = (placeName: string): PlainAnswer =>
  answerOf({
    status: 404,
    type: 'not_found_error',
    message: `${placeName} cannot count the tokens of this model.`,
  });
