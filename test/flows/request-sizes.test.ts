// Contract: bodies up to 32 MiB pass byte for byte; a larger one is refused with 413 request_too_large before it is read,
// whether its length is announced or not. (P22)
import { afterAll, beforeAll, expect, test } from 'vitest';
import { streamMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { sha256 } from '../support/fake-upstream.ts';
import { sendRequest, type ReceivedAnswer } from '../support/raw-http.ts';
import { startRig, type Rig } from '../support/rig.ts';

const mebibyte = 1024 * 1024;
const limit = 32 * mebibyte;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  const usage = tokens({ inputTokens: 1, outputTokens: 1 });
  rig.upstream.setAnswer(
    streamMessage({ model: 'claude-opus-5-5', usage, blocks: [{ type: 'text', text: 'ok' }] }),
  );
});
afterAll(() => rig.close());

/** A valid request of exactly this many bytes, the model at its end. */
function bodyOf(length: number): Buffer {
  const before = '{"stream":true,"max_tokens":1,"messages":[{"role":"user","content":"';
  const after = '"}],"model":"claude-opus-5-5"}';
  return Buffer.from(before + 'é '.repeat(Math.floor((length - before.length - after.length) / 3)) + after);
}

function expectTooLarge(answer: ReceivedAnswer): void {
  expect(answer.status).toBe(413);
  expect(answer.json()).toMatchObject({ type: 'error', error: { type: 'request_too_large' } });
}

test.each([
  ['200 KB', 200_000],
  ['31 MiB', 31 * mebibyte],
])('a body of %s reaches the upstream byte for byte', async (_name, length) => {
  const body = bodyOf(length);
  const next = rig.upstream.nextRequest();
  const answer = await rig.post(body);
  expect(answer.status).toBe(200);
  const request = await next;
  expect([request.body.length, request.sha256]).toEqual([body.length, sha256(body)]);
});

test('a body announced as one byte over the limit is refused before a byte of it is sent', async () => {
  const before = rig.upstream.requests.length;
  const exchange = sendRequest(`${rig.gateway.url}/v1/messages`, {
    method: 'POST',
    openEnd: true,
    headers: [rig.gateway.key(), ['Content-Type', 'application/json'], ['Content-Length', String(limit + 1)]],
  });
  expect((await exchange.head).status).toBe(413);
  exchange.destroy();
  expect(rig.upstream.requests.length).toBe(before);
});

test('a client that sends 33 MiB and only then reads still gets to read the 413', async () => {
  expectTooLarge(await rig.post(Buffer.alloc(33 * mebibyte, 'x')));
});

test('33 MiB in chunks of unknown total are cut off at the limit with 413, and no upstream gets the body', async () => {
  const before = rig.upstream.requests.length;
  const exchange = sendRequest(`${rig.gateway.url}/v1/messages`, {
    method: 'POST',
    openEnd: true,
    headers: [rig.gateway.key(), ['Content-Type', 'application/json']],
  });
  const piece = Buffer.alloc(mebibyte, 'x');
  let answered = false;
  void exchange.head.then(() => (answered = true));
  for (let sent = 0; sent < 33 && !answered; sent += 1) await exchange.write(piece);
  if (!answered) exchange.endBody();
  expectTooLarge(await exchange.answer);
  for (const request of rig.upstream.requests.slice(before)) expect(await request.bodyEnded).toBe(false);
});

test('after refusals the gateway serves on', async () => {
  expect((await rig.post(bodyOf(1000))).status).toBe(200);
});
