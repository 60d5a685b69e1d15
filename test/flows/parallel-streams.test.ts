// Contract: streams that run at once never mix, and each is attributed to its own session and agent. (trap 45)
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeEvents, messageEvents, sendPieces, sseHeaders } from '../support/anthropic-answers.ts';
import { cutAtRandom, seededRandom } from '../support/byte-cuts.ts';
import { tokens, totalsOf } from '../support/expected-cost.ts';
import { createGate } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-haiku-4-5';
const count = 64;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

function streamOf(index: number) {
  const usage = tokens({ inputTokens: 1000 + index, cacheReadTokens: index * 7, outputTokens: 100 + index });
  const text = `agent ${index} says é漢🙂 `.repeat(30);
  return { usage, bytes: encodeEvents(messageEvents({ model, usage, blocks: [{ type: 'text', text }] })) };
}

test('64 streams at once come out unmixed, each metered for its own agent', async () => {
  const allThere = createGate();
  rig.upstream.setAnswer(async (exchange) => {
    await exchange.request.bodyEnded;
    const index = Number(exchange.request.values('x-claude-code-agent-id')[0]);
    const pieces = cutAtRandom(streamOf(index).bytes, seededRandom(index), 200);
    exchange.head(200, sseHeaders);
    await exchange.send(pieces[0] ?? '');
    await allThere.opened;
    await sendPieces(exchange, pieces.slice(1));
  });
  const open = (index: number) =>
    rig.open(messagesBody({ model, metadata: { index } }), [
      sessionHeader('one-session'),
      ['x-claude-code-agent-id', String(index)],
    ]);
  const exchanges = Array.from({ length: count }, (_, index) => open(index));
  await rig.upstream.request(count);
  await Promise.all(exchanges.map((exchange) => exchange.receivedAtLeast(1)));
  allThere.open();
  const answers = await Promise.all(exchanges.map((exchange) => exchange.answer));
  answers.forEach((answer, index) => {
    expect([index, answer.body.equals(streamOf(index).bytes)]).toEqual([index, true]);
  });
  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['completed']));
  expect(rows.length).toBe(count);
  const byAgent = await rig.gateway.control.groups('agent');
  for (let index = 0; index < count; index += 1) {
    expect([index, byAgent.get(String(index))]).toEqual([index, totalsOf(model, streamOf(index).usage)]);
  }
});
