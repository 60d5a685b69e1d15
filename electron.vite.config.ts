// Builds the programs: the shell (out/main), the gateway (out/headless) and the preload (out/preload). What is in
// package.json `dependencies` stays outside and is installed with the package; all else is bundled. The window is
// built by vite.renderer.config.ts, since it is served by the gateway and has no tie to Electron.
import { defineConfig } from 'electron-vite';

export default defineConfig({
  main: {
    build: {
      outDir: 'out',
      emptyOutDir: false, // scripts/build.mjs empties it once, before all parts
      rolldownOptions: {
        input: {
          'main/main': 'src/desktop/main.ts',
          'main/gateway-entry': 'src/desktop/gateway-entry.ts',
          'headless/main': 'src/headless/main.ts',
          'headless/history-worker': 'src/gateway/history/history-worker.ts',
          'headless/translation-worker': 'src/gateway/providers/translated/translation-worker.ts',
          'headless/heal-session': 'src/headless/heal-session.ts',
        },
        // Chunks lie as deep as the programs: code that finds its package by `../../` may end up in either.
        output: { entryFileNames: '[name].js', chunkFileNames: 'shared/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      externalizeDeps: false, // a sandboxed preload can require nothing but electron
      rolldownOptions: {
        input: { preload: 'src/preload/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
});
