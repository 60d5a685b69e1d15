// The connections to an upstream over real sockets: which are used again, which never, what a dying one means, and that
// one call can never touch another (P10, P16; plain and TLS).
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createSecureServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ByteParts } from '../../../../src/gateway/lib/byte-parts.ts';
import { ConnectionPool } from '../../../../src/gateway/providers/http/connection-pool.ts';
import type { UpstreamCall } from '../../../../src/gateway/providers/provider.ts';

const limits = { connectMs: 20_000, headersMs: 20_000, silenceMs: 20_000, idleMs: 20_000 };
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** A server of bare sockets; `answer` sees the number of the connection and of the request on it, both from 1. */
class BareServer {
  readonly sockets: Socket[] = [];
  readonly received: string[] = [];
  answer: (socket: Socket, connection: number, request: number) => void = (socket) => socket.write(ok('hi'));
  readonly #server: Server;

  constructor(secure: boolean) {
    const folder = new URL('../../../fixtures/tls/', import.meta.url);
    const options = {
      key: readFileSync(new URL('localhost.key', folder)),
      cert: readFileSync(new URL('localhost.crt', folder)),
    };
    const serve = (socket: Socket): void => this.#serve(socket);
    this.#server = secure ? createSecureServer(options, serve) : createServer(serve);
  }

  #serve(socket: Socket): void {
    const connection = this.sockets.push(socket);
    let text = '';
    let requests = 0;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = endOfRequest(text); end !== -1; end = endOfRequest(text)) {
        this.received.push(text.slice(0, end));
        text = text.slice(end);
        this.answer(socket, connection, ++requests);
      }
    });
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function endOfRequest(text: string): number {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return -1;
  const end = head + 4 + Number(/content-length: (\d+)/.exec(text)?.[1] ?? 0);
  return text.length >= end ? end : -1;
}

interface Outcome {
  readonly call: UpstreamCall;
  readonly ended: Promise<{ body: string; error: Error | null; reused: boolean }>;
}

function send(
  pool: ConnectionPool,
  body: string | null = '{}',
  headers: readonly string[] = [],
  path = '/v1',
): Outcome {
  const parts: Buffer[] = [];
  let finish: (outcome: Awaited<Outcome['ended']>) => void = () => {};
  const ended = new Promise<Awaited<Outcome['ended']>>((resolve) => (finish = resolve));
  const text = (): string => Buffer.concat(parts).toString('latin1');
  const call = pool.send(
    path,
    {
      method: body === null ? 'GET' : 'POST',
      headers,
      body: body === null ? null : ByteParts.of(...body.split(/(?=#)/).map((part) => Buffer.from(part))),
    },
    {
      onStart: () => {},
      onData: (chunk) => void parts.push(chunk),
      onEnd: () => finish({ body: text(), error: null, reused: false }),
      onError: (error, reused) => finish({ body: text(), error, reused }),
    },
  );
  return { call, ended };
}

describe.each([
  ['plain', false],
  ['TLS', true],
])('connections, %s', (_name, secure) => {
  let server: BareServer;
  let pool: ConnectionPool;
  const trusted = getCACertificates('default');
  beforeEach(async () => {
    if (secure) {
      const own = readFileSync(new URL('../../../fixtures/tls/localhost.crt', import.meta.url), 'utf8');
      setDefaultCACertificates([...trusted, own]);
    }
    server = new BareServer(secure);
    pool = new ConnectionPool(`${secure ? 'https' : 'http'}://127.0.0.1:${await server.listen()}`, limits);
  });
  afterEach(async () => {
    pool.destroy();
    await server.close();
    if (secure) setDefaultCACertificates(trusted);
  });

  test('one connection serves one request after the other, each sent whole and as given', async () => {
    for (const body of ['{"a":1}', 'x#y#z', '', null]) {
      expect(await send(pool, body, ['X-A', '1', 'x-b', 'caf\xe9']).ended).toMatchObject({
        body: 'hi',
        error: null,
      });
    }
    expect(server.sockets.length).toBe(1);
    expect(server.received[1]).toMatch(
      /^POST \/v1 HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nconnection: keep-alive\r\nX-A: 1\r\nx-b: caf\xe9\r\ncontent-length: 5\r\n\r\nx#y#z$/,
    );
    expect(server.received[2]).toContain('content-length: 0\r\n\r\n');
    expect(server.received[3]).toMatch(/^GET .*caf\xe9\r\n\r\n$/s);
  });

  test('requests at the same time never share one', async () => {
    const all = Array.from({ length: 20 }, (_, index) => send(pool, String(index)));
    server.answer = (socket, connection) => socket.write(ok(`c${connection}`));
    const answers = await Promise.all(all.map(({ ended }) => ended));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(20);
  });

  test('an idle connection that died under its request says so; a first one does not', async () => {
    await send(pool).ended;
    server.answer = (socket) => socket.destroy();
    expect(await send(pool).ended).toMatchObject({ reused: true, error: { code: 'UPSTREAM_CLOSED' } });
    expect(await send(pool).ended).toMatchObject({ reused: false });
  });

  test('an answer that broke off is never taken for one that never began', async () => {
    await send(pool).ended;
    server.answer = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi');
    expect(await send(pool).ended).toMatchObject({
      body: 'hi',
      reused: false,
      error: { code: 'UPSTREAM_CLOSED' },
    });
  });

  test('an idle connection that the upstream closed, or wrote to unasked, is not used again', async () => {
    await send(pool).ended;
    const [first] = server.sockets as [Socket];
    first.end();
    await once(first, 'close');
    await send(pool).ended;
    const second = server.sockets[1] as Socket;
    second.write(ok('unasked'));
    await once(second, 'close');
    expect(await send(pool).ended).toMatchObject({ body: 'hi' });
    expect(server.sockets.length).toBe(3);
  });

  test('an answer that closes, or that came before its request was read, ends its connection', async () => {
    server.answer = (socket) =>
      socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi');
    await send(pool).ended;
    await send(pool).ended;
    expect(server.sockets.length).toBe(2);
    server.answer = (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nto the end');
    expect(await send(pool).ended).toMatchObject({ body: 'to the end', error: null });
  });

  test('an abort closes its connection at once, and is without effect on the next call', async () => {
    const first = send(pool);
    await first.ended;
    server.answer = () => {};
    const second = send(pool);
    first.call.abort();
    first.call.pause();
    while (server.received.length < 2) await once(server.sockets[0] as Socket, 'data');
    (server.sockets[0] as Socket).write(ok('second'));
    expect(await second.ended).toMatchObject({ body: 'second', error: null });
    const third = send(pool);
    while (server.received.length < 3) await once(server.sockets[0] as Socket, 'data');
    third.call.abort();
    await once(server.sockets[0] as Socket, 'close');
  });

  test('a head that would not be sent as written is an error, and nothing was sent', async () => {
    for (const [headers, path] of [
      [['x-a', 'b\r\nx-c: d'], '/v1'],
      [['x-a\n', 'b'], '/v1'],
      [['x-a', '€'], '/v1'],
      [[], '/v1 HTTP/1.1\r\n'],
    ] as const) {
      expect(await send(pool, '{}', headers, path).ended).toMatchObject({
        error: { code: 'UPSTREAM_REQUEST' },
      });
    }
    expect(server.received).toEqual([]);
  });

  test('a provider that was removed ends its calls in flight and takes no new ones', async () => {
    let release: () => void = () => {};
    server.answer = (socket) => (release = () => void socket.write(ok('late')));
    const running = send(pool);
    while (server.received.length < 1) await new Promise(setImmediate);
    pool.retire();
    expect(await send(pool).ended).toMatchObject({ error: { code: 'UPSTREAM_CLOSED' } });
    release();
    expect(await running.ended).toMatchObject({ body: 'late', error: null });
    await once(server.sockets[0] as Socket, 'close');
  });
});

test('a certificate that nobody vouches for is an error', async () => {
  const server = new BareServer(true);
  const pool = new ConnectionPool(`https://127.0.0.1:${await server.listen()}`, limits);
  expect((await send(pool).ended).error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  expect(server.received).toEqual([]);
  pool.destroy();
  await server.close();
});

test.each([
  ['no answer', 'UPSTREAM_HEADERS_TIMEOUT', { headersMs: 0 }, ''],
  [
    'an answer that falls silent',
    'UPSTREAM_BODY_TIMEOUT',
    { silenceMs: 0 },
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx',
  ],
])('%s ends the call after the limit', async (_name, code, limit, answer) => {
  const server = new BareServer(false);
  server.answer = (socket) => void (answer !== '' && socket.write(answer));
  const pool = new ConnectionPool(`http://127.0.0.1:${await server.listen()}`, { ...limits, ...limit });
  expect(await send(pool).ended).toMatchObject({ error: { code } });
  pool.destroy();
  await server.close();
});

test('an idle connection is closed after its limit, or before the upstream would', async () => {
  const server = new BareServer(false);
  server.answer = (socket) =>
    socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2, max=100\r\nContent-Length: 0\r\n\r\n');
  const pool = new ConnectionPool(`http://127.0.0.1:${await server.listen()}`, limits);
  await send(pool).ended;
  await once(server.sockets[0] as Socket, 'close');
  pool.destroy();
  await server.close();
});
