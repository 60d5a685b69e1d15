// Connections through a company's proxy over real sockets: tunnels, plain requests by full address, logins that stay with
// the proxy, the company's own certificate authority, and a sentence for each thing that goes wrong (trap 46, T169).
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createBareServer } from 'node:net';
import type { AddressInfo, Server as BareServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpSettings } from '../../../../src/contract/settings.ts';
import { ByteParts } from '../../../../src/gateway/lib/byte-parts.ts';
import { createFetch } from '../../../../src/gateway/providers/http/fetch-over-pool.ts';
import { PoolSet } from '../../../../src/gateway/providers/http/pool-set.ts';
import { findClosedPort } from '../../../support/fake-upstream.ts';
import { startProxy, tlsFixture, tlsFixturePath } from '../../../support/proxy-server.ts';
import type { ProxyOptions, ProxyServer } from '../../../support/proxy-server.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';

const company = tlsFixturePath('company-ca.crt');
let closers: (() => Promise<unknown>)[];
/** Head lines of the requests that reached the upstreams. */
let received: string[][];
let plain: number;
let secure: number;

async function listen(server: Server | BareServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function proxy(options: Partial<ProxyOptions> = {}): Promise<ProxyServer> {
  const server = await startProxy({
    ways: { 'upstream.test:80': plain, 'upstream.test:443': secure, 'other.test:443': secure },
    ...options,
  });
  closers.push(() => server.close());
  return server;
}

/** Sends POST with a body and gives the answer's text, or the cause of its failure. */
async function ask(address: string, http: HttpSettings, env: Record<string, string> = {}): Promise<string> {
  const pooled = createFetch(
    { id: 'p', baseUrl: '', options: {}, models: {}, repairToolCalls: true, http },
    { now: Date.now, randomBytes: (length) => Buffer.alloc(length), env },
  );
  try {
    const response = await pooled.fetch(address, { method: 'POST', body: 'question' });
    return `${response.status} ${await response.text()}`;
  } catch (error) {
    const { cause } = error as { cause: Error & { code: string } };
    return `${cause.code}: ${cause.message}`;
  } finally {
    pooled.destroy();
  }
}

beforeEach(async () => {
  closers = [];
  received = [];
  const answer: Parameters<typeof createServer>[1] = (request, response) => {
    received.push(request.rawHeaders.map((text) => text.toLowerCase()));
    request.pipe(response);
  };
  plain = await listen(createServer(answer));
  const identity = { key: tlsFixture('upstream.test.key'), cert: tlsFixture('upstream.test.crt') };
  secure = await listen(createSecureServer(identity, answer));
});
afterEach(async () => {
  for (const close of closers) await close();
});

describe.each([
  ['plain', false],
  ['with TLS', true],
])('a proxy that is reached %s', (_name, isSecure) => {
  let caFile: string;
  beforeEach(async () => {
    const folder = await createTemporaryFolder();
    closers.push(() => folder.remove());
    caFile = join(folder.path, 'both.pem');
    const bundle = `The company's own:\n${tlsFixture('company-ca.crt')}\n\n${tlsFixture('localhost.crt')}`;
    await writeFile(caFile, bundle);
  });

  test('https goes through a tunnel, and the proxy sees nothing of it', async () => {
    const server = await proxy({ secure: isSecure, login: 'ann:pa:ss' });
    const address = server.url.replace('://', '://ann:pa:ss@');
    expect(await ask('https://upstream.test/v1?a=1', { proxy: address, caFile })).toBe('200 question');
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'CONNECT upstream.test:443',
    ]);
    expect(server.tunnelledBytes().includes('question')).toBe(false);
    expect(received[0]).not.toContain('proxy-authorization');
    expect(received[0]).toContain('upstream.test');
  });

  test('http is asked by its full address, and the login stays with the proxy', async () => {
    const server = await proxy({ secure: isSecure, login: 'ann:secret' });
    const address = server.url.replace('://', '://ann:secret@');
    expect(await ask('http://upstream.test/v1?a=1', { proxy: address, caFile })).toBe('200 question');
    expect(server.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'POST http://upstream.test/v1?a=1',
    ]);
    expect(received[0]).not.toContain('proxy-authorization');
  });

  test('a large body goes up and comes back whole', async () => {
    const server = await proxy({ secure: isSecure });
    const pooled = createFetch(
      {
        id: 'p',
        baseUrl: '',
        options: {},
        models: {},
        repairToolCalls: true,
        http: { proxy: server.url, caFile },
      },
      { now: Date.now, randomBytes: (length) => Buffer.alloc(length), env: {} },
    );
    const body = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => (index * 31) % 253));
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const response = await pooled.fetch('https://upstream.test/', { method: 'POST', body });
        return Buffer.from(await response.arrayBuffer()).equals(body);
      }),
    );
    expect(answers).toEqual([true, true, true, true, true]);
    const before = server.requests.length;
    await (await pooled.fetch('https://upstream.test/', { method: 'POST', body })).arrayBuffer();
    // Tunnels are kept alive as connections are.
    expect(server.requests.length).toBe(before);
    pooled.destroy();
  });
});

describe('which authorities are trusted', () => {
  test('an unknown one is named as what it is, with what to do', async () => {
    const { url } = await proxy();
    const outcome = await ask('https://upstream.test/', { proxy: url });
    expect(outcome).toMatch(
      /^UNABLE_TO_VERIFY_LEAF_SIGNATURE: the certificate of upstream\.test is signed by an /,
    );
    expect(outcome).toContain('network.caFile');
    expect(received).toEqual([]);
  });

  test.each([
    ['caFile', { caFile: company }, {}],
    ['NODE_EXTRA_CA_CERTS', {}, { NODE_EXTRA_CA_CERTS: company }],
    ['SSL_CERT_FILE', {}, { SSL_CERT_FILE: company }],
    [
      'caFile beside a file of the environment that is gone',
      { caFile: company },
      { SSL_CERT_FILE: '/no/such' },
    ],
  ])('%s adds its own', async (_name, http, env) => {
    const { url } = await proxy();
    expect(await ask('https://upstream.test/', { proxy: url, ...http }, env)).toBe('200 question');
  });

  test('caFile counts for direct connections, too', async () => {
    const identity = { key: tlsFixture('localhost.key'), cert: tlsFixture('localhost.crt') };
    const port = await listen(
      createSecureServer(identity, (request, response) => void request.pipe(response)),
    );
    const address = `https://localhost:${port}/`;
    expect(await ask(address, { caFile: tlsFixturePath('localhost.crt') })).toBe('200 question');
    expect(await ask(address, { caFile: company })).toMatch(
      new RegExp(`^DEPTH_ZERO_SELF_SIGNED_CERT: the certificate of localhost:${port} `),
    );
  });

  test('a certificate for another name is not accepted', async () => {
    const { url } = await proxy();
    expect(await ask('https://other.test/', { proxy: url, caFile: company })).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID: the certificate of other.test was made for another name; check the address',
    );
  });

  test('the proxy’s own certificate is checked as well, and the sentence says whose it is', async () => {
    const { url, port } = await proxy({ secure: true });
    for (const scheme of ['http', 'https'])
      expect(await ask(`${scheme}://upstream.test/`, { proxy: url, caFile: company })).toMatch(
        new RegExp(`^DEPTH_ZERO_SELF_SIGNED_CERT: the certificate of the proxy 127\\.0\\.0\\.1:${port} `),
      );
  });

  test('a file that cannot be used is an error of the call, and mended is used at once', async () => {
    const folder = await createTemporaryFolder();
    closers.push(() => folder.remove());
    const { url } = await proxy();
    const caFile = join(folder.path, 'ca.pem');
    const http = { proxy: url, caFile };
    expect(await ask('https://upstream.test/', http)).toBe(
      `PROVIDER_UNUSABLE: The certificate file ${caFile} cannot be read (ENOENT). Name a readable file under network.caFile, or remove that line.`,
    );
    await writeFile(caFile, 'no certificate');
    expect(await ask('https://upstream.test/', http)).toMatch(/holds no certificate in PEM form/);
    await writeFile(caFile, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    expect(await ask('https://upstream.test/', http)).toMatch(/holds a certificate that cannot be read/);
    await writeFile(caFile, tlsFixture('company-ca.crt'));
    expect(await ask('https://upstream.test/', http)).toBe('200 question');
    await writeFile(caFile, tlsFixture('localhost.crt'));
    expect(await ask('https://upstream.test/', http)).toMatch(/^UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
    // Plain addresses need none.
    expect(await ask('http://upstream.test/', { proxy: url, caFile: '/no/such' })).toBe('200 question');
  });
});

describe('what a proxy does wrong is told as the proxy’s', () => {
  const both = ['http://upstream.test/', 'https://upstream.test/'];

  test.each(both)('%s: it is not there', async (address) => {
    const port = await findClosedPort();
    expect(await ask(address, {}, { HTTP_PROXY: `http://ann:secret@127.0.0.1:${port}` })).toBe(
      `UPSTREAM_PROXY: the proxy 127.0.0.1:${port} (from HTTP_PROXY) refused the connection; check that it runs, or name another under network.proxy`,
    );
  });

  test.each(both)('%s: it wants a login, or another one', async (address) => {
    const { url, port } = await proxy({ login: 'ann:right' });
    const name = `the proxy 127.0.0.1:${port} (from the settings)`;
    expect(await ask(address, { proxy: url })).toBe(
      `UPSTREAM_PROXY: ${name} wants a user name and password (status 407); write them into its address, like "http://USER:PASSWORD@HOST:PORT"`,
    );
    const wrong = await ask(address, { proxy: url.replace('://', '://ann:wr0ng@') });
    expect(wrong).toBe(
      `UPSTREAM_PROXY: ${name} did not accept the user name and password in its address (status 407); correct them there`,
    );
    expect(received).toEqual([]);
  });

  test.each(both)('%s: it wants a login that Tollgate does not speak', async (address) => {
    const { url } = await proxy({ login: 'a:b', schemes: ['Negotiate', 'NTLM'] });
    expect(await ask(address, { proxy: url })).toMatch(/wants a login of the kind negotiate, ntlm, which/);
  });

  test.each([
    [403, /does not let Tollgate through to upstream\.test:443 \(status 403\)/],
    [502, /could not reach upstream\.test:443 \(status 502\)/],
  ])('a tunnel refused with %s', async (refuseWith, expected) => {
    const { url } = await proxy({ refuseWith });
    expect(await ask('https://upstream.test/', { proxy: url })).toMatch(expected);
  });

  test('what a proxy answers to a plain request is the answer: it cannot be told from the upstream’s', async () => {
    const { url } = await proxy({ refuseWith: 403 });
    expect(await ask('http://upstream.test/', { proxy: url })).toBe('403 no');
  });

  test.each([
    'HTTP/1.1 200 OK\r\n\r\nunasked bytes',
    '220 mail.test ESMTP\r\n\r\n',
    'HTTP/1.1 101 x\r\n\r\n',
  ])('an answer to CONNECT that is none: %j', async (bytes) => {
    const port = await listen(createBareServer((socket) => socket.once('data', () => socket.write(bytes))));
    expect(await ask('https://upstream.test/', { proxy: `127.0.0.1:${port}` })).toMatch(
      /^UPSTREAM_PROXY: the proxy .* did not answer as an HTTP proxy does/,
    );
  });

  test('it hangs up before an answer, or as soon as the way stands', async () => {
    const early = await listen(createBareServer((socket) => socket.once('data', () => socket.end())));
    for (const address of both)
      expect(await ask(address, { proxy: `127.0.0.1:${early}` })).toMatch(
        address.startsWith('https')
          ? /^UPSTREAM_PROXY: .* closed the connection without an answer/
          : /^UPSTREAM_(?:PROXY|CLOSED): .*closed/,
      );
    const late = await listen(
      createBareServer((socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.once('data', () => socket.end());
        });
      }),
    );
    expect(await ask('https://upstream.test/', { proxy: `127.0.0.1:${late}` })).toMatch(
      /^UPSTREAM_PROXY: the proxy .* opened the way to upstream\.test, which was closed before/,
    );
  });

  test('T169: a proxy that accepts and stays silent is given up after connectSeconds', async () => {
    const port = await listen(createBareServer(() => {}));
    expect(await ask('https://upstream.test/', { proxy: `127.0.0.1:${port}`, connectSeconds: 0.5 })).toBe(
      `UPSTREAM_CONNECT_TIMEOUT: there was no connection through the proxy 127.0.0.1:${port} (from the settings) within 0.5 s`,
    );
  });

  test('an abort while the way is being opened leaves no connection behind', async () => {
    const gone = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const port = await listen(
      createBareServer((socket) => {
        socket.once('data', () => asked.resolve());
        socket.on('error', () => {});
        socket.once('close', () => gone.resolve());
      }),
    );
    const pooled = createFetch(
      {
        id: 'p',
        baseUrl: '',
        options: {},
        models: {},
        repairToolCalls: true,
        http: { proxy: `127.0.0.1:${port}` },
      },
      { now: Date.now, randomBytes: (length) => Buffer.alloc(length), env: {} },
    );
    const abort = new AbortController();
    const answer = pooled.fetch('https://upstream.test/', { signal: abort.signal });
    await asked.promise;
    abort.abort();
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await gone.promise;
    pooled.destroy();
  });
});

test('a call that is paused before its tunnel stands hears nothing until it is resumed', async () => {
  const { url } = await proxy();
  const http = { proxy: url, caFile: company };
  const pool = new PoolSet(
    { id: 'p', baseUrl: '', options: {}, models: {}, repairToolCalls: true, http },
    {},
  ).pool('https://upstream.test');
  const heard: string[] = [];
  const ended = Promise.withResolvers<void>();
  const call = pool.send(
    '/',
    { method: 'POST', headers: [], body: ByteParts.of(Buffer.from('question')) },
    {
      onStart: () => void heard.push('start'),
      onData: () => void heard.push('data'),
      onEnd: () => ended.resolve(),
      onError: (error) => ended.reject(error),
    },
  );
  call.pause();
  // The question arrives; its answer has all the time it needs.
  while (received.length === 0) await new Promise(setImmediate);
  for (let turns = 0; turns < 2000; turns++) await new Promise(setImmediate);
  expect(heard).toEqual([]);
  call.resume();
  await ended.promise;
  expect(heard).toEqual(['start', 'data']);
  pool.destroy();
});

test('trap 46: loopback is reached directly, whatever the settings and the environment say', async () => {
  const server = await proxy();
  const env = { HTTP_PROXY: server.url, HTTPS_PROXY: server.url, ALL_PROXY: server.url };
  expect(await ask(`http://127.0.0.1:${plain}/`, { proxy: server.url }, env)).toBe('200 question');
  expect(await ask(`http://localhost:${plain}/`, {}, env)).toBe('200 question');
  expect(server.requests).toEqual([]);
});

test('a header that frames the message cannot be added; others replace those of the same name', async () => {
  expect(await ask(`http://127.0.0.1:${plain}/`, { headers: { 'Content-Length': '1' } })).toMatch(
    /^PROVIDER_UNUSABLE: The header "content-length" cannot be set/,
  );
  expect(received).toEqual([]);
  const headers = { 'USER-AGENT': 'Company', 'x-cost-centre': '42' };
  await ask(`http://127.0.0.1:${plain}/`, { headers });
  expect(received[0]?.filter((text) => text === 'user-agent')).toHaveLength(1);
  expect(received[0]).toEqual(expect.arrayContaining(['company', 'x-cost-centre', '42']));
});
