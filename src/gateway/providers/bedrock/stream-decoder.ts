// Turns Amazon's binary event stream into Anthropic's server-sent events. Each message carries one event's JSON, which goes
// on as it is; exceptions become error events, or an answer when they come before anything else (T144).
import type { EventStreamCodec } from '@smithy/eventstream-codec';
import { errorEvent } from '../../dialects/anthropic-messages/error-body.ts';
import { answerOf } from '../claude-elsewhere/error-answers.ts';
import type { AnswerDecoder, Decoded } from '../claude-elsewhere/place.ts';
import { awsTrouble } from './aws-errors.ts';
import { FrameReader } from './frame-reader.ts';

/** Loads Amazon's own reader of these messages, which checks their sums. */
export async function loadCodec(): Promise<EventStreamCodec> {
  const { EventStreamCodec: Codec } = await import('@smithy/eventstream-codec');
  return new Codec(
    (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
    (text) => Buffer.from(text, 'utf8'),
  );
}

const broken = (message: string, code: string): Decoded => ({
  kind: 'broken',
  error: Object.assign(new Error(message), { code }),
});

export class BedrockStreamDecoder implements AnswerDecoder {
  readonly #codec: EventStreamCodec;
  /** Headers of the answer. */
  readonly #headers: readonly string[];
  readonly #frames = new FrameReader();
  #said = false;

  constructor(codec: EventStreamCodec, headers: readonly string[]) {
    this.#codec = codec;
    this.#headers = headers;
  }

  feed(chunk: Buffer): Decoded {
    const events: Buffer[] = [];
    try {
      for (const frame of this.#frames.feed(chunk)) {
        const event = this.#read(frame);
        if (Buffer.isBuffer(event)) events.push(event);
        else return this.#fail(event, events);
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return broken(`its event stream is damaged (${why})`, 'UPSTREAM_PROTOCOL');
    }
    if (events.some((event) => event.length > 0)) this.#said = true;
    return { kind: 'bytes', bytes: Buffer.concat(events) };
  }

  end(): Decoded {
    if (this.#frames.isEmpty && this.#said) return { kind: 'bytes', bytes: Buffer.alloc(0) };
    return broken('the connection was closed', 'UPSTREAM_CLOSED');
  }

  #fail({ name, message }: AwsException, before: readonly Buffer[]): Decoded {
    const trouble = awsTrouble(name, null, message);
    if (!this.#said && before.every((event) => event.length === 0))
      return { kind: 'refused', answer: answerOf(trouble, this.#headers) };
    const event = Buffer.from(errorEvent(trouble.type, trouble.message, true));
    return { kind: 'last', bytes: Buffer.concat([...before, event]) };
  }

  /** An event's bytes, empty for a message that is none of the model's. */
  #read(frame: Buffer): Buffer | AwsException {
    const { headers, body } = this.#codec.decode(frame);
    const header = (name: string): string => String(headers[name]?.value ?? '');
    const payload = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    switch (header(':message-type')) {
      case 'event':
        return header(':event-type') === 'chunk' ? toEvent(payload) : Buffer.alloc(0);
      case 'exception':
        return { name: header(':exception-type'), message: messageOf(payload) };
      case 'error':
        return { name: header(':error-code'), message: header(':error-message') };
      default:
        return Buffer.alloc(0);
    }
  }
}

interface AwsException {
  readonly name: string;
  readonly message: string;
}

function messageOf(payload: Buffer): string {
  try {
    const parsed = JSON.parse(payload.toString('utf8')) as { message?: unknown; Message?: unknown } | null;
    const message = parsed?.message ?? parsed?.Message;
    return typeof message === 'string' ? message : '';
  } catch {
    return payload.toString('utf8');
  }
}

/** Anthropic writes the type first; then nothing has to be parsed to name the event. */
const typeAtStart = /^\{"type":"([a-z_]+)"/;

/** Throws SyntaxError or TypeError for a payload that is not what Amazon documents. */
function toEvent(payload: Buffer): Buffer {
  const { bytes } = JSON.parse(payload.toString('utf8')) as { bytes: string };
  const json = Buffer.from(bytes, 'base64');
  const text = json.toString('utf8');
  const type = typeAtStart.exec(text)?.[1] ?? (JSON.parse(text) as { type: string }).type;
  // A line break between JSON's tokens would end the line of the event.
  const data = /[\r\n]/.test(text) ? Buffer.from(text.replace(/[\r\n]/g, ' ')) : json;
  return Buffer.concat([Buffer.from(`event: ${type}\ndata: `), data, Buffer.from('\n\n')]);
}
