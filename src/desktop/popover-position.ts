// Where the popover opens: beside the tray icon, inside the screen's work area, whatever edge the bar is on. Pure; all
// lengths are Electron's device-independent pixels, so that scale factors play no part.
import type { Point, Rectangle, Size } from 'electron';

/** Width and height of the popover. */
export const popoverSize: Size = { width: 360, height: 520 };
/** Distance kept from the tray bar and from the edges of the screen. */
const gap = 8;

type Edge = 'top' | 'bottom' | 'left' | 'right';

/** The edge of the display that the tray icon is nearest to; that is where its bar is, hidden or not. */
function trayEdge(center: Point, display: Rectangle): Edge {
  const distances: readonly (readonly [Edge, number])[] = [
    ['top', center.y - display.y],
    ['bottom', display.y + display.height - center.y],
    ['left', center.x - display.x],
    ['right', display.x + display.width - center.x],
  ];
  return distances.reduce((nearest, candidate) => (candidate[1] < nearest[1] ? candidate : nearest))[0];
}

/** Nearest to `wished` so that `length` fits between `start` and `end`; a screen too small shows the beginning. */
function clamp(wished: number, start: number, end: number, length: number): number {
  return Math.round(Math.max(start + gap, Math.min(wished, end - length - gap)));
}

/**
 * Top left corner of the popover. Null when the system does not say where the icon is (Linux answers with an empty
 * rectangle): then there is no place to open at, and the normal window serves.
 * @param display whole area of the display with the icon @param workArea that area without bars and docks
 */
export function popoverPosition(
  tray: Rectangle | null,
  display: Rectangle,
  workArea: Rectangle,
): Point | null {
  if (tray === null || tray.width <= 0 || tray.height <= 0) return null;
  const center = { x: tray.x + tray.width / 2, y: tray.y + tray.height / 2 };
  const edge = trayEdge(center, display);
  const { width, height } = popoverSize;
  const wished = {
    top: { x: center.x - width / 2, y: tray.y + tray.height + gap },
    bottom: { x: center.x - width / 2, y: tray.y - height - gap },
    left: { x: tray.x + tray.width + gap, y: center.y - height / 2 },
    right: { x: tray.x - width - gap, y: center.y - height / 2 },
  }[edge];
  return {
    x: clamp(wished.x, workArea.x, workArea.x + workArea.width, width),
    y: clamp(wished.y, workArea.y, workArea.y + workArea.height, height),
  };
}

/** Milliseconds in which a click on the icon is the same click that took the focus from the popover. */
const sameClickMs = 300;

/**
 * What a click on the tray icon does. Pressing the icon takes the focus away, which hides the popover; the release of
 * that same click must not open it again.
 * @param hiddenAt when it was last hidden by losing the focus, null if never
 */
export function decideToggle(
  visible: boolean,
  hiddenAt: number | null,
  now: number,
): 'show' | 'hide' | 'nothing' {
  if (visible) return 'hide';
  return hiddenAt !== null && now - hiddenAt < sameClickMs ? 'nothing' : 'show';
}
