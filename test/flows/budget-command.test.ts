// `tollgate budget`: the same words with a running gateway and without one; a change holds for the next request (trap 67).
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerMessage } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { messagesBody, startRig, type Rig } from '../support/rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
  const blocks = [{ type: 'text' as const, text: 'x' }];
  rig.upstream.setAnswer(
    answerMessage({ model: 'claude-opus-5-5', blocks, usage: tokens({ outputTokens: 1000 }) }),
  );
});
afterAll(() => rig.close());

const run = async (...args: string[]): Promise<unknown> => {
  const { code, stdout, stderr } = await rig.gateway.run('budget', ...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};
const post = async (): Promise<number> => (await rig.post(messagesBody({ max_tokens: 1000 }))).status;

test('set, list, grant and remove, first through the running gateway, then on the files alone', async () => {
  expect(await post()).toBe(200);
  expect(await run('set', 'day', '0.02', '--per', 'day')).toMatchObject({
    previous: null,
    budgets: [{ id: 'day', used: 20_000_000, limit: 20_000_000, mode: 'hard', scope: { type: 'all' } }],
  });
  expect(await post()).toBe(429);
  expect(await run('grant', 'day', '0.05')).toMatchObject({
    grant: { before: 20_000_000, after: 70_000_000 },
  });
  expect(await post()).toBe(200);
  await rig.gateway.stop();

  expect(await run('list')).toMatchObject({
    budgets: [{ id: 'day', used: 40_000_000, granted: 50_000_000 }],
  });
  await run(
    'set',
    'acme',
    '5000t',
    '--scope',
    'project',
    '--of',
    '/work/acme',
    '--per',
    'month',
    '--mode',
    'soft',
  );
  expect(await run('grant', 'acme', '1000t')).toMatchObject({ grant: { after: 6000, unit: 'tokens' } });
  const config = JSON.parse(await readFile(join(rig.gateway.dataDir, 'config.json'), 'utf8')) as {
    budgets: unknown[];
  };
  expect(config.budgets[1]).toEqual({
    id: 'acme',
    scope: { type: 'project', path: '/work/acme' },
    period: 'month',
    limit: { tokens: 5000 },
    mode: 'soft',
  });
  expect(await run('remove', 'day')).toMatchObject({ removed: { id: 'day' }, budgets: [{ id: 'acme' }] });
  await rig.gateway.restart();
  expect(await run('list')).toMatchObject({ budgets: [{ id: 'acme', granted: 1000 }] });
  const text = await rig.gateway.run('budget', 'list');
  expect(text.stdout).toContain('project /work/acme');
});

test.each([
  [['grant', 'nope', '1.00'], 'There is no budget "nope".'],
  [['grant', 'acme', '1.00'], 'counts in tokens'],
  [['remove', 'nope'], 'There is no budget "nope".'],
  [['set', 'x', 'much'], '"much" is no amount'],
  [['set', 'x', '1.00', '--per', 'year'], 'period: '],
  [['set', 'x', '1.00', '--of', 'y'], '--of belongs'],
])('says what is wrong with %j, and changes nothing', async (args, words) => {
  const before = await readFile(join(rig.gateway.dataDir, 'config.json'), 'utf8');
  const { code, stderr } = await rig.gateway.run('budget', ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
  expect(await readFile(join(rig.gateway.dataDir, 'config.json'), 'utf8')).toBe(before);
});
