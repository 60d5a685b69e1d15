// Playwright for the desktop shell with Electron's real binary: `npx playwright test -c test/e2e/electron`.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  timeout: 90_000,
  workers: 1,
  fullyParallel: false,
  reporter: [['list']],
  outputDir: '../../../test-results/electron',
});
