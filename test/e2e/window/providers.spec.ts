// The Providers page: a key is tested before it is stored, replaced, removed, and never shown; what the vault holds is told
// by the last four characters.
import { expect, test, type Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakeUpstream, type FakeUpstream } from '../../support/fake-upstream.ts';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { findViolations } from './axe-rig.ts';
import { answerWithKey, openScreen } from './window-rig.ts';

const secret = 'sk-page-secret-0123456789wxyz';
const replacement = 'sk-page-secret-0123456789abcd';
let gateway: TestGateway;
let upstream: FakeUpstream;
test.beforeEach(async () => {
  upstream = await startFakeUpstream();
  upstream.setAnswer(answerWithKey(secret));
  gateway = await startGateway();
});
test.afterEach(async () => {
  await gateway.dispose();
  await upstream.close();
});

const openPage = (page: Page): Promise<void> => openScreen(page, gateway, 'providers', 'Providers');
const entry = (page: Page) => page.locator('[data-provider=relay]');

async function fillForm(page: Page, key: string): Promise<void> {
  await page.getByRole('button', { name: 'Anthropic', exact: true }).click();
  await page.getByLabel('Address', { exact: true }).fill(upstream.url);
  await page.getByLabel('Name, if you like').fill('Relay');
  await page.getByLabel('API key', { exact: true }).fill(key);
}

/** Nothing that the page shows, keeps or has stored may hold the secret. */
async function expectNowhere(page: Page, text: string): Promise<void> {
  const kept = await page.evaluate(() =>
    JSON.stringify([
      document.documentElement.outerHTML,
      [...document.querySelectorAll('input')].map((input) => input.value),
      { ...localStorage },
      { ...sessionStorage },
      location.href,
    ]),
  );
  expect(kept).not.toContain(text);
}

test('by mouse: added with a live test, replaced, and removed with its key', async ({ page }) => {
  await openPage(page);
  await fillForm(page, secret);
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(entry(page)).toContainText('in use');
  await expect(entry(page)).toContainText('key …wxyz in the vault');
  await expectNowhere(page, secret);
  expect(await readFile(join(gateway.dataDir, 'config.json'), 'utf8')).not.toContain(secret);
  expect(await findViolations(page)).toEqual([]);

  await entry(page).getByRole('button', { name: 'Test', exact: true }).click();
  await expect(entry(page).getByTestId('test-sentence')).toBeVisible();
  await entry(page).getByRole('button', { name: 'Replace key' }).click();
  await entry(page).getByLabel('New key').fill(replacement);
  await entry(page).getByRole('button', { name: 'Replace the key' }).click();
  await expect(entry(page)).toContainText('key …abcd in the vault');
  await expectNowhere(page, replacement);

  await entry(page).getByRole('button', { name: 'Remove' }).click();
  await entry(page).getByRole('button', { name: 'Keep' }).click();
  await expect(entry(page)).toBeVisible();
  await entry(page).getByRole('button', { name: 'Remove' }).click();
  await entry(page)
    .getByRole('group', { name: 'Remove Relay' })
    .getByRole('button', { name: 'Remove' })
    .click();
  await expect(entry(page)).toBeHidden();
  await expect(page.getByText('The vault is empty.')).toBeVisible();
  expect((await gateway.control.call('vault.list', {})).secrets).toEqual([]);
});

test('by keyboard: Enter in the key field tests and saves', async ({ page }) => {
  await openPage(page);
  await fillForm(page, '');
  await page.getByLabel('API key', { exact: true }).focus();
  await page.keyboard.type(secret);
  await page.keyboard.press('Enter');
  await expect(entry(page)).toContainText('key …wxyz in the vault');
});

test('a wrong key is told in words and stored only when the user insists', async ({ page }) => {
  await openPage(page);
  await fillForm(page, 'sk-not-the-key');
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByTestId('test-sentence')).toBeVisible();
  expect((await gateway.control.call('vault.list', {})).secrets).toEqual([]);
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save it all the same' }).click();
  await expect(entry(page)).toBeVisible();
});

test('an address that ends in /v1 is mended with one click', async ({ page }) => {
  await openPage(page);
  await fillForm(page, secret);
  await page.getByLabel('Address', { exact: true }).fill(`${upstream.url}/v1`);
  await page.getByRole('button', { name: 'Test and save' }).click();
  await page.getByRole('button', { name: `Use ${upstream.url}` }).click();
  await expect(entry(page)).toContainText(upstream.url);
  const config = await readFile(join(gateway.dataDir, 'config.json'), 'utf8');
  expect(config).not.toContain('/v1"');
});

test('a key that nobody uses can be removed from the list of stored keys', async ({ page }) => {
  await gateway.control.call('vault.set', { id: 'left-over', secret });
  await openPage(page);
  await expect(page.getByText('used by nobody')).toBeVisible();
  await page.getByRole('button', { name: 'Remove the key left-over' }).click();
  await expect(page.getByText('The vault is empty.')).toBeVisible();
});
