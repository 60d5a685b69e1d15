// `fetch` over Tollgate's own connections answers as the platform's does, over real sockets: bodies, framings, codings,
// early ends, aborts and back-pressure (P17, trap 46).
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createBareServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProviderSetup } from '../../../../src/gateway/providers/provider.ts';
import { createFetch } from '../../../../src/gateway/providers/http/fetch-over-pool.ts';
import type { PooledFetch } from '../../../../src/gateway/providers/http/fetch-over-pool.ts';

const setup: ProviderSetup = {
  id: 'p',
  baseUrl: '',
  options: {},
  models: {},
  repairToolCalls: true,
  http: {},
};
const context = { now: Date.now, randomBytes: (length: number) => Buffer.alloc(length), env: {} };
const text = 'data: {"type":"delta"}\n\n'.repeat(400);
const megabyte = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 7) % 251));

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const readAll = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const coded =
  (encoding: string, bytes: Buffer): Handler =>
  (_, response) =>
    void response.writeHead(200, { 'content-encoding': encoding, 'content-type': 'text/plain' }).end(bytes);

const handlers: Record<string, Handler> = {
  '/echo': async (request, response) => {
    const body = await readAll(request);
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        type: request.headers['content-type'] ?? null,
        length: request.headers['content-length'] ?? null,
        own: request.headers['x-own'] ?? null,
        body: body.toString('latin1'),
      }),
    );
  },
  '/counted': (_, response) => void response.writeHead(200, { 'content-length': text.length }).end(text),
  '/chunked': (_, response) => {
    for (const line of text.split(/(?<=\n\n)/)) response.write(line);
    response.end();
  },
  '/empty': (_, response) => void response.writeHead(200, { 'content-length': 0 }).end(),
  '/nothing': (_, response) => void response.writeHead(204).end(),
  '/unchanged': (_, response) => void response.writeHead(304, { etag: '"1"' }).end(),
  '/error': (_, response) =>
    void response.writeHead(529, { 'content-type': 'application/json' }).end('{"error":1}'),
  '/headers': (_, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.setHeader('x-many', ['1', '2']);
    response.setHeader('x-latin', 'caf\xe9');
    response.end('x');
  },
  '/close': (_, response) => void response.writeHead(200, { connection: 'close' }).end('closed'),
  '/megabyte': (_, response) => void response.end(megabyte),
  '/gzip': coded('gzip', gzipSync(text)),
  '/br': coded('br', brotliCompressSync(text)),
  '/deflate': coded('deflate', deflateSync(text)),
  '/deflate-raw': coded('deflate', deflateRawSync(text)),
  '/gzip-capitals': coded('GZIP', gzipSync(text)),
  '/unknown-coding': coded('rot13', Buffer.from('grkg')),
  '/identity': coded('identity', Buffer.from(text)),
  '/gzip-cut': coded('gzip', gzipSync(text).subarray(0, -9)),
  '/br-cut': coded('br', brotliCompressSync(text).subarray(0, -1)),
  '/gzip-empty': coded('gzip', Buffer.alloc(0)),
};

let server: Server;
let origin: string;
let ours: PooledFetch;
let sockets: Socket[];
beforeAll(async () => {
  sockets = [];
  server = createServer((request, response) => {
    const handler = handlers[URL.parse(request.url ?? '', 'http://x')?.pathname ?? ''];
    if (handler === undefined) response.writeHead(404).end();
    else void handler(request, response);
  });
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
beforeEach(() => {
  ours = createFetch(setup, context);
});
afterEach(() => ours.destroy());

/** All that a caller can see of an answer. */
async function seen(fetch: typeof globalThis.fetch, path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(`${origin}${path}`, init);
  const headers = [...response.headers].filter(
    ([name]) => !['date', 'connection', 'keep-alive'].includes(name),
  );
  const isEmpty = response.body === null;
  return {
    status: response.status,
    ok: response.ok,
    statusText: response.statusText,
    url: response.url,
    headers,
    isEmpty,
    body: Buffer.from(await response.arrayBuffer()).toString('latin1'),
  };
}

describe('answers as the platform’s fetch', () => {
  type Init = Required<Pick<RequestInit, 'body' | 'headers'>>;
  const post = (body: Init['body'], headers: Init['headers'] = {}): RequestInit => ({
    method: 'POST',
    body,
    headers,
  });
  const streamed = (): RequestInit => ({
    method: 'POST',
    body: new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from('a'));
        controller.enqueue(Buffer.from('b'));
        controller.close();
      },
    }),
    duplex: 'half',
  });
  const cases: readonly (readonly [name: string, path: string, init?: () => RequestInit])[] = [
    ['GET', '/echo?a=1&b=%20#part'],
    ['a string', '/echo', () => post('{"ä":1}', { 'Content-Type': 'application/json' })],
    ['a string without a type', '/echo', () => post('x')],
    ['an empty string', '/echo', () => post('')],
    ['no body', '/echo', () => post(null)],
    ['bytes', '/echo', () => post(new Uint8Array([0, 255, 128]))],
    ['bytes that are a part', '/echo', () => post(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))],
    ['an ArrayBuffer', '/echo', () => post(new Uint8Array([9, 8]).buffer)],
    ['form fields', '/echo', () => post(new URLSearchParams({ a: '1', b: 'ü' }))],
    ['a blob', '/echo', () => post(new Blob(['hi'], { type: 'text/css' }))],
    ['headers as Headers', '/echo', () => post('x', new Headers({ 'X-Own': 'yes' }))],
    [
      'headers as a list',
      '/echo',
      () =>
        post('x', [
          ['x-own', 'a'],
          ['X-Own', 'b'],
        ]),
    ],
    ['a large body', '/echo', () => post(megabyte)],
    ['PUT', '/echo', () => ({ method: 'put', body: 'x' })],
    ['DELETE', '/echo', () => ({ method: 'DELETE' })],
    ['HEAD', '/counted', () => ({ method: 'HEAD' })],
    ['HEAD of a coded answer', '/gzip', () => ({ method: 'HEAD' })],
    ['a body of a known length', '/counted'],
    ['a body in chunks', '/chunked'],
    ['an empty body', '/empty'],
    ['204', '/nothing'],
    ['304', '/unchanged'],
    ['404', '/missing'],
    ['529', '/error'],
    ['several headers of one name', '/headers'],
    ['an answer that ends its connection', '/close'],
    ['a megabyte', '/megabyte'],
    ['gzip', '/gzip'],
    ['gzip in capitals', '/gzip-capitals'],
    ['brotli', '/br'],
    ['deflate', '/deflate'],
    ['deflate without its wrapping', '/deflate-raw'],
    ['an unknown coding', '/unknown-coding'],
    ['identity', '/identity'],
    ['gzip that lacks its end', '/gzip-cut'],
    ['brotli that lacks its end', '/br-cut'],
    ['a coding around nothing', '/gzip-empty'],
  ];
  test.each(cases.map((one) => ({ name: one[0], path: one[1], init: one[2] })))(
    '$name',
    async ({ path, init }) => {
      const expected = await seen(globalThis.fetch, path, init?.());
      // A reason of the server's own is not read; the standard one stands in for it.
      const statusText = path === '/error' ? '' : (expected as { statusText: string }).statusText;
      expect(await seen(ours.fetch, path, init?.())).toEqual({ ...(expected as object), statusText });
      // Whatever it was, the next answer is not mixed up with it.
      expect(await seen(ours.fetch, '/counted')).toMatchObject({ status: 200, body: text });
    },
  );

  test('a body from a stream', async () => {
    expect(await seen(ours.fetch, '/echo', streamed())).toMatchObject({
      body: expect.stringContaining('"body":"ab"') as string,
    });
  });

  test('a Request object, and a URL object', async () => {
    const request = new Request(`${origin}/echo`, { method: 'POST', body: 'hi', headers: { 'x-own': '1' } });
    expect(await (await ours.fetch(request)).json()).toMatchObject({ method: 'POST', body: 'hi', own: '1' });
    expect((await ours.fetch(new URL(`${origin}/counted`))).status).toBe(200);
  });

  test('zstd', async () => {
    handlers['/zstd'] = coded('zstd', zstdCompressSync(text));
    expect(await seen(ours.fetch, '/zstd')).toMatchObject({ body: text });
  });

  test.each<readonly [name: string, input: string, init: RequestInit]>([
    ['no address', 'nonsense', {}],
    ['an address of another kind', 'ftp://127.0.0.1/', {}],
    ['an address with a password', 'http://user:pass@127.0.0.1/', {}],
    ['a header name that is none', 'http://127.0.0.1/', { headers: { 'a b': '1' } }],
    ['a header value with a line break', 'http://127.0.0.1/', { headers: { a: '1\r\nb: 2' } }],
    ['a method that is none', 'http://127.0.0.1/', { method: 'GE T' }],
    ['GET with a body', 'http://127.0.0.1/', { body: 'x' }],
  ])('%s is a TypeError', async (_name, input, init) => {
    await expect(globalThis.fetch(input, init)).rejects.toBeInstanceOf(TypeError);
    await expect(ours.fetch(input, init)).rejects.toBeInstanceOf(TypeError);
  });
});

describe('connections', () => {
  test('requests one after the other share one, 100 at once get their own answers', async () => {
    const before = sockets.length;
    for (let index = 0; index < 5; index++) await (await ours.fetch(`${origin}/counted`)).text();
    expect(sockets.length - before).toBe(1);
    const answers = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const response = await ours.fetch(`${origin}/echo?n=${index}`, { method: 'POST', body: `b${index}` });
        return (await response.json()) as { url: string; body: string };
      }),
    );
    answers.forEach((answer, index) =>
      expect(answer).toMatchObject({ url: `/echo?n=${index}`, body: `b${index}` }),
    );
  });

  test('answers without a body leave their connection free for the next', async () => {
    const before = sockets.length;
    for (const path of ['/counted', '/chunked', '/gzip', '/nothing', '/unchanged', '/counted'])
      expect(await (await ours.fetch(`${origin}${path}`, { method: 'HEAD' })).text()).toBe('');
    expect(await (await ours.fetch(`${origin}/nothing`)).text()).toBe('');
    expect(await (await ours.fetch(`${origin}/counted`)).text()).toBe(text);
    expect(sockets.length - before).toBe(1);
  });

  test('a redirect is returned, never followed: the key stays with its address', async () => {
    handlers['/redirect'] = (_, response) => void response.writeHead(307, { location: '/counted' }).end();
    const response = await ours.fetch(`${origin}/redirect`);
    expect([response.status, response.headers.get('location')]).toEqual([307, '/counted']);
  });

  test('plain bytes are asked for, and what belongs to the connection is not taken from the caller', async () => {
    let received: string[] = [];
    handlers['/raw'] = (request, response) => {
      received = request.rawHeaders;
      response.end();
    };
    await ours.fetch(`${origin}/raw`, {
      headers: { host: 'elsewhere', connection: 'close', 'transfer-encoding': 'chunked', authorization: 'k' },
    });
    const names = received.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    expect(names.toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'host',
      'user-agent',
    ]);
    expect(received).toContain(new URL(origin).host);
    expect(received).toContain('identity');
  });

  test('an idle connection that died under a request is replaced, also when all of them died', async () => {
    const own = sockets.length;
    await Promise.all(Array.from({ length: 5 }, async () => (await ours.fetch(`${origin}/counted`)).text()));
    // The server reads a request on any of these, and hangs up.
    const idle = sockets.slice(own);
    expect(idle.length).toBeGreaterThan(2);
    for (const socket of idle)
      socket.removeAllListeners('data').on('data', () => void socket.resetAndDestroy());
    expect(await (await ours.fetch(`${origin}/counted`)).text()).toBe(text);
    expect(sockets.length).toBe(own + idle.length + 1);
  });

  test('added headers go to the provider’s own address and nowhere else', async () => {
    handlers['/own'] = (request, response) => void response.end(String(request.headers['x-company']));
    const http = { headers: { 'X-Company': 'secret' } };
    const own = createFetch({ ...setup, baseUrl: `${origin}/v1`, http }, context);
    expect(await (await own.fetch(`${origin}/own`)).text()).toBe('secret');
    const other = createFetch({ ...setup, baseUrl: 'http://127.0.0.1:1', http }, context);
    expect(await (await other.fetch(`${origin}/own`)).text()).toBe('undefined');
    own.destroy();
    other.destroy();
  });
});

describe('what goes wrong', () => {
  test('nobody there: "fetch failed" with the cause', async () => {
    const closed = createBareServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    await expect(ours.fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED' },
    });
  });

  test.each<readonly [name: string, handler: Handler, code: string]>([
    [
      'a counted body',
      (_, response) =>
        void response.writeHead(200, { 'content-length': 10 }).write('half', () => response.destroy()),
      'UPSTREAM_CLOSED',
    ],
    [
      'a chunked body',
      (_, response) => void response.write('half', () => response.destroy()),
      'UPSTREAM_CLOSED',
    ],
    [
      'a body in a coding that it is not in',
      (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain'),
      'Z_DATA_ERROR',
    ],
  ])('%s that breaks off fails the reader, after what came', async (_name, handler, code) => {
    handlers['/broken'] = handler;
    await expect((await globalThis.fetch(`${origin}/broken`)).text()).rejects.toBeInstanceOf(TypeError);
    const response = await ours.fetch(`${origin}/broken`);
    await expect(response.text()).rejects.toMatchObject({
      name: 'TypeError',
      message: 'terminated',
      cause: { code },
    });
  });

  test('an abort before the request sends nothing', async () => {
    const before = sockets.length;
    const reason = new Error('changed my mind');
    await expect(ours.fetch(`${origin}/counted`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(sockets.length).toBe(before);
  });

  test('an abort before the answer ends the connection', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    handlers['/never'] = (_, response) => arrived.resolve(response);
    const abort = new AbortController();
    const answer = ours.fetch(`${origin}/never`, { signal: abort.signal });
    const closed = once(await arrived.promise, 'close');
    abort.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await closed;
  });

  test('an abort inside the answer fails its reader and ends the connection', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    handlers['/open'] = (_, response) => {
      response.write('first');
      arrived.resolve(response);
    };
    const abort = new AbortController();
    const response = await ours.fetch(`${origin}/open`, { signal: abort.signal });
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('first');
    const closed = once(await arrived.promise, 'close');
    abort.abort();
    await expect(reader?.read()).rejects.toMatchObject({ name: 'AbortError' });
    await closed;
  });

  test.each(['/endless', '/endless-gzip'])('%s: a cancelled body ends the connection', async (path) => {
    const arrived = Promise.withResolvers<ServerResponse>();
    handlers[path] = (_, response) => {
      if (path === '/endless-gzip') response.setHeader('content-encoding', 'gzip');
      response.write(path === '/endless' ? 'x' : gzipSync('x'));
      arrived.resolve(response);
    };
    const response = await ours.fetch(`${origin}${path}`);
    const closed = once(await arrived.promise, 'close');
    await response.body?.cancel();
    await closed;
  });

  test('a provider that was removed ends its answers in flight and takes no new ones', async () => {
    const arrived = Promise.withResolvers<ServerResponse>();
    handlers['/late'] = (_, response) => {
      response.write('a');
      arrived.resolve(response);
    };
    const response = await ours.fetch(`${origin}/late`);
    ours.retire();
    await expect(ours.fetch(`${origin}/counted`)).rejects.toMatchObject({
      cause: { code: 'UPSTREAM_CLOSED' },
    });
    (await arrived.promise).end('b');
    expect(await response.text()).toBe('ab');
  });
});

describe('a reader that falls behind', () => {
  test.each([
    ['plain', (bytes: Buffer) => bytes, {}],
    ['coded', (bytes: Buffer) => gzipSync(bytes, { level: 0 }), { 'content-encoding': 'gzip' }],
  ])('%s: the upstream is held back, and everything arrives in order', async (_name, encode, headers) => {
    const body = Buffer.concat(Array.from({ length: 32 }, () => megabyte));
    const bytes = encode(body);
    let sent = 0;
    handlers['/flood'] = async (_request, response) => {
      response.writeHead(200, { ...headers, 'content-length': bytes.length });
      for (; sent < bytes.length; sent += 65_536)
        if (!response.write(bytes.subarray(sent, sent + 65_536))) await once(response, 'drain');
      response.end();
    };
    const response = await ours.fetch(`${origin}/flood`);
    // What the kernel holds for both sides is a few megabytes; the rest has to wait at the sender.
    for (let still = 0; still < 3000;) {
      const before = sent;
      await new Promise(setImmediate);
      still = sent === before ? still + 1 : 0;
    }
    expect(sent).toBeLessThan(24_000_000);
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    expect(sent).toBeGreaterThanOrEqual(bytes.length);
  });

  test('small pieces come one by one, as they were sent', async () => {
    const pieces = Array.from({ length: 50 }, (_, index) => `event ${index}\n\n`);
    let next: () => void = () => {};
    handlers['/pieces'] = (_, response) => {
      const left = [...pieces];
      next = () => void (left.length === 0 ? response.end() : response.write(left.shift() ?? ''));
      next();
    };
    const response = await ours.fetch(`${origin}/pieces`);
    const reader = response.body?.getReader();
    const got: string[] = [];
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
      got.push(Buffer.from(read.value).toString());
      next();
    }
    expect(got).toEqual(pieces);
  });
});
