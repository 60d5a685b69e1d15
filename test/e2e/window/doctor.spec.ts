// The Doctor page: a calm state when all is well, findings with a way out when not, and a mend that shows what it will do
// before it does it.
import { expect, test } from '@playwright/test';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { findViolations } from './axe-rig.ts';
import { findFreePort, openScreen } from './window-rig.ts';

let gateway: TestGateway;
test.beforeEach(async () => {
  gateway = await startGateway();
  await mkdir(join(gateway.home, '.claude'), { recursive: true });
});
test.afterEach(() => gateway.dispose());

const settingsPath = (): string => join(gateway.home, '.claude', 'settings.json');

/** Claude Code is sent where nobody listens. */
async function leaveDeadAddress(): Promise<string> {
  const text = `{ "env": { "ANTHROPIC_BASE_URL": "http://127.0.0.1:${await findFreePort()}" } }\n`;
  await writeFile(settingsPath(), text);
  return text;
}

test('all well is a calm line with what was looked at and what Claude Code loses or gains', async ({
  page,
}) => {
  await openScreen(page, gateway, 'doctor', 'Doctor');
  await expect(page.getByText(/^All is well/)).toBeVisible();
  await expect(page.getByText('What was looked at')).toBeVisible();
  await expect(page.getByRole('table', { name: /loses or gains/ })).toContainText('Tool search');
  expect(await findViolations(page)).toEqual([]);
});

test('by mouse: a dead address is found, its mend shows the lines first, and the finding is gone after it', async ({
  page,
}) => {
  const text = await leaveDeadAddress();
  await openScreen(page, gateway, 'doctor', 'Doctor');
  const finding = page.locator('[data-finding=dead-base-url]');
  await expect(finding).toContainText('What to do:');
  await finding.getByRole('button').click();
  await expect(finding.getByRole('region', { name: 'Lines that change' })).toContainText(gateway.url);
  expect(await readFile(settingsPath(), 'utf8')).toBe(text);
  expect(await findViolations(page)).toEqual([]);
  await finding.getByRole('button', { name: 'Send Claude Code through Tollgate' }).click();
  await expect(page.getByText(/^Mended:/)).toBeVisible();
  await expect(finding).toBeHidden();
  expect(await readFile(settingsPath(), 'utf8')).toContain(gateway.url);
});

test('by keyboard: a mend can be looked at and cancelled, and nothing is written', async ({ page }) => {
  const text = await leaveDeadAddress();
  await openScreen(page, gateway, 'doctor', 'Doctor');
  const finding = page.locator('[data-finding=dead-base-url]');
  await finding.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await expect(finding.getByRole('button', { name: 'Send Claude Code through Tollgate' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(finding.getByRole('region')).toBeHidden();
  expect(await readFile(settingsPath(), 'utf8')).toBe(text);
});

test('looking again finds what came up meanwhile, and the rail shows a dot for it', async ({ page }) => {
  await openScreen(page, gateway, 'doctor', 'Doctor');
  await expect(page.getByText(/^All is well/)).toBeVisible();
  await leaveDeadAddress();
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(page.locator('[data-finding=dead-base-url]')).toBeVisible();
  await expect(page.getByRole('link', { name: /Doctor.*needs you/ })).toBeVisible();
});

test('a mend whose file moved meanwhile is refused and shown afresh', async ({ page }) => {
  await leaveDeadAddress();
  await openScreen(page, gateway, 'doctor', 'Doctor');
  const finding = page.locator('[data-finding=dead-base-url]');
  await finding.getByRole('button').click();
  const apply = finding.getByRole('button', { name: 'Send Claude Code through Tollgate' });
  await expect(apply).toBeFocused();
  const moved = `{ "model": "opus", ${(await readFile(settingsPath(), 'utf8')).slice(1)}`;
  await writeFile(settingsPath(), moved);
  await apply.click();
  await expect(finding.getByRole('alert')).toBeVisible();
  await expect(finding.getByRole('region')).toContainText('"model": "opus"');
  expect(await readFile(settingsPath(), 'utf8')).toBe(moved);
});
