// Every page in both shapes and both colour schemes: nothing serious for axe, nothing wider than the window; and the
// popover of the desktop shell: Escape hides it, its button opens the full window.
import { expect, test } from '@playwright/test';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { findViolations } from './axe-rig.ts';
import { openWindow } from './window-rig.ts';

const pages = [
  ['setup', 'Overview'],
  ['past-spend', 'Past spend'],
  ['claude-code', 'Claude Code'],
  ['providers', 'Providers'],
  ['routes', 'Routes'],
  ['doctor', 'Doctor'],
] as const;
let gateway: TestGateway;
test.beforeAll(async () => {
  gateway = await startGateway();
});
test.afterAll(() => gateway.dispose());

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [380, 1100]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 700 } });

      test('every page is fit for all and no wider than the window', async ({ page }) => {
        await page.goto((await gateway.control.call('window.link', {})).url);
        for (const [name, title] of pages) {
          await page.goto(`${gateway.url}/#/${name}`);
          await expect(page.getByRole('heading', { level: 1, name: title })).toBeAttached();
          await expect(page.getByText(/^(Looking|Reading) /)).toHaveCount(0);
          expect(await findViolations(page)).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
        }
      });
    });
  }
}

test.describe('in the popover of the desktop shell', () => {
  test.use({ viewport: { width: 360, height: 520 } });

  test('Escape closes what is open first, then hides the popover; a button opens the full window', async ({
    page,
  }) => {
    await page.addInitScript(() => {
      const calls: string[] = [];
      Object.assign(window, {
        calls,
        tollgateDesktop: {
          hideWindow: async () => calls.push('hide'),
          openWindow: async () => calls.push('open'),
        },
      });
      Object.defineProperty(window, 'outerWidth', { value: 360 });
    });
    const calls = () => page.evaluate(() => (window as unknown as { calls: string[] }).calls);
    const fresh = { ready: { ui: (await gateway.control.call('window.link', {})).url } };
    await openWindow(page, fresh as TestGateway);
    await page.getByRole('button', { name: 'Screens and settings' }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('menu')).toBeHidden();
    expect(await calls()).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await calls()).toEqual(['hide']);
    await page.getByRole('button', { name: 'Open Tollgate' }).click();
    expect(await calls()).toEqual(['hide', 'open']);
  });
});
