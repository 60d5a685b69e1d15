// The shell's line to a gateway, against real sockets: finding one that runs, calling Control, following its events.
import { createHmac } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { callControl } from '../../src/desktop/control-client.ts';
import { followControlEvents, reconnectDelayMs } from '../../src/desktop/control-events.ts';
import { isPortFree } from '../../src/desktop/port-free.ts';
import { findRunningGateway, isProcessAlive } from '../../src/desktop/running-gateway.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { sampleMeter, sampleRow, sampleSnapshot } from './support/sample-facts.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, port, address: { url: `http://127.0.0.1:${port}`, controlKey: 'control-key' } };
}

async function dataFolder(lock: string | null): Promise<string> {
  const folder = await createTemporaryFolder();
  closers.push(() => folder.remove());
  await mkdir(folder.path, { recursive: true });
  if (lock !== null) await writeFile(join(folder.path, 'lock'), lock);
  return folder.path;
}

describe('finding a running gateway', () => {
  const lockOf = (url: string, pid = process.pid) => JSON.stringify({ pid, url, controlKey: 'k' });

  /** Answers `/healthz` as the holder of this control key. */
  const proving = (controlKey: string) => (request: IncomingMessage, response: ServerResponse) => {
    const nonce = new URL(request.url ?? '', 'http://x').searchParams.get('nonce') ?? '';
    const proof = createHmac('sha256', controlKey).update(`healthz:${nonce}`).digest('hex');
    response.end(JSON.stringify({ ok: true, proof }));
  };

  test('adopts one that lives and proves itself', async () => {
    const { address } = await serve(proving('k'));
    const folder = await dataFolder(lockOf(address.url));
    expect(await findRunningGateway(folder)).toEqual({ url: address.url, controlKey: 'k' });
  });

  test('no lock file, a broken one, a dead process, a sick answer: nothing to adopt', async () => {
    const { address } = await serve((_request, response) => response.writeHead(503).end());
    const { address: healthy } = await serve(proving('k'));
    for (const lock of [null, '{', '{"pid":1}', lockOf(address.url), lockOf(healthy.url, 2 ** 22 + 1)]) {
      expect(await findRunningGateway(await dataFolder(lock))).toBeNull();
    }
  });

  test('a stranger at the port of a stale lock is not adopted', async () => {
    const { address } = await serve((_request, response) => response.end('{"ok":true}'));
    const { address: other } = await serve(proving('another key'));
    for (const { url } of [address, other])
      expect(await findRunningGateway(await dataFolder(lockOf(url)))).toBeNull();
  });

  test('a lock file that points elsewhere than this computer is not followed', async () => {
    for (const url of ['https://example.com', 'http://192.0.2.1:80', 'file:///etc/passwd', 'nonsense']) {
      expect(await findRunningGateway(await dataFolder(lockOf(url)))).toBeNull();
    }
  });

  test('this very process is alive', () => expect(isProcessAlive(process.pid)).toBe(true));
});

test('a port in use is not free, a port given back is', async () => {
  const { server, port } = await serve((_request, response) => response.end());
  expect(await isPortFree(port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isPortFree(port)).toBe(true);
});

describe('calling Control', () => {
  test('sends the key and the input, and checks the answer by the contract', async () => {
    const seen: { path?: string; key?: string; body?: string } = {};
    const { address } = await serve((request, response) => {
      seen.path = request.url ?? '';
      seen.key = request.headers.authorization ?? '';
      request.setEncoding('utf8').on('data', (text: string) => (seen.body = (seen.body ?? '') + text));
      request.on('end', () => response.end(JSON.stringify({ previous: 'a', current: 'b' })));
    });
    expect(await callControl(address, 'route.use', { provider: 'b' })).toEqual({
      previous: 'a',
      current: 'b',
    });
    expect(seen).toEqual({
      path: '/control/route.use',
      key: 'Bearer control-key',
      body: JSON.stringify({ provider: 'b' }),
    });
  });

  test("a refusal carries the gateway's own sentence", async () => {
    const { address } = await serve((_request, response) =>
      response
        .writeHead(400)
        .end(JSON.stringify({ error: { code: 'X', message: 'There is no provider "b".' } })),
    );
    await expect(callControl(address, 'route.use', { provider: 'b' })).rejects.toThrow(
      'There is no provider "b".',
    );
  });

  test('no gateway, or an answer of another shape, fails and never leaks the key', async () => {
    const { address } = await serve((_request, response) => response.end('{"unexpected":true}'));
    await expect(callControl(address, 'window.link', {})).rejects.toThrow();
    const gone = { url: 'http://127.0.0.1:9', controlKey: 'control-key' };
    const failure = await callControl(gone, 'window.link', {}).catch((error: unknown) => String(error));
    expect(failure).toContain('did not answer');
    expect(failure).not.toContain('control-key');
  });
});

describe('following events', () => {
  test('delivers snapshots and exchanges, skips what it does not know, and connects again', async () => {
    let connections = 0;
    const { address } = await serve((request, response) => {
      connections += 1;
      if (request.headers.authorization !== 'Bearer control-key') return response.writeHead(401).end();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': comment\n\nevent: later-version\ndata: {}\n\nevent: snapshot\ndata: not json\n\n');
      const snapshot = `event: snapshot\ndata: ${JSON.stringify(sampleSnapshot())}\n\n`;
      response.write(snapshot.slice(0, 100));
      response.write(snapshot.slice(100));
      const changed = { changed: [sampleRow('a', 'live')], meter: sampleMeter() };
      return response.end(`event: exchanges\ndata: ${JSON.stringify(changed)}\n\n`);
    });
    const heard: string[] = [];
    const stop = new AbortController();
    await followControlEvents(
      address,
      {
        onSnapshot: (snapshot) => heard.push(`snapshot ${snapshot.status.pid}`),
        onExchanges: (event) => heard.push(`exchanges ${event.changed.length}`),
        onLost() {
          heard.push('lost');
          if (connections === 2) stop.abort();
        },
      },
      stop.signal,
    );
    expect(heard).toEqual(['snapshot 4711', 'exchanges 1', 'lost', 'snapshot 4711', 'exchanges 1', 'lost']);
  });

  test('ends when told to, also in the middle of a silent stream', async () => {
    const stop = new AbortController();
    const { address } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: snapshot\ndata: ${JSON.stringify(sampleSnapshot())}\n\n`);
    });
    let lost = false;
    await followControlEvents(
      address,
      { onSnapshot: () => stop.abort(), onExchanges: () => {}, onLost: () => (lost = true) },
      stop.signal,
    );
    expect(lost).toBe(false);
  });

  test('waits longer after each failure, at most five seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map(reconnectDelayMs)).toEqual([
      250, 500, 1_000, 2_000, 4_000, 5_000, 5_000,
    ]);
  });
});
