// Gathers a request body up to the limit while its reader looks at the chunks. Gathering is what makes a second
// attempt possible; a body over the limit is refused before it is held (P22).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../gateway-error.ts';
import { ByteParts } from '../lib/byte-parts.ts';

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
): Promise<ByteParts> {
  const declared = Number(request.headers['content-length'] ?? NaN);
  if (declared > limit) return Promise.reject(tooLarge(limit));
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();

  return new Promise((resolve, reject) => {
    const gathered = new ByteParts();
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
      // The last byte is enough: the stream's own end comes some turns later.
      if (gathered.length === declared) onEnd();
    };
    const onEnd = (): void => finish(() => resolve(gathered));
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
