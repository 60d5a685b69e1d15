// Writes a neutral answer as a Messages stream, part by part (T40–T59). Nothing is written before there is content, so
// that a failure until then is still an HTTP error which may be retried elsewhere (T54, T55).
import type { LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { errorEvent } from '../../dialects/anthropic-messages/error-body.ts';
import type { ErrorAnswer } from '../../dialects/anthropic-messages/error-body.ts';
import { answerForError, describeError } from '../errors/answer-for-error.ts';
import type { AskedSizes } from '../errors/answer-for-error.ts';
import { askedSizes } from './answer-setup.ts';
import type { AnswerSetup } from './answer-setup.ts';
import { cutAnswer, endAnswer, feedContent, feedPart } from './compose-answer.ts';
import type { Finish } from './compose-answer.ts';
import { ContentComposer } from './content-composer.ts';
import { sseEvent, SseSink } from './sse-sink.ts';
import { startUsage } from './usage.ts';

export class AnswerWriter {
  readonly #setup: AnswerSetup;
  readonly #sink = new SseSink();
  readonly #composer: ContentComposer;
  #started = false;
  #finished = false;
  #broken = false;
  #failure: ErrorAnswer | null = null;
  #upstreamId: string | null = null;

  constructor(setup: AnswerSetup) {
    this.#setup = setup;
    this.#composer = new ContentComposer(setup, this.#sink);
  }

  /** True once text was given out: the status 200 is due, and the answer is committed to this provider. */
  get started(): boolean {
    return this.#started;
  }

  /** True once nothing more will be given out, after a sound end or a failure. */
  get finished(): boolean {
    return this.#finished;
  }

  /** True once an error event was given out: whatever the provider goes on to say is of no use. */
  get broken(): boolean {
    return this.#broken;
  }

  /** The answer to give instead when it failed before anything was given out; null otherwise. */
  get failure(): ErrorAnswer | null {
    return this.#failure;
  }

  /** The provider's id of the answer, for the log (T59). */
  get upstreamId(): string | null {
    return this.#upstreamId;
  }

  /** What was mended in tool arguments, as `Read: empty-pages` (T49). */
  get repairs(): readonly string[] {
    return this.#composer.repairs;
  }

  /** Takes one part and gives the text to send now, '' for nothing. Look at `failure` while nothing was given out. */
  write(part: LanguageModelV4StreamPart): string {
    if (this.#finished) return '';
    switch (part.type) {
      case 'finish':
        return this.#finish(part);
      case 'error':
        return this.fail(part.error);
      case 'response-metadata':
        this.#upstreamId = part.id ?? this.#upstreamId;
        return '';
      default:
        feedPart(this.#composer, part);
        return this.#give(this.#sink.take());
    }
  }

  /** Takes a whole answer where parts were expected (T51), and gives all of it. */
  writeWhole(result: LanguageModelV4GenerateResult): string {
    if (this.#finished) return '';
    this.#upstreamId = result.response?.id ?? this.#upstreamId;
    feedContent(this.#composer, result.content);
    return this.#finish(result);
  }

  /** The head alone, for a model that thinks for long before its first word (T55); '' once something was given out. */
  begin(): string {
    if (this.#started || this.#finished) return '';
    this.#started = true;
    return this.#head();
  }

  /** The parts are over. Gives an error event when they ended without a finish (T53). */
  end(): string {
    return this.#finished ? '' : this.fail(cutAnswer(this.#setup.target.model));
  }

  /** The call failed: gives an error event, or sets `failure` when nothing was given out. */
  fail(error: unknown): string {
    if (this.#finished) return '';
    this.#finished = true;
    const { target } = this.#setup;
    if (!this.#started) {
      this.#failure = answerForError(error, target, this.#sizes());
      return '';
    }
    this.#broken = true;
    const { type, message } = describeError(error, target, this.#sizes());
    return this.#sink.take() + errorEvent(type, message, true);
  }

  #sizes(): AskedSizes {
    return askedSizes(this.#setup);
  }

  #finish(finish: Finish): string {
    let end;
    try {
      end = endAnswer(this.#composer, this.#setup, finish, true);
    } catch (error) {
      return this.fail(error);
    }
    const text = this.#sink.take();
    const delta = JSON.stringify({ stop_reason: end.stopReason, stop_sequence: end.stopSequence });
    const last = sseEvent('message_delta', `"delta":${delta},"usage":${JSON.stringify(end.usage)}`);
    const given = this.#give(`${text}${last}event: message_stop\ndata: {"type":"message_stop"}\n\n`);
    this.#finished = true;
    return given;
  }

  #give(text: string): string {
    return text === '' ? '' : this.begin() + text;
  }

  #head(): string {
    const { id, target, request } = this.#setup;
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model: target.asked,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: startUsage(request.promptTokens),
    };
    return sseEvent('message_start', `"message":${JSON.stringify(message)}`);
  }
}
