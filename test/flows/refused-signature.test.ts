// Contract: a Claude upstream that refuses a signature says so to the client in its own words, since Claude Code strips its
// thinking and asks again by itself; what is known to be another vendor's is taken out before it can be refused.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerMessage, errorJson, sendJson } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { messagesBody, startRig, type Rig } from '../support/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const conversation = (signature: string): string =>
  messagesBody({
    messages: [
      { role: 'user', content: 'One' },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature },
          { type: 'text', text: 'Two' },
        ],
      },
      { role: 'user', content: 'Three' },
    ],
  });

test.each([
  'messages.1.content.0: Invalid `signature` in `thinking` block',
  'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.',
  'messages.1.content.0.thinking.signature: Field required',
])('T84, P13: "%s" reaches the client unchanged, and is not sent again by the gateway', async (sentence) => {
  const refusal = JSON.stringify(errorJson('invalid_request_error', sentence));
  rig.upstream.setAnswer(sendJson(400, refusal));
  const body = conversation('EqoBCkgIAxABGAIiQL8');
  const answer = await rig.post(body);
  expect([answer.status, answer.body.toString('utf8')]).toEqual([400, refusal]);
  expect(rig.upstream.requests.map((request) => request.body.toString('utf8'))).toEqual([body]);
});

test('T81, T82: thinking sealed by another vendor’s model is taken out on the way to Claude, the rest stays as written', async () => {
  rig.upstream.setAnswer(
    answerMessage({
      model: 'claude-opus-5-5',
      blocks: [{ type: 'text', text: 'Four' }],
      usage: tokens({ inputTokens: 9, outputTokens: 2 }),
    }),
  );
  const own = conversation('EqoBCkgIAxABGAIiQL8');
  for (const foreign of ['gAAAAABsealed', 'tollgate-reasoning-v1:eyJwIjoxfQ', '']) {
    const answer = await rig.post(conversation(foreign));
    expect(answer.status).toBe(200);
    const sent = rig.upstream.requests.at(-1)?.json() as { messages: { content: unknown }[] };
    expect(sent.messages[1]?.content).toEqual([{ type: 'text', text: 'Two' }]);
  }
  await rig.post(own);
  expect(rig.upstream.requests.at(-1)?.body.toString('utf8')).toBe(own);
});
