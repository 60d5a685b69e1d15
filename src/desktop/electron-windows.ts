// Makes the real windows. The options are a pure value, so that what protects the user can be tested without Electron.
import type { BrowserWindow, BrowserWindowConstructorOptions, Rectangle, Size } from 'electron';
import { popoverSize } from './popover-position.ts';
import type { ShellWindow, ShellWindowEvents, WindowKind } from './shell-windows.ts';
import { smallestWindow } from './window-bounds.ts';

export interface WindowLook {
  /** Place and size of the full window. */
  readonly bounds: Size & { readonly x?: number; readonly y?: number };
  readonly preloadPath: string;
  readonly iconPath: string;
}

/** Constructor options of either window; the page gets no Node, no preload but ours and no way around the sandbox. */
export function windowOptions(kind: WindowKind, look: WindowLook): BrowserWindowConstructorOptions {
  const common: BrowserWindowConstructorOptions = {
    title: 'Tollgate',
    show: false,
    icon: look.iconPath,
    autoHideMenuBar: true,
    webPreferences: {
      preload: look.preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false, // its dictionaries would be fetched from the network
    },
  };
  if (kind === 'window') {
    return { ...common, ...look.bounds, minWidth: smallestWindow.width, minHeight: smallestWindow.height };
  }
  return {
    ...common,
    ...popoverSize,
    frame: false,
    resizable: false,
    maximizable: false,
    minimizable: false,
    fullscreenable: false,
    movable: false,
    skipTaskbar: true,
    alwaysOnTop: true,
  };
}

/** Wraps a BrowserWindow. `onBounds` hears where the full window stood when it closed. */
export function wrapWindow(
  kind: WindowKind,
  window: BrowserWindow,
  events: ShellWindowEvents,
  onBounds: (bounds: Rectangle) => void,
): ShellWindow {
  if (kind === 'window') window.on('close', () => onBounds(window.getNormalBounds()));
  window.on('closed', () => events.onClosed());
  window.on('blur', () => events.onBlur());
  window.webContents.on('render-process-gone', () => events.onPageGone());
  // On macOS a popover opens over full-screen apps too.
  if (kind === 'popover')
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true, skipTransformProcessType: true });
  return {
    contentsId: window.webContents.id,
    load: (address) => window.loadURL(address),
    show(place) {
      if (place !== null) window.setPosition(place.x, place.y, false);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    hide: () => window.hide(),
    isVisible: () => window.isVisible(),
    destroy() {
      if (kind === 'window' && !window.isDestroyed()) onBounds(window.getNormalBounds());
      window.destroy();
    },
  };
}
