// One tray menu that follows its entries without being torn from under the pointer: same shape, the items are changed
// in place; another shape, the menu is replaced once it is closed.
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuEntry, TrayAction } from './tray-view.ts';

/** What is used of Electron's MenuItem. */
interface MenuItemLike {
  label: string;
  enabled: boolean;
  checked: boolean;
}

/** What is used of Electron's Menu. */
export interface MenuLike {
  getMenuItemById(id: string): MenuItemLike | null;
  on(event: 'menu-will-show' | 'menu-will-close', listener: () => void): unknown;
}

export interface TrayMenuOptions<M extends MenuLike> {
  build(template: MenuItemConstructorOptions[]): M;
  /**
   * Hands the menu to the tray where the tray shows it itself (Linux, which also needs it again after each change in
   * place). Null where the shell pops it up on a right click.
   */
  readonly attach: ((menu: M) => void) | null;
  run(action: TrayAction): void;
}

/** Menu items as Electron builds them from the entries. */
export function menuTemplate(
  entries: readonly MenuEntry[],
  run: (action: TrayAction) => void,
): MenuItemConstructorOptions[] {
  return entries.map((entry): MenuItemConstructorOptions => {
    switch (entry.kind) {
      case 'separator':
        return { id: entry.id, type: 'separator' };
      case 'fact':
        return { id: entry.id, label: escapeLabel(entry.label), enabled: false };
      case 'action':
        return { id: entry.id, label: escapeLabel(entry.label), click: () => run(entry.action) };
      case 'choice':
        return {
          id: entry.id,
          type: 'radio',
          label: escapeLabel(entry.label),
          checked: entry.checked,
          enabled: entry.enabled,
          click: () => run(entry.action),
        };
    }
  });
}

/** A single & marks an access key on Windows and Linux. */
function escapeLabel(label: string): string {
  return label.replaceAll('&', '&&');
}

/** Entries with equal shape differ at most in what Electron can change in an existing item. */
function shapeOf(entries: readonly MenuEntry[]): string {
  // An action is bound when the menu is built, so another action is another shape.
  return JSON.stringify(
    entries.map((entry) => [entry.kind, entry.id, 'action' in entry ? entry.action : null]),
  );
}

export class TrayMenu<M extends MenuLike> {
  #menu: M | null = null;
  #shown: readonly MenuEntry[] = [];
  #wanted: readonly MenuEntry[] = [];
  #open = false;
  readonly #options: TrayMenuOptions<M>;

  constructor(options: TrayMenuOptions<M>) {
    this.#options = options;
  }

  /** The menu as it stands, to be popped up; null before the first update. */
  get current(): M | null {
    return this.#menu;
  }

  update(entries: readonly MenuEntry[]): void {
    this.#wanted = entries;
    this.#apply();
  }

  /** Shows the entries again although they are the same: after a refused choice the mark stands at the wrong one. */
  restore(): void {
    this.#shown = [];
    this.#apply();
  }

  #apply(): void {
    const { attach } = this.#options;
    if (JSON.stringify(this.#wanted) === JSON.stringify(this.#shown)) return;
    const sameShape = this.#menu !== null && shapeOf(this.#wanted) === shapeOf(this.#shown);
    if (this.#open && (!sameShape || attach !== null)) return; // applied when it closes
    if (this.#menu !== null && sameShape) this.#changeInPlace(this.#menu);
    else this.#menu = this.#build();
    this.#shown = this.#wanted;
    attach?.(this.#menu);
  }

  #build(): M {
    const menu = this.#options.build(menuTemplate(this.#wanted, (action) => this.#options.run(action)));
    menu.on('menu-will-show', () => {
      // Some desktops never say that a menu closed. A second opening proves that it did.
      if (this.#open) this.#closed();
      this.#open = true;
    });
    menu.on('menu-will-close', () => this.#closed());
    return menu;
  }

  #closed(): void {
    this.#open = false;
    this.#apply();
  }

  #changeInPlace(menu: M): void {
    for (const entry of this.#wanted) {
      if (entry.kind === 'separator') continue;
      const item = menu.getMenuItemById(entry.id);
      if (item === null) continue;
      item.label = escapeLabel(entry.label);
      if (entry.kind !== 'choice') continue;
      item.enabled = entry.enabled;
      item.checked = entry.checked;
    }
  }
}
