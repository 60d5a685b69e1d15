// What the meter and the ledger learn from an answer while its bytes are relayed untouched. Both observers (stream
// and whole message) fill the same facts; a part that cannot be read costs a figure, never an answer.
import type { RawUsage } from './usage.ts';

export interface AnswerFacts {
  messageId: string | null;
  model: string | null;
  stopReason: string | null;
  /** Merged `usage` objects; null until one was seen. */
  usage: RawUsage | null;
  /** UTF-16 units of text, thinking and tool input that passed so far: the floor for a cut answer. */
  characters: number;
  /** True once any content block began: a refusal before that is not billed. */
  hasContent: boolean;
  /** True once the final figures were seen (`message_delta` with usage, or a complete message). */
  usageIsFinal: boolean;
  /** True once the answer was complete by its own word (`message_stop`, or the end of the JSON object). */
  finished: boolean;
  /** Message of an error the provider reported, in the stream or as the body. */
  error: string | null;
}

export function emptyAnswerFacts(): AnswerFacts {
  return {
    messageId: null,
    model: null,
    stopReason: null,
    usage: null,
    characters: 0,
    hasContent: false,
    usageIsFinal: false,
    finished: false,
    error: null,
  };
}

/** A watcher on the copy of an answer's bytes. */
export interface AnswerObserver {
  readonly facts: AnswerFacts;
  see(chunk: Buffer): void;
  /** Call once, when the answer's bytes ended. */
  end(): void;
  /** True when a foreign event may be put between the bytes seen so far and the next ones. */
  readonly atEventBorder: boolean;
  /**
   * True when the bytes stopped inside an event that already has data: ending that event would hand a broken one to
   * the reader, while a connection that ends here makes the reader drop it.
   */
  readonly insideData: boolean;
}

/** Narrowing helper for parsed JSON: the value as an object, or null. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The message of an Anthropic error body or error event, also in the shapes other servers use. */
export function errorMessageOf(value: unknown): string | null {
  const object = asObject(value);
  if (object === null) return null;
  const error = asObject(object['error']);
  return asText(error?.['message']) ?? asText(object['error']) ?? asText(object['message']);
}
