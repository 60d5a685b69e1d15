// Contract: what HTTP itself leaves open works as clients and servers in the field use it: connections that are kept and
// die, Expect: 100-continue, early hints, base addresses with a path, large headers.
import { Agent, request as openRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  encodeEvents,
  messageEvents,
  sendJson,
  sseHeaders,
  streamMessage,
} from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { sha256 } from '../support/fake-upstream.ts';
import { sendRaw } from '../support/raw-http.ts';
import { messagesBody, providerFor, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const usage = tokens({ inputTokens: 3, outputTokens: 4 });
const script = { model: 'claude-opus-5-5', usage, blocks: [{ type: 'text' as const, text: 'hello' }] };
const bytes = encodeEvents(messageEvents(script));

let rig: Rig;
beforeAll(async () => {
  rig = await startRig((upstream) => ({
    providers: [
      providerFor(upstream),
      { ...providerFor({ url: `${upstream.url}/base/path/` }, 'with-path'), label: 'With a path' },
    ],
    routes: [
      { match: { model: 'claude-with-path' }, to: [{ provider: 'with-path' }] },
      { match: {}, to: [{ provider: 'upstream' }] },
    ],
  }));
  rig.upstream.setAnswer(streamMessage(script));
});
afterAll(() => rig.close());

test('a client keeps one connection for many exchanges, whatever they end with', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const ask = (): Promise<{ status: number; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const outgoing = openRequest(
        `${rig.gateway.url}/v1/messages`,
        { method: 'POST', agent, headers: Object.fromEntries([rig.gateway.key()]) },
        (answer) => {
          ports.add(answer.socket.localPort);
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => void parts.push(part));
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts) }));
        },
      );
      outgoing.on('error', reject);
      outgoing.end(Buffer.from(messagesBody()));
    });
  for (const status of [200, 400, 200, 529, 200]) {
    rig.upstream.enqueue(status === 200 ? streamMessage(script) : sendJson(status, '{"type":"error"}'));
    const answer = await ask();
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body.equals(bytes)).toBe(true);
  }
  expect(ports.size).toBe(1);
  agent.destroy();
});

test('upstream connections are kept, and one that died while idle costs the client nothing', async () => {
  await rig.post(messagesBody());
  const accepted = rig.upstream.acceptedSockets();
  await rig.post(messagesBody());
  expect(rig.upstream.acceptedSockets()).toBe(accepted);
  for (let round = 0; round < 20; round += 1) {
    // Ends the connection right behind its answer, as a server at its idle limit does; the next request races with it.
    rig.upstream.enqueue(async (exchange) => {
      await exchange.request.bodyEnded;
      exchange.head(200, [...sseHeaders, ['Content-Length', String(bytes.length)]]);
      exchange.end(bytes);
      exchange.cut();
    });
    const first = await rig.post(messagesBody());
    const second = await rig.post(messagesBody(), [sessionHeader(`after idle death ${round}`)]);
    expect([round, first.status, second.status]).toEqual([round, 200, 200]);
  }
});

test('a request on a kept connection that the upstream closes unanswered is sent once more', async () => {
  await rig.post(messagesBody());
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.cut();
  });
  const before = rig.upstream.requests.length;
  const answer = await rig.post(messagesBody(), [sessionHeader('sent twice')]);
  expect(answer.body.equals(bytes)).toBe(true);
  const tries = rig.upstream.requests.slice(before);
  expect(tries.map((request) => request.sha256)).toEqual([sha256(messagesBody()), sha256(messagesBody())]);
  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect(
    rows.filter((row) => row.sessionId === 'sent twice').map((row) => [row.state, row.attempts]),
  ).toEqual([['completed', 2]]);
});

test('Expect: 100-continue is answered here and not passed on', async () => {
  const body = messagesBody();
  const next = rig.upstream.nextRequest();
  const status = await new Promise<number>((resolve, reject) => {
    const outgoing = openRequest(`${rig.gateway.url}/v1/messages`, {
      method: 'POST',
      agent: false,
      headers: {
        ...Object.fromEntries([rig.gateway.key()]),
        Expect: '100-continue',
        'Content-Length': Buffer.byteLength(body),
      },
    });
    outgoing.on('continue', () => void outgoing.end(Buffer.from(body)));
    outgoing.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.flushHeaders();
  });
  expect(status).toBe(200);
  expect((await next).values('expect')).toEqual([]);
});

test('early hints of an upstream do not disturb the answer', async () => {
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.raw('HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n');
    exchange.head(200, sseHeaders);
    exchange.end(bytes);
  });
  const answer = await rig.post(messagesBody());
  expect([answer.status, answer.body.equals(bytes)]).toEqual([200, true]);
});

test('a base address with a path is kept in front of the path asked for', async () => {
  const next = rig.upstream.nextRequest();
  await rig.post(messagesBody({ model: 'claude-with-path' }));
  expect((await next).url).toBe('/base/path/v1/messages?beta=true');
});

test('headers of 20 KB pass both ways', async () => {
  const large = 'x'.repeat(20_000);
  rig.upstream.enqueue(sendJson(200, { type: 'message' }, [['x-large', large]]));
  const next = rig.upstream.nextRequest();
  const answer = await rig.post(messagesBody({ stream: false }), [['x-claude-code-large', large]]);
  expect((await next).values('x-claude-code-large')).toEqual([large]);
  expect([answer.status, answer.values('x-large')]).toEqual([200, [large]]);
});

test('headers of 200 KB are refused with 431, and the gateway serves on', async () => {
  const answer = await sendRaw(
    rig.gateway.url,
    `GET /healthz HTTP/1.1\r\nHost: ${new URL(rig.gateway.url).host}\r\nx: ${'y'.repeat(200_000)}\r\n\r\n`,
  );
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 431 /);
  expect((await rig.get('/healthz')).status).toBe(200);
});

test.each([
  ['garbage', 'HELO mail\r\n\r\n'],
  ['two foreign Host headers', 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'],
  ['no Host header', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n'],
  [
    'a length and chunks at once',
    'POST /v1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
])('%s is refused and reaches no upstream', async (_name, text) => {
  const before = rig.upstream.requests.length;
  const answer = (await sendRaw(rig.gateway.url, text)).toString('latin1');
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(rig.upstream.requests.length).toBe(before);
});
