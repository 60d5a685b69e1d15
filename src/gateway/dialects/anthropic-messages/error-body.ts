// Our own errors in the words of the Messages API, as an answer or as an event inside a stream (P13, P16, P17).
import type { GatewayError } from '../../gateway-error.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** `requestId` lets the user find the record; it is also the `request-id` header. Null leaves it out. */
export function errorAnswer(error: GatewayError, requestId: string | null): ErrorAnswer {
  const id = requestId === null ? {} : { request_id: requestId };
  const body = Buffer.from(JSON.stringify({ ...errorObject(error.type, error.message), ...id }));
  const retry = error.shouldRetry === null ? [] : ['x-should-retry', String(error.shouldRetry)];
  const headers = [
    'content-type',
    'application/json',
    'content-length',
    String(body.length),
    ...(requestId === null ? [] : ['request-id', requestId]),
    ...retry,
    ...error.headers,
  ];
  return { status: error.status, headers, body };
}

/**
 * An `error` event to end a broken stream with. `atBorder` false means that the bytes so far stopped inside an event;
 * that event is closed first, so that this one is read.
 */
export function errorEvent(type: string, message: string, atBorder: boolean): string {
  return `${atBorder ? '' : '\n\n'}event: error\ndata: ${JSON.stringify(errorObject(type, message))}\n\n`;
}

/** Keeps a silent stream alive; the client's watchdog counts it as a byte and an event (P9, P10). */
export const pingEvent = 'event: ping\ndata: {"type": "ping"}\n\n';

function errorObject(type: string, message: string): object {
  return { type: 'error', error: { type, message } };
}
