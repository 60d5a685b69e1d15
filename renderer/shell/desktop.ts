// The few things that only the desktop shell can do, where the window runs inside it: hiding the popover at Escape, and
// opening the full window from it. In a plain browser none of this exists.
import { useEffect } from 'react';

/** The full window is never narrower than this; page zoom does not change what `outerWidth` says. */
const leastFullWindow = 720;

/** True in the popover of the tray icon. */
export function isPopover(): boolean {
  return window.tollgateDesktop !== undefined && window.outerWidth < leastFullWindow;
}

/** Opens the full window; the popover hides by itself. */
export function openFullWindow(): void {
  void window.tollgateDesktop?.openWindow();
}

/** Escape hides the popover, unless it has something of its own to close first. */
export function useEscapeHidesPopover(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.isComposing || !isPopover()) return;
      if (document.querySelector('[role=dialog], [role=menu]') !== null) return;
      void window.tollgateDesktop?.hideWindow();
    };
    // Before anything else hears the key, so that what it is about to close is still there.
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, []);
}
