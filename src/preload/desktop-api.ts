// What the window may ask of the desktop shell, and the IPC channel of each call. In a plain browser
// `window.tollgateDesktop` is undefined: everything else reaches the gateway through Control over HTTP.

/** The few things only the desktop can do. A call the shell refuses rejects with a plain sentence. */
export interface DesktopApi {
  /** Starts the gateway again after it stopped; resolves when the attempt has begun, not when it is ready. */
  restartGateway(): Promise<void>;
  /** Shows the full window; the popover's way to it. */
  openWindow(): Promise<void>;
  /** Hides the window that calls, as Escape does in the popover. */
  hideWindow(): Promise<void>;
  /** Whether Tollgate starts when the user logs in. */
  getOpenAtLogin(): Promise<boolean>;
  /** Changes that and answers with what holds now. */
  setOpenAtLogin(open: boolean): Promise<boolean>;
  /** What happens when the user quits while Claude Code is connected. */
  getOnQuit(): Promise<OnQuit>;
  /** Changes that and answers with what holds now. */
  setOnQuit(choice: OnQuit): Promise<OnQuit>;
}

/** `ask`: each time. `keep`: Tollgate goes on in the tray. `give-back`: Claude Code's settings are given back first. */
export type OnQuit = 'ask' | 'keep' | 'give-back';

/** IPC channel names; the shell and the preload are their only users. */
export const desktopChannels = {
  restartGateway: 'tollgate:restart-gateway',
  openWindow: 'tollgate:open-window',
  hideWindow: 'tollgate:hide-window',
  getOpenAtLogin: 'tollgate:get-open-at-login',
  setOpenAtLogin: 'tollgate:set-open-at-login',
  getOnQuit: 'tollgate:get-on-quit',
  setOnQuit: 'tollgate:set-on-quit',
} as const satisfies Record<keyof DesktopApi, string>;

declare global {
  interface Window {
    readonly tollgateDesktop?: DesktopApi;
  }
}
