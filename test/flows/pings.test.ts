// Contract: pings of the upstream pass; after 15 s of upstream silence the client gets an `event: ping` of the gateway's own,
// only between two events, never inside one, never in a compressed stream and never in a JSON answer. (P9, P10)
import { createGzip, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  encodeEvent,
  encodeEvents,
  messageEvents,
  messageJson,
  sseHeaders,
} from '../support/anthropic-answers.ts';
import { tokens, totalsOf } from '../support/expected-cost.ts';
import { createGate, type Answer, type Gate } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';
import { dispatchedEvents } from '../support/sse-reader.ts';

const model = 'claude-opus-5-5';
const usage = tokens({ inputTokens: 5, outputTokens: 6 });
const script = { model, usage, blocks: [{ type: 'text' as const, text: 'hello' }] };
const bytes = encodeEvents(messageEvents(script));

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

function streamWithPause(position: number, gate: Gate): Answer {
  return async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    if (position > 0) await exchange.send(bytes.subarray(0, position));
    await gate.opened;
    await exchange.send(bytes.subarray(position));
    exchange.end();
  };
}

function gzipWithPause(gate: Gate): Answer {
  return async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, [...sseHeaders, ['Content-Encoding', 'gzip']]);
    const gzip = createGzip();
    gzip.on('data', (piece: Buffer) => void exchange.send(piece));
    gzip.write(encodeEvent(messageEvents(script)[0] ?? { event: '', data: '' }));
    gzip.flush();
    await gate.opened;
    gzip.end(encodeEvents(messageEvents(script).slice(1)));
    await new Promise<void>((resolve) => void gzip.once('end', resolve));
    exchange.end();
  };
}

function jsonWithPause(json: string, gate: Gate): Answer {
  return async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, [['Content-Type', 'application/json']]);
    await exchange.send(json.slice(0, 20));
    await gate.opened;
    exchange.end(json.slice(20));
  };
}

test('15 s of silence bring a ping at an event border, and nowhere else', async () => {
  const gate = createGate();
  const json = JSON.stringify(messageJson(script));
  const start = bytes.indexOf('\n\n') + 2;
  const open = async (answer: Answer, session: string, more: Record<string, unknown> = {}) => {
    rig.upstream.enqueue(answer);
    const next = rig.upstream.nextRequest();
    const exchange = rig.open(messagesBody({ model, ...more }), [
      sessionHeader(session),
      ['Accept-Encoding', 'gzip'],
    ]);
    await next;
    return exchange;
  };
  const insideEvent = await open(streamWithPause(start + 40, gate), 'inside');
  const insideLineEnd = await open(streamWithPause(start - 1, gate), 'between newlines');
  const inJson = await open(jsonWithPause(json, gate), 'json', { stream: false });
  const inGzip = await open(gzipWithPause(gate), 'gzip');
  const beforeHeaders = await open(async (exchange) => {
    await gate.opened;
    exchange.head(200, sseHeaders);
    exchange.end(bytes);
  }, 'before headers');
  const atBorder = await open(streamWithPause(start, gate), 'border');

  await atBorder.received('event: message_start');
  await atBorder.receivedAtLeast(start + 1);
  const injected = Buffer.concat(atBorder.chunks.map((chunk) => chunk.bytes))
    .subarray(start)
    .toString('utf8');
  expect(dispatchedEvents(injected).map(({ event, data }) => [event, JSON.parse(data) as unknown])).toEqual([
    ['ping', { type: 'ping' }],
  ]);
  gate.open();

  const whole = (await atBorder.answer).text();
  expect(whole.replace(injected, '')).toBe(bytes.toString('utf8'));
  expect((await insideEvent.answer).body.equals(bytes)).toBe(true);
  expect((await insideLineEnd.answer).body.equals(bytes)).toBe(true);
  expect((await beforeHeaders.answer).body.equals(bytes)).toBe(true);
  expect((await inJson.answer).text()).toBe(json);
  expect(gunzipSync((await inGzip.answer).body).equals(bytes)).toBe(true);

  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['completed']));
  const bySession = await rig.gateway.control.groups('session');
  for (const session of ['border', 'inside', 'between newlines', 'json', 'gzip', 'before headers']) {
    expect([session, bySession.get(session)]).toEqual([session, totalsOf(model, usage)]);
  }
});

test('pings of the upstream pass as they are', async () => {
  const ping = 'event: ping\ndata: {"type": "ping"}\n\n';
  const gate = createGate();
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    await exchange.send(ping);
    await gate.opened;
    await exchange.send(ping + ping);
    exchange.end(bytes);
  });
  const exchange = rig.open(messagesBody({ model }));
  await exchange.received(ping);
  gate.open();
  expect((await exchange.answer).text()).toBe(ping + ping + ping + bytes.toString('utf8'));
});
