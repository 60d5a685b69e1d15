// The limit that every gateway studied lets pass: many requests at once, from several client processes over real sockets,
// against a budget that fits seven (B7, B12, trap 55).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { messageJson, streamMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { createGate } from '../support/fake-upstream.ts';
import { messagesBody, startRig } from '../support/rig.ts';

const program = fileURLToPath(new URL('../support/budget-client.ts', import.meta.url));

async function sendFromProcess(url: string, key: string, count: number, body: string): Promise<number[]> {
  const child = spawn(process.execPath, [program, url, key, String(count), body], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  return JSON.parse(output) as number[];
}

test('200 requests at once from 4 processes, a budget that fits 7: exactly 7 pass, and it is not overrun by a nano-dollar', async () => {
  const maxTokens = 1000;
  // Each may cost 20,000,000 for its output and a little for its prompt; eight outputs alone do not fit.
  const limit = 159_000_000;
  const rig = await startRig({
    budgets: [
      { id: 'seven', scope: { type: 'all' }, period: 'lifetime', limit: { usd: '0.159' }, mode: 'hard' },
    ],
  });
  const body = messagesBody({ max_tokens: maxTokens, stream: false });
  const script = {
    model: 'claude-opus-5-5',
    blocks: [{ type: 'text' as const, text: 'x' }],
    usage: tokens({ inputTokens: 12, outputTokens: maxTokens }),
  };
  const gate = createGate();
  rig.upstream.setAnswer(async (exchange) => {
    await gate.opened;
    exchange.head(200, [['content-type', 'application/json']]);
    exchange.end(JSON.stringify(messageJson(script)));
  });
  const { url, ready, control } = rig.gateway;
  const sending = Promise.all([1, 2, 3, 4].map(() => sendFromProcess(url, ready.clientKey, 50, body)));
  // All 193 that do not fit are refused while seven are in flight.
  await control.waitForExchanges((rows) => rows.filter(({ state }) => state === 'refused').length === 193);
  const [during] = (await control.call('budget.list', {})).budgets;
  expect(rig.upstream.requests.length).toBe(7);
  expect((during?.used ?? 0) + (during?.reserved ?? 0)).toBeLessThanOrEqual(limit);
  gate.open();
  const statuses = (await sending).flat();
  expect([
    statuses.filter((status) => status === 200).length,
    statuses.filter((status) => status === 429).length,
  ]).toEqual([7, 193]);
  await control.settled(200);
  const [after] = (await control.call('budget.list', {})).budgets;
  expect([after?.used, after?.reserved]).toEqual([7 * (maxTokens * 20_000 + 12 * 4000), 0]);
  expect(after?.used).toBeLessThanOrEqual(limit);
  rig.upstream.setAnswer(streamMessage(script));
  expect((await rig.post(messagesBody({ max_tokens: maxTokens }))).status).toBe(429);
  await rig.close();
});
