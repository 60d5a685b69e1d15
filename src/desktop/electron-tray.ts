// The real tray icon behind TrayPort: icon files by state, and which click does what on which system.
import { join } from 'node:path';
import type { Menu, MenuItemConstructorOptions, Point, Rectangle, Tray } from 'electron';
import type { TrayPort } from './tray-controller.ts';
import { TrayMenu } from './tray-menu.ts';
import type { TrayAction, TrayIcon } from './tray-view.ts';

export interface ElectronTrayOptions {
  readonly platform: NodeJS.Platform;
  readonly iconFolder: string;
  createTray(iconPath: string): Tray;
  buildMenu(template: MenuItemConstructorOptions[]): Menu;
  /** Where the popover would open for an icon at these bounds. */
  placePopover(bounds: Rectangle): Point | null;
  onClick(place: Point | null): void;
  onDoubleClick(): void;
  run(action: TrayAction): void;
}

/** Icon file of a state. Electron finds the files for other densities beside it, and lets macOS tint a `Template`. */
export function trayIconPath(folder: string, platform: NodeJS.Platform, icon: TrayIcon): string {
  if (platform === 'darwin') return join(folder, 'darwin', `${icon}Template.png`);
  return join(folder, platform === 'win32' ? 'win32' : 'linux', `${icon}.png`);
}

/** Left click glances, right click acts; on Linux the desktop shows the menu and may report an activation. */
export function createElectronTray(options: ElectronTrayOptions): TrayPort {
  const { platform, iconFolder } = options;
  const tray = options.createTray(trayIconPath(iconFolder, platform, 'off'));
  const menu = new TrayMenu<Menu>({
    build: (template) => options.buildMenu(template),
    attach: platform === 'linux' ? (built) => tray.setContextMenu(built) : null,
    run: (action) => options.run(action),
  });
  tray.on('click', () => options.onClick(options.placePopover(tray.getBounds())));
  tray.on('double-click', () => options.onDoubleClick());
  tray.on('right-click', () => {
    if (menu.current !== null) tray.popUpContextMenu(menu.current);
  });
  return {
    setIcon: (icon) => tray.setImage(trayIconPath(iconFolder, platform, icon)),
    setTitle(title) {
      if (platform === 'darwin') tray.setTitle(title, { fontType: 'monospacedDigit' });
    },
    setToolTip: (text) => tray.setToolTip(text),
    setMenu: (entries) => menu.update(entries),
    restoreMenu: () => menu.restore(),
  };
}
