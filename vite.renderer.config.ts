// Builds the window (renderer/) to out/renderer: static files that the gateway serves at its own address. Addresses
// are relative and nothing is inlined as a script, so that a strict content policy needs no exception.
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('renderer', import.meta.url)),
  base: './',
  plugins: [react()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'es2024',
    modulePreload: { polyfill: false },
    // One file over loopback loads faster than several; this is where it would be worth a look.
    chunkSizeWarningLimit: 750,
  },
});
