// A new machine: the set-up appears by itself, each of its steps can be done or skipped, it ends on the meter with a first
// number in it, can be left and found again, and never stands in the way of the window.
import { expect, test, type Page } from '@playwright/test';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeUpstream, type FakeUpstream } from '../../support/fake-upstream.ts';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { findViolations } from './axe-rig.ts';
import { answerWithKey, expectHeroAbove, heroNumber, openWindow, readUsage, rows } from './window-rig.ts';

const secret = 'sk-first-run-0123456789wxyz';
let gateway: TestGateway;
let upstream: FakeUpstream;
test.beforeEach(async () => {
  upstream = await startFakeUpstream();
});
test.afterEach(async () => {
  await gateway.dispose();
  await upstream.close();
});

const setup = (page: Page) => page.getByTestId('setup');
const stepHead = (page: Page, name: string) => setup(page).getByRole('button', { name });
const settingsPath = (): string => join(gateway.home, '.claude', 'settings.json');
const readSettings = (): Promise<string | null> => readFile(settingsPath(), 'utf8').catch(() => null);

test('by mouse: a key is tested and stored, the lines are written, a real request arrives, and it ends on the meter', async ({
  page,
}) => {
  upstream.setAnswer(answerWithKey(secret));
  gateway = await startGateway();
  await openWindow(page, gateway);
  await expect(setup(page)).toBeVisible();
  expect(await findViolations(page)).toEqual([]);

  await page.getByLabel('Address', { exact: true }).fill(upstream.url);
  await page.getByLabel('Name, if you like').fill('Relay');
  await page.getByLabel('API key', { exact: true }).fill('sk-wrong-key-000');
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByTestId('test-sentence')).toBeVisible();
  expect((await gateway.control.call('vault.list', {})).secrets).toEqual([]);
  await page.getByLabel('API key', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(stepHead(page, 'A provider that answers')).toContainText('Relay');
  const { secrets } = await gateway.control.call('vault.list', {});
  expect(secrets.map((one) => one.end)).toEqual(['wxyz']);
  expect(await page.content()).not.toContain(secret);

  await expect(stepHead(page, 'Connect Claude Code')).toBeFocused();
  await expect(setup(page)).toContainText('ANTHROPIC_BASE_URL');
  expect(await readSettings()).toBeNull();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Write these lines' }).click();
  await expect(page.getByTestId('take-over-outcome')).toContainText('Connected.');
  expect(await readSettings()).toContain(gateway.url);
  await page.getByRole('button', { name: 'Go on' }).click();

  await page.getByRole('button', { name: 'Send a test request' }).click();
  await expect(page.getByTestId('arrival')).toContainText('It arrived and cost');
  await expectHeroAbove(page, 0);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Go to the meter' }).click();
  await expect(setup(page)).toBeHidden();
  await expect(rows(page)).toHaveCount(1);
  const { totals } = await readUsage(gateway);
  await expect(heroNumber(page)).toHaveAttribute('value', String(totals.costNanoUsd));
});

test('by keyboard alone: practice without a key, connecting skipped, a practice request is called practice everywhere', async ({
  page,
}) => {
  gateway = await startGateway();
  await openWindow(page, gateway);
  await page.getByRole('radio', { name: 'With an API key' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Go on with practice' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(stepHead(page, 'Connect Claude Code')).toBeFocused();
  await expect(page.getByRole('button', { name: 'Write these lines' })).toBeVisible();
  await page.getByRole('button', { name: 'Skip this step' }).focus();
  await page.keyboard.press('Enter');
  await expect(stepHead(page, 'See a request arrive')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('arrival')).toContainText('It was practice');
  await expect(page.getByTestId('practice-note')).toContainText('practice, no money spent');
  await expectHeroAbove(page, 0);
  expect(await readSettings()).toBeNull();
  await page.getByRole('button', { name: 'Go to the meter' }).focus();
  await page.keyboard.press('Enter');
  await expect(rows(page).first()).toContainText('practice');
  await expect(page.getByTestId('pace')).toHaveText('pace: not given for practice');
});

test('it can be left, stays away after a reload, blocks no other screen, and is found again', async ({
  page,
}) => {
  gateway = await startGateway();
  await openWindow(page, gateway);
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await expect(page.getByText('No exchange yet.')).toBeVisible();
  await page.goBack();
  await page.getByRole('button', { name: 'Leave set-up' }).click();
  await expect(setup(page)).toBeHidden();
  await expect(page.getByRole('button', { name: 'Send a practice request' })).toBeVisible();
  await page.goto(gateway.url);
  await expect(heroNumber(page)).toBeVisible();
  await expect(page.getByRole('heading', { name: 'No exchange yet' })).toBeVisible();
  await page.getByRole('link', { name: 'Set up step by step' }).first().click();
  await expect(setup(page)).toBeVisible();
});

test('keys found on this computer are offered one by one and imported only when asked', async ({ page }) => {
  upstream.setAnswer(answerWithKey(secret));
  gateway = await startGateway();
  await writeFile(
    join(gateway.home, '.bashrc'),
    `export ANTHROPIC_BASE_URL=${upstream.url}\nexport ANTHROPIC_AUTH_TOKEN=${secret}\n`,
  );
  await openWindow(page, gateway);
  await expect(setup(page)).toContainText('…wxyz');
  expect(await page.content()).not.toContain(secret);
  expect((await gateway.control.call('vault.list', {})).secrets).toEqual([]);
  await page.getByRole('button', { name: /^Import the key/ }).click();
  await expect(page.getByTestId('test-sentence')).toBeVisible();
  const { secrets } = await gateway.control.call('vault.list', {});
  expect(secrets.map((one) => one.end)).toEqual(['wxyz']);
  expect(await readFile(join(gateway.home, '.bashrc'), 'utf8')).toContain(secret);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(stepHead(page, 'Connect Claude Code')).toBeFocused();
});

test('a machine with a provider in its config is not new', async ({ page }) => {
  gateway = await startGateway({
    config: { providers: [{ id: 'relay', type: 'anthropic', baseUrl: upstream.url, credential: 'none' }] },
  });
  await openWindow(page, gateway);
  await expect(page.getByRole('heading', { name: 'No exchange yet' })).toBeVisible();
  await expect(setup(page)).toBeHidden();
});
