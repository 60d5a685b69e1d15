// A pass-through between the real client and the gateway that changes nothing and remembers every request: proof of what the
// client sent, taken before the gateway saw it.
import { once } from 'node:events';
import { createServer, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pairHeaders, sha256, valuesOf, type HeaderList } from '../../support/fake-upstream.ts';

export type TappedRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderList;
  readonly body: Buffer;
  readonly sha256: string;
  /** Status the gateway answered with; null until then. */
  status: number | null;
  values(name: string): string[];
};

export type RecordingTap = {
  readonly url: string;
  readonly requests: readonly TappedRequest[];
  close(): Promise<void>;
};

/** Listens on a free port of 127.0.0.1 and passes every request on to `target`. */
export async function startTap(target: string): Promise<RecordingTap> {
  const { hostname, port } = new URL(target);
  const requests: TappedRequest[] = [];
  const server = createServer((incoming, response) => {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => void parts.push(part));
    incoming.on('end', () => {
      const body = Buffer.concat(parts);
      const headers = pairHeaders(incoming.rawHeaders);
      const tapped: TappedRequest = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers,
        body,
        sha256: sha256(body),
        status: null,
        values: (name) => valuesOf(headers, name),
      };
      requests.push(tapped);
      const onward = openRequest(
        {
          hostname,
          port,
          method: tapped.method,
          path: tapped.url,
          headers: withHost(headers, `${hostname}:${port}`),
        },
        (answer) => {
          tapped.status = answer.statusCode ?? null;
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
          response.flushHeaders();
          answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      response.on('close', () => onward.destroy());
      onward.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The same headers for the next hop: its own Host, the rest in order and case. */
function withHost(headers: HeaderList, host: string): string[] {
  return headers.flatMap(([name, value]) => [name, name.toLowerCase() === 'host' ? host : value]);
}
