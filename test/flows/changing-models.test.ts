// Contract: one conversation may be answered by a different model each turn, thinking and tool calls included, and every
// provider's own rules accept the history that the others left, Claude's among them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectStream } from '../gateway/translation/answer/collect-stream.ts';
import { sendRequest } from '../support/raw-http.ts';
import { dispatchedEvents } from '../support/sse-reader.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { startStrictAnthropic } from '../support/upstreams/anthropic-strict.ts';
import { families } from '../support/upstreams/families.ts';
import type { Mock } from '../support/upstreams/mock-server.ts';

const chosen = ['openai', 'google', 'deepseek', 'mistral', 'openrouter', 'bedrock-converse', 'xai'];
const CLAUDE = 'claude-opus-5-5';
const mocks = new Map<string, Mock>();
let gateway: TestGateway;

beforeAll(async () => {
  const strict = await startStrictAnthropic();
  mocks.set('claude', strict);
  const providers: object[] = [
    { id: 'claude', type: 'anthropic', baseUrl: strict.url, credential: 'env:KEY_CLAUDE' },
  ];
  const routes: object[] = [{ match: { model: CLAUDE }, to: [{ provider: 'claude' }] }];
  const environment: Record<string, string> = { KEY_CLAUDE: strict.key };
  for (const [index, family] of families.filter(({ name }) => chosen.includes(name)).entries()) {
    const mock = await family.start();
    mocks.set(family.name, mock);
    environment[`KEY_${index}`] = mock.key;
    providers.push(family.settings(mock.url, { credential: `env:KEY_${index}` }));
    routes.push({
      match: { model: `claude-via-${family.name}` },
      to: [{ provider: family.name, model: family.model }],
    });
  }
  gateway = await startGateway({ config: { providers, routes }, environment });
});
afterAll(async () => {
  await gateway.dispose();
  for (const mock of mocks.values()) await mock.close();
});

const bash = {
  name: 'Bash',
  description: 'Runs a command.',
  input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
};

/** Without the events that a strict reader of translated streams does not expect of Claude. */
const withoutPings = (text: string): string =>
  dispatchedEvents(text)
    .filter(({ event }) => event !== 'ping')
    .map(({ event, data }) => `event: ${event}\ndata: ${data}\n\n`)
    .join('');

async function turn(name: string, messages: readonly unknown[], number: number) {
  const mock = mocks.get(name);
  if (mock === undefined) throw new Error(`no mock ${name}`);
  mock.answer({
    thinking: `thought ${number}`,
    text: `turn ${number}`,
    calls: [{ name: 'Bash', input: { command: `step ${number}` } }],
  });
  const exchange = sendRequest(`${gateway.url}/v1/messages?beta=true`, {
    method: 'POST',
    body: JSON.stringify({
      model: name === 'claude' ? CLAUDE : `claude-via-${name}`,
      max_tokens: 4000,
      stream: true,
      thinking: { type: 'adaptive' },
      tools: [bash],
      messages,
    }),
    headers: [
      gateway.key(),
      ['Content-Type', 'application/json'],
      ['anthropic-version', '2023-06-01'],
      ['X-Claude-Code-Session-Id', 'one-conversation'],
    ],
  });
  const answer = await exchange.answer;
  expect([name, answer.status, answer.status === 200 ? '' : answer.text()]).toEqual([name, 200, '']);
  const got = collectStream(withoutPings(answer.text()));
  expect([got.error, got.stopReason]).toEqual([null, 'tool_use']);
  return got.content;
}

// Every provider follows every other one at some point of the two rounds.
const orders = chosen.map((_, at) => [...chosen.slice(at), ...chosen.slice(0, at)]);

test.each(orders.map((order) => [order[0] ?? '', order] as const))(
  'T13, T30, T80, T81, T82, T83, T87, T115, T166: a conversation that begins with %s goes round all of them and Claude, and back',
  async (_first, order) => {
    const messages: unknown[] = [{ role: 'user', content: 'Find it' }];
    const round = order.flatMap((name) => [name, 'claude']);
    for (const [number, name] of [...round, ...order.toReversed()].entries()) {
      const content = await turn(name, messages, number);
      expect(content.filter(({ type }) => type === 'text').map(({ text }) => text)).toEqual([
        `turn ${number}`,
      ]);
      const call = content.find(({ type }) => type === 'tool_use');
      expect(call?.['input']).toEqual({ command: `step ${number}` });
      messages.push(
        { role: 'assistant', content },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: call?.['id'], content: `did ${number}` }],
        },
      );
    }
    for (const [name, mock] of mocks)
      expect(mock.seen.problems.map(({ reason }) => `${name}: ${reason}`)).toEqual([]);
  },
);
