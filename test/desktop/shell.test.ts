// The shell's wiring without Electron: gateway states and events in, tray and windows out, clicks carried out.
import { describe, expect, test } from 'vitest';
import type { ControlEventListener } from '../../src/desktop/control-events.ts';
import type { GatewayState } from '../../src/desktop/gateway-supervisor.ts';
import type { GatewayAddress } from '../../src/desktop/running-gateway.ts';
import { Shell } from '../../src/desktop/shell.ts';
import {
  ShellWindows,
  type ShellWindow,
  type ShellWindowEvents,
  type WindowKind,
} from '../../src/desktop/shell-windows.ts';
import type { MenuEntry } from '../../src/desktop/tray-view.ts';
import { sampleMeter, sampleRow, sampleSnapshot, sampleStatus } from './support/sample-facts.ts';

const address = (port = 8655): GatewayAddress => ({ url: `http://127.0.0.1:${port}`, controlKey: 'k' });
const runningAt = (where: GatewayAddress, adopted = false): GatewayState => ({
  phase: 'running',
  address: where,
  adopted,
  notice: null,
});
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

class FakeWindow implements ShellWindow {
  readonly contentsId: number;
  readonly kind: WindowKind;
  readonly events: ShellWindowEvents;
  readonly loaded: string[] = [];
  visible = false;
  place: { x: number; y: number } | null = null;
  failNextLoad = false;

  constructor(contentsId: number, kind: WindowKind, events: ShellWindowEvents) {
    this.contentsId = contentsId;
    this.kind = kind;
    this.events = events;
  }
  async load(page: string): Promise<void> {
    const fails = this.failNextLoad;
    this.failNextLoad = false;
    this.loaded.push(page);
    if (fails) throw new Error('ERR_CONNECTION_REFUSED');
  }
  show(place: { x: number; y: number } | null): void {
    this.visible = true;
    this.place = place;
  }
  hide(): void {
    this.visible = false;
  }
  isVisible(): boolean {
    return this.visible;
  }
  destroy(): void {
    this.visible = false;
    this.events.onClosed();
  }
  /** Text of the local page it shows, or the address. */
  get page(): string {
    const last = this.loaded.at(-1) ?? '';
    const [head, body] = last.split('base64,');
    return head?.startsWith('data:') ? Buffer.from(body ?? '', 'base64').toString() : last;
  }
}

function rig({ withTray = true } = {}) {
  const windows: FakeWindow[] = [];
  const calls: string[] = [];
  const world = { state: { phase: 'starting' } as GatewayState, now: 0, refuse: '', link: '/?k=once' };
  const tray = {
    icon: '',
    title: '',
    toolTip: '',
    menu: [] as readonly MenuEntry[],
    changes: 0,
    restored: 0,
  };
  const timers: (() => void)[] = [];
  const streams: { to: GatewayAddress; listener: ControlEventListener; signal: AbortSignal }[] = [];
  const shellWindows = new ShellWindows({
    create(kind, events) {
      const window = new FakeWindow(windows.length + 1, kind, {
        ...events,
        onClosed() {
          windows.splice(windows.indexOf(window), 1);
          events.onClosed();
        },
      });
      windows.push(window);
      return window;
    },
    createLink: async (to) => {
      if (world.refuse !== '') throw new Error(world.refuse);
      return world.link.startsWith('http') ? world.link : to.url + world.link;
    },
    now: () => world.now,
    onWindowClosed: () => shell.windowClosed(),
  });
  const shell: Shell = new Shell({
    gateway: {
      get state() {
        return world.state;
      },
      start: async () => void calls.push('start'),
      restart: async () => void calls.push('restart'),
      checkAdopted: async () => void calls.push('check'),
      stop: async () => void calls.push('stop'),
    },
    windows: shellWindows,
    tray: withTray
      ? {
          setIcon: (icon) => void ((tray.icon = icon), (tray.changes += 1)),
          setTitle: (title) => void (tray.title = title),
          setToolTip: (text) => void (tray.toolTip = text),
          setMenu: (menu) => void (tray.menu = menu),
          restoreMenu: () => void (tray.restored += 1),
        }
      : null,
    async callControl(to, method, input) {
      if (world.refuse !== '') throw new Error(world.refuse);
      calls.push(`${to.url} ${method} ${JSON.stringify(input)}`);
    },
    followEvents: async (to, listener, signal) => void streams.push({ to, listener, signal }),
    setTimer: (callback) => void timers.push(callback),
    now: () => 0,
    notify: (title, text) => void calls.push(`notify ${title}: ${text}`),
    quit: () => void calls.push('quit'),
    giveBackAndQuit: () => void calls.push('give back and quit'),
    onStatus: (status) => void calls.push(`status ${status.claudeCode.routedBy}`),
  });
  const become = async (state: GatewayState): Promise<void> => {
    world.state = state;
    shell.gatewayChanged(state);
    await settle();
  };
  const tick = (): void => {
    for (const callback of timers.splice(0)) callback();
  };
  const windowOf = (kind: WindowKind): FakeWindow => {
    const window = windows.find((candidate) => candidate.kind === kind);
    if (window === undefined) throw new Error(`there is no ${kind}`);
    return window;
  };
  const stream = () => {
    const last = streams.at(-1);
    if (last === undefined) throw new Error('no event stream');
    return last;
  };
  return { shell, windows, windowOf, calls, world, tray, become, tick, streams, stream };
}

describe('windows', () => {
  test('a normal start opens the window with words, then the gateway’s page by a one-time link', async () => {
    const { shell, windowOf, become, calls } = rig();
    await shell.start(false);
    expect(calls).toEqual(['start']);
    expect(windowOf('window').visible).toBe(true);
    expect(windowOf('window').page).toContain('Starting the gateway');
    await become(runningAt(address()));
    expect(windowOf('window').page).toBe('http://127.0.0.1:8655/?k=once');
  });

  test('a start at login opens nothing where there is a tray; without one the window is the app (trap 101)', async () => {
    const hidden = rig();
    await hidden.shell.start(true);
    expect(hidden.windows).toHaveLength(0);
    const bare = rig({ withTray: false });
    await bare.shell.start(true);
    expect(bare.windowOf('window').visible).toBe(true);
    bare.windowOf('window').destroy();
    expect(bare.calls).toContain('quit');
  });

  test('closing the window leaves an app with a tray running', async () => {
    const { shell, windowOf, calls } = rig();
    await shell.start(false);
    windowOf('window').destroy();
    expect(calls).not.toContain('quit');
  });

  test('a second start focuses the window of the first (trap 106)', async () => {
    const { shell, windows } = rig();
    await shell.start(false);
    shell.openWindow();
    expect(windows).toHaveLength(1);
  });

  test('a gateway that went for a moment: the page stays; a new one: the page is loaded by a new link', async () => {
    const { shell, windowOf, become } = rig();
    await shell.start(false);
    await become(runningAt(address()));
    const loads = windowOf('window').loaded.length;
    await become({ phase: 'waiting', reason: 'It ended.', delayMs: 500 });
    await become({ phase: 'starting' });
    expect(windowOf('window').loaded).toHaveLength(loads);
    await become(runningAt(address()));
    expect(windowOf('window').loaded).toHaveLength(loads + 1);
  });

  test('a gateway that is given up: the window says why and offers to start it, and recovers by itself', async () => {
    const { shell, windowOf, become, calls } = rig();
    await shell.start(false);
    await become(runningAt(address()));
    await become({ phase: 'stopped', reason: 'config.json: unknown key' });
    expect(windowOf('window').page).toContain('config.json: unknown key');
    expect(calls).toContain('notify The gateway is not running: config.json: unknown key');
    await shell.restartGateway();
    expect(calls).toContain('restart');
    await become(runningAt(address(9000)));
    expect(windowOf('window').page).toBe('http://127.0.0.1:9000/?k=once');
  });

  test('a link that cannot be had, a page that does not load and a foreign link all end on words, not on white', async () => {
    const { shell, windowOf, become, world } = rig();
    await shell.start(false);
    world.refuse = 'The gateway is busy.';
    await become(runningAt(address()));
    expect(windowOf('window').page).toContain('The gateway is busy.');
    world.refuse = '';
    windowOf('window').failNextLoad = true;
    await shell.restartGateway();
    await settle();
    expect(windowOf('window').page).toContain('ERR_CONNECTION_REFUSED');
    world.link = 'https://example.com/';
    await shell.restartGateway();
    await settle();
    expect(windowOf('window').page).toContain('foreign address');
  });

  test('a page whose process died is replaced by words', async () => {
    const { shell, windowOf, become } = rig();
    await shell.start(false);
    await become(runningAt(address()));
    windowOf('window').events.onPageGone();
    expect(windowOf('window').page).toContain('ended unexpectedly');
  });
});

describe('popover', () => {
  const place = { x: 10, y: 20 };

  test('a click opens it at the tray, another closes it', async () => {
    const { shell, windowOf, become } = rig();
    await shell.start(true);
    await become(runningAt(address()));
    shell.clickTray(place);
    expect(windowOf('popover')).toMatchObject({ visible: true, place });
    shell.clickTray(place);
    expect(windowOf('popover').visible).toBe(false);
  });

  test('the click that took its focus does not open it again (pattern 9)', async () => {
    const { shell, windowOf, world } = rig();
    await shell.start(true);
    shell.clickTray(place);
    world.now = 1_000;
    windowOf('popover').events.onBlur();
    world.now = 1_100;
    shell.clickTray(place);
    expect(windowOf('popover').visible).toBe(false);
    world.now = 2_000;
    shell.clickTray(place);
    expect(windowOf('popover').visible).toBe(true);
  });

  test('where the icon’s place is unknown, the full window opens', async () => {
    const { shell, windowOf } = rig();
    await shell.start(true);
    shell.clickTray(null);
    expect(windowOf('window').visible).toBe(true);
  });

  test('opening the full window closes it', async () => {
    const { shell, windowOf } = rig();
    await shell.start(true);
    shell.clickTray(place);
    shell.openWindow();
    expect(windowOf('popover').visible).toBe(false);
    expect(windowOf('window').visible).toBe(true);
  });
});

describe('tray', () => {
  test('follows the events: figure, dot, pause', async () => {
    const { shell, become, stream, tray, tick } = rig();
    await shell.start(true);
    expect(tray.icon).toBe('off');
    await become(runningAt(address()));
    const { listener } = stream();
    listener.onSnapshot(sampleSnapshot());
    tick();
    expect(tray).toMatchObject({ icon: 'on', title: '$4.19' });
    const meter = sampleMeter({ liveNanoUsd: 500_000_000 });
    listener.onExchanges({ changed: [sampleRow('a', 'live')], meter });
    tick();
    expect(tray).toMatchObject({ icon: 'on-streaming', title: '$4.69' });
    listener.onSnapshot(sampleSnapshot({ status: sampleStatus({ paused: true }) }));
    tick();
    expect(tray.icon).toBe('blocked');
  });

  test('a burst of events is one change (pattern 10)', async () => {
    const { shell, become, stream, tray, tick } = rig();
    await shell.start(true);
    await become(runningAt(address()));
    tick();
    const before = tray.changes;
    for (let index = 0; index < 100; index += 1) {
      stream().listener.onSnapshot(sampleSnapshot({ status: sampleStatus({ paused: index % 2 === 0 }) }));
    }
    tick();
    expect(tray.changes).toBe(before + 1);
  });

  test('a lost line shows no old figure, and an adopted gateway is looked after', async () => {
    const { shell, become, stream, tray, tick, calls } = rig();
    await shell.start(true);
    await become(runningAt(address(), true));
    stream().listener.onSnapshot(sampleSnapshot());
    stream().listener.onLost();
    tick();
    expect(tray).toMatchObject({ icon: 'off', title: '' });
    expect(calls).toContain('check');
  });

  test('the line to a gateway that is gone is dropped, and what it still says is not believed', async () => {
    const { shell, become, stream, streams, tray, tick } = rig();
    await shell.start(true);
    await become(runningAt(address()));
    const old = stream();
    await become({ phase: 'stopped', reason: 'gone' });
    expect(old.signal.aborted).toBe(true);
    old.listener.onSnapshot(sampleSnapshot());
    tick();
    expect(tray.icon).toBe('off');
    await become(runningAt(address(9000)));
    expect(streams.map(({ to }) => to.url)).toEqual(['http://127.0.0.1:8655', 'http://127.0.0.1:9000']);
  });

  test('menu entries are carried out by Control', async () => {
    const { shell, become, calls, windowOf } = rig();
    await shell.start(true);
    await become(runningAt(address()));
    await shell.run({ type: 'use-provider', provider: 'azure' });
    await shell.run({ type: 'pause', paused: true });
    await shell.run({ type: 'open-window' });
    await shell.run({ type: 'restart-gateway' });
    await shell.run({ type: 'quit' });
    await shell.run({ type: 'give-back-and-quit' });
    expect(calls).toEqual([
      'start',
      'http://127.0.0.1:8655 route.use {"provider":"azure"}',
      'http://127.0.0.1:8655 gateway.pause {"paused":true}',
      'restart',
      'quit',
      'give back and quit',
    ]);
    expect(windowOf('window').visible).toBe(true);
  });

  test('a refused choice is told, and the menu shows again what holds', async () => {
    const { shell, become, calls, tray, world } = rig();
    await shell.start(true);
    await become(runningAt(address()));
    world.refuse = 'There is no provider "azure".';
    await shell.run({ type: 'use-provider', provider: 'azure' });
    expect(calls).toContain('notify That did not work: There is no provider "azure".');
    expect(tray.restored).toBe(1);
    await become({ phase: 'stopped', reason: 'x' });
    await shell.run({ type: 'pause', paused: true });
    expect(calls.at(-1)).toContain('The gateway is not running');
  });
});

test('quitting closes the windows first, then waits for the gateway', async () => {
  const { shell, windows, calls } = rig();
  await shell.start(false);
  shell.clickTray({ x: 0, y: 0 });
  await shell.stop();
  expect(windows).toHaveLength(0);
  expect(calls).toEqual(['start', 'stop']);
});
