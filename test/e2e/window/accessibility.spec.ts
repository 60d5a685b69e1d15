// axe finds nothing serious or critical, in light and dark, wide and narrow, empty, full and with everything open.
import { expect, test } from '@playwright/test';
import { makeProvider, makeRow, makeSnapshot, makeStatus } from '../../support/sample-figures.ts';
import { startWindowServer, type WindowServer } from '../../support/window-server.ts';
import { findViolations } from './axe-rig.ts';

const now = Date.now();
const dayStart = now - 6 * 3_600_000;
const providers = [
  makeProvider('anthropic', { current: true }),
  makeProvider('relay', { problem: 'The variable RELAY_KEY is not set. Set it where Tollgate starts.' }),
  makeProvider('practice', { practice: true, label: 'Practice', baseUrl: null }),
];
const rows = [
  makeRow('e', now, { state: 'live', endedAt: null, durationMs: null }),
  makeRow('d', now - 60_000),
  makeRow('c', now - 120_000, {
    state: 'refused',
    status: 429,
    reason: 'Paused.',
    costNanoUsd: 0,
    usageBasis: 'none',
  }),
  makeRow('b', now - 180_000, { state: 'failed', status: 529 }),
  makeRow('a', now - 240_000, { practice: true }),
];
const full = makeSnapshot(
  rows,
  dayStart,
  makeStatus({ providers, warnings: ['config.json was not read: line 3.'] }),
);
const direct = {
  settingsPath: '',
  routedBy: 'direct',
  baseUrl: null,
  note: 'Claude Code talks to Anthropic directly.',
} as const;
const empty = makeSnapshot(
  [],
  dayStart,
  makeStatus({
    providers: [makeProvider('practice', { practice: true, current: true })],
    claudeCode: direct,
  }),
);

let server: WindowServer;
test.afterEach(() => server.close());

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [360, 1100]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 700 } });

      test('full, paused, with an open panel, and lost', async ({ page }) => {
        server = await startWindowServer(full);
        await page.goto(server.url);
        await expect(page.getByTestId('hero-number')).toBeVisible();
        expect(await findViolations(page)).toEqual([]);

        await page.locator('[data-row]').nth(1).click();
        await expect(page.getByRole('dialog')).toBeVisible();
        expect(await findViolations(page)).toEqual([]);
        await page.keyboard.press('Escape');

        server.snapshot = makeSnapshot(rows, dayStart, { ...full.status, paused: true });
        server.sendSnapshot();
        await expect(page.getByTestId('state-line')).toContainText('Paused');
        expect(await findViolations(page)).toEqual([]);

        await server.cut();
        await expect(page.getByText('No connection to the gateway.')).toBeVisible();
        expect(await findViolations(page)).toEqual([]);
      });

      test('empty, with a toast, the menu of the popover shape, and Activity', async ({ page }) => {
        server = await startWindowServer(empty);
        server.handlers.set('practice.send', () => {
          throw new Error('The practice provider is not in use.');
        });
        await page.goto(`${server.url}#/overview`);
        await page.getByRole('button', { name: 'Send a practice request' }).click();
        await expect(page.getByText('The practice provider is not in use.')).toBeVisible();
        expect(await findViolations(page)).toEqual([]);
        if (width < 900) {
          await page.getByRole('button', { name: 'Screens and settings' }).click();
          await expect(page.getByRole('menuitem', { name: 'Doctor' })).toBeVisible();
          expect(await findViolations(page)).toEqual([]);
          await page.keyboard.press('Escape');
        }
        await page.getByRole('link', { name: 'Activity', exact: true }).click();
        await expect(page.getByText('No exchange yet.')).toBeVisible();
        expect(await findViolations(page)).toEqual([]);
      });
    });
  }
}
