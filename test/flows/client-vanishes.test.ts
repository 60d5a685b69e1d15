// Contract: a client may leave at any moment. Then the upstream connection is closed at once, exactly one outcome row says
// "aborted", and the exchange is charged by what was seen: input from message_start, output by the last report or else one
// token per four characters begun. (P15, traps 37, 58)
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { noTokens, type TokenCounts } from '../../src/contract/usage.ts';
import {
  encodeEvent,
  messageEvents,
  messageJson,
  sseHeaders,
  toWireUsage,
} from '../support/anthropic-answers.ts';
import { costOf, listPrices, tokens } from '../support/expected-cost.ts';
import type { Answer } from '../support/fake-upstream.ts';
import { sendRequest } from '../support/raw-http.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-5-5';
const startUsage = tokens({
  inputTokens: 500,
  cacheReadTokens: 7000,
  cacheWrite5mTokens: 300,
  outputTokens: 900,
});
const seenAtStart: TokenCounts = { ...startUsage, outputTokens: 1 };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

/** Streams the events and then says nothing more, until the other side leaves. */
function streamAndHang(events: string[]): Answer {
  return async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    for (const event of events) await exchange.send(event);
  };
}

async function outcomeOf(session: string): Promise<ExchangeRow> {
  const rows = await rig.gateway.control.waitForExchanges(
    (all) => all.some((row) => row.sessionId === session) && all.every((row) => row.state !== 'live'),
  );
  const mine = rows.filter((row) => row.sessionId === session);
  expect(mine.length).toBe(1);
  return mine[0] as ExchangeRow;
}

function expectCharged(row: ExchangeRow, usage: TokenCounts): void {
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = row;
  expect({ inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens }).toEqual(
    usage,
  );
  expect(row.costNanoUsd).toBe(costOf(listPrices[model], usage));
}

/** Sends a request, leaves once `until` came, and waits for the upstream socket to close. */
async function leaveAfter(answer: Answer, until: string | null, session: string): Promise<ExchangeRow> {
  rig.upstream.enqueue(answer);
  const next = rig.upstream.nextRequest();
  const exchange = rig.open(messagesBody({ model }), [sessionHeader(session)]);
  const request = await next;
  if (until === null) await request.bodyEnded;
  else await exchange.received(until);
  exchange.destroy();
  await request.socketClosed;
  return outcomeOf(session);
}

test('while it sends its body: one aborted row, nothing charged, nothing left open upstream', async () => {
  const session = 'leaves while sending';
  const before = rig.upstream.requests.length;
  const exchange = sendRequest(`${rig.gateway.url}/v1/messages?beta=true`, {
    method: 'POST',
    openEnd: true,
    headers: [
      rig.gateway.key(),
      sessionHeader(session),
      ['Content-Type', 'application/json'],
      ['Content-Length', '5000'],
    ],
  });
  await exchange.write(messagesBody({ model }));
  exchange.destroy();
  const row = await outcomeOf(session);
  expect(row.state).toBe('aborted');
  expectCharged(row, noTokens);
  for (const request of rig.upstream.requests.slice(before)) await request.socketClosed;
});

test('before the upstream said anything: aborted, nothing charged', async () => {
  const row = await leaveAfter(async () => {}, null, 'leaves before headers');
  expect([row.state, row.status, row.usageBasis]).toEqual(['aborted', null, 'none']);
  expectCharged(row, noTokens);
});

test('after message_start: the input is charged', async () => {
  const events = messageEvents({ model, usage: startUsage, blocks: [] })
    .slice(0, 1)
    .map((event) => encodeEvent(event));
  const row = await leaveAfter(streamAndHang(events), 'message_start', 'leaves after start');
  expect(row.state).toBe('aborted');
  expectCharged(row, seenAtStart);
});

test.each<[string, (text: string) => Parameters<typeof messageEvents>[0]['blocks']]>([
  ['text', (text) => [{ type: 'text', text }]],
  ['thinking', (thinking) => [{ type: 'thinking', thinking, signature: '' }]],
  ['a tool call', (command) => [{ type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command } }]],
])('in the middle of %s: input plus one output token per four characters begun', async (name, blocks) => {
  const script = { model, usage: startUsage, blocks: blocks('abcde'.repeat(81)), pieceLength: 1000 };
  const events = messageEvents(script)
    .slice(0, -3)
    .map((event) => encodeEvent(event));
  const row = await leaveAfter(
    streamAndHang([...events, ': all sent\n\n']),
    ': all sent',
    `leaves in ${name}`,
  );
  expect([row.state, row.usageBasis]).toEqual(['aborted', 'estimated']);
  const characters = name === 'a tool call' ? 405 + '{"command":""}'.length : 405;
  expectCharged(row, { ...seenAtStart, outputTokens: Math.ceil(characters / 4) });
});

test('after message_delta: the reported usage is charged', async () => {
  const script = { model, usage: startUsage, blocks: [{ type: 'text' as const, text: 'hello' }] };
  const events = messageEvents(script)
    .slice(0, -1)
    .map((event) => encodeEvent(event));
  const row = await leaveAfter(streamAndHang(events), 'event: message_delta', 'leaves after delta');
  expect([row.state, row.usageBasis]).toEqual(['aborted', 'reported']);
  expectCharged(row, startUsage);
});

test('between two message_deltas: the later report wins over the first, text after it is not added twice', async () => {
  const script = { model, usage: startUsage, blocks: [{ type: 'text' as const, text: 'hello' }] };
  const partial = encodeEvent({
    event: 'message_delta',
    data: { type: 'message_delta', delta: { stop_reason: null }, usage: { output_tokens: 40 } },
  });
  const events = [
    ...messageEvents(script)
      .slice(0, -2)
      .map((event) => encodeEvent(event)),
    partial,
    ': sent\n\n',
  ];
  const row = await leaveAfter(streamAndHang(events), ': sent', 'leaves between deltas');
  expectCharged(row, { ...startUsage, outputTokens: 40 });
});

test('in the middle of a JSON answer: one aborted row, upstream closed', async () => {
  const session = 'leaves in json';
  const json = JSON.stringify(
    messageJson({ model, usage: startUsage, blocks: [{ type: 'text', text: 'hello' }] }),
  );
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, [
      ['Content-Type', 'application/json'],
      ['Content-Length', String(json.length)],
    ]);
    await exchange.send(json.slice(0, 60));
  });
  const next = rig.upstream.nextRequest();
  const exchange = rig.open(messagesBody({ model, stream: false }), [sessionHeader(session)]);
  await exchange.receivedAtLeast(60);
  exchange.destroy();
  await (
    await next
  ).socketClosed;
  expect((await outcomeOf(session)).state).toBe('aborted');
});

test('after the last byte nothing is aborted: the exchange is complete and the upstream connection is kept', async () => {
  const script = { model, usage: startUsage, blocks: [{ type: 'text' as const, text: 'hello' }] };
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    exchange.end(
      messageEvents(script)
        .map((event) => encodeEvent(event))
        .join(''),
    );
  });
  const answer = await rig.post(messagesBody({ model }), [sessionHeader('stays')]);
  expect(answer.complete).toBe(true);
  const row = await outcomeOf('stays');
  expect(row.state).toBe('completed');
  expectCharged(row, startUsage);
  expect(toWireUsage(startUsage).input_tokens).toBe(row.inputTokens);
});

test('a hundred clients that leave at once leave a hundred rows and no open socket', async () => {
  const before = rig.upstream.requests.length;
  const events = messageEvents({ model, usage: startUsage, blocks: [] })
    .slice(0, 1)
    .map((event) => encodeEvent(event));
  rig.upstream.setAnswer(streamAndHang(events));
  const exchanges = Array.from({ length: 100 }, () =>
    rig.open(messagesBody({ model }), [sessionHeader('crowd')]),
  );
  await Promise.all(exchanges.map((exchange) => exchange.received('message_start')));
  for (const exchange of exchanges) exchange.destroy();
  await Promise.all(rig.upstream.requests.slice(before).map((request) => request.socketClosed));
  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  const mine = rows.filter((row) => row.sessionId === 'crowd');
  expect(mine.length).toBe(100);
  expect(new Set(mine.map((row) => row.state))).toEqual(new Set(['aborted']));
});

test('T54: a client that leaves because of an error event leaves a failure of the provider behind, not its own', async () => {
  const event = { type: 'error', error: { type: 'api_error', message: 'The engine broke.' } };
  const [start] = messageEvents({ model, usage: startUsage, blocks: [] });
  rig.upstream.enqueue(
    streamAndHang([
      encodeEvent(start ?? { event: '', data: '' }),
      encodeEvent({ event: 'error', data: event }),
    ]),
  );
  const [name, session] = sessionHeader();
  const exchange = rig.open(messagesBody({ model }), [[name, session]]);
  await exchange.received('The engine broke.');
  exchange.destroy();
  expect(await outcomeOf(session)).toMatchObject({
    state: 'failed',
    status: 200,
    reason: 'The engine broke.',
    inputTokens: startUsage.inputTokens,
  });
});
