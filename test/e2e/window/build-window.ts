// Builds the window before the browser tests, so that they never try a page older than its sources.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

export default async function buildWindow(): Promise<void> {
  await build({
    configFile: fileURLToPath(new URL('../../../vite.renderer.config.ts', import.meta.url)),
    logLevel: 'error',
  });
}
