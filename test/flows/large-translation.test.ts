// Contract: a request too large to be translated between two deltas of others is translated beside them, and nobody can tell:
// the same answer, the same record, the same end when the client leaves. (T52, T162, T168)
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendRequest, type OpenExchange } from '../support/raw-http.ts';
import { messagesBody, sessionHeader } from '../support/rig.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { createGate } from '../support/fake-upstream.ts';
import { startOpenAiResponses } from '../support/upstreams/openai-responses.ts';
import type { Mock } from '../support/upstreams/mock-server.ts';

let gpt: Mock;
let gateway: TestGateway;
beforeAll(async () => {
  gpt = await startOpenAiResponses();
  gateway = await startGateway({
    config: {
      providers: [
        {
          id: 'gpt',
          type: 'openai',
          baseUrl: `${gpt.url}/v1`,
          credential: 'env:GPT_KEY',
          models: { small: { contextWindow: 20_000 } },
        },
      ],
      routes: [{ match: {}, to: [{ provider: 'gpt' }] }],
    },
    environment: { GPT_KEY: gpt.key },
  });
});
afterAll(async () => {
  await gateway.dispose();
  await gpt.close();
});

/** Over 256 KB, the most that is translated between others. */
const large = 'Grüße, 漢字 and 🙂. '.repeat(20_000);
const open = (session: string, more: Record<string, unknown> = {}): OpenExchange =>
  sendRequest(`${gateway.url}/v1/messages?beta=true`, {
    method: 'POST',
    body: messagesBody({ model: 'claude-opus-5-5', messages: [{ role: 'user', content: large }], ...more }),
    headers: [gateway.key(), ['Content-Type', 'application/json'], sessionHeader(session)],
  });
const rowOf = async (session: string) => {
  const rows = await gateway.control.waitForExchanges((all) =>
    all.some((row) => row.sessionId === session && row.state !== 'live'),
  );
  return rows.find((row) => row.sessionId === session);
};

test.each([true, false])('is answered like a small one (stream: %s)', async (stream) => {
  gpt.setScript({ text: 'Alles gelesen 🙂', usage: { input: 90_000, cacheRead: 40_000, output: 12 } });
  const answer = await open(`large-${stream}`, { stream }).answer;
  expect([answer.status, answer.values('x-tollgate-model')]).toEqual([200, ['gpt-5.6']]);
  expect(
    JSON.parse(`"${[...answer.text().matchAll(/"text":"([^"]+)"/g)].map((one) => one[1]).join('')}"`),
  ).toBe('Alles gelesen 🙂');
  const sent = gpt.seen.answered.at(-1)?.body as { input: { content: { text: string }[] }[] };
  expect(sent.input[0]?.content[0]?.text).toBe(large);
  expect(await rowOf(`large-${stream}`)).toMatchObject({
    state: 'completed',
    modelServed: 'gpt-5.6',
    inputTokens: 50_000,
    cacheReadTokens: 40_000,
    outputTokens: 12,
  });
  expect(gpt.seen.problems).toEqual([]);
});

test('runs beside small ones, many at once, each with its own answer', async () => {
  gpt.setScript({ text: 'ok' });
  const answers = await Promise.all(
    Array.from(
      { length: 6 },
      (_, index) =>
        open(
          `many-${index}`,
          index % 2 === 0 ? {} : { messages: [{ role: 'user', content: `small ${index}` }] },
        ).answer,
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
  expect(answers.every((answer) => answer.text().includes('message_stop'))).toBe(true);
});

test('T168: a client that leaves ends the request at the provider, and the row says so', async () => {
  const gate = createGate();
  const before = gpt.seen.requests.length;
  gpt.setScript({
    text: 'one two three four five',
    pieces: 3,
    fault: { kind: 'stall', afterFrames: 6, gate },
  });
  const exchange = open('leaves');
  await exchange.received('content_block_delta');
  const request = await gpt.request(before + 1);
  exchange.destroy();
  await request.socketClosed;
  gate.open();
  expect(await rowOf('leaves')).toMatchObject({ state: 'aborted' });
});

test('P14, T162: too long for the window is said in the words that make Claude Code compact', async () => {
  gpt.setScript({ text: 'never' });
  const answer = await open('too-long', { model: 'claude/gpt/small' }).answer;
  expect(answer.status).toBe(400);
  expect(answer.json()).toMatchObject({
    error: {
      type: 'invalid_request_error',
      message: expect.stringMatching(/^prompt is too long: \d+ tokens > 20000 maximum/) as string,
    },
  });
});

test('a refusal of the provider comes back as an answer, not as a broken connection', async () => {
  gpt.setScript({ error: { kind: 'rate-limit', retryAfter: 7 } });
  const answer = await open('limited').answer;
  expect([answer.status, answer.values('retry-after')]).toEqual([429, ['7']]);
});
