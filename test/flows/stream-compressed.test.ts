// Contract: an upstream that answers compressed is relayed as it is (body and content-encoding untouched) and still metered.
// (P20, trap 46)
import {
  brotliCompressSync,
  brotliDecompressSync,
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  constants,
  gunzipSync,
  gzipSync,
  zstdCompressSync,
  zstdDecompressSync,
} from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  encodeEvent,
  encodeEvents,
  messageEvents,
  messageJson,
  sseHeaders,
  streamPieces,
} from '../support/anthropic-answers.ts';
import { cutAtRandom, seededRandom } from '../support/byte-cuts.ts';
import { tokens, totalsOf } from '../support/expected-cost.ts';
import { createGate } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-sonnet-4-5';
const usage = tokens({ inputTokens: 1200, cacheWrite1hTokens: 900, outputTokens: 77 });
const script = { model, usage, blocks: [{ type: 'text' as const, text: 'compressed é漢🙂 '.repeat(40) }] };
const acceptAll: [string, string] = ['Accept-Encoding', 'gzip, deflate, br, zstd'];

const encodings = [
  { name: 'gzip', compress: gzipSync, decompress: gunzipSync, open: () => createGzip() },
  {
    name: 'br',
    compress: brotliCompressSync,
    decompress: brotliDecompressSync,
    open: () => createBrotliCompress(),
  },
  {
    name: 'zstd',
    compress: zstdCompressSync,
    decompress: zstdDecompressSync,
    open: () => createZstdCompress(),
  },
];

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

async function expectMetered(session: string): Promise<void> {
  await rig.gateway.control.waitForExchanges((rows) => rows.every((row) => row.state !== 'live'));
  expect((await rig.gateway.control.groups('session')).get(session)).toEqual(totalsOf(model, usage));
}

describe.each(encodings)('$name', ({ name, compress, decompress, open }) => {
  test('a compressed event stream, cut anywhere, is relayed untouched and metered', async () => {
    const bytes = compress(encodeEvents(messageEvents(script)));
    rig.upstream.enqueue(
      streamPieces(cutAtRandom(bytes, seededRandom(7), 30), [...sseHeaders, ['Content-Encoding', name]]),
    );
    const session = `stream-${name}`;
    const answer = await rig.post(messagesBody({ model }), [acceptAll, sessionHeader(session)]);
    expect(answer.values('content-encoding')).toEqual([name]);
    expect(answer.body.equals(bytes)).toBe(true);
    expect(decompress(answer.body).includes('message_stop')).toBe(true);
    await expectMetered(session);
  });

  test('a compressed JSON message keeps its length header and is metered', async () => {
    const bytes = compress(Buffer.from(JSON.stringify(messageJson(script))));
    rig.upstream.enqueue(async (exchange) => {
      await exchange.request.bodyEnded;
      exchange.head(200, [
        ['Content-Type', 'application/json'],
        ['Content-Encoding', name],
        ['Content-Length', String(bytes.length)],
      ]);
      exchange.end(bytes);
    });
    const session = `json-${name}`;
    const answer = await rig.post(messagesBody({ model, stream: false }), [
      acceptAll,
      sessionHeader(session),
    ]);
    expect(answer.values('content-encoding')).toEqual([name]);
    expect(answer.body.equals(bytes)).toBe(true);
    await expectMetered(session);
  });

  test('each flushed event leaves the gateway before the next one is compressed', async () => {
    const compressor = open();
    const gate = createGate();
    const events = messageEvents(script).map((event) => encodeEvent(event));
    const flush = (): Promise<void> =>
      new Promise((resolve) => {
        const kind = name === 'br' ? constants.BROTLI_OPERATION_FLUSH : undefined;
        if (kind === undefined) compressor.flush(() => resolve());
        else compressor.flush(kind, () => resolve());
      });
    let firstLength = 0;
    rig.upstream.enqueue(async (exchange) => {
      exchange.head(200, [...sseHeaders, ['Content-Encoding', name]]);
      compressor.write(events[0] ?? '');
      await flush();
      const first = compressor.read() as Buffer;
      firstLength = first.length;
      await exchange.send(first);
      await gate.opened;
      const rest: Buffer[] = [];
      compressor.on('data', (piece: Buffer) => void rest.push(piece));
      compressor.end(events.slice(1).join(''));
      await new Promise<void>((resolve) => void compressor.once('end', resolve));
      await exchange.send(Buffer.concat(rest));
      exchange.end();
    });
    const exchange = rig.open(messagesBody({ model }), [acceptAll, sessionHeader(`flush-${name}`)]);
    await exchange.head;
    await exchange.receivedAtLeast(1);
    expect(exchange.receivedBytes()).toBe(firstLength);
    gate.open();
    const answer = await exchange.answer;
    expect(decompress(answer.body).toString()).toBe(events.join(''));
    await expectMetered(`flush-${name}`);
  });
});

test('a client that accepts no compression is never promised one: the upstream is not asked for it', async () => {
  rig.upstream.enqueue(streamPieces([encodeEvents(messageEvents(script))]));
  const next = rig.upstream.nextRequest();
  await rig.post(messagesBody({ model }));
  const asked = (await next).values('accept-encoding').join(',');
  expect(asked === '' || asked === 'identity').toBe(true);
});
