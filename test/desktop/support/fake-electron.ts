// Electron as far as main.ts uses it: windows, tray and menus that remember what was done to them, and a utility
// process that is a real `tollgate` under plain Node, so that the whole shell runs against a real gateway.
import { EventEmitter, once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import type { MenuItemConstructorOptions } from 'electron';
import { spawnTollgate, type Environment } from '../../support/run-tollgate.ts';

type Handler = (event: unknown, ...input: unknown[]) => Promise<unknown>;

/** Everything a test looks at. `changed` is emitted after each change, so that a test can wait for one. */
export class FakeWorld extends EventEmitter {
  readonly windows: FakeBrowserWindow[] = [];
  readonly trays: FakeTray[] = [];
  readonly children: ChildProcess[] = [];
  readonly handlers = new Map<string, Handler>();
  readonly paths = new Map<string, string>();
  readonly notifications: string[] = [];
  /** Questions asked, by their message. */
  readonly questions: string[] = [];
  /** Answers to come, each the button's label and whether to remember it; without one the question is left. */
  readonly answers: { label: string; remember?: boolean }[] = [];
  environment: Environment = {};
  hasLock = true;
  quitDone = false;

  touch(): void {
    this.emit('changed');
  }

  /** Resolves as soon as `condition` holds; the test's time limit ends a wait in vain. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this, 'changed');
  }
}

class FakeContents extends EventEmitter {
  readonly id: number;
  constructor(id: number) {
    super();
    this.id = id;
  }
  setWindowOpenHandler(): void {}
}

export class FakeBrowserWindow extends EventEmitter {
  readonly webContents: FakeContents;
  readonly loaded: string[] = [];
  readonly options: Record<string, unknown>;
  visible = false;
  readonly #world: FakeWorld;

  constructor(world: FakeWorld, options: Record<string, unknown>) {
    super();
    this.#world = world;
    this.options = options;
    this.webContents = new FakeContents(world.windows.length + 1);
    world.windows.push(this);
  }
  async loadURL(address: string): Promise<void> {
    this.loaded.push(address);
    this.#world.touch();
  }
  show(): void {
    this.visible = true;
  }
  hide(): void {
    this.visible = false;
  }
  isVisible(): boolean {
    return this.visible;
  }
  getNormalBounds() {
    return { x: 1, y: 2, width: 900, height: 640 };
  }
  destroy(): void {
    this.#world.windows.splice(this.#world.windows.indexOf(this), 1);
    this.emit('closed');
    this.#world.touch();
  }
  isDestroyed = () => false;
  isMinimized = () => false;
  focus(): void {}
  setPosition(): void {}
  setVisibleOnAllWorkspaces(): void {}
}

export class FakeTray extends EventEmitter {
  image: string;
  toolTip = '';
  menu: FakeMenu | null = null;
  readonly #world: FakeWorld;

  constructor(world: FakeWorld, image: string) {
    super();
    this.#world = world;
    this.image = image;
    world.trays.push(this);
  }
  setImage(image: string): void {
    this.image = image;
    this.#world.touch();
  }
  setToolTip(text: string): void {
    this.toolTip = text;
    this.#world.touch();
  }
  setTitle(): void {}
  setContextMenu(menu: FakeMenu): void {
    this.menu = menu;
    this.#world.touch();
  }
  /** macOS and Windows: the menu shows on a right click. */
  popUpContextMenu(menu: FakeMenu): void {
    this.menu = menu;
  }
  getBounds() {
    return { x: 1_000, y: 0, width: 24, height: 24 };
  }
}

export class FakeMenu extends EventEmitter {
  readonly items: MenuItemConstructorOptions[];
  constructor(template: MenuItemConstructorOptions[]) {
    super();
    this.items = template;
  }
  getMenuItemById(id: string) {
    return this.items.find((item) => item.id === id) ?? null;
  }
  click(id: string): void {
    const click = this.getMenuItemById(id)?.click as (() => void) | undefined;
    if (click === undefined) throw new Error(`no menu item ${id} to click`);
    click();
  }
}

class FakeApp extends EventEmitter {
  readonly isPackaged = false;
  readonly #world: FakeWorld;
  constructor(world: FakeWorld) {
    super();
    this.#world = world;
  }
  whenReady = async (): Promise<void> => {};
  setPath = (name: string, path: string): void => void this.#world.paths.set(name, path);
  requestSingleInstanceLock = (): boolean => this.#world.hasLock;
  getLoginItemSettings = () => ({ openAtLogin: false, wasOpenedAtLogin: false });
  setAppUserModelId(): void {}
  setActivationPolicy(): void {}
  /** The shell failed to start; whoever waits is told. */
  exit = (): void => void this.#world.emit('error', new Error('the shell failed to start'));
  quit = (): void => {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    if (prevented) return;
    this.#world.quitDone = true;
    this.#world.touch();
  };
}

/** Like a UtilityProcess: the shell's message stands for SIGTERM, as gateway-entry.ts makes it. */
function forkGateway(world: FakeWorld, args: string[]) {
  const child = spawnTollgate(args, world.environment);
  world.children.push(child);
  return {
    stdout: child.stdout,
    stderr: child.stderr,
    on: (_event: 'exit', listener: (code: number) => void) =>
      child.once('exit', (code) => listener(code ?? 1)),
    postMessage: () => child.kill('SIGTERM'),
    kill: () => child.kill('SIGKILL'),
  };
}

/** The module `electron` as main.ts imports it. */
export function createFakeElectron(world: FakeWorld) {
  const display = {
    bounds: { x: 0, y: 0, width: 1920, height: 1080 },
    workArea: { x: 0, y: 24, width: 1920, height: 1056 },
  };
  return {
    app: new FakeApp(world),
    BrowserWindow: class extends FakeBrowserWindow {
      constructor(options: Record<string, unknown>) {
        super(world, options);
      }
    },
    Tray: class extends FakeTray {
      constructor(image: string) {
        super(world, image);
      }
    },
    Menu: {
      buildFromTemplate: (template: MenuItemConstructorOptions[]) => new FakeMenu(template),
      setApplicationMenu() {},
    },
    Notification: class {
      static isSupported = () => true;
      readonly text: string;
      constructor({ title, body }: { title: string; body: string }) {
        this.text = `${title}: ${body}`;
      }
      show(): void {
        world.notifications.push(this.text);
      }
    },
    dialog: {
      async showMessageBox({
        message,
        buttons,
        cancelId,
      }: {
        message: string;
        buttons: string[];
        cancelId: number;
      }) {
        world.questions.push(message);
        const answer = world.answers.shift();
        world.touch();
        const response = answer === undefined ? cancelId : buttons.indexOf(answer.label);
        if (response === -1)
          throw new Error(`there is no button ${answer?.label} among ${buttons.join(', ')}`);
        return { response, checkboxChecked: answer?.remember === true };
      },
    },
    ipcMain: { handle: (channel: string, handler: Handler) => void world.handlers.set(channel, handler) },
    powerMonitor: new EventEmitter(),
    screen: { getAllDisplays: () => [display], getDisplayNearestPoint: () => display },
    session: {
      defaultSession: {
        setPermissionRequestHandler() {},
        setPermissionCheckHandler() {},
        setDevicePermissionHandler() {},
      },
    },
    shell: { openExternal: async () => {} },
    utilityProcess: { fork: (_path: string, args: string[]) => forkGateway(world, args) },
  };
}
