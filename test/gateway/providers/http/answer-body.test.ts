// A compressed answer can be a thousand times larger than what arrives: the decoder waits for the reader, too (trap 46).
import { once } from 'node:events';
import {
  brotliCompressSync,
  constants,
  createGunzip,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { expect, test } from 'vitest';
import { AnswerBody } from '../../../../src/gateway/providers/http/answer-body.ts';

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const large = Buffer.alloc(32_000_000, 'data: {}\n\n');

/** Ends when another decoder has done the same work and handed out all of it. */
async function decodeElsewhere(): Promise<void> {
  const decoder = createGunzip();
  decoder.end(gzipSync(large));
  decoder.resume();
  await once(decoder, 'end');
}

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', (bytes: Buffer) => brotliCompressSync(bytes, quick)],
  ['zstd', zstdCompressSync],
] as const)('%s: what nobody reads is not decoded', async (encoding, encode) => {
  const call = { pause: () => {}, resume: () => {}, abort: () => {} };
  const body = new AnswerBody(call, encoding, () => {});
  body.push(encode(large));
  body.end();
  await decodeElsewhere();
  await decodeElsewhere();
  // A decoder that ran on would have taken all it was given by now, and would be done.
  body.fail(new Error('cut off'));
  const outcome = new Response(body.stream).arrayBuffer().then(
    () => 'whole',
    (error: Error) => error.message,
  );
  expect(await outcome).toBe('cut off');
});

test('the chunks of one read go in as one, in order, and none is lost at the end', async () => {
  const call = { pause: () => {}, resume: () => {}, abort: () => {} };
  const body = new AnswerBody(call, null, () => {});
  const reader = body.stream.getReader();
  for (const word of ['one ', 'two ', 'three']) body.push(Buffer.from(word));
  const { value } = await reader.read();
  expect(Buffer.from(value ?? []).toString()).toBe('one two three');
  body.push(Buffer.from('four'));
  body.end();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('four');
  expect((await reader.read()).done).toBe(true);
});
