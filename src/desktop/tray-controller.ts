// Applies tray views to the real tray: at most one change per 50 ms, and only of what differs.
import type { MenuEntry, TrayIcon, TrayView } from './tray-view.ts';

export interface TrayPort {
  setIcon(icon: TrayIcon): void;
  /** Text beside the icon; does nothing where there is none. */
  setTitle(title: string): void;
  setToolTip(text: string): void;
  setMenu(entries: readonly MenuEntry[]): void;
  /** Shows the menu's own state again after a refused choice. */
  restoreMenu(): void;
}

const batchMs = 50;

export class TrayController {
  #shown: TrayView | null = null;
  #wanted: TrayView | null = null;
  #scheduled = false;
  readonly #tray: TrayPort;
  readonly #setTimer: (callback: () => void, delayMs: number) => void;

  constructor(tray: TrayPort, setTimer: (callback: () => void, delayMs: number) => void) {
    this.#tray = tray;
    this.#setTimer = setTimer;
  }

  show(view: TrayView): void {
    this.#wanted = view;
    if (this.#shown === null) {
      this.#apply();
      return;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#setTimer(() => this.#apply(), batchMs);
  }

  #apply(): void {
    this.#scheduled = false;
    const before = this.#shown;
    const view = this.#wanted;
    if (view === null) return;
    if (view.icon !== before?.icon) this.#tray.setIcon(view.icon);
    if (view.title !== before?.title) this.#tray.setTitle(view.title);
    if (view.tooltip !== before?.tooltip) this.#tray.setToolTip(view.tooltip);
    this.#tray.setMenu(view.menu);
    this.#shown = view;
  }
}
