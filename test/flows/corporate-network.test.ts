// Contract: behind a company's proxy Tollgate works as it does without one. Turns stream through it, the company's own
// certificates are trusted when named, loopback never goes through it, and what the proxy does wrong is told as the
// proxy's, without its password. (trap 46, T169)
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { encodeEvent, messageEvents, sseHeaders } from '../support/anthropic-answers.ts';
import { costOf, listPrices, tokens } from '../support/expected-cost.ts';
import {
  createGate,
  findClosedPort,
  startFakeUpstream,
  type FakeUpstream,
} from '../support/fake-upstream.ts';
import { startProxy, tlsFixture, tlsFixturePath, type ProxyServer } from '../support/proxy-server.ts';
import { sendRequest, type OpenExchange, type ReceivedAnswer } from '../support/raw-http.ts';
import { messagesBody, sessionHeader, upstreamKey, upstreamKeyVariable } from '../support/rig.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const model = 'claude-opus-5-5';
const usage = tokens({ inputTokens: 400, cacheReadTokens: 50, outputTokens: 70 });
const stream = messageEvents({ model, usage, blocks: [{ type: 'text', text: 'hello' }] }).map((event) =>
  encodeEvent(event),
);
const password = 'open-sesame-0815';
const wrongPassword = 'wr0ng-word-4711';
const caFile = tlsFixturePath('company-ca.crt');
const https = 'https://api.upstream.test';
const http = 'http://plain.upstream.test';
/** No such name exists, so going there directly ends at the name. */
const nowhere = 'https://nowhere.upstream.invalid';

let upstream: FakeUpstream;
let tls: Server;
let proxy: ProxyServer;
let company: TestGateway;

/** The scripted upstream behind TLS: what was decrypted goes on to it byte by byte. */
function serveTls(port: number): Server {
  const identity = { key: tlsFixture('upstream.test.key'), cert: tlsFixture('upstream.test.crt') };
  return createServer(identity, (socket) => {
    const onward = connect(port, '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy());
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy());
  });
}

type Reach = { baseUrl: string; http?: object };

/** A gateway with these providers; asking for a model of a provider's name asks that provider. */
function startWith(
  providers: Readonly<Record<string, Reach>>,
  network: object,
  environment: Record<string, string> = {},
): Promise<TestGateway> {
  const credential = `env:${upstreamKeyVariable}`;
  return startGateway({
    config: {
      network,
      providers: Object.entries(providers).map(([id, reach]) => ({
        id,
        type: 'anthropic',
        credential,
        ...reach,
      })),
      routes: Object.keys(providers).map((id) => ({ match: { model: id }, to: [{ provider: id, model }] })),
    },
    environment: { [upstreamKeyVariable]: upstreamKey, ...environment },
  });
}

beforeAll(async () => {
  upstream = await startFakeUpstream();
  const plainPort = Number(new URL(upstream.url).port);
  tls = serveTls(plainPort).listen(0, '127.0.0.1');
  await once(tls, 'listening');
  const { port } = tls.address() as AddressInfo;
  proxy = await startProxy({
    login: `ann:${password}`,
    ways: { 'api.upstream.test:443': port, 'plain.upstream.test:80': plainPort },
  });
  const wrong = proxy.url.replace('://', `://ann:${wrongPassword}@`);
  const down = `http://ann:${wrongPassword}@127.0.0.1:${await findClosedPort()}`;
  company = await startWith(
    {
      https: { baseUrl: https },
      http: { baseUrl: http },
      loopback: { baseUrl: upstream.url },
      headers: {
        baseUrl: https,
        http: { headers: { 'x-both': 'provider', 'Anthropic-Version': '2099-01-01' } },
      },
      exempt: { baseUrl: nowhere, http: { noProxy: ['*.upstream.invalid'], connectSeconds: 2 } },
      direct: { baseUrl: nowhere, http: { proxy: 'none', connectSeconds: 2 } },
      stranger: { baseUrl: https, http: { caFile: tlsFixturePath('localhost.crt') } },
      'no-file': { baseUrl: https, http: { caFile: '/no/such/company.pem' } },
      down: { baseUrl: https, http: { proxy: down } },
      'https-login': { baseUrl: https, http: { proxy: wrong } },
      'http-login': { baseUrl: http, http: { proxy: wrong } },
      slow: { baseUrl: upstream.url, http: { headersSeconds: 0.1 } },
      silent: { baseUrl: upstream.url, http: { silenceSeconds: 0.1 } },
    },
    { proxy: proxyAddress(), caFile, headers: { 'X-Company': 'all', 'x-both': 'network' } },
  );
});
afterAll(async () => {
  await company.dispose();
  await proxy.close();
  tls.close();
  await upstream.close();
  expect(upstream.failures).toEqual([]);
});
afterEach(() => {
  for (const secret of [password, wrongPassword])
    expect(company.stdout() + company.stderr()).not.toContain(secret);
});

const proxyAddress = (): string => proxy.url.replace('://', `://ann:${password}@`);

function open(provider: string, session: string = provider, to: TestGateway = company): OpenExchange {
  return sendRequest(`${to.url}/v1/messages?beta=true`, {
    method: 'POST',
    body: messagesBody({ model: provider }),
    headers: [
      to.key(),
      ['Content-Type', 'application/json'],
      ['anthropic-version', '2023-06-01'],
      sessionHeader(session),
    ],
  });
}

const turn = (...args: Parameters<typeof open>): Promise<ReceivedAnswer> => open(...args).answer;

const scriptStream = (): void =>
  upstream.setAnswer(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    for (const piece of stream) await exchange.send(piece);
    exchange.end();
  });

const sentence = (answer: ReceivedAnswer): string =>
  (answer.json() as { error: { message: string } }).error.message;

async function costOfSession(session: string): Promise<number> {
  const isMine = (row: ExchangeRow): boolean => row.sessionId === session && row.state === 'completed';
  const rows = await company.control.waitForExchanges((all) => all.some(isMine));
  return rows.find(isMine)?.costNanoUsd ?? Number.NaN;
}

describe('through the proxy', () => {
  test.each([
    ['https', https],
    ['http', http],
  ])(
    '%s: a turn streams as it comes, is counted, and the login stays with the proxy',
    async (id, baseUrl) => {
      const [first = '', ...rest] = stream;
      const gate = createGate();
      upstream.setAnswer(async (exchange) => {
        await exchange.request.bodyEnded;
        exchange.head(200, sseHeaders);
        await exchange.send(first);
        await gate.opened;
        for (const piece of rest) await exchange.send(piece);
        exchange.end();
      });
      const seen = upstream.nextRequest();
      const asked = proxy.requests.length;
      const exchange = open(id);
      await exchange.receivedAtLeast(Buffer.byteLength(first));
      gate.open();
      expect((await exchange.answer).text()).toBe(stream.join(''));
      expect(proxy.requests.slice(asked).map(({ target }) => target)).toEqual([
        id === 'https' ? 'api.upstream.test:443' : `${http}/v1/messages?beta=true`,
      ]);
      const request = await seen;
      expect(request.values('proxy-authorization')).toEqual([]);
      expect(request.values('x-api-key')).toEqual([upstreamKey]);
      expect(request.values('host')).toEqual([new URL(baseUrl).host]);
      expect(await costOfSession(id)).toBe(costOf(listPrices[model], usage));
    },
  );

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const)('trap 46: an answer in %s arrives as it was sent, and is counted', async (encoding, encode) => {
    const bytes = encode(Buffer.from(stream.join('')));
    upstream.setAnswer(async (exchange) => {
      await exchange.request.bodyEnded;
      exchange.head(200, [...sseHeaders, ['content-encoding', encoding]]);
      await exchange.send(bytes);
      exchange.end();
    });
    const answer = await turn('https', encoding);
    expect(answer.values('content-encoding')).toEqual([encoding]);
    expect(answer.body.equals(bytes)).toBe(true);
    expect(await costOfSession(encoding)).toBe(costOf(listPrices[model], usage));
  });

  test('headers of the settings arrive, in the place of the client’s of the same name', async () => {
    scriptStream();
    const request = upstream.nextRequest();
    expect((await turn('headers')).status).toBe(200);
    const arrived = await request;
    expect(['x-company', 'x-both', 'anthropic-version'].map((name) => arrived.values(name))).toEqual([
      ['all'],
      ['provider'],
      ['2099-01-01'],
    ]);
  });

  test('the environment’s proxy and certificate file count when the settings name none', async () => {
    const environment = {
      HTTPS_PROXY: proxyAddress(),
      NODE_EXTRA_CA_CERTS: caFile,
      NO_PROXY: 'localhost,.invalid',
    };
    const exempt = { baseUrl: nowhere, http: { connectSeconds: 2 } };
    const to = await startWith({ https: { baseUrl: https }, exempt }, {}, environment);
    try {
      scriptStream();
      const asked = proxy.requests.length;
      expect((await turn('https', 's', to)).text()).toBe(stream.join(''));
      expect((await turn('exempt', 's', to)).status).toBe(502);
      expect(proxy.requests.length).toBe(asked + 1);
    } finally {
      await to.dispose();
    }
  });
});

describe('past the proxy', () => {
  test('trap 46: loopback is reached directly, whatever settings and environment say', async () => {
    const dead = `http://127.0.0.1:${await findClosedPort()}`;
    const environment = { HTTP_PROXY: dead, HTTPS_PROXY: dead, ALL_PROXY: dead };
    const to = await startWith(
      {
        loopback: { baseUrl: upstream.url },
        // A provider's own proxy comes before the one for all.
        own: { baseUrl: https, http: { proxy: proxyAddress(), caFile } },
      },
      { proxy: dead },
      environment,
    );
    try {
      scriptStream();
      expect((await turn('loopback', 's', to)).text()).toBe(stream.join(''));
      expect((await turn('own', 's', to)).text()).toBe(stream.join(''));
    } finally {
      await to.dispose();
    }
  });

  test.each(['loopback', 'exempt', 'direct'])('%s: the proxy is not asked', async (id) => {
    scriptStream();
    const asked = proxy.requests.length;
    const answer = await turn(id);
    expect(answer.status).toBe(id === 'loopback' ? 200 : 502);
    if (id !== 'loopback') expect(sentence(answer)).not.toMatch(/proxy/);
    expect(proxy.requests.length).toBe(asked);
  });
});

describe('what goes wrong is one sentence that helps', () => {
  test('the company’s certificate is not known here', async () => {
    const answer = await turn('stranger');
    expect(answer.status).toBe(502);
    expect(sentence(answer)).toBe(
      'Tollgate could not get an answer from the provider "stranger" at https://api.upstream.test: the certificate of api.upstream.test is signed by an authority this machine does not know (UNABLE_TO_VERIFY_LEAF_SIGNATURE); behind a company proxy, name its certificate file under network.caFile.',
    );
  });

  test('the certificate file is missing: the gateway starts all the same, and says so', async () => {
    const answer = await turn('no-file');
    expect([answer.status, ...answer.values('x-should-retry')]).toEqual([502, 'false']);
    expect(sentence(answer)).toContain('/no/such/company.pem cannot be read (ENOENT)');
  });

  test('the proxy is down', async () => {
    const answer = await turn('down');
    expect(answer.status).toBe(502);
    expect(sentence(answer)).toMatch(
      /the proxy 127\.0\.0\.1:\d+ \(from the settings\) refused the connection/,
    );
    expect(answer.text()).not.toContain(wrongPassword);
  });

  test.each(['https-login', 'http-login'])(
    '%s: the proxy wants another password; its 407 never reaches the client',
    async (id) => {
      const answer = await turn(id);
      expect(answer.status).toBe(502);
      expect(sentence(answer)).toMatch(
        /the proxy 127\.0\.0\.1:\d+ \(from the settings\) did not accept the user name/,
      );
      expect(answer.values('proxy-authenticate')).toEqual([]);
      expect(answer.text()).not.toContain(wrongPassword);
    },
  );

  test('T169: no answer within headersSeconds is a 504', async () => {
    upstream.setAnswer(async (exchange) => void (await exchange.request.socketClosed));
    const answer = await turn('slow');
    expect(answer.status).toBe(504);
    expect(answer.json()).toMatchObject({ error: { type: 'timeout_error' } });
    expect(sentence(answer)).toContain('no answer came in time');
  });

  test('T169: silence inside an answer longer than silenceSeconds ends it with an error event', async () => {
    upstream.setAnswer(async (exchange) => {
      exchange.head(200, sseHeaders);
      await exchange.send(stream[0] ?? '');
      await exchange.request.socketClosed;
    });
    const answer = await turn('silent');
    expect(answer.status).toBe(200);
    expect(answer.text()).toContain('event: error');
  });
});
