// The number on screen: grows while an answer streams, is marked as an estimate until it settles, and ends exactly where
// `tollgate usage` ends, to the nano-dollar and the token.
import { expect, test } from '@playwright/test';
import { formatHeroMoney } from '../../../renderer/format/money.ts';
import { formatExactCount } from '../../../renderer/format/tokens.ts';
import { answerMessage, type MessageScript } from '../../support/anthropic-answers.ts';
import { createGate } from '../../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../../support/rig.ts';
import {
  expectHeroAbove,
  gatedStream,
  heroNumber,
  openWindow,
  readHero,
  readUsage,
  rows,
} from './window-rig.ts';

const script: MessageScript = {
  model: 'claude-opus-5-5',
  blocks: [{ type: 'text', text: 'The quick brown fox jumps over the lazy dog. '.repeat(60) }],
  usage: {
    inputTokens: 1_412,
    cacheReadTokens: 98_304,
    cacheWrite5mTokens: 1_210,
    cacheWrite1hTokens: 2_048,
    outputTokens: 731,
  },
};

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig();
});
test.afterEach(() => rig.close());

test('the number grows while an answer streams and ends exactly at what usage reports', async ({ page }) => {
  const gates = [createGate(), createGate()];
  rig.upstream.enqueue(gatedStream(script, gates));
  await openWindow(page, rig.gateway);
  const { answer } = rig.open(messagesBody());

  const first = await expectHeroAbove(page, 0);
  await expect(page.getByTestId('state-line')).toContainText('Streaming · Opus 5.5 via');
  await expect(page.getByTestId('hero-origin')).toContainText('is an estimate while it streams');
  await expect(rows(page).first()).toContainText('live');

  gates[0]?.open();
  await expectHeroAbove(page, first);
  gates[1]?.open();
  await answer;

  await expect(page.getByTestId('hero-origin')).toHaveText('settled, 1 exchange');
  const { totals } = await readUsage(rig.gateway, '--since', 'today');
  expect(totals).toMatchObject(script.usage);
  await expect(heroNumber(page)).toHaveAttribute('value', String(totals.costNanoUsd));
  const money = formatHeroMoney(totals.costNanoUsd);
  await expect(heroNumber(page)).toHaveText(money.main + money.fine);
  for (const [key, count] of Object.entries(script.usage)) {
    await expect(page.getByTestId(`tokens-${key}`)).toHaveAttribute(
      'title',
      `${formatExactCount(count)} tokens`,
    );
  }
  await expect(page).toHaveTitle(/^\$0\.\d{4} today · Tollgate$/);
});

test('an answer that is cut counts what was seen and says so', async ({ page }) => {
  const gate = createGate();
  rig.upstream.enqueue(gatedStream(script, [gate]));
  await openWindow(page, rig.gateway);
  const exchange = rig.open(messagesBody());
  await expectHeroAbove(page, 0);
  exchange.destroy();
  await expect(rows(page).first()).toContainText('aborted');
  gate.open();
  const { totals } = await readUsage(rig.gateway);
  await expect.poll(() => readHero(page)).toBe(totals.costNanoUsd);
  await rows(page).first().getByRole('button').click();
  await expect(page.getByRole('dialog')).toContainText(
    'Estimate: the answer ended before the provider reported',
  );
});

test('a click turns the number from today to the session to the month', async ({ page }) => {
  rig.upstream.setAnswer(answerMessage(script));
  const [first, second] = ['6e0f61a2-8a55-4b36-9f0e-0f3f0d7d0001', '6e0f61a2-8a55-4b36-9f0e-0f3f0d7d0002'];
  await rig.post(messagesBody(), [sessionHeader(first)]);
  await rig.post(messagesBody(), [sessionHeader(second)]);
  await openWindow(page, rig.gateway);
  const { totals, groups } = await readUsage(rig.gateway, '--since', 'all', '--by', 'session');
  const ofSession = (id: string | undefined): number =>
    groups.find((group) => group.key === id)?.costNanoUsd ?? -1;

  await expect(heroNumber(page)).toHaveAttribute('value', String(totals.costNanoUsd));
  await heroNumber(page).click();
  await expect(page.getByText('this session')).toBeVisible();
  await expect(heroNumber(page)).toHaveAttribute('value', String(ofSession(second)));

  await rig.post(messagesBody(), [sessionHeader(second)]);
  await expect(heroNumber(page)).toHaveAttribute('value', String(2 * ofSession(second)));

  await heroNumber(page).click();
  await expect(page.getByText('this month')).toBeVisible();
  await expect(heroNumber(page)).toHaveAttribute('value', String(3 * ofSession(first)));
  await page.reload();
  await expect(page.getByText('this month')).toBeVisible();
});
