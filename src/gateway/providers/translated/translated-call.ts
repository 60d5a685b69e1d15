// One call of a translated provider on its way: reads the model's parts, writes them as a Messages answer, honours
// pause, resume and abort like a network call. Nothing is said to the client before there is something to say, so that
// a failure until then can still be an HTTP error (T54, T55).
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { pingEvent } from '../../dialects/anthropic-messages/error-body.ts';
import type { ErrorAnswer } from '../../dialects/anthropic-messages/error-body.ts';
import type { AnswerSetup } from '../../translation/answer/answer-setup.ts';
import { AnswerWriter } from '../../translation/answer/answer-writer.ts';
import { messageFromResult } from '../../translation/answer/message-from-result.ts';
import { answerForError } from '../../translation/errors/answer-for-error.ts';
import type { Target } from '../../translation/types.ts';
import type { UpstreamCall, UpstreamListener } from '../provider.ts';
import { answerForFailure } from './answer-for-failure.ts';
import type { PreparedCall } from './prepare-call.ts';
import { AnsweredWhole } from './whole-answer.ts';

type ModelCall = Extract<PreparedCall, { kind: 'model' }>;

/** A model may think for minutes before its first word; the client wants to hear something (T55). */
const FIRST_SIGN_MS = 10_000;

const streamHead = ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache'];

export class TranslatedCall implements UpstreamCall {
  readonly #listener: UpstreamListener;
  readonly #onEnd: () => void;
  readonly #abort = new AbortController();
  #ended = false;
  #headSent = false;
  /** Text of this turn that was not given out yet. */
  #waiting = '';
  #paused: PromiseWithResolvers<void> | null = null;
  #firstSign: NodeJS.Timeout | null = null;

  constructor(listener: UpstreamListener, onEnd: () => void) {
    this.#listener = listener;
    this.#onEnd = onEnd;
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = null;
  }

  abort(): void {
    if (this.#ended) return;
    this.#end();
    this.#abort.abort();
    this.resume();
  }

  /** Never rejects; every failure reaches the listener as an answer. */
  async run(prepare: (signal: AbortSignal) => Promise<PreparedCall>, target: () => Target): Promise<void> {
    try {
      // Not in the caller's turn: a listener is never called back before `send` returned.
      await Promise.resolve();
      const call = await prepare(this.#abort.signal);
      if (this.#ended) return;
      if (call.kind === 'json') this.#answer(jsonAnswer(call.body, call.headers));
      else await this.#converse(call);
    } catch (error) {
      this.#answer(answerForFailure(error, target()));
    }
  }

  async #converse(call: ModelCall): Promise<void> {
    const setup: AnswerSetup = {
      id: call.id,
      target: call.target,
      request: call.request,
      repairs: call.repairs,
    };
    if (call.request.stream) return this.#stream(call, new AnswerWriter(setup));
    try {
      const result = await call.model.doGenerate(call.options);
      const { message, repairs, upstreamId } = messageFromResult(result, setup);
      this.#note(repairs);
      this.#answer(jsonAnswer(message, [...call.headers, ...requestId(upstreamId)]));
    } catch (error) {
      const { promptTokens, options } = call.request;
      const sizes = { promptTokens, maxTokens: options.maxOutputTokens ?? null };
      this.#answer(answerForError(error, call.target, sizes));
    }
  }

  async #stream(call: ModelCall, writer: AnswerWriter): Promise<void> {
    try {
      const { stream } = await call.model.doStream(call.options);
      if (!this.#ended && !writer.started)
        this.#firstSign = setTimeout(() => this.#greet(call, writer), FIRST_SIGN_MS).unref();
      await this.#readParts(stream.getReader(), call, writer);
    } catch (error) {
      const text = error instanceof AnsweredWhole ? await tellWhole(call, writer, error) : writer.fail(error);
      this.#say(call, writer, text);
    }
    this.#give(call, writer);
    if (this.#ended) return;
    this.#note(writer.repairs);
    this.#end();
    this.#listener.onEnd();
  }

  #note(repairs: readonly string[]): void {
    for (const repair of repairs) this.#listener.onNote?.(`mended ${repair}`);
  }

  async #readParts(
    reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart>,
    call: ModelCall,
    writer: AnswerWriter,
  ): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (this.#paused !== null) await this.#paused.promise;
      if (!this.#ended) this.#say(call, writer, done ? writer.end() : writer.write(value));
      // What comes after a sound end is read to its end, so that the connection can be used again.
      if (done) return;
      if (this.#ended || writer.broken) return void reader.cancel().catch(() => undefined);
    }
  }

  /**
   * Gives text to the client, or the answer that stands for a failure before there was any. All parts that one read of
   * the network brings are known before the next tick: they leave in one write.
   */
  #say(call: ModelCall, writer: AnswerWriter, text: string): void {
    if (this.#ended) return;
    if (writer.failure !== null) {
      this.#answer(writer.failure);
      return;
    }
    if (text === '') return;
    if (this.#waiting === '') process.nextTick(() => this.#give(call, writer));
    this.#waiting += text;
  }

  #give(call: ModelCall, writer: AnswerWriter): void {
    const text = this.#waiting;
    this.#waiting = '';
    if (text === '' || this.#ended) return;
    if (!this.#headSent) {
      this.#headSent = true;
      if (this.#firstSign !== null) clearTimeout(this.#firstSign);
      this.#listener.onStart(200, [...streamHead, ...call.headers, ...requestId(writer.upstreamId)]);
    }
    // A listener may end the call when it hears the head.
    if (!this.#ended) this.#listener.onData(Buffer.from(text));
  }

  #greet(call: ModelCall, writer: AnswerWriter): void {
    const head = writer.begin();
    if (head !== '') this.#say(call, writer, head + pingEvent);
  }

  #answer({ status, headers, body }: ErrorAnswer): void {
    if (this.#ended) return;
    this.#end();
    this.#listener.onStart(status, headers);
    this.#listener.onData(body);
    this.#listener.onEnd();
  }

  #end(): void {
    this.#ended = true;
    if (this.#firstSign !== null) clearTimeout(this.#firstSign);
    this.#onEnd();
  }
}

/** The document that came instead of a stream, as a stream (T51). */
async function tellWhole(call: ModelCall, writer: AnswerWriter, answered: AnsweredWhole): Promise<string> {
  try {
    const model = await call.replay(answered);
    return writer.writeWhole(await model.doGenerate(call.options));
  } catch (error) {
    return writer.fail(error);
  }
}

/** The provider's own id of the answer, by which its support finds it (T59). */
const requestId = (id: string | null): string[] =>
  id !== null && /^[\x21-\x7e]{1,200}$/.test(id) ? ['request-id', id] : [];

function jsonAnswer(value: object, more: readonly string[]): ErrorAnswer {
  const body = Buffer.from(JSON.stringify(value));
  const headers = ['content-type', 'application/json', 'content-length', String(body.length), ...more];
  return { status: 200, headers, body };
}
