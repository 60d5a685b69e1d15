// An answer that is kept back while another provider could still give a better one: a refusal until it is whole, a
// stream until it shows content or an error (T54).
import { headerValue, isNamed } from '../providers/request-headers.ts';
import { judgeStart } from './judge-start.ts';

/** A refusal of which nothing was sent to the client. */
export interface RejectedAnswer {
  readonly kind: 'rejected';
  readonly status: number;
  /** As they would go to the client, name and value alternating. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** A longer refusal is no error body; it is passed on. */
const MOST_REFUSAL_BYTES = 1024 * 1024;

export class HeldAnswer {
  readonly status: number;
  readonly headers: string[];
  readonly isRefusal: boolean;
  readonly #parts: Buffer[] = [];
  #length = 0;

  constructor(status: number, headers: string[]) {
    this.status = status;
    this.headers = headers;
    this.isRefusal = status >= 400;
  }

  /** Null for an answer that has nothing to wait for, or whose bytes cannot be read. */
  static of(status: number, headers: string[]): HeldAnswer | null {
    const isStream =
      headerValue(headers, 'content-type')?.toLowerCase().startsWith('text/event-stream') === true;
    const isPlain = (headerValue(headers, 'content-encoding') ?? 'identity') === 'identity';
    return status >= 400 || (isStream && isPlain) ? new HeldAnswer(status, headers) : null;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** What a further chunk shows: keep on holding, pass all of it on, or give it back. */
  add(chunk: Buffer): 'hold' | 'pass' | RejectedAnswer {
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.isRefusal) return this.#length > MOST_REFUSAL_BYTES ? 'pass' : 'hold';
    const verdict = judgeStart(this.bytes);
    if (verdict.kind !== 'failed') return verdict.kind === 'pass' ? 'pass' : 'hold';
    const { status, body } = verdict;
    return { kind: 'rejected', status, headers: withJson(this.headers), body };
  }

  /** The whole refusal, when its bytes are all there. */
  whole(): RejectedAnswer {
    return { kind: 'rejected', status: this.status, headers: this.headers, body: this.bytes };
  }
}

/** The head of an error that came inside a stream, as it would have been before one. */
function withJson(headers: readonly string[]): string[] {
  const kept = headers.filter((_, index) => !isNamed(headers[index - (index % 2)] as string, 'content-type'));
  return [...kept, 'content-type', 'application/json'];
}
