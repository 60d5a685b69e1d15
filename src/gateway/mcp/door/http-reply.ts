// The answer to one POST of an MCP client: a single JSON message, or an event stream once something must be said before
// the answer. Long calls become streams early, so that the client sees headers before its patience ends (R49).
import type { ServerResponse } from 'node:http';

/** Claude Code waits 60 s for the first byte; a call that takes longer than this is answered as a stream. */
const STREAM_AFTER_MS = 2_000;
const KEEP_ALIVE_MS = 15_000;
/** A client that does not read gets its answer, but no more progress on the way there. */
const MOST_WAITING = 1024 * 1024;
const KEEP_ALIVE = ': still here\n\n';

interface ReplyOptions {
  /** Whether the client takes event streams. */
  readonly mayStream: boolean;
  /** How many requests of a batch this body answers; null for a single message. */
  readonly batchOf: number | null;
  /** More headers, such as the session's id. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

export const eventText = (message: string): string => `event: message\ndata: ${toOneLine(message)}\n\n`;

/** JSON may be written over several lines; an event's data may not. White space outside of strings means nothing. */
function toOneLine(message: string): string {
  return /[\r\n]/.test(message) ? message.replace(/[\r\n]+/g, ' ') : message;
}

/** Writes a comment now and then, so that nobody takes a silent stream for dead. Returns how to stop. */
export function keepAlive(response: ServerResponse): () => void {
  const timer = setInterval(() => response.write(KEEP_ALIVE), KEEP_ALIVE_MS).unref();
  const stop = (): void => clearInterval(timer);
  response.once('close', stop);
  return stop;
}

export class HttpReply {
  readonly #response: ServerResponse;
  readonly #options: ReplyOptions;
  readonly #gathered: string[] = [];
  #remaining: number;
  #streaming = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(response: ServerResponse, options: ReplyOptions) {
    this.#response = response;
    this.#options = options;
    this.#remaining = options.batchOf ?? 1;
  }

  /** True when the client can be told something before the answer. */
  get canNotify(): boolean {
    return this.#options.mayStream && this.#remaining > 0 && !this.#response.destroyed;
  }

  /** From now on the answer may take long. */
  expectDelay(): void {
    if (!this.#options.mayStream || this.#timer !== null || this.#streaming) return;
    this.#timer = setTimeout(() => this.#startStream(), STREAM_AFTER_MS).unref();
  }

  /** Sends a message that belongs to the request, before its answer; dropped when the client cannot take it. */
  notify(message: string): void {
    if (!this.canNotify || this.#response.writableLength > MOST_WAITING) return;
    this.#startStream();
    this.#response.write(eventText(message));
  }

  /** Answers the request, or the next one of the batch. `status` counts only while nothing was sent. */
  answer(message: string, status = 200): void {
    if (this.#remaining === 0) return;
    this.#remaining--;
    if (this.#streaming) {
      this.#response.write(eventText(message));
      if (this.#remaining === 0) this.#response.end();
      return;
    }
    this.#gathered.push(message);
    if (this.#remaining > 0) return;
    this.#clearTimer();
    const body = this.#options.batchOf === null ? message : `[${this.#gathered.join(',')}]`;
    sendMessage(this.#response, status, body, this.#options.headers);
  }

  #startStream(): void {
    this.#clearTimer();
    if (this.#streaming || this.#response.destroyed || this.#remaining === 0) return;
    this.#streaming = true;
    this.#response.writeHead(200, { ...eventStreamHeaders, ...this.#options.headers });
    this.#response.flushHeaders();
    for (const message of this.#gathered.splice(0)) this.#response.write(eventText(message));
    keepAlive(this.#response);
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** One JSON message as a whole answer. */
export function sendMessage(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(message);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}
