// Size and place of the full window: what was saved, if it can still be seen, else a sensible size. Pure.
import type { Rectangle, Size } from 'electron';

export const smallestWindow: Size = { width: 720, height: 520 };
const usualWindow: Size = { width: 1080, height: 720 };
/** So much of the title bar must be on a screen for a window to be grabbed. */
const graspable = { width: 120, height: 40 };

function overlap(startA: number, lengthA: number, startB: number, lengthB: number): number {
  return Math.min(startA + lengthA, startB + lengthB) - Math.max(startA, startB);
}

/** Without x and y the system places the window. `workAreas`: one for each connected display. */
export function windowBounds(
  saved: Rectangle | null,
  workAreas: readonly Rectangle[],
): Size & { readonly x?: number; readonly y?: number } {
  if (saved === null) return usualWindow;
  const size = {
    width: Math.max(smallestWindow.width, saved.width),
    height: Math.max(smallestWindow.height, saved.height),
  };
  const reachable = workAreas.some(
    (area) =>
      overlap(saved.x, size.width, area.x, area.width) >= graspable.width &&
      overlap(saved.y, graspable.height, area.y, area.height) >= graspable.height,
  );
  return reachable ? { ...size, x: saved.x, y: saved.y } : size;
}
