// The icon files that the shell names exist, have the size their name promises, and differ by shape.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { trayIconPath } from '../../src/desktop/electron-tray.ts';
import type { TrayIcon } from '../../src/desktop/tray-view.ts';

const assets = fileURLToPath(new URL('../../assets', import.meta.url));
const icons = {
  on: null,
  'on-streaming': null,
  warning: null,
  'warning-streaming': null,
  blocked: null,
  'blocked-streaming': null,
  off: null,
} as const satisfies Record<TrayIcon, null>;
const states = Object.keys(icons) as TrayIcon[];

/** Width and height in a PNG file's header. */
function pngSize(path: string): { width: number; height: number } {
  const file = readFileSync(path);
  expect(file.subarray(1, 4).toString('latin1')).toBe('PNG');
  return { width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
}

const densities = {
  darwin: { '': 16, '@2x': 32 },
  win32: { '': 16, '@1.25x': 20, '@1.5x': 24, '@2x': 32 },
  linux: { '': 32 },
};

describe.each(['darwin', 'win32', 'linux'] as const)('tray icons for %s', (platform) => {
  test('each state has its files in every density', () => {
    for (const state of states) {
      const path = trayIconPath(join(assets, 'tray'), platform, state);
      for (const [mark, size] of Object.entries(densities[platform])) {
        expect(pngSize(path.replace('.png', `${mark}.png`))).toEqual({ width: size, height: size });
      }
    }
  });

  test('no two states look the same; on macOS, where colour does not count, neither', () => {
    const pictures = states.map((state) =>
      readFileSync(trayIconPath(join(assets, 'tray'), platform, state), 'base64'),
    );
    expect(new Set(pictures).size).toBe(states.length);
  });
});

test('the app icon is there in all three formats', () => {
  expect(pngSize(join(assets, 'app', 'icon.png'))).toEqual({ width: 512, height: 512 });
  expect(readFileSync(join(assets, 'app', 'icon.ico')).readUInt16LE(4)).toBeGreaterThan(4);
  const icns = readFileSync(join(assets, 'app', 'icon.icns'));
  expect(icns.subarray(0, 4).toString('latin1')).toBe('icns');
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  expect(existsSync(join(assets, 'mark.svg'))).toBe(true);
});
