// The desktop shell as a whole: gateway state and events in, tray and windows out, and what a click does. Everything
// it touches is handed in, so that the wiring runs in a test without Electron.
import type { Point } from 'electron';
import type { ControlInput, ControlMethod, GatewayStatus } from '../contract/control-contract.ts';
import type { ControlEventListener } from './control-events.ts';
import type { GatewayState } from './gateway-supervisor.ts';
import type { GatewayAddress } from './running-gateway.ts';
import type { ShellWindows } from './shell-windows.ts';
import { TrayController, type TrayPort } from './tray-controller.ts';
import { factsAfterExchanges, factsFromSnapshot, type TrayFacts } from './tray-facts.ts';
import { trayView, type TrayAction } from './tray-view.ts';

/** The part of the supervisor that the shell uses. */
export interface GatewayKeeper {
  readonly state: GatewayState;
  start(): Promise<void>;
  restart(): Promise<void>;
  checkAdopted(): Promise<void>;
  stop(): Promise<void>;
}

export interface ShellOptions {
  readonly gateway: GatewayKeeper;
  readonly windows: ShellWindows;
  /** Null where the desktop shows no tray icons. */
  readonly tray: TrayPort | null;
  callControl<M extends ControlMethod>(
    address: GatewayAddress,
    method: M,
    input: ControlInput<M>,
  ): Promise<unknown>;
  followEvents(address: GatewayAddress, listener: ControlEventListener, signal: AbortSignal): Promise<void>;
  readonly setTimer: (callback: () => void, delayMs: number) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Tells the user of something that needs them while no window may be open. */
  notify(title: string, text: string): void;
  /** Begins the end of the app; it calls `stop` on the way. */
  quit(): void;
  /** The same, with Claude Code's settings given back first. */
  giveBackAndQuit(): void;
  /** Hears the gateway's state each time it is told anew. */
  onStatus(status: GatewayStatus): void;
}

export class Shell {
  #facts: TrayFacts | null = null;
  /** When the tray is looked at again although nothing happened. */
  #wakeAt: number | null = null;
  #followed: GatewayAddress | null = null;
  #stopFollowing = new AbortController();
  readonly #tray: TrayController | null;
  readonly #options: ShellOptions;

  constructor(options: ShellOptions) {
    this.#options = options;
    this.#tray = options.tray === null ? null : new TrayController(options.tray, options.setTimer);
  }

  /** @param hidden true after a start at login: only the tray appears, where there is one */
  async start(hidden: boolean): Promise<void> {
    this.#refreshTray();
    if (!hidden || this.#tray === null) this.#options.windows.openWindow();
    await this.#options.gateway.start();
  }

  /** Told by the supervisor. */
  gatewayChanged(state: GatewayState): void {
    const address = state.phase === 'running' ? state.address : null;
    if (address !== this.#followed) this.#follow(address);
    this.#options.windows.gatewayChanged(state);
    if (state.phase === 'stopped') this.#options.notify('The gateway is not running', state.reason);
    this.#refreshTray();
  }

  clickTray(place: Point | null): void {
    this.#options.windows.clickTray(place);
  }

  /** A second start, a double click on the tray icon, a click on the Dock. */
  openWindow(): void {
    this.#options.windows.openWindow();
  }

  /** Starts a stopped gateway, and loads the windows' pages again. */
  async restartGateway(): Promise<void> {
    await this.#options.gateway.restart();
    this.#options.windows.reload();
  }

  get hasTray(): boolean {
    return this.#tray !== null;
  }

  /** Without a tray an app without a window would run unseen. */
  windowClosed(): void {
    if (this.#tray === null) this.#options.quit();
  }

  /** Goes on after the user thought of quitting: in the tray alone, or with the window where there is none. */
  stay(): void {
    if (this.#tray === null) this.#options.windows.openWindow();
    else this.#options.windows.closeAll();
  }

  /** Carries out a menu entry; a failure is told, never thrown. */
  async run(action: TrayAction): Promise<void> {
    try {
      await this.#carryOut(action);
    } catch (error) {
      this.#options.notify('That did not work', error instanceof Error ? error.message : String(error));
      this.#options.tray?.restoreMenu();
    }
  }

  /** Closes the windows, then waits until a gateway of our own has finished its answers. */
  async stop(): Promise<void> {
    this.#options.windows.closeAll();
    await this.#options.gateway.stop();
  }

  async #carryOut(action: TrayAction): Promise<void> {
    switch (action.type) {
      case 'use-provider':
        await this.#options.callControl(this.#address(), 'route.use', { provider: action.provider });
        return;
      case 'pause':
        await this.#options.callControl(this.#address(), 'gateway.pause', { paused: action.paused });
        return;
      case 'open-window':
        this.#options.windows.openWindow();
        return;
      case 'restart-gateway':
        await this.restartGateway();
        return;
      case 'quit':
        this.#options.quit();
        return;
      case 'give-back-and-quit':
        this.#options.giveBackAndQuit();
        return;
    }
  }

  #address(): GatewayAddress {
    const { state } = this.#options.gateway;
    if (state.phase !== 'running') throw new Error('The gateway is not running. Start it first.');
    return state.address;
  }

  #follow(address: GatewayAddress | null): void {
    this.#stopFollowing.abort();
    this.#followed = address;
    this.#facts = null;
    if (address === null) return;
    this.#stopFollowing = new AbortController();
    const { signal } = this.#stopFollowing;
    const learn = (facts: TrayFacts | null): void => {
      if (signal.aborted) return;
      this.#facts = facts;
      this.#refreshTray();
    };
    void this.#options.followEvents(
      address,
      {
        onSnapshot: (snapshot) => {
          learn(factsFromSnapshot(snapshot));
          if (!signal.aborted) this.#options.onStatus(snapshot.status);
        },
        onExchanges: (event) => learn(factsAfterExchanges(this.#facts, event)),
        onLost: () => {
          learn(null); // an old figure must not pass for the present one
          if (!signal.aborted) void this.#options.gateway.checkAdopted();
        },
      },
      signal,
    );
  }

  #refreshTray(): void {
    const now = this.#options.now();
    const view = trayView(this.#options.gateway.state, this.#facts, now);
    this.#tray?.show(view);
    if (view.until === null || view.until === this.#wakeAt) return;
    this.#wakeAt = view.until;
    this.#options.setTimer(() => this.#refreshTray(), view.until - now);
  }
}
