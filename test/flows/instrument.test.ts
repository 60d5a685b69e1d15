// The measuring instrument itself: what the fake upstream and the raw client say must be true when nothing stands between
// them, or every other flow proves nothing.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerMessage, messageJson, sendJson, streamPieces } from '../support/anthropic-answers.ts';
import { cutEvery } from '../support/byte-cuts.ts';
import { tokens } from '../support/expected-cost.ts';
import {
  createGate,
  findClosedPort,
  sha256,
  startFakeUpstream,
  type FakeUpstream,
} from '../support/fake-upstream.ts';
import { fetchRaw, sendRaw, sendRequest } from '../support/raw-http.ts';

let upstream: FakeUpstream;
beforeAll(async () => {
  upstream = await startFakeUpstream();
});
afterAll(() => upstream.close());

test('a request is recorded with its bytes, and its headers in order and case', async () => {
  upstream.enqueue(sendJson(200, { ok: true }));
  const body = randomBytes(70_000);
  const next = upstream.nextRequest();
  const answer = await fetchRaw(`${upstream.url}/v1/messages?beta=true&x=%20y`, {
    body,
    headers: [
      ['X-Odd-CASE', 'a'],
      ['anthropic-beta', 'one, two'],
    ],
  });
  const request = await next;
  expect(answer.status).toBe(200);
  expect(request.url).toBe('/v1/messages?beta=true&x=%20y');
  expect(request.sha256).toBe(sha256(body));
  expect(request.headers.slice(0, 3).map(([name]) => name)).toEqual(['Host', 'X-Odd-CASE', 'anthropic-beta']);
});

test('pieces arrive as sent, in order, and chunk borders are kept apart when the test waits between them', async () => {
  const gate = createGate();
  upstream.enqueue(async (exchange) => {
    exchange.head(200, [['Content-Type', 'text/event-stream']]);
    await exchange.send('first');
    await gate.opened;
    await exchange.send('second');
    exchange.end();
  });
  const exchange = sendRequest(upstream.url);
  await exchange.received('first');
  gate.open();
  const answer = await exchange.answer;
  expect(answer.chunks.map((chunk) => chunk.bytes.toString())).toEqual(['first', 'second']);
  expect(answer.complete).toBe(true);
});

test('a stream cut into single bytes is whole again at the client', async () => {
  const bytes = Buffer.from('event: x\ndata: é漢🙂\n\n'.repeat(20));
  upstream.enqueue(streamPieces(cutEvery(bytes, 1)));
  expect((await fetchRaw(upstream.url)).body.equals(bytes)).toBe(true);
});

test('a cut answer is reported as incomplete, a reset before the head as an error', async () => {
  upstream.enqueue(async (exchange) => {
    exchange.head(200);
    await exchange.send('half');
    exchange.cut();
  });
  const answer = await fetchRaw(upstream.url);
  expect([answer.text(), answer.complete]).toEqual(['half', false]);
  upstream.enqueue((exchange) => exchange.reset());
  await expect(fetchRaw(upstream.url)).rejects.toThrow();
  await expect(fetchRaw(`http://127.0.0.1:${await findClosedPort()}`)).rejects.toThrow('ECONNREFUSED');
});

test('a client that leaves is seen by the upstream as a closed socket, and an unfinished body as such', async () => {
  upstream.enqueue(async (exchange) => {
    exchange.head(200);
    await exchange.send('start');
  });
  const leaving = sendRequest(upstream.url);
  const request = await upstream.nextRequest();
  await leaving.received('start');
  leaving.destroy();
  expect(await request.socketClosed).toBeGreaterThan(request.receivedAt);

  const half = sendRequest(upstream.url, {
    method: 'POST',
    headers: [['Content-Length', '100']],
    openEnd: true,
  });
  const next = upstream.nextRequest();
  await half.write('only this');
  half.destroy();
  expect(await (await next).bodyEnded).toBe(false);
});

test('stream absent or false is answered with JSON, stream true with events', async () => {
  const script = {
    model: 'claude-opus-5-5',
    blocks: [{ type: 'text' as const, text: 'hello' }],
    usage: tokens({ inputTokens: 3, outputTokens: 2 }),
  };
  upstream.enqueue(answerMessage(script), answerMessage(script));
  const json = await fetchRaw(upstream.url, { body: '{}' });
  expect(json.json()).toEqual(messageJson(script));
  const stream = await fetchRaw(upstream.url, { body: '{"stream":true}' });
  expect(stream.values('content-type')).toEqual(['text/event-stream; charset=utf-8']);
  expect(stream.text()).toMatch(
    /^event: message_start\n[^]*event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/,
  );
});

test('raw bytes go out and come back without HTTP in between', async () => {
  upstream.enqueue((exchange) => {
    exchange.raw('not HTTP\r\n');
    exchange.cut();
  });
  const back = await sendRaw(upstream.url, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(back.toString()).toBe('not HTTP\r\n');
  expect(upstream.failures).toEqual([]);
});
