// Trap 98 for the shell: sandboxed pages that stay on the gateway, no permissions, and IPC that checks who speaks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  registerDesktopCalls,
  type CallEvent,
  type CallServer,
  type DesktopCallTargets,
} from '../../src/desktop/desktop-calls.ts';
import { windowOptions } from '../../src/desktop/electron-windows.ts';
import { guardContents, guardSession } from '../../src/desktop/guard-contents.ts';
import { judgeCaller, mayNavigate, mayOpenOutside, mayUse } from '../../src/desktop/navigation-policy.ts';
import { desktopChannels } from '../../src/preload/desktop-api.ts';

const gateway = 'http://127.0.0.1:8655';

describe('navigation', () => {
  test.each([
    ['http://127.0.0.1:8655/', true],
    ['http://127.0.0.1:8655/?k=once#activity', true],
    ['http://127.0.0.1:8656/', false],
    ['https://127.0.0.1:8655/', false],
    ['http://localhost:8655/', false],
    ['http://127.0.0.1:8655@example.com/', false],
    ['http://127.0.0.1.example.com:8655/', false],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['file:///etc/passwd', false],
    ['', false],
  ])('a page may go to %s: %s', (target, expected) => {
    expect(mayNavigate(target, gateway)).toBe(expected);
    expect(mayNavigate(target, null)).toBe(false);
  });

  test.each([
    ['https://github.com/x', true],
    ['https://code.claude.com/docs', true],
    ['http://github.com/x', false],
    ['https://github.com:8443/x', false],
    ['https://me@github.com/x', false],
    ['https://github.com.example.com/', false],
    ['https://example.com/', false],
    ['file:///bin/sh', false],
    ['ms-settings:', false],
    ['javascript:alert(1)', false],
  ])('the browser may be opened for %s: %s', (target, expected) =>
    expect(mayOpenOutside(target)).toBe(expected),
  );

  test('no text but a known https host opens anything outside', () => {
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), (target) => {
        if (mayOpenOutside(target)) expect(target.toLowerCase().startsWith('https://')).toBe(true);
      }),
    );
  });

  test('every page is held: navigation, redirect, frames, new windows, webview', () => {
    const listeners = new Map<string, (event: { url: string; preventDefault(): void }) => void>();
    let openHandler = (_details: { url: string }): { action: string } => ({ action: 'allow' });
    const opened: string[] = [];
    guardContents(
      {
        on: (event: string, listener: (event: never) => void) => void listeners.set(event, listener as never),
        setWindowOpenHandler: (handler) => void (openHandler = handler),
      },
      { gatewayUrl: () => gateway, openExternal: (url) => void opened.push(url) },
    );
    const isStopped = (event: string, url: string): boolean => {
      let stopped = false;
      listeners.get(event)?.({ url, preventDefault: () => void (stopped = true) });
      return stopped;
    };
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      expect(isStopped(event, 'https://example.com/')).toBe(true);
      expect(isStopped(event, `${gateway}/`)).toBe(false);
    }
    expect(isStopped('will-attach-webview', '')).toBe(true);
    expect(openHandler({ url: 'https://example.com/' })).toEqual({ action: 'deny' });
    expect(openHandler({ url: 'https://github.com/' })).toEqual({ action: 'deny' });
    expect(opened).toEqual(['https://github.com/']);
  });
});

describe('permissions', () => {
  test('all are refused but writing to the clipboard, and that to our own pages alone', () => {
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'fullscreen',
    ]) {
      expect(mayUse(permission, gateway, gateway)).toBe(false);
    }
    expect(mayUse('clipboard-sanitized-write', `${gateway}/`, gateway)).toBe(true);
    expect(mayUse('clipboard-sanitized-write', 'https://example.com/', gateway)).toBe(false);
  });

  test('the session asks that rule for requests, checks and devices', () => {
    const granted: boolean[] = [];
    guardSession(
      {
        setPermissionRequestHandler: (handler) =>
          handler(null, 'media', (answer) => void granted.push(answer), { requestingUrl: gateway }),
        setPermissionCheckHandler: (handler) => void granted.push(handler(null, 'geolocation', gateway)),
        setDevicePermissionHandler: (handler) => void granted.push(handler()),
      },
      { gatewayUrl: () => gateway, openExternal: () => {} },
    );
    expect(granted).toEqual([false, false, false]);
  });
});

test.each(['window', 'popover'] as const)('the %s is sandboxed, isolated and without Node', (kind) => {
  const look = { bounds: { width: 800, height: 600 }, preloadPath: '/p.cjs', iconPath: '/i.png' };
  expect(windowOptions(kind, look)).toMatchObject({
    show: false,
    webPreferences: {
      preload: '/p.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    },
  });
});

describe('calls from the window', () => {
  const ownId = 7;
  const localPage = 'data:text/html;charset=utf-8;base64,AAAA';
  const from = (url: string, changes: Partial<CallEvent> = {}): CallEvent => ({
    sender: { id: ownId },
    senderFrame: { url, parent: null },
    ...changes,
  });

  function rig() {
    const done: string[] = [];
    const handlers = new Map<string, (event: CallEvent, ...input: unknown[]) => Promise<unknown>>();
    const server: CallServer = { handle: (channel, listener) => void handlers.set(channel, listener) };
    const targets: DesktopCallTargets = {
      restartGateway: async () => void done.push('restart'),
      openWindow: async () => void done.push('open'),
      hideWindow: (id) => void done.push(`hide ${id}`),
      getOpenAtLogin: () => true,
      setOpenAtLogin: async (open) => {
        done.push(`login ${open}`);
        return open;
      },
      getOnQuit: () => 'ask',
      setOnQuit(choice) {
        done.push(`quit ${choice}`);
        return choice;
      },
    };
    registerDesktopCalls(server, { gatewayUrl: () => gateway, isOwnWindow: (id) => id === ownId, targets });
    const call = async (name: keyof typeof desktopChannels, event: CallEvent, ...input: unknown[]) => {
      const handler = handlers.get(desktopChannels[name]);
      if (handler === undefined) throw new Error(`nobody serves ${name}`);
      return handler(event, ...input);
    };
    return { call, done, handlers };
  }

  test('every call of the API is served, and nothing else', () => {
    expect([...rig().handlers.keys()].sort()).toEqual(Object.values(desktopChannels).sort());
  });

  test("the gateway's page may call all of them", async () => {
    const { call, done } = rig();
    const event = from(`${gateway}/`);
    await call('restartGateway', event);
    await call('openWindow', event);
    await call('hideWindow', event);
    expect(await call('getOpenAtLogin', event)).toBe(true);
    expect(await call('setOpenAtLogin', event, false)).toBe(false);
    expect(await call('getOnQuit', event)).toBe('ask');
    expect(await call('setOnQuit', event, 'keep')).toBe('keep');
    await expect(call('setOnQuit', event, 'never')).rejects.toThrow('wrong shape');
    expect(done).toEqual(['restart', 'open', 'hide 7', 'login false', 'quit keep']);
  });

  test('the local page may start the gateway and hide itself, no more', async () => {
    const { call, done } = rig();
    await call('restartGateway', from(localPage));
    await call('hideWindow', from(localPage));
    await expect(call('setOpenAtLogin', from(localPage), true)).rejects.toThrow('refused');
    await expect(call('getOpenAtLogin', from(localPage))).rejects.toThrow('refused');
    expect(done).toEqual(['restart', 'hide 7']);
  });

  test('strangers are refused: other origins, frames inside, other windows, frames that went away', async () => {
    const { call, done } = rig();
    const strangers: CallEvent[] = [
      from('https://example.com/'),
      from('http://127.0.0.1:8656/'),
      from('about:blank'),
      from('file:///x.html'),
      from(gateway, { senderFrame: { url: gateway, parent: {} } }),
      from(gateway, { sender: { id: 8 } }),
      from(gateway, { senderFrame: null }),
    ];
    for (const event of strangers) {
      for (const name of Object.keys(desktopChannels) as (keyof typeof desktopChannels)[]) {
        await expect(call(name, event, true)).rejects.toThrow('refused');
      }
    }
    expect(done).toEqual([]);
  });

  test('input of any other shape is refused before anything happens', async () => {
    const { call, done } = rig();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.anything(), { maxLength: 3 }), async (input) => {
        fc.pre(!(input.length === 1 && typeof input[0] === 'boolean'));
        await expect(call('setOpenAtLogin', from(gateway), ...input)).rejects.toThrow('wrong shape');
        if (input.length > 0)
          await expect(call('openWindow', from(gateway), ...input)).rejects.toThrow('wrong shape');
      }),
    );
    expect(done).toEqual([]);
  });

  test('a data: address of another type is a stranger', () => {
    expect(judgeCaller('data:application/javascript,1', gateway)).toBe('stranger');
    expect(judgeCaller(localPage, null)).toBe('local-page');
  });
});
