// An HTTP proxy on 127.0.0.1 that a test asks for: tunnels (CONNECT) and plain requests by full address, with a login or
// without, plain or behind TLS. Every name leads to the port the test says, so that no name is ever looked up. It keeps
// what it was sent.
import { once } from 'node:events';
import { createServer, request as requestPlain } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { pairHeaders, valuesOf, type HeaderList } from './fake-upstream.ts';

export type ProxiedRequest = {
  readonly method: string;
  /** As written in the request line. */
  readonly target: string;
  readonly headers: HeaderList;
  values(name: string): string[];
};

export type ProxyOptions = {
  /** Ports on 127.0.0.1 by "host:port" as the client asks for them; others are answered with 502. */
  readonly ways: Readonly<Record<string, number>>;
  /** `user:password`; without it anybody may pass. */
  readonly login?: string;
  /** What it offers when the login is missing or wrong. */
  readonly schemes?: readonly string[];
  /** TLS on the way to the proxy itself, with test/fixtures/tls/localhost. */
  readonly secure?: boolean;
  /** Answers every request with this status. */
  readonly refuseWith?: number;
};

export type ProxyServer = {
  /** Address with the right scheme, without a login. */
  readonly url: string;
  readonly port: number;
  readonly requests: readonly ProxiedRequest[];
  /** Bytes that went through tunnels towards the hosts. */
  readonly tunnelledBytes: () => Buffer;
  close(): Promise<void>;
};

const fixtures = new URL('../fixtures/tls/', import.meta.url);
export const tlsFixture = (name: string): string => readFileSync(new URL(name, fixtures), 'utf8');
export const tlsFixturePath = (name: string): string => new URL(name, fixtures).pathname;

export async function startProxy(options: ProxyOptions): Promise<ProxyServer> {
  const requests: ProxiedRequest[] = [];
  const tunnelled: Buffer[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  };
  /** The status to refuse with; null lets the request pass. */
  const judge = (incoming: IncomingMessage): number | null => {
    const headers = pairHeaders(incoming.rawHeaders);
    requests.push({
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      headers,
      values: (name) => valuesOf(headers, name),
    });
    if (options.refuseWith !== undefined) return options.refuseWith;
    const wanted = `Basic ${Buffer.from(options.login ?? '').toString('base64')}`;
    const isKnown = options.login === undefined || incoming.headers['proxy-authorization'] === wanted;
    return isKnown ? null : 407;
  };
  const questions = (status: number): readonly string[] =>
    status === 407 ? (options.schemes ?? ['Basic realm="company"']) : [];

  const server = options.secure
    ? createSecureServer({ key: tlsFixture('localhost.key'), cert: tlsFixture('localhost.crt') })
    : createServer();
  server.on('connection', keep);
  server.on('secureConnection', keep);
  server.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    const port = options.ways[incoming.url ?? ''];
    const refusal = judge(incoming) ?? (port === undefined ? 502 : null);
    if (refusal !== null || port === undefined) {
      const lines = questions(refusal ?? 502).map((scheme) => `Proxy-Authenticate: ${scheme}\r\n`);
      socket.end(`HTTP/1.1 ${refusal} Refused\r\n${lines.join('')}Content-Length: 2\r\n\r\nno`);
      return;
    }
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\nVia: 1.1 company\r\n\r\n');
      socket.on('data', (bytes: Buffer) => tunnelled.push(bytes));
      socket.pipe(onward).pipe(socket);
    });
    keep(onward);
    onward.on('close', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  });
  server.on('request', (incoming: IncomingMessage, response: ServerResponse) => {
    const url = URL.parse(incoming.url ?? '');
    const port = options.ways[`${url?.hostname}:${url?.port || 80}`];
    const refusal = judge(incoming) ?? (port === undefined || url === null ? 502 : null);
    if (refusal !== null || url === null) {
      for (const scheme of questions(refusal ?? 502)) response.appendHeader('Proxy-Authenticate', scheme);
      response.writeHead(refusal ?? 502).end('no');
      return;
    }
    const headers = incoming.rawHeaders.filter(
      (_, index, all) => all[index - (index % 2)]?.toLowerCase() !== 'proxy-authorization',
    );
    const onward = requestPlain(
      {
        host: '127.0.0.1',
        port,
        method: incoming.method,
        path: url.pathname + url.search,
        headers,
        agent: false,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.secure ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    tunnelledBytes: () => Buffer.concat(tunnelled),
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
