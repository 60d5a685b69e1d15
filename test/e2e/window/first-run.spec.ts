// An empty machine: the window teaches the one next step, a practice request moves the meter and is called practice
// everywhere, and Claude Code is connected and given back only with the exact lines on screen.
import { expect, test } from '@playwright/test';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { expectHeroAbove, heroNumber, openWindow, readUsage, rows } from './window-rig.ts';

let gateway: TestGateway;
test.beforeEach(async () => {
  gateway = await startGateway();
});
test.afterEach(() => gateway.dispose());

const settingsPath = (): string => join(gateway.home, '.claude', 'settings.json');
const readSettings = (): Promise<string | null> => readFile(settingsPath(), 'utf8').catch(() => null);

test('a practice request moves the meter and is called practice everywhere', async ({ page }) => {
  await openWindow(page, gateway);
  await expect(heroNumber(page)).toHaveText('$0.0000');
  await page.getByRole('button', { name: 'Send a practice request' }).click();
  await expectHeroAbove(page, 0);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByTestId('practice-note')).toContainText('practice, no money spent');
  await expect(rows(page).first()).toContainText('practice');
  await expect(page.getByTestId('hero-origin')).toHaveText('settled, 1 exchange');
  const { totals } = await readUsage(gateway);
  await expect(heroNumber(page)).toHaveAttribute('value', String(totals.costNanoUsd));
  await expect(page.getByTestId('pace')).toHaveText('pace: not given for practice');
});

test('connecting shows the lines, writes them, and disconnecting gives the file back', async ({ page }) => {
  await openWindow(page, gateway);
  await page.getByRole('button', { name: 'Connect Claude Code' }).first().click();
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText('ANTHROPIC_BASE_URL');
  await expect(sheet).toContainText('The file does not exist yet and is created.');
  await expect(sheet).not.toContainText(gateway.ready.clientKey);
  expect(await readSettings()).toBeNull();

  await sheet.getByRole('button', { name: 'Write these lines' }).click();
  await expect(sheet).toContainText('Connected.');
  expect(await readSettings()).toContain(gateway.url);
  await sheet.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByText('All Claude Code sessions on this computer')).toBeVisible();

  await page.getByRole('button', { name: 'Disconnect' }).click();
  await sheet.getByRole('button', { name: 'Give these lines back' }).click();
  await expect(sheet).toContainText('Disconnected.');
  expect(await readSettings()).toBeNull();
});

test('a settings file that moved meanwhile is not overwritten; the new lines are shown', async ({ page }) => {
  await openWindow(page, gateway);
  await page.getByRole('button', { name: 'Connect Claude Code' }).first().click();
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText('ANTHROPIC_BASE_URL');
  await writeFile(settingsPath(), '{ "model": "opus" }\n').catch(async () => {
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(gateway.home, '.claude'), { recursive: true });
    await writeFile(settingsPath(), '{ "model": "opus" }\n');
  });
  await sheet.getByRole('button', { name: 'Write these lines' }).click();
  await expect(sheet.getByRole('alert')).toContainText('Nothing was written.');
  await expect(sheet).toContainText('"model": "opus"');
  expect(await readSettings()).toBe('{ "model": "opus" }\n');
  await sheet.getByRole('button', { name: 'Write these lines' }).click();
  await expect(sheet).toContainText('Connected.');
});

test('Esc closes the sheet without writing and the focus goes back', async ({ page }) => {
  await openWindow(page, gateway);
  const open = page.getByRole('button', { name: 'Connect Claude Code' }).first();
  await open.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(open).toBeFocused();
  expect(await readSettings()).toBeNull();
});
