// Contract: when the upstream fails, the client learns it in its own dialect and the ledger knows. Before the first byte: 502
// api_error with a sentence naming the provider. After it: a valid error event at an event border, and the exchange failed,
// charged by what was seen. (P15, P17, trap 38)
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { encodeEvent, messageEvents, messageJson, sseHeaders } from '../support/anthropic-answers.ts';
import { costOf, listPrices, tokens } from '../support/expected-cost.ts';
import { createGate, findClosedPort, type Answer } from '../support/fake-upstream.ts';
import type { ReceivedAnswer } from '../support/raw-http.ts';
import { messagesBody, providerFor, sessionHeader, startRig, type Rig } from '../support/rig.ts';
import { dispatchedEvents } from '../support/sse-reader.ts';

const model = 'claude-opus-5-5';
const usage = tokens({ inputTokens: 400, cacheReadTokens: 50, outputTokens: 70 });
const text = 'abcd'.repeat(25);
const events = messageEvents({ model, usage, blocks: [{ type: 'text', text }], pieceLength: 10 }).map(
  (event) => encodeEvent(event),
);
/** Up to and with the last text piece: 100 characters, so 25 tokens by estimate. */
const untilText = events.slice(0, -3);
const seen = { ...usage, outputTokens: 25 };

let rig: Rig;
beforeAll(async () => {
  const nobody = providerFor({ url: `http://127.0.0.1:${await findClosedPort()}` }, 'nobody');
  rig = await startRig((upstream) => ({
    providers: [providerFor(upstream), nobody],
    routes: [
      { match: { model: 'claude-nobody' }, to: [{ provider: 'nobody' }] },
      { match: {}, to: [{ provider: 'upstream' }] },
    ],
  }));
});
afterAll(() => rig.close());

async function outcomeOf(session: string): Promise<ExchangeRow> {
  const rows = await rig.gateway.control.waitForExchanges(
    (all) => all.some((row) => row.sessionId === session) && all.every((row) => row.state !== 'live'),
  );
  const mine = rows.filter((row) => row.sessionId === session);
  expect(mine.length).toBe(1);
  return mine[0] as ExchangeRow;
}

function expectGatewayError(answer: ReceivedAnswer, provider: string): void {
  expect(answer.status).toBe(502);
  expect(answer.values('content-type').join()).toContain('application/json');
  const body = answer.json() as { type: string; error: { type: string; message: string } };
  expect(body).toMatchObject({ type: 'error', error: { type: 'api_error' } });
  expect(body.error.message).toContain(provider);
  expect(body.error.message).not.toContain('sk-ant');
}

async function askWith(answer: Answer, session: string): Promise<ReceivedAnswer> {
  rig.upstream.setAnswer(answer);
  return rig.post(messagesBody({ model }), [sessionHeader(session)]);
}

describe('before the first byte', () => {
  test('connection refused is a 502 that names the provider', async () => {
    const answer = await rig.post(messagesBody({ model: 'claude-nobody' }), [sessionHeader('refused')]);
    expectGatewayError(answer, 'nobody');
    expect(await outcomeOf('refused')).toMatchObject({ state: 'failed', status: 502, costNanoUsd: 0 });
  });

  test.each<[string, Answer]>([
    ['a reset', async (exchange) => void (await exchange.request.bodyEnded, exchange.reset())],
    [
      'a close without an answer',
      async (exchange) => void (await exchange.request.bodyEnded, exchange.cut()),
    ],
    [
      'an answer that is not HTTP',
      async (exchange) => {
        await exchange.request.bodyEnded;
        exchange.raw('220 mail.example.com ESMTP\r\n\r\n');
        exchange.cut();
      },
    ],
    [
      'half a status line',
      async (exchange) => {
        await exchange.request.bodyEnded;
        exchange.raw('HTTP/1.1 20');
        exchange.cut();
      },
    ],
  ])('%s is a 502 that names the provider', async (name, answer) => {
    const before = rig.upstream.requests.length;
    expectGatewayError(await askWith(answer, `before ${name}`), 'upstream');
    // Every try of ours comes on top of the client's own ten.
    expect(rig.upstream.requests.length - before).toBeLessThanOrEqual(2);
    expect(await outcomeOf(`before ${name}`)).toMatchObject({ state: 'failed', status: 502, costNanoUsd: 0 });
  });

  test('a redirect is not followed: the key stays with the address in the config', async () => {
    const answer = await askWith(async (exchange) => {
      await exchange.request.bodyEnded;
      exchange.head(307, [['Location', `${rig.upstream.url}/elsewhere`]]);
      exchange.end();
    }, 'redirect');
    expect(answer.status === 307 || answer.status === 502).toBe(true);
    expect(rig.upstream.requests.some((request) => request.path === '/elsewhere')).toBe(false);
  });
});

describe('in the middle of a stream', () => {
  /** The upstream sends the pieces and, once the client has them all, ends in the given way. */
  const breakOff = async (
    pieces: string[],
    finish: 'reset' | 'cut' | 'end',
    session: string,
  ): Promise<ReceivedAnswer> => {
    const gate = createGate();
    rig.upstream.setAnswer(async (exchange) => {
      await exchange.request.bodyEnded;
      exchange.head(200, sseHeaders);
      for (const piece of pieces) await exchange.send(piece);
      // A reset may overtake bytes that were not read yet; then nobody could say what the gateway has seen.
      await gate.opened;
      exchange[finish]();
    });
    const exchange = rig.open(messagesBody({ model }), [sessionHeader(session)]);
    await exchange.receivedAtLeast(Buffer.byteLength(pieces.join('')));
    gate.open();
    return exchange.answer;
  };

  test.each(['reset', 'cut'] as const)(
    'a %s at an event border: what came, then a valid error event',
    async (finish) => {
      const answer = await breakOff(untilText, finish, `border ${finish}`);
      const sent = untilText.join('');
      expect(answer.status).toBe(200);
      expect(answer.complete).toBe(true);
      expect(answer.text().startsWith(sent)).toBe(true);
      const [error, ...more] = dispatchedEvents(answer.text().slice(sent.length));
      expect(more).toEqual([]);
      expect(error?.event).toBe('error');
      const data = JSON.parse(error?.data ?? '') as {
        type: string;
        error: { type: string; message: string };
      };
      expect(data).toMatchObject({ type: 'error', error: { type: 'api_error' } });
      expect(data.error.message).toContain('upstream');
      const row = await outcomeOf(`border ${finish}`);
      expect(row).toMatchObject({
        state: 'failed',
        usageBasis: 'estimated',
        costNanoUsd: costOf(listPrices[model], seen),
      });
      expect([row.inputTokens, row.outputTokens]).toEqual([seen.inputTokens, seen.outputTokens]);
    },
  );

  test('a reset inside an event never makes the client read a broken event', async () => {
    const half = (events.at(-2) ?? '').slice(0, 40);
    const answer = await breakOff([...untilText, half], 'reset', 'inside');
    for (const { data } of dispatchedEvents(answer.text())) expect(() => void JSON.parse(data)).not.toThrow();
    expect(await outcomeOf('inside')).toMatchObject({
      state: 'failed',
      costNanoUsd: costOf(listPrices[model], seen),
    });
  });

  test('an end without message_stop is a failure, charged by what was seen', async () => {
    const answer = await breakOff(untilText, 'end', 'truncated');
    const sent = untilText.join('');
    expect(answer.text().startsWith(sent)).toBe(true);
    for (const { event } of dispatchedEvents(answer.text().slice(sent.length))) expect(event).toBe('error');
    expect(await outcomeOf('truncated')).toMatchObject({
      state: 'failed',
      costNanoUsd: costOf(listPrices[model], seen),
    });
  });

  test('an event with broken JSON costs a figure, never an answer', async () => {
    const broken = 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"del\n\n';
    const pieces = [...untilText, broken, ...events.slice(-3)];
    const answer = await breakOff(pieces, 'end', 'broken event');
    expect(answer.text()).toBe(pieces.join(''));
    expect(await outcomeOf('broken event')).toMatchObject({
      state: 'completed',
      costNanoUsd: costOf(listPrices[model], usage),
    });
  });
});

describe('answers that make no sense', () => {
  test('a 200 that is a web page is passed or refused, but never counted as a completed message', async () => {
    const answer = await askWith(async (exchange) => {
      await exchange.request.bodyEnded;
      exchange.head(200, [['Content-Type', 'text/html']]);
      exchange.end('<html>log in to the hotel network</html>');
    }, 'hotel');
    expect(answer.complete).toBe(true);
    expect(await outcomeOf('hotel')).toMatchObject({ state: 'failed', costNanoUsd: 0 });
  });

  test('a JSON answer cut short is not passed off as whole', async () => {
    const json = JSON.stringify(messageJson({ model, usage, blocks: [{ type: 'text', text }] }));
    const answer = await askWith(async (exchange) => {
      await exchange.request.bodyEnded;
      exchange.head(200, [
        ['Content-Type', 'application/json'],
        ['Content-Length', String(json.length)],
      ]);
      await exchange.send(json.slice(0, -10));
      exchange.cut();
    }, 'short json');
    expect(answer.status === 502 || !answer.complete).toBe(true);
    expect((await outcomeOf('short json')).state).toBe('failed');
  });
});
