// The two windows of the app, popover and full window, and what each shows: the gateway's own page by a one-time
// link, or the local page while there is no gateway. It decides; the windows themselves are made elsewhere.
import type { Point } from 'electron';
import type { GatewayState } from './gateway-supervisor.ts';
import { localPageAddress, localPageText, type LocalPageText } from './local-page.ts';
import { decideToggle } from './popover-position.ts';
import type { GatewayAddress } from './running-gateway.ts';

export type WindowKind = 'window' | 'popover';

export interface ShellWindow {
  /** Id of the page, by which an IPC message names its sender. */
  readonly contentsId: number;
  /** Rejects when the page could not be loaded. */
  load(address: string): Promise<void>;
  /** Shows and focuses; a null place leaves it where it is. */
  show(place: Point | null): void;
  hide(): void;
  isVisible(): boolean;
  /** Ends it without asking the page. */
  destroy(): void;
}

export interface ShellWindowEvents {
  onClosed(): void;
  onBlur(): void;
  /** The page's process died. */
  onPageGone(): void;
}

export interface ShellWindowsOptions {
  create(kind: WindowKind, events: ShellWindowEvents): ShellWindow;
  /** A fresh one-time link to the gateway's page. */
  createLink(address: GatewayAddress): Promise<string>;
  now(): number;
  /** The full window was closed by the user. */
  onWindowClosed(): void;
}

interface Entry {
  readonly kind: WindowKind;
  readonly window: ShellWindow;
  /** What is shown or being loaded; compared by identity. */
  page: GatewayAddress | LocalPageText | null;
}

export class ShellWindows {
  readonly #entries = new Map<WindowKind, Entry>();
  #state: GatewayState = { phase: 'starting' };
  #popoverHiddenAt: number | null = null;
  readonly #options: ShellWindowsOptions;

  constructor(options: ShellWindowsOptions) {
    this.#options = options;
  }

  /** Brings every window's page in line with the gateway. */
  gatewayChanged(state: GatewayState): void {
    this.#state = state;
    for (const entry of this.#entries.values()) void this.#bringInLine(entry);
  }

  openWindow(): void {
    this.#entries.get('popover')?.window.hide();
    this.#entryOf('window').window.show(null);
  }

  /** A click on the tray icon. Without a place for the popover the full window serves. */
  clickTray(place: Point | null): void {
    if (place === null) {
      this.openWindow();
      return;
    }
    const visible = this.#entries.get('popover')?.window.isVisible() ?? false;
    const decision = decideToggle(visible, this.#popoverHiddenAt, this.#options.now());
    if (decision === 'show') this.#entryOf('popover').window.show(place);
    if (decision === 'hide') this.#entries.get('popover')?.window.hide();
  }

  owns(contentsId: number): boolean {
    return this.#find(contentsId) !== undefined;
  }

  /** Hides the popover, closes the full window. */
  hide(contentsId: number): void {
    const entry = this.#find(contentsId);
    if (entry?.kind === 'popover') entry.window.hide();
    if (entry?.kind === 'window') entry.window.destroy();
  }

  /** Loads every page anew, as after a failed attempt. */
  reload(): void {
    for (const entry of this.#entries.values()) {
      entry.page = null;
      void this.#bringInLine(entry);
    }
  }

  closeAll(): void {
    for (const { window } of [...this.#entries.values()]) window.destroy();
  }

  #find(contentsId: number): Entry | undefined {
    return [...this.#entries.values()].find(({ window }) => window.contentsId === contentsId);
  }

  #entryOf(kind: WindowKind): Entry {
    const existing = this.#entries.get(kind);
    if (existing !== undefined) return existing;
    const window = this.#options.create(kind, {
      onClosed: () => {
        this.#entries.delete(kind);
        if (kind === 'window') this.#options.onWindowClosed();
      },
      onBlur: () => {
        if (kind !== 'popover' || !window.isVisible()) return;
        this.#popoverHiddenAt = this.#options.now();
        window.hide();
      },
      onPageGone: () =>
        void this.#loadLocal(entry, {
          title: "The window's page ended unexpectedly",
          detail: 'The gateway is not affected: answers in flight go on.',
          restart: true,
        }),
    });
    const entry: Entry = { kind, window, page: null };
    this.#entries.set(kind, entry);
    void this.#bringInLine(entry);
    return entry;
  }

  async #bringInLine(entry: Entry): Promise<void> {
    const state = this.#state;
    if (state.phase === 'running') {
      if (entry.page !== state.address) await this.#loadGateway(entry, state.address);
      return;
    }
    // A page of the gateway tells of a short absence itself, and keeps what the user was looking at.
    const showsGateway = entry.page !== null && 'url' in entry.page;
    if (showsGateway && state.phase !== 'stopped') return;
    const text = localPageText(state);
    if (text !== null) await this.#loadLocal(entry, text);
  }

  async #loadGateway(entry: Entry, address: GatewayAddress): Promise<void> {
    entry.page = address;
    try {
      const link = await this.#options.createLink(address);
      if (entry.page !== address) return; // something newer is wanted by now
      if (URL.parse(link)?.origin !== new URL(address.url).origin)
        throw new Error('The gateway named a foreign address.');
      await entry.window.load(link);
    } catch (error) {
      if (entry.page !== address) return;
      const detail = error instanceof Error ? error.message : String(error);
      await this.#loadLocal(entry, { title: 'The gateway did not answer', detail, restart: true });
    }
  }

  async #loadLocal(entry: Entry, text: LocalPageText): Promise<void> {
    entry.page = text;
    // A local page cannot fail to load; the attempt is only overtaken by a newer one or by the window's end.
    await entry.window.load(localPageAddress(text)).catch(() => {});
  }
}
