// The real-client tests (`npm run e2e -- --only client`): apart from `npm test`, because they install Claude Code from npm.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'real-client',
    include: ['test/e2e/real-client/**/*.test.ts'],
    globalSetup: ['test/e2e/real-client/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
