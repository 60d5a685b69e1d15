// Trap 102: the popover's place for every edge, scale and display; and which click opens it (pattern 9).
import type { Rectangle } from 'electron';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideToggle, popoverPosition, popoverSize } from '../../src/desktop/popover-position.ts';
import { windowBounds } from '../../src/desktop/window-bounds.ts';

const rect = (x: number, y: number, width: number, height: number): Rectangle => ({ x, y, width, height });
const screen = rect(0, 0, 1920, 1080);

describe('place of the popover', () => {
  test.each([
    ['macOS menu bar', rect(1400, 0, 28, 24), screen, rect(0, 24, 1920, 1056), { x: 1234, y: 32 }],
    [
      'macOS menu bar, icon at the right end',
      rect(1890, 0, 28, 24),
      screen,
      rect(0, 24, 1920, 1056),
      { x: 1552, y: 32 },
    ],
    [
      'macOS with a notch',
      rect(900, 0, 28, 37),
      rect(0, 0, 1512, 982),
      rect(0, 37, 1512, 945),
      { x: 734, y: 45 },
    ],
    ['macOS full screen: the bar takes no room', rect(1400, 0, 28, 24), screen, screen, { x: 1234, y: 32 }],
    ['task bar below', rect(1700, 1040, 24, 40), screen, rect(0, 0, 1920, 1040), { x: 1532, y: 512 }],
    ['task bar below, hidden', rect(1700, 1040, 24, 40), screen, screen, { x: 1532, y: 512 }],
    ['task bar on the left', rect(0, 900, 62, 24), screen, rect(62, 0, 1858, 1080), { x: 70, y: 552 }],
    ['task bar on the right', rect(1858, 900, 62, 24), screen, rect(0, 0, 1858, 1080), { x: 1490, y: 552 }],
    ['task bar above', rect(1700, 0, 24, 40), screen, rect(0, 40, 1920, 1040), { x: 1532, y: 48 }],
    [
      'display left of the first',
      rect(-200, 1040, 24, 40),
      rect(-1920, 0, 1920, 1080),
      rect(-1920, 0, 1920, 1040),
      { x: -368, y: 512 },
    ],
    [
      'display above the first',
      rect(800, -1080, 28, 24),
      rect(0, -1080, 1920, 1080),
      rect(0, -1056, 1920, 1056),
      { x: 634, y: -1048 },
    ],
    [
      '1080p at 150 %',
      rect(1100, 693, 16, 27),
      rect(0, 0, 1280, 720),
      rect(0, 0, 1280, 693),
      { x: 912, y: 165 },
    ],
  ])('%s', (_name, tray, display, workArea, expected) => {
    expect(popoverPosition(tray, display, workArea)).toEqual(expected);
  });

  test('no bounds (Linux): there is no place, and the normal window serves', () => {
    expect(popoverPosition(null, screen, screen)).toBeNull();
    expect(popoverPosition(rect(0, 0, 0, 0), screen, screen)).toBeNull();
  });

  test('wherever the icon is, the popover lies whole in a work area that can hold it', () => {
    const workArea = rect(40, 24, 1600, 900);
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 2_000 }), fc.integer({ min: -100, max: 1_200 }), (x, y) => {
        const place = popoverPosition(rect(x, y, 24, 24), screen, workArea);
        expect(place).not.toBeNull();
        if (place === null) return;
        expect(place.x).toBeGreaterThanOrEqual(workArea.x);
        expect(place.y).toBeGreaterThanOrEqual(workArea.y);
        expect(place.x + popoverSize.width).toBeLessThanOrEqual(workArea.x + workArea.width);
        expect(place.y + popoverSize.height).toBeLessThanOrEqual(workArea.y + workArea.height);
      }),
    );
  });
});

describe('a click on the icon', () => {
  test.each([
    ['opens what is closed', false, null, 1_000, 'show'],
    ['closes what is open', true, null, 1_000, 'hide'],
    ['does not open again what the same click closed by taking the focus', false, 900, 1_000, 'nothing'],
    ['opens what lost the focus a while ago', false, 600, 1_000, 'show'],
  ] as const)('%s', (_name, visible, hiddenAt, now, expected) => {
    expect(decideToggle(visible, hiddenAt, now)).toBe(expected);
  });
});

describe('bounds of the full window', () => {
  const saved = rect(100, 50, 1000, 700);
  test.each([
    ['nothing saved: the system places it', null, [screen], { width: 1080, height: 720 }],
    ['saved and visible: as it was', saved, [screen], saved],
    [
      'on a display that is gone: size kept, place left to the system',
      rect(3000, 50, 1000, 700),
      [screen],
      { width: 1000, height: 700 },
    ],
    [
      'title bar above the screen: out of reach',
      rect(100, -60, 1000, 700),
      [screen],
      { width: 1000, height: 700 },
    ],
    [
      'on a second display',
      rect(-1500, 10, 1000, 700),
      [screen, rect(-1920, 0, 1920, 1080)],
      rect(-1500, 10, 1000, 700),
    ],
    ['too small: made usable', rect(0, 0, 10, 10), [screen], rect(0, 0, 720, 520)],
  ])('%s', (_name, bounds, areas, expected) => {
    expect(windowBounds(bounds, areas)).toEqual(expected);
  });
});
