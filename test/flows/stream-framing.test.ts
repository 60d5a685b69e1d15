// Contract: no way of framing an event stream changes a byte of it or loses its usage: characters torn at any byte, CRLF,
// comments, one event larger than any buffer. (P9, trap 36)
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeEvents, messageEvents, streamPieces } from '../support/anthropic-answers.ts';
import { cutEvery, cutOnce } from '../support/byte-cuts.ts';
import { tokens, totalsOf } from '../support/expected-cost.ts';
import { createGate, sha256 } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-5-5';
const usage = tokens({ inputTokens: 11, cacheReadTokens: 22, cacheWrite5mTokens: 33, outputTokens: 44 });

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function expectMetered(session: string): Promise<void> {
  await rig.gateway.control.waitForExchanges((rows) => rows.every((row) => row.state !== 'live'));
  expect((await rig.gateway.control.groups('session')).get(session)).toEqual(totalsOf(model, usage));
}

test('a character of two, three or four bytes survives a cut at every byte of the stream', async () => {
  const bytes = encodeEvents(messageEvents({ model, usage, blocks: [{ type: 'text', text: 'é漢🙂' }] }));
  const start = bytes.indexOf('é');
  for (let position = start - 1; position <= start + 10; position += 1) {
    rig.upstream.enqueue(streamPieces(cutOnce(bytes, position)));
    const answer = await rig.post(messagesBody());
    expect(answer.body.equals(bytes), `cut at byte ${position}`).toBe(true);
  }
});

test('a stream sent byte by byte is identical and metered', async () => {
  const bytes = encodeEvents(messageEvents({ model, usage, blocks: [{ type: 'text', text: 'é漢🙂 done' }] }));
  rig.upstream.enqueue(streamPieces(cutEvery(bytes, 1)));
  const answer = await rig.post(messagesBody(), [sessionHeader('by-byte')]);
  expect(answer.body.equals(bytes)).toBe(true);
  await expectMetered('by-byte');
});

test('CRLF line ends stay CRLF and are metered, also when a cut falls between CR and LF', async () => {
  const bytes = encodeEvents(
    messageEvents({ model, usage, blocks: [{ type: 'text', text: 'hello' }] }),
    '\r\n',
  );
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
    pieces.push(bytes.subarray(from, at));
    from = at;
  }
  pieces.push(bytes.subarray(from));
  rig.upstream.enqueue(streamPieces(pieces));
  const answer = await rig.post(messagesBody(), [sessionHeader('crlf')]);
  expect(answer.body.equals(bytes)).toBe(true);
  await expectMetered('crlf');
});

test('comments, unknown events, odd field lines and a stream without a final blank line pass unchanged', async () => {
  const events = messageEvents({ model, usage, blocks: [{ type: 'text', text: 'hello' }] });
  const middle = encodeEvents(events.slice(1, -2)).toString();
  const bytes = Buffer.from(
    [
      ': connected\n\n',
      encodeEvents(events.slice(0, 1)).toString(),
      ':\n: two\n\n',
      'event: never_heard\ndata: {"type":"never_heard"}\n\n',
      middle,
      'nonsense line without a colon\n\n',
      encodeEvents(events.slice(-2)).toString(),
      'data: [DONE]\n',
    ].join(''),
  );
  rig.upstream.enqueue(streamPieces(cutEvery(bytes, 50)));
  const answer = await rig.post(messagesBody(), [sessionHeader('comments')]);
  expect(answer.body.equals(bytes)).toBe(true);
  await expectMetered('comments');
});

test('an event whose data is spread over several lines, as the standard allows, passes and is metered', async () => {
  const text = messageEvents({ model, usage, blocks: [{ type: 'text', text: 'hello' }] })
    .map(({ event, data }) => {
      const lines = JSON.stringify(data, null, 1).split('\n');
      return `event: ${event}\n${lines.map((line) => `data: ${line}\n`).join('')}\n`;
    })
    .join('');
  rig.upstream.enqueue(streamPieces(cutEvery(Buffer.from(text), 70)));
  const answer = await rig.post(messagesBody(), [sessionHeader('several lines')]);
  expect(answer.text()).toBe(text);
  await expectMetered('several lines');
});

test('a single event of 8 MB passes and the usage after it is still read', async () => {
  const text = 'x'.repeat(8 * 1024 * 1024);
  const bytes = encodeEvents(
    messageEvents({ model, usage, blocks: [{ type: 'text', text }], pieceLength: text.length }),
  );
  rig.upstream.enqueue(streamPieces(cutEvery(bytes, 60_000)));
  const answer = await rig.post(messagesBody(), [sessionHeader('large')]);
  expect(answer.sha256).toBe(sha256(bytes));
  await expectMetered('large');
});

test('the head of a stream is passed on before its first event', async () => {
  const gate = createGate();
  const bytes = encodeEvents(messageEvents({ model, usage, blocks: [] }));
  rig.upstream.enqueue(async (exchange) => {
    exchange.head(200, [
      ['Content-Type', 'text/event-stream'],
      ['request-id', 'req_early'],
    ]);
    await gate.opened;
    exchange.end(bytes);
  });
  const exchange = rig.open(messagesBody());
  expect((await exchange.head).values('request-id')).toEqual(['req_early']);
  gate.open();
  expect((await exchange.answer).body.equals(bytes)).toBe(true);
});

test('a byte is passed on when it comes, not when its event is complete', async () => {
  const gate = createGate();
  const bytes = encodeEvents(messageEvents({ model, usage, blocks: [{ type: 'text', text: 'hello' }] }));
  const border = bytes.indexOf('"text_delta"') + 6;
  rig.upstream.enqueue(async (exchange) => {
    exchange.head(200, [['Content-Type', 'text/event-stream']]);
    await exchange.send(bytes.subarray(0, border));
    await gate.opened;
    await exchange.send(bytes.subarray(border));
    exchange.end();
  });
  const exchange = rig.open(messagesBody());
  await exchange.received('event: content_block_delta\n');
  gate.open();
  expect((await exchange.answer).body.equals(bytes)).toBe(true);
});
