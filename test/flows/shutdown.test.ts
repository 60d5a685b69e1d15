// Contract: SIGTERM and SIGINT let running streams end (for ten seconds at most), take no new work, free port and data folder
// and exit 0.
import { afterEach, expect, test } from 'vitest';
import { encodeEvent, encodeEvents, messageEvents, sseHeaders } from '../support/anthropic-answers.ts';
import { tokens, totalsOf } from '../support/expected-cost.ts';
import { createGate, type Gate } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-5-5';
const usage = tokens({ inputTokens: 12, outputTokens: 34 });
const events = messageEvents({ model, usage, blocks: [{ type: 'text', text: 'hello' }] });
const bytes = encodeEvents(events);

let rig: Rig;
afterEach(() => rig.close());

/** Opens a stream whose rest comes when the gate opens. */
async function openStream(gate: Gate) {
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    await exchange.send(encodeEvent(events[0] ?? { event: '', data: '' }));
    await gate.opened;
    exchange.end(encodeEvents(events.slice(1)));
  });
  const exchange = rig.open(messagesBody({ model }), [sessionHeader('running')]);
  await exchange.received('message_start');
  return exchange;
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s with nothing running exits 0, and the data folder is free again',
  async (signal) => {
    rig = await startRig();
    rig.gateway.signal(signal);
    expect(await rig.gateway.exited).toEqual({ code: 0, signal: null });
    await rig.gateway.restart();
    expect((await rig.get('/healthz')).status).toBe(200);
  },
);

test('SIGTERM lets a running stream end whole and metered, refuses new work meanwhile, and exits 0', async () => {
  rig = await startRig();
  const gate = createGate();
  const exchange = await openStream(gate);
  rig.gateway.signal('SIGTERM');
  // The signal is handled when new work is refused; until then a request may still be served.
  rig.upstream.setAnswer((late) => {
    late.head(503, [['Content-Type', 'application/json']]);
    late.end('{"type":"error","error":{"type":"api_error","message":"late"}}');
  });
  let refused = false;
  while (!refused) {
    refused = await rig.post(messagesBody()).then(
      (answer) => answer.status >= 500 && !answer.text().includes('late'),
      () => true,
    );
  }
  gate.open();
  const answer = await exchange.answer;
  expect(answer.body.equals(bytes)).toBe(true);
  expect(await rig.gateway.exited).toEqual({ code: 0, signal: null });
  await rig.gateway.restart();
  expect((await rig.gateway.control.groups('session')).get('running')).toEqual(totalsOf(model, usage));
});

test('a stream that does not end within ten seconds is cut, its row says so, and the exit is still 0', async () => {
  rig = await startRig();
  const exchange = await openStream(createGate());
  rig.gateway.signal('SIGTERM');
  expect(await rig.gateway.exited).toEqual({ code: 0, signal: null });
  await exchange.answer;
  await rig.gateway.restart();
  const rows = await rig.gateway.control.exchanges();
  expect(rows.map((row) => [row.sessionId, row.inputTokens])).toEqual([['running', 12]]);
  expect(['aborted', 'failed']).toContain(rows[0]?.state);
  expect(rows[0]?.unconfirmed).toBe(false);
});
