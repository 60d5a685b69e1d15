// A stand-in for the gateway that serves the built window and speaks the control contract from a script: for states
// that a real gateway reaches only slowly or rarely (a hundred rows, two hundred events a second, a refused key).
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AddressInfo } from 'node:net';
import type { ControlEvents, Snapshot } from '../../src/contract/control-contract.ts';

const builtWindow = fileURLToPath(new URL('../../out/renderer', import.meta.url));

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The policy under which the gateway serves the window. */
export const contentSecurityPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'";

/** Answers one control method; what it throws becomes a 409 with the error's message. */
export type ControlHandler = (input: unknown) => unknown;

export interface WindowServer {
  readonly url: string;
  /** What a new event stream starts with, and what `snapshot.get` and `status.get` answer. */
  snapshot: Snapshot;
  readonly handlers: Map<string, ControlHandler>;
  /** When true, every control route answers 401. */
  locked: boolean;
  send<E extends keyof ControlEvents>(event: E, payload: ControlEvents[E]): void;
  /** Sends `snapshot` as it is now. */
  sendSnapshot(): void;
  /** Ends every event stream and stops listening; `listen` starts again on the same port. */
  cut(): Promise<void>;
  listen(): Promise<void>;
  close(): Promise<void>;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function serveFile(folder: string, path: string, response: ServerResponse): void {
  const file = join(folder, normalize(path === '/' ? '/index.html' : path));
  if (!file.startsWith(folder) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': mediaTypes[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': contentSecurityPolicy,
  });
  createReadStream(file).pipe(response);
}

/** Starts on a free port of 127.0.0.1. The window must have been built to `folder`. */
export async function startWindowServer(snapshot: Snapshot, folder = builtWindow): Promise<WindowServer> {
  const streams = new Set<ServerResponse>();
  const writeEvent = (stream: ServerResponse, event: string, payload: unknown): void => {
    stream.write(`event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`);
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://window').pathname;
    if (!path.startsWith('/control/')) return serveFile(folder, path, response);
    if (server.locked) {
      return answerJson(response, 401, { error: { code: 'key_missing', message: 'No key.' } });
    }
    if (path === '/control/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 200\n\n');
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return writeEvent(response, 'snapshot', server.snapshot);
    }
    const method = path.slice('/control/'.length);
    const handler = server.handlers.get(method);
    if (handler === undefined) {
      return answerJson(response, 404, { error: { code: 'unknown_method', message: `No ${method} here.` } });
    }
    const input = await readBody(request);
    try {
      answerJson(response, 200, await handler(input));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      answerJson(response, 409, { error: { code: 'refused', message } });
    }
  }

  const http = createServer((request, response) => void answer(request, response));
  let port = 0;
  const server: WindowServer = {
    url: '',
    snapshot,
    handlers: new Map<string, ControlHandler>([
      ['snapshot.get', () => server.snapshot],
      ['status.get', () => server.snapshot.status],
    ]),
    locked: false,
    send: (event, payload) => {
      for (const stream of streams) writeEvent(stream, event, payload);
    },
    sendSnapshot: () => server.send('snapshot', server.snapshot),
    cut: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
    listen: () => new Promise((resolve) => http.listen(port, '127.0.0.1', resolve)),
    close: () => (http.listening ? server.cut() : Promise.resolve()),
  };
  await server.listen();
  port = (http.address() as AddressInfo).port;
  return Object.assign(server, { url: `http://127.0.0.1:${port}/` });
}
