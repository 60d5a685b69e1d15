// Listens on loopback only, passes every request through the door (Host, Origin, key) and hands it to its route.
// Closing lets answers in flight finish.
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { errorAnswer } from '../dialects/anthropic-messages/error-body.ts';
import { GatewayError, StartError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';
import { drainRest, keepOpenForRest } from '../lib/unread-body.ts';
import type { Guard } from './guard.ts';
import type { Call, RouteTable } from './route-table.ts';

/** Longer than a thinking pause between two turns, so that Claude Code keeps its connection. */
const KEEP_ALIVE_MS = 120_000;
const PORT_TRIES = 5;

interface ServerOptions {
  readonly routes: RouteTable;
  readonly guard: Guard;
  readonly log: Log;
  readonly newId: () => string;
}

export interface HttpServer {
  /** Binds 127.0.0.1 and, where present, ::1. Returns the port. Throws StartError. */
  listen(port: number): Promise<number>;
  /** Answers at an earlier port too, for clients that still know it. False when the port is not to be had. */
  alsoListen(port: number): Promise<boolean>;
  /** Takes no new connections and closes idle ones; resolves when the rest have ended. */
  close(): Promise<void>;
  closeAllConnections(): void;
}

export function createHttpServer(options: ServerOptions): HttpServer {
  const handler = (request: IncomingMessage, response: ServerResponse): void =>
    void dispatch(options, request, response);
  const servers: Server[] = [];

  const start = async (port: number, host: string): Promise<number> => {
    const server = createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0, maxHeaderSize: 64 * 1024 },
      handler,
    );
    // The handler decides whether a body is wanted before the client sends it.
    server.on('checkContinue', handler);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, backlog: 1024 }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => options.log.error({ error: String(error) }, 'server-error'));
    servers.push(server);
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  };
  const stopAll = (): void => {
    for (const server of servers.splice(0)) server.close();
  };

  return {
    async listen(wanted) {
      for (let attempt = 1; ; attempt++) {
        try {
          const port = await start(wanted, '127.0.0.1');
          options.guard.listensOn(port);
          await start(port, '::1').catch(ignoreMissingIpv6);
          return port;
        } catch (error) {
          stopAll();
          if (wanted === 0 && attempt < PORT_TRIES) continue;
          throw cannotListen(wanted, error);
        }
      }
    },
    alsoListen: (port) =>
      start(port, '127.0.0.1').then(
        () => options.guard.alsoListensOn(port),
        () => false,
      ),
    async close() {
      await Promise.all(
        servers.map((server) => {
          const closed = new Promise<void>((resolve) => server.close(() => resolve()));
          server.closeIdleConnections();
          return closed;
        }),
      );
    },
    closeAllConnections: () => servers.forEach((server) => server.closeAllConnections()),
  };
}

function ignoreMissingIpv6(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EADDRNOTAVAIL' && error.code !== 'EAFNOSUPPORT' && error.code !== 'EINVAL') throw error;
}

function cannotListen(port: number, error: unknown): StartError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new StartError(
      `port ${port} is taken by another program; stop it, or choose another with --port (0 picks a free one).`,
    );
  }
  if (code === 'EACCES')
    return new StartError(`port ${port} may not be used by this account; choose one above 1023 with --port.`);
  return new StartError(
    `cannot listen on port ${port} (${error instanceof Error ? error.message : String(error)})`,
  );
}

async function dispatch(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await route(options, request, response);
  } catch (error) {
    if (!(error instanceof GatewayError))
      options.log.error({ error: String(error), path: pathOf(request) }, 'request-failed');
    if (response.headersSent) response.destroy();
    else refuse(options, request, response, error);
  }
  drainRest(request);
}

function route(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): void | Promise<void> {
  const { routes, guard } = options;
  guard.checkOrigin(request);
  const path = pathOf(request);
  const entry = routes.find(request.method ?? '', path);
  if (entry === null) {
    // Without a key nobody learns which paths exist. Clients look for OAuth there without one; there is none to find.
    if (!path.startsWith('/.well-known/')) requireAnyKey(guard, request);
    throw new GatewayError(
      'NOT_FOUND',
      `Tollgate serves nothing at ${request.method ?? ''} ${path.slice(0, 200)}.`,
    );
  }
  const call: Call = { request, response, path };
  switch (entry.access) {
    case 'open':
      return entry.handle(call);
    case 'client':
      return entry.handle({ ...call, client: guard.identifyClient(request) });
    case 'window':
      if (openedByLink(guard, call)) return;
      guard.checkControl(request);
      return entry.handle(call);
    case 'control':
      guard.checkControl(request);
      return entry.handle(call);
    case 'statusline':
      guard.checkStatusLine(request);
      return entry.handle(call);
  }
}

/** A one-time link sets the window's cookie and leads to the window's plain address. */
function openedByLink(guard: Guard, call: Call): boolean {
  const link = queryOf(call.request).get('k');
  if (link === null || !guard.useLink(link)) return false;
  call.response.writeHead(303, {
    location: '/',
    'set-cookie': guard.setCookie,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  call.response.end();
  return true;
}

function requireAnyKey(guard: Guard, request: IncomingMessage): void {
  try {
    guard.checkControl(request);
  } catch {
    guard.identifyClient(request);
  }
}

function refuse(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  const known =
    error instanceof GatewayError
      ? error
      : new GatewayError('INTERNAL', 'Tollgate failed at this request; its log has the details.');
  keepOpenForRest(request, response);
  if (wantsPage(request)) {
    const page = Buffer.from(
      `<!doctype html><meta charset="utf-8"><title>Tollgate</title><p>${escapeHtml(known.message)}</p>`,
    );
    response.writeHead(known.status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': page.length,
      'cache-control': 'no-store',
    });
    response.end(page);
    return;
  }
  const answer = errorAnswer(known, options.newId());
  response.writeHead(answer.status, answer.headers as string[]);
  response.end(request.method === 'HEAD' ? undefined : answer.body);
}

const wantsPage = (request: IncomingMessage): boolean =>
  request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');

const escapeHtml = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  );

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return mark === -1 ? url : url.slice(0, mark);
}

function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
}
