// What differs from one place to another where Claude, or what speaks like it, is served: names, paths, credentials, and
// how answers come back.
import type { ByteParts } from '../../lib/byte-parts.ts';
import type { UpstreamRequest } from '../provider.ts';
import type { BodyRules } from './body-rules.ts';
import type { PlainAnswer } from './error-answers.ts';
import type { ShapeAnswer } from './shape-body.ts';

/** A request as it goes out, but for its credential. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: ByteParts | null;
  /** Which of the place's addresses; absent means the one for messages. */
  readonly address?: Address;
}

/** Some places have one address for using models and another for listing them. */
export type Address = 'messages' | 'control';

export type Shaped = Extract<ShapeAnswer, { kind: 'shaped' }>;

/** A body that was shaped, with what else its request carries. */
export interface Question {
  readonly shaped: Shaped;
  /** The model as the place calls it. */
  readonly model: string;
  /** The client's, with the betas that the place is sent. */
  readonly headers: readonly string[];
  /** Path and query as the client sent them. */
  readonly path: string;
  readonly secret: string | null;
}

/** Takes an answer apart that does not come as Anthropic writes it. */
export interface AnswerDecoder {
  /** Bytes for the client; an answer instead of all when the upstream failed before it said anything. */
  feed(chunk: Buffer): Decoded;
  end(): Decoded;
}

export type Decoded =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** The upstream failed before it said anything. */
  | { readonly kind: 'refused'; readonly answer: PlainAnswer }
  /** These are the last bytes, though the wire may bring more. */
  | { readonly kind: 'last'; readonly bytes: Buffer }
  | { readonly kind: 'broken'; readonly error: Error };

export interface Place {
  readonly rules: BodyRules;
  /** Loads and looks up what requests with this secret need. Throws GatewayError with what is missing. */
  ready(secret: string | null): Promise<void>;
  /** The model's name there. */
  nameOf(model: string): string;
  /** What the answer says was used, where that is not `nameOf`. */
  shownName(model: string): string;
  message(question: Question): WireRequest;
  /** Null where tokens cannot be counted. */
  count(question: Question): WireRequest | null;
  /** The count's answer in Anthropic's words. */
  readCount(answer: PlainAnswer): PlainAnswer;
  /** The model list. `ask` sends a request with its credential; the answer may have any status. */
  models(request: UpstreamRequest, ask: (wire: WireRequest) => Promise<PlainAnswer>): Promise<PlainAnswer>;
  /** Headers of the credential. Throws GatewayError with what is missing. */
  authorize(wire: WireRequest, secret: string | null): Promise<readonly string[]>;
  /** Null for an answer that is Anthropic's as it comes. */
  decoder(headers: readonly string[]): AnswerDecoder | null;
  /** A refusal in Anthropic's words. `model`: as the place calls it; empty for a request without one. */
  readError(answer: PlainAnswer, model: string): PlainAnswer;
}
