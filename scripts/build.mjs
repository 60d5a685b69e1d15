// `npm run build`: everything under out/. Shell, gateway and preload with electron-vite, the window with Vite.
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build as buildPrograms } from 'electron-vite';
import { build as buildWindow } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
const logLevel = process.argv.includes('--quiet') ? 'warn' : 'info';

await rm('out', { recursive: true, force: true });
await buildPrograms({ logLevel, ignoreConfigWarning: true });
await buildWindow({ configFile: 'vite.renderer.config.ts', logLevel });
