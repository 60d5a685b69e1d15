// Contract: `tollgate usage --json` gives the totals and groups of what was spent, to the token and the nano-dollar, while the
// gateway runs and after it stopped. (trap 71)
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TokenCounts, Totals, UsageReport } from '../../src/contract/usage.ts';
import { noTotals } from '../../src/contract/usage.ts';
import { answerMessage } from '../support/anthropic-answers.ts';
import { addTotals, sumTotals, tokens, totalsOf, type ListedModel } from '../support/expected-cost.ts';
import type { HeaderList } from '../support/fake-upstream.ts';
import { messagesBody, providerFor, startRig, type Rig } from '../support/rig.ts';

type Turn = {
  model: ListedModel;
  usage: TokenCounts;
  session: string;
  project: string;
  agent: string | null;
  stream: boolean;
};

const turns: Turn[] = [];
const models: ListedModel[] = ['claude-opus-5-5', 'claude-sonnet-4-5', 'claude-haiku-4-5'];
for (let index = 0; index < 24; index += 1) {
  turns.push({
    model: models[index % 3] ?? 'claude-opus-5-5',
    usage: tokens({
      inputTokens: 100 + index * 13,
      cacheReadTokens: index * 1009,
      cacheWrite5mTokens: index % 2 === 0 ? index * 31 : 0,
      cacheWrite1hTokens: index % 5 === 0 ? index * 17 : 0,
      outputTokens: 7 + index,
    }),
    session: `session-${index % 4}`,
    project: index % 2 === 0 ? '/home/me/acme' : 'named project é',
    agent: index % 6 === 0 ? `a${index}` : null,
    stream: index % 3 !== 2,
  });
}

const expectedBy = (keyOf: (turn: Turn) => string | null): Map<string, Totals> => {
  const groups = new Map<string, Totals>();
  for (const turn of turns) {
    const key = keyOf(turn);
    if (key === null) continue;
    groups.set(key, addTotals(groups.get(key) ?? noTotals, totalsOf(turn.model, turn.usage)));
  }
  return groups;
};
const expectedTotals = sumTotals(turns.map((turn) => totalsOf(turn.model, turn.usage)));
/** The provider of a model is decided by the routes below. */
const providerOf = (turn: Turn): string => (turn.model === 'claude-haiku-4-5' ? 'second' : 'upstream');

let rig: Rig;
beforeAll(async () => {
  rig = await startRig((upstream) => ({
    providers: [providerFor(upstream), providerFor(upstream, 'second')],
    routes: [
      { match: { model: '*haiku*' }, to: [{ provider: 'second' }] },
      { match: {}, to: [{ provider: 'upstream' }] },
    ],
  }));
  for (const turn of turns) {
    rig.upstream.enqueue(
      answerMessage({ model: turn.model, usage: turn.usage, blocks: [{ type: 'text', text: 'ok' }] }),
    );
    const headers: HeaderList = [
      ['x-claude-code-session-id', turn.session],
      // Header values are bytes; Node writes each character of this string as one.
      ['x-tollgate-project', Buffer.from(turn.project, 'utf8').toString('latin1')],
      ...(turn.agent === null ? [] : ([['x-claude-code-agent-id', turn.agent]] as const)),
    ];
    await rig.post(messagesBody({ model: turn.model, stream: turn.stream }), headers);
  }
  await rig.gateway.control.settled(turns.length);
});
afterAll(() => rig.close());

async function usage(...args: string[]): Promise<UsageReport> {
  const { code, stdout, stderr } = await rig.gateway.run('usage', '--json', ...args);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as UsageReport;
}

const groupings: [by: string, keyOf: (turn: Turn) => string | null][] = [
  ['model', (turn) => turn.model],
  ['project', (turn) => turn.project],
  ['provider', providerOf],
  ['session', (turn) => turn.session],
  ['agent', (turn) => turn.agent],
];

async function expectAllReports(): Promise<void> {
  expect((await usage('--since', 'all')).totals).toEqual(expectedTotals);
  for (const [by, keyOf] of groupings) {
    const report = await usage('--since', 'all', '--by', by);
    expect(report.totals).toEqual(expectedTotals);
    const found = new Map(report.groups.map(({ key, ...totals }) => [key, totals]));
    for (const [key, totals] of expectedBy(keyOf))
      expect([by, key, found.get(key)]).toEqual([by, key, totals]);
    expect(sumTotals(found.values())).toEqual(expectedTotals);
  }
}

describe('while the gateway runs', () => {
  test('totals and every grouping equal what the upstream reported', expectAllReports);

  test.each(['today', 'week', 'month', 'all', '2020-01-01', '2020-01-01T00:00:00Z'])(
    '--since %s includes what was just spent',
    async (since) => {
      expect((await usage('--since', since)).totals).toEqual(expectedTotals);
    },
  );

  test('--since a time to come is empty, and without --since it is today', async () => {
    expect((await usage('--since', '2099-01-01')).totals).toEqual(noTotals);
    expect((await usage()).totals).toEqual(expectedTotals);
  });

  test('a wrong --since or --by is refused with exit 2 and one line', async () => {
    for (const args of [
      ['--since', 'yesterweek'],
      ['--by', 'colour'],
    ]) {
      const { code, stdout, stderr } = await rig.gateway.run('usage', '--json', ...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr.trimEnd().split('\n').length).toBe(1);
    }
  });

  test('without --json it prints a table for people', async () => {
    const { code, stdout } = await rig.gateway.run('usage', '--since', 'all', '--by', 'model');
    expect(code).toBe(0);
    for (const model of models) expect(stdout).toContain(model);
    expect(() => void JSON.parse(stdout)).toThrow();
  });

  test('each attribution says where it came from', async () => {
    const rows = await rig.gateway.control.exchanges();
    expect(new Set(rows.map((row) => row.projectSource))).toEqual(new Set(['header']));
  });
});

test('after the gateway stopped the reports are the same', async () => {
  expect((await rig.gateway.stop()).code).toBe(0);
  await expectAllReports();
});
