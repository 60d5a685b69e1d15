// Electron's main process, put together: arguments, single instance, gateway, windows, tray, calls, quitting. All
// decisions are elsewhere; this file only hands Electron's parts to those who use them.
import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  powerMonitor,
  screen,
  session,
  shell as desktop,
  Tray,
  utilityProcess,
} from 'electron';
import Store from 'electron-store';
import { pino } from 'pino';
import { withBackgroundStart } from './background-start.ts';
import { callControl } from './control-client.ts';
import { followControlEvents } from './control-events.ts';
import { registerDesktopCalls } from './desktop-calls.ts';
import { askAboutLogin, askAboutQuit } from './electron-questions.ts';
import { createElectronTray } from './electron-tray.ts';
import { windowOptions, wrapWindow } from './electron-windows.ts';
import { startUtilityGateway, type StartGatewayChild } from './gateway-child.ts';
import { GatewaySupervisor, type GatewayState } from './gateway-supervisor.ts';
import { guardContents, guardSession, type GuardOptions } from './guard-contents.ts';
import { LeaveTaking } from './leave-taking.ts';
import { hasLinuxTrayHost } from './linux-tray-host.ts';
import {
  autostartPath,
  linuxLoginItem,
  refreshLoginItem,
  systemLoginItem,
  type LoginItem,
} from './login-item.ts';
import { LoginOffer } from './login-offer.ts';
import { popoverPosition } from './popover-position.ts';
import { isPortFree } from './port-free.ts';
import {
  readOnQuit,
  readWindowBounds,
  saveOnQuit,
  saveWindowBounds,
  setLoginOffered,
  wasLoginOffered,
} from './preferences.ts';
import { runCommand } from './run-command.ts';
import { findRunningGateway } from './running-gateway.ts';
import { readShellArguments, shellFolder, type ShellArguments } from './shell-arguments.ts';
import { ShellWindows, type ShellWindow, type ShellWindowEvents, type WindowKind } from './shell-windows.ts';
import { Shell } from './shell.ts';
import { windowBounds } from './window-bounds.ts';

const here = import.meta.dirname;
const assets = join(here, '..', '..', 'assets');
/** What Windows groups notifications and the taskbar by; the same as in electron-builder.yml. */
const appId = 'dev.tollgate.desktop';

/** Runs `tollgate` with the given words. */
const startChild: StartGatewayChild = startUtilityGateway(
  (path, list, options) => utilityProcess.fork(path, list, options),
  join(here, 'gateway-entry.js'),
);

/** What starts the installed app; an AppImage mounts elsewhere each time, so its own path counts. */
const executable = process.env['APPIMAGE'] ?? process.execPath;

function createSupervisor(args: ShellArguments, onState: (state: GatewayState) => void): GatewaySupervisor {
  const config = args.config === null ? [] : ['--config', args.config];
  return new GatewaySupervisor({
    serveArguments: ['--data-dir', args.dataDir, ...config],
    fixedPort: args.port,
    findRunning: () => findRunningGateway(args.dataDir),
    startChild,
    isPortFree,
    setTimer(callback, delayMs) {
      const timer = setTimeout(callback, delayMs);
      return () => clearTimeout(timer);
    },
    now: () => performance.now(),
    onState,
  });
}

/** Null in a checkout: the entry would start a bare Electron. */
function chooseLoginItem(dataDir: string): LoginItem | null {
  if (!app.isPackaged) return null;
  const item =
    process.platform === 'linux'
      ? linuxLoginItem(autostartPath(process.env, homedir()), executable)
      : systemLoginItem(app, process.execPath);
  return withBackgroundStart(item, executable, dataDir);
}

function createWindow(store: Store, kind: WindowKind, events: ShellWindowEvents): ShellWindow {
  const workAreas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const window = new BrowserWindow(
    windowOptions(kind, {
      bounds: windowBounds(readWindowBounds(store), workAreas),
      preloadPath: join(here, '..', 'preload', 'preload.cjs'),
      iconPath: join(assets, 'app', 'icon.png'),
    }),
  );
  // macOS: a tray app shows in the Dock only while its full window is open.
  if (process.platform === 'darwin' && kind === 'window') {
    app.setActivationPolicy('regular');
    window.on('closed', () => app.setActivationPolicy('accessory'));
  }
  return wrapWindow(kind, window, events, (bounds) => saveWindowBounds(store, bounds));
}

async function createTray(getShell: () => Shell, atLogin: boolean) {
  if (process.platform === 'linux' && !(await hasLinuxTrayHost(atLogin ? 10 : 1))) return null;
  return createElectronTray({
    platform: process.platform,
    iconFolder: join(assets, 'tray'),
    createTray: (iconPath) => new Tray(iconPath),
    buildMenu: (template) => Menu.buildFromTemplate(template),
    placePopover(bounds) {
      const display = screen.getDisplayNearestPoint(bounds);
      return popoverPosition(bounds, display.bounds, display.workArea);
    },
    onClick: (place) => getShell().clickTray(place),
    onDoubleClick: () => getShell().openWindow(),
    run: (action) => void getShell().run(action),
  });
}

/** Waits with the end of the app until answers in flight are finished, but never holds up a shutdown of the system. */
function drainBeforeQuit(shell: Shell, leave: LeaveTaking): void {
  let phase: 'running' | 'asking' | 'draining' | 'drained' = 'running';
  powerMonitor.on('shutdown', () => {
    phase = 'drained';
    void shell.stop();
  });
  app.on('before-quit', (event) => {
    if (phase === 'drained') return;
    event.preventDefault();
    if (phase !== 'running') return;
    phase = 'asking';
    void leave.mayQuit().then(async (goes) => {
      if (phase !== 'asking') return;
      phase = goes ? 'draining' : 'running';
      if (!goes) return;
      await shell.stop();
      phase = 'drained';
      app.quit();
    });
  });
  app.on('window-all-closed', () => {}); // a tray app lives on without windows
}

interface DesktopParts {
  readonly shell: Shell;
  readonly windows: ShellWindows;
  readonly guard: GuardOptions;
  readonly store: Store;
  readonly loginItem: LoginItem | null;
}

function serveDesktopCalls({ shell, windows, guard, store, loginItem }: DesktopParts): void {
  registerDesktopCalls(ipcMain, {
    gatewayUrl: () => guard.gatewayUrl(),
    isOwnWindow: (contentsId) => windows.owns(contentsId),
    targets: {
      restartGateway: () => shell.restartGateway(),
      openWindow: async () => shell.openWindow(),
      hideWindow: (contentsId) => windows.hide(contentsId),
      getOpenAtLogin: () => loginItem?.isOn() ?? false,
      async setOpenAtLogin(open) {
        if (loginItem === null) throw new Error('Opening at login works in the installed app only.');
        await loginItem.set(open);
        return loginItem.isOn();
      },
      getOnQuit: () => readOnQuit(store),
      setOnQuit(choice) {
        saveOnQuit(store, choice);
        return readOnQuit(store);
      },
    },
  });
}

function createLeaveTaking(
  gateway: GatewaySupervisor,
  store: Store,
  dataDir: string,
  getShell: () => Shell,
): LeaveTaking {
  const address = () => (gateway.state.phase === 'running' ? gateway.state.address : null);
  return new LeaveTaking({
    gatewayState: () => gateway.state,
    hasTray: () => getShell().hasTray,
    ask: (question) => askAboutQuit(dialog, question),
    preference: { read: () => readOnQuit(store), save: (choice) => saveOnQuit(store, choice) },
    async giveBack() {
      const running = address();
      if (running !== null) await callControl(running, 'claude.disconnect', { dryRun: false });
      else await runCommand(startChild, ['disconnect', '--data-dir', dataDir, '--json']);
    },
    async readStatus() {
      const running = address();
      return running === null ? null : callControl(running, 'status.get', {});
    },
    stay: () => getShell().stay(),
    notify,
  });
}

function createLoginOffer(store: Store, loginItem: LoginItem | null): LoginOffer {
  return new LoginOffer({
    available: loginItem !== null,
    isOn: () => loginItem?.isOn() ?? false,
    memory: { wasOffered: () => wasLoginOffered(store), setOffered: () => setLoginOffered(store) },
    ask: () => askAboutLogin(dialog),
    switchOn: async () => loginItem?.set(true),
    notify,
  });
}

function notify(title: string, body: string): void {
  if (Notification.isSupported()) new Notification({ title, body }).show();
}

async function run(args: ShellArguments): Promise<void> {
  await app.whenReady();
  const log = pino(
    pino.destination({ dest: join(args.dataDir, 'logs', 'desktop.log'), mkdir: true, sync: true }),
  );
  const store = new Store({ name: 'preferences', cwd: shellFolder(args.dataDir), clearInvalidConfig: true });
  const getShell = (): Shell => shell;
  const gateway = createSupervisor(args, (state) => {
    log.info({ phase: state.phase, ...('reason' in state ? { reason: state.reason } : {}) }, 'gateway');
    getShell().gatewayChanged(state);
  });
  const guard: GuardOptions = {
    gatewayUrl: () => (gateway.state.phase === 'running' ? gateway.state.address.url : null),
    openExternal: (url) => void desktop.openExternal(url),
  };
  app.on('web-contents-created', (_event, contents) => guardContents(contents, guard));
  guardSession(session.defaultSession, guard);
  Menu.setApplicationMenu(
    process.platform === 'darwin'
      ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
      : null,
  );
  const windows = new ShellWindows({
    create: (kind, events) => createWindow(store, kind, events),
    createLink: async (address) => (await callControl(address, 'window.link', {})).url,
    now: () => performance.now(),
    onWindowClosed: () => getShell().windowClosed(),
  });
  const loginItem = chooseLoginItem(args.dataDir);
  if (loginItem !== null) void refreshLoginItem(loginItem);
  const leave = createLeaveTaking(gateway, store, args.dataDir, getShell);
  const offer = createLoginOffer(store, loginItem);
  const shell = new Shell({
    gateway,
    windows,
    tray: await createTray(getShell, args.hidden),
    callControl,
    followEvents: followControlEvents,
    setTimer: (callback, delayMs) => void setTimeout(callback, delayMs),
    now: Date.now,
    notify,
    quit: () => app.quit(),
    giveBackAndQuit() {
      leave.giveBackNext();
      app.quit();
    },
    onStatus(status) {
      leave.learn(status);
      void offer.learn(status);
    },
  });
  drainBeforeQuit(shell, leave);
  serveDesktopCalls({ shell, windows, guard, store, loginItem });
  app.on('second-instance', () => shell.openWindow());
  app.on('activate', () => shell.openWindow());
  const openedAtLogin = process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
  await shell.start(args.hidden || openedAtLogin);
}

/** Claude Code's SessionStart hook: says in Claude Code's form what had to be done, and ends. */
async function runSessionStart({ dataDir }: ShellArguments): Promise<void> {
  await app.whenReady();
  const lines = await runCommand(startChild, ['session-start', '--data-dir', dataDir]);
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
  app.exit(0);
}

const args = readShellArguments(process.argv.slice(app.isPackaged ? 1 : 2), process.env);
// Before anything reads it: profile, preferences and the single-instance lock all live there.
app.setPath('userData', shellFolder(args.dataDir));
app.setAppUserModelId(appId);
if (process.platform === 'darwin') app.setActivationPolicy('accessory');
// The gateway writes into Claude Code's settings how its commands are run, and cannot know where the app is.
if (app.isPackaged) process.env['TOLLGATE_APP'] = executable;
if (!args.sessionStart && !app.requestSingleInstanceLock()) app.quit();
// Not awaited: Electron gets ready only after this module has been evaluated to its end.
else
  (args.sessionStart ? runSessionStart(args) : run(args)).catch((error: unknown) => {
    process.stderr.write(
      `Tollgate could not start: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    app.exit(1);
  });
