// Browser tests of the window: the built page in Chromium against a really started gateway, one at a time. The browser
// is the system's own (TOLLGATE_CHROMIUM, else /usr/bin/chromium); nothing is downloaded.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/e2e/window',
  globalSetup: './test/e2e/window/build-window.ts',
  outputDir: 'test-results/window',
  workers: 1,
  reporter: 'list',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  use: {
    trace: 'retain-on-failure',
    viewport: { width: 1100, height: 700 },
    // As the gateways that the tests start: both must agree on what today is.
    timezoneId: 'UTC',
    launchOptions: {
      executablePath: process.env['TOLLGATE_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
