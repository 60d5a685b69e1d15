// The real client with Claude on Amazon Bedrock behind Tollgate: the same model in another house, whose door takes fewer fields and
// betas and speaks in binary frames.
import { afterEach, describe, expect, test } from 'vitest';
import {
  messageEvents,
  messageJson,
  type Block,
  type MessageScript,
} from '../../support/anthropic-answers.ts';
import { sumTotals, tokens, totalsOf } from '../../support/expected-cost.ts';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import {
  bedrockKey,
  startBedrockMock,
  type BedrockAnswer,
  type BedrockMock,
} from '../../support/upstreams/bedrock-invoke.ts';
import { createClientHome, installedClients, type ClientHome, type ClientRun } from './client-home.ts';
import type { InstalledClient } from './install-client.ts';
import { callTool, think, thinkingSignature } from './scripted-model.ts';

const model = 'claude-opus-5-5';
let mock: BedrockMock;
let gateway: TestGateway;
let home: ClientHome;
afterEach(async () => {
  await gateway.dispose();
  await mock.close();
  await home.remove();
});

/** Different in every turn, so that a turn counted twice cannot go unseen. */
const scriptOf = (turn: number, blocks: Block[]): MessageScript => ({
  model,
  id: `msg_01Bedrock${turn}`,
  blocks,
  usage: tokens({
    inputTokens: 900 + 7 * turn,
    cacheReadTokens: 30_000 + 11 * turn,
    cacheWrite5mTokens: 2000 + 13 * turn,
    outputTokens: 40 + turn,
  }),
});

/** Starts all three; the answers are given in this order. */
async function start(client: InstalledClient, answers: BedrockAnswer[]): Promise<void> {
  home = await createClientHome(client);
  mock = await startBedrockMock();
  const queue = [...answers];
  Object.defineProperty(mock, 'answer', { get: () => queue.shift() ?? { message: {} } });
  gateway = await startGateway({
    config: {
      providers: [
        {
          id: 'bedrock',
          type: 'bedrock',
          baseUrl: mock.url,
          credential: 'env:TEST_KEY',
          options: { region: 'us-west-2' },
        },
      ],
      routes: [{ match: {}, to: [{ provider: 'bedrock' }] }],
    },
    environment: { TEST_KEY: bedrockKey, CLAUDE_CONFIG_DIR: home.claudeFolder },
  });
}

const ask = (prompt: string, ...args: string[]): Promise<ClientRun> =>
  home.ask(
    prompt,
    home.environment({
      ANTHROPIC_BASE_URL: gateway.url,
      ANTHROPIC_AUTH_TOKEN: gateway.ready.clientKey,
    }),
    ['--model', model, ...args],
  );

/** What the client's newest betas are refused for is learned at the first request, in two tries at most. */
function expectOnlyLearning(): void {
  expect(mock.refusals.filter((text) => !text.includes('invalid beta flag'))).toEqual([]);
  expect(mock.refusals.length).toBeLessThanOrEqual(2);
}

async function expectAccounts(scripts: readonly MessageScript[]): Promise<void> {
  expectOnlyLearning();
  const rows = await gateway.control.settled(scripts.length);
  expect(rows.map(({ state, attempts, modelAsked }) => [state, attempts, modelAsked])).toEqual(
    scripts.map(() => ['completed', 1, model]),
  );
  const totals = scripts.map(({ usage }) => totalsOf(model, usage));
  expect(await gateway.control.totals()).toEqual(sumTotals(totals));
}

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)('T140, T141: a Bash tool loop with thinking', async () => {
      const scripts = [
        scriptOf(1, [
          think('I should look.'),
          callTool('toolu_bdrk_01', 'Bash', { command: 'echo one-$((40+2))', description: 'One' }),
          callTool('toolu_bdrk_02', 'Bash', { command: 'echo two; exit 3', description: 'Two' }),
        ]),
        scriptOf(2, [{ type: 'text', text: 'It says one-42.' }]),
      ];
      await start(
        client,
        scripts.map((script) => ({ events: messageEvents(script) })),
      );
      const { code, result } = await ask('Look', '--allowedTools', 'Bash');
      expect([code, result.is_error, result.result]).toEqual([0, false, 'It says one-42.']);
      const [, second] = mock.accepted;
      expect(second?.model).toBe('us.anthropic.claude-opus-5-5');
      expect(second?.bytes.toString('utf8')).toContain('one-42');
      expect(second?.bytes.toString('utf8')).toContain(thinkingSignature);
      await expectAccounts(scripts);
    });

    test.skipIf(client.path === null)(
      'T144: an exception inside the stream makes the client ask again without one',
      async () => {
        const [cut, whole] = [
          scriptOf(1, [{ type: 'text', text: 'Half of an ans' }]),
          scriptOf(2, [{ type: 'text', text: 'All of it.' }]),
        ];
        await start(client, [
          {
            events: messageEvents(cut).slice(0, 4),
            exception: { name: 'modelStreamErrorException', message: 'The model broke off.' },
          },
          { message: messageJson(whole) },
        ]);
        const { code, result } = await ask('Say something');
        expect([code, result.is_error, result.result]).toEqual([0, false, 'All of it.']);
        expectOnlyLearning();
        const rows = (await gateway.control.settled(2)).toReversed();
        expect(rows.map(({ state, streaming, reason }) => [state, streaming, reason])).toEqual([
          ['failed', true, 'The model broke off.'],
          ['completed', false, null],
        ]);
        expect(rows[1]).toMatchObject(whole.usage);
      },
    );
  });
