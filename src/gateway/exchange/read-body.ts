// Gathers a request body up to the limit while its reader looks at the chunks. Gathering is what makes a second
// attempt possible; a body over the limit is refused before it is held (P22).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../gateway-error.ts';

export const LARGEST_BODY = 32 * 1024 * 1024;

/** The client closed the connection before its request was complete. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** `see` gets every chunk in order. Throws BODY_TOO_LARGE, or ClientGone. */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  see: (chunk: Buffer) => void,
  limit = LARGEST_BODY,
): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? NaN);
  if (declared > limit) return Promise.reject(tooLarge(limit));
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();

  return new Promise((resolve, reject) => {
    const gathered = new Gatherer(declared);
    const finish = (settle: () => void): void => {
      request.off('data', onData);
      request.off('end', onEnd);
      request.off('close', onClose);
      request.off('error', onClose);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      if (gathered.length + chunk.length > limit) {
        finish(() => reject(tooLarge(limit)));
        return;
      }
      gathered.add(chunk);
      see(chunk);
    };
    const onEnd = (): void => finish(() => resolve(gathered.take()));
    const onClose = (): void => finish(() => reject(new ClientGone('the client closed the connection')));
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('close', onClose);
    request.on('error', onClose);
  });
}

function tooLarge(limit: number): GatewayError {
  return new GatewayError(
    'BODY_TOO_LARGE',
    `The request is larger than ${limit / 1024 / 1024} MB, the most that the Messages API takes. Shorten the conversation or attach less.`,
  );
}

/** One buffer of the declared length where that is known, so that a large body is copied once. */
class Gatherer {
  length = 0;
  readonly #declared: number;
  #whole: Buffer | null = null;
  readonly #parts: Buffer[] = [];

  constructor(declared: number) {
    this.#declared = declared;
  }

  add(chunk: Buffer): void {
    if (this.length === 0 || !(this.#declared > 0)) {
      this.#parts.push(chunk);
    } else {
      this.#whole ??= this.#begin();
      chunk.copy(this.#whole, this.length);
    }
    this.length += chunk.length;
  }

  #begin(): Buffer {
    const whole = Buffer.allocUnsafe(this.#declared);
    (this.#parts[0] as Buffer).copy(whole, 0);
    return whole;
  }

  take(): Buffer {
    if (this.#whole !== null) return this.#whole.subarray(0, this.length);
    return this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
  }
}
