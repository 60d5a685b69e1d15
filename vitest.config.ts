// Test projects: `unit` (pure rules and parts), `flows` (black-box over real sockets), `architecture` (import arrows).
import { defineConfig } from 'vitest/config';

const common = { testTimeout: 30_000, hookTimeout: 30_000 };

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'test/{gateway,contract,headless,desktop,renderer,migrations,regressions,upstreams}/**/*.test.ts',
            'test/renderer/**/*.test.tsx',
          ],
          ...common,
        },
      },
      { test: { name: 'flows', include: ['test/flows/**/*.test.ts'], ...common, testTimeout: 60_000 } },
      { test: { name: 'architecture', include: ['test/architecture/**/*.test.ts'], ...common } },
    ],
  },
});
