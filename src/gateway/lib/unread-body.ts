// An answer that comes before the request was read: the connection stays until the client has sent the rest, or the
// client would meet a reset instead of the answer.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** How much of a body is taken in and thrown away. */
const MOST_DRAINED = 64 * 1024 * 1024;

/**
 * Call before the head of an early answer is written. Node would close the socket of a `Connection: close` client with the
 * answer; here that waits until the rest of the request has come.
 */
export function keepOpenForRest(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || response.shouldKeepAlive) return;
  response.shouldKeepAlive = true;
  const { socket } = request;
  request.once('end', () => {
    if (response.writableFinished) socket.end();
    else response.once('finish', () => socket.end());
  });
}

/** Takes in what is left of a body after an early answer, up to a bound. */
export function drainRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed || request.readableEnded) return;
  let drained = 0;
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > MOST_DRAINED) request.destroy();
  });
  request.resume();
}
