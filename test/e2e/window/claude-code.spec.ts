// The Claude Code page: what was found, every key with its reason, the exact lines, and nothing written before the click;
// a file that moved is shown again; disconnecting gives back and names the sessions that still come through.
import { expect, test, type Page } from '@playwright/test';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { findViolations } from './axe-rig.ts';
import { openScreen } from './window-rig.ts';

const settings = `{
  "model": "opus",
  "env": {
    "ANTHROPIC_API_KEY": "sk-ant-api03-mine-0123456789"
  }
}
`;
let gateway: TestGateway;
test.beforeEach(async () => {
  gateway = await startGateway();
  await mkdir(join(gateway.home, '.claude'), { recursive: true });
});
test.afterEach(() => gateway.dispose());

const settingsPath = (): string => join(gateway.home, '.claude', 'settings.json');
const readSettings = (): Promise<string | null> => readFile(settingsPath(), 'utf8').catch(() => null);
const openPage = (page: Page): Promise<void> => openScreen(page, gateway, 'claude-code', 'Claude Code');
const write = (page: Page) => page.getByRole('button', { name: 'Write these lines' });
const outcome = (page: Page) => page.getByTestId('take-over-outcome');

test('by mouse: reasons and lines are shown, written on one click, and given back to the byte', async ({
  page,
}) => {
  await writeFile(settingsPath(), settings);
  await openPage(page);
  await expect(page.getByText('Claude Code sends its requests to Tollgate.')).toBeVisible();
  await expect(page.getByRole('region', { name: "Lines that change: Claude Code's settings" })).toContainText(
    'ANTHROPIC_BASE_URL',
  );
  await expect(page.getByText('What was found').first()).toBeVisible();
  expect(await page.content()).not.toContain('sk-ant-api03-mine');
  expect(await page.content()).not.toContain(gateway.ready.clientKey);
  expect(await readSettings()).toBe(settings);
  expect(await findViolations(page)).toEqual([]);

  await write(page).click();
  await expect(outcome(page)).toContainText('Connected.');
  await expect(outcome(page)).toContainText(settingsPath());
  expect(await readSettings()).toContain(gateway.url);
  await outcome(page).getByRole('button', { name: 'Close' }).click();
  await expect(page.getByText('Nothing to change')).toBeVisible();

  await page.getByRole('button', { name: 'Disconnect' }).click();
  await expect(page.getByRole('region', { name: /Lines that change/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Give these lines back' }).click();
  await expect(outcome(page)).toContainText('Disconnected.');
  expect(await readSettings()).toBe(settings);
  expect(await findViolations(page)).toEqual([]);
});

test('by keyboard: a choice changes the shown lines at once, and Enter writes them', async ({ page }) => {
  await openPage(page);
  const statusLine = page.getByRole('checkbox', { name: 'Status line' });
  const lines = page.getByRole('region', { name: "Lines that change: Claude Code's settings" });
  await expect(lines).toBeVisible();
  await expect(lines).not.toContainText('statusLine');
  await statusLine.focus();
  await page.keyboard.press('Space');
  await expect(lines).toContainText('statusLine');
  expect(await readSettings()).toBeNull();
  await write(page).focus();
  await page.keyboard.press('Enter');
  await expect(outcome(page).getByRole('heading')).toBeFocused();
  expect(await readSettings()).toContain('statusLine');
});

test('keeping the Claude login sends the local key in a header of its own', async ({ page }) => {
  await openPage(page);
  await page.getByRole('radio', { name: 'With its own Claude login' }).click();
  await expect(page.getByText('env.ANTHROPIC_CUSTOM_HEADERS')).toBeVisible();
  await write(page).click();
  await expect(outcome(page)).toContainText('Connected.');
  const written = (await readSettings()) ?? '';
  expect(written).toContain('x-tollgate-key');
  expect(written).not.toContain('ANTHROPIC_AUTH_TOKEN');
});

test('a settings file that moved meanwhile is not overwritten; the new lines are shown', async ({ page }) => {
  await openPage(page);
  await expect(write(page)).toBeEnabled();
  await writeFile(settingsPath(), '{ "model": "opus" }\n');
  await write(page).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('region', { name: "Lines that change: Claude Code's settings" })).toContainText(
    '"model": "opus"',
  );
  expect(await readSettings()).toBe('{ "model": "opus" }\n');
  await write(page).click();
  await expect(outcome(page)).toContainText('Connected.');
});

test('a file that Claude Code would reject is told with line and column, left alone, and read again when mended', async ({
  page,
}) => {
  const broken = '{\n  "env": {,}\n}\n';
  await writeFile(settingsPath(), broken);
  await openPage(page);
  await expect(page.getByRole('alert')).toContainText('line 2, column 11');
  await expect(write(page)).toBeHidden();
  expect(await findViolations(page)).toEqual([]);
  expect(await readSettings()).toBe(broken);
  await writeFile(settingsPath(), '{}\n');
  await page.getByRole('button', { name: 'Read it again' }).click();
  await expect(write(page)).toBeVisible();
});

test('sessions that still come through after a disconnect are listed', async ({ page }) => {
  await gateway.control.call('claude.connect', { dryRun: false });
  await fetch(`${gateway.url}/v1/messages`, {
    method: 'POST',
    headers: [
      gateway.key(),
      ['Content-Type', 'application/json'],
      ['X-Claude-Code-Session-Id', '0f5b7c1e-6a43-4a56-9c0d-2f6f1f0f7a11'],
      ['X-Tollgate-Project', 'acme'],
    ],
    body: JSON.stringify({
      model: 'claude-haiku-4-5',
      max_tokens: 8,
      messages: [{ role: 'user', content: 'Hi' }],
    }),
  }).then((answer) => answer.text());
  await openPage(page);
  await expect(page.getByText('Sessions that still come through')).toBeHidden();
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('button', { name: 'Give these lines back' }).click();
  await expect(page.getByText('Sessions that still come through')).toBeVisible();
  await expect(page.getByText('0f5b7c1e-6a43-4a56-9c0d-2f6f1f0f7a11')).toBeVisible();
});

test('cancelling a disconnect leaves everything as it is', async ({ page }) => {
  await gateway.control.call('claude.connect', { dryRun: false });
  const connected = await readSettings();
  await openPage(page);
  await page.getByRole('button', { name: 'Disconnect' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Nothing to change')).toBeVisible();
  expect(await readSettings()).toBe(connected);
});
