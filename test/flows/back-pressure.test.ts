// Contract: an answer is never held in memory. A client that reads slowly slows the upstream down, and the gateway's memory
// stays bounded however large the answer is. (P9)
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeEvent, messageEvents, sseHeaders } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { createGate } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const mebibyte = 1024 * 1024;
const total = 200 * mebibyte;
/** What socket buffers of two connections and the gateway's own windows may hold between upstream and client. */
const allowedLead = 48 * mebibyte;
const allowedGrowth = 96 * mebibyte;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('a 200 MB answer to a client that stops reading halts the upstream, and memory stays bounded', async () => {
  const script = { model: 'claude-opus-5-5', usage: tokens({ inputTokens: 3, outputTokens: 9 }), blocks: [] };
  const events = messageEvents(script).map((event) => encodeEvent(event));
  const delta = encodeEvent({
    event: 'content_block_delta',
    data: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x'.repeat(65_000) } },
  });
  const sentHash = createHash('sha256');
  let sent = 0;
  const stalled = createGate();
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    const send = async (text: string): Promise<boolean> => {
      sentHash.update(text);
      sent += Buffer.byteLength(text);
      // A write the kernel does not take for a second means that the gateway has stopped reading.
      const timer = setTimeout(() => stalled.open(), 1000);
      const taken = await exchange.send(text);
      clearTimeout(timer);
      return taken;
    };
    await send(events.slice(0, 2).join(''));
    while (sent < total && (await send(delta)));
    await send(events.slice(2).join(''));
    stalled.open();
    exchange.end();
  });

  const before = await rig.gateway.residentBytes();
  const exchange = rig.open(messagesBody(), [sessionHeader('large')]);
  await exchange.head;
  exchange.pause();
  await stalled.opened;
  expect(sent - exchange.receivedBytes()).toBeLessThan(allowedLead);
  const whileStalled = await rig.gateway.residentBytes();
  exchange.resume();
  let largest = whileStalled ?? 0;
  for (let reached = 0; reached < total; reached += 20 * mebibyte) {
    await exchange.receivedAtLeast(reached);
    largest = Math.max(largest, (await rig.gateway.residentBytes()) ?? 0);
  }
  const answer = await exchange.answer;
  expect(answer.complete).toBe(true);
  expect([answer.body.length, answer.sha256]).toEqual([sent, sentHash.digest('hex')]);
  if (before !== null) expect(largest - before).toBeLessThan(allowedGrowth);
  const [row] = await rig.gateway.control.settled(1);
  expect(row).toMatchObject({ state: 'completed', inputTokens: 3, outputTokens: 9 });
});

test('a large body to an upstream that reads nothing is not taken from the client either beyond the limit, and the gateway lives on', async () => {
  const gate = createGate();
  rig.upstream.enqueue(async (exchange) => {
    exchange.socket.pause();
    await gate.opened;
    exchange.socket.resume();
    await exchange.request.bodyEnded;
    exchange.head(200, [['Content-Type', 'application/json']]);
    exchange.end('{"type":"message","usage":{"input_tokens":1,"output_tokens":1}}');
  });
  const next = rig.upstream.nextRequest();
  const exchange = rig.open(messagesBody({ stream: false, padding: 'x'.repeat(20 * mebibyte) }));
  await next;
  const health = await rig.get('/healthz');
  expect(health.status).toBe(200);
  gate.open();
  expect((await exchange.answer).status).toBe(200);
});
