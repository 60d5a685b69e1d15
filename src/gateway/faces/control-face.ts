// Control over HTTP: each method of the contract as POST /control/<method>, and the event stream. Input and output are
// checked by the contract's schemas.
import type { ServerResponse } from 'node:http';
import { controlMethods } from '../../contract/control-contract.ts';
import type { Control, ControlEvents, ControlMethod } from '../../contract/control-contract.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Call, RouteEntry } from './route-table.ts';

const LARGEST_INPUT = 64 * 1024;
/** Comment lines keep proxies and sleeping machines from taking the stream for dead. */
const HEARTBEAT_MS = 15_000;

/** A subscriber of the event stream; `send` returns false when its connection is congested. */
export interface EventSink {
  send<E extends keyof ControlEvents>(event: E, payload: ControlEvents[E]): boolean;
  /** Resolves `true` on the next drain. */
  onDrain(resume: () => void): void;
}

export interface EventSource {
  /** Adds a subscriber; returns how to remove it. */
  subscribe(sink: EventSink): () => void;
}

export function controlRoutes(control: Control, events: EventSource): readonly RouteEntry[] {
  const methods = Object.keys(controlMethods) as ControlMethod[];
  return [
    ...methods.map((method): RouteEntry => ({
      method: 'POST',
      path: `/control/${method}`,
      access: 'control',
      handle: (call) => runMethod(control, method, call),
    })),
    {
      method: 'GET',
      path: '/control/events',
      access: 'control',
      handle: (call) => streamEvents(events, call),
    },
  ];
}

async function runMethod(control: Control, method: ControlMethod, call: Call): Promise<void> {
  try {
    const input = controlMethods[method].input.safeParse(await readInput(call));
    if (!input.success) {
      const [issue] = input.error.issues;
      throw new GatewayError(
        'REQUEST_INVALID',
        `${issue?.path.join('.') || 'input'}: ${issue?.message ?? 'not valid'}`,
      );
    }
    // The table joins each method with its own input; the union of all of them needs one cast here.
    const run = control[method] as (input: unknown, signal: AbortSignal) => Promise<unknown>;
    const output = await run(input.data, closedSignal(call.response));
    sendJson(call.response, 200, controlMethods[method].output.parse(output));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    sendJson(call.response, error.status, { error: { code: error.code, message: error.message } });
  }
}

/** Aborted when the caller closes its connection. */
function closedSignal(response: ServerResponse): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return closed.signal;
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

async function readInput(call: Call): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of call.request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_INPUT)
      throw new GatewayError('BODY_TOO_LARGE', 'The input of a control method is at most 64 KB.');
    chunks.push(chunk);
  }
  if (length === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new GatewayError('REQUEST_INVALID', 'The input of a control method must be JSON.');
  }
}

function streamEvents(events: EventSource, { response }: Call): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS).unref();
  const unsubscribe = events.subscribe({
    send: (event, payload) => response.write(`event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`),
    onDrain: (resume) => void response.once('drain', resume),
  });
  return new Promise((resolve) => {
    response.on('close', () => {
      clearInterval(heartbeat);
      unsubscribe();
      resolve();
    });
  });
}
