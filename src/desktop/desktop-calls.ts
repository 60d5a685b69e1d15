// Answers what the window asks of the shell: checks who asks, parses what came, then does it.
import { z } from 'zod';
import { desktopChannels, type DesktopApi, type OnQuit } from '../preload/desktop-api.ts';
import { judgeCaller, type CallerKind } from './navigation-policy.ts';

/** What is used of Electron's IpcMainInvokeEvent. */
export interface CallEvent {
  readonly sender: { readonly id: number };
  /** Null when the frame navigated or went away meanwhile. */
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

/** What is used of Electron's ipcMain. */
export interface CallServer {
  handle(channel: string, listener: (event: CallEvent, ...input: unknown[]) => Promise<unknown>): void;
}

export interface DesktopCallTargets {
  restartGateway(): Promise<void>;
  openWindow(): Promise<void>;
  /** Hides the window whose page has this id. */
  hideWindow(contentsId: number): void;
  getOpenAtLogin(): boolean;
  setOpenAtLogin(open: boolean): Promise<boolean>;
  getOnQuit(): OnQuit;
  setOnQuit(choice: OnQuit): OnQuit;
}

export interface DesktopCallOptions {
  gatewayUrl(): string | null;
  /** True for the pages of windows that the shell made. */
  isOwnWindow(contentsId: number): boolean;
  readonly targets: DesktopCallTargets;
}

const noInput = z.tuple([]);
const oneSwitch = z.tuple([z.boolean()]);
const onQuit = z.tuple([z.enum(['ask', 'keep', 'give-back'])]);

function judgeEvent(event: CallEvent, options: DesktopCallOptions): CallerKind {
  const { senderFrame } = event;
  // Only the top frame of our own windows speaks; a page framed inside one has no business here.
  if (senderFrame === null || senderFrame.parent !== null || !options.isOwnWindow(event.sender.id))
    return 'stranger';
  return judgeCaller(senderFrame.url, options.gatewayUrl());
}

/** Registers every call of DesktopApi. The local page may do no more than start the gateway and hide itself. */
export function registerDesktopCalls(server: CallServer, options: DesktopCallOptions): void {
  const { targets } = options;
  const register = <Input extends unknown[]>(
    name: keyof DesktopApi,
    callers: readonly CallerKind[],
    schema: z.ZodType<Input>,
    run: (event: CallEvent, input: Input) => unknown,
  ): void => {
    server.handle(desktopChannels[name], async (event, ...input) => {
      if (!callers.includes(judgeEvent(event, options)))
        throw new Error(`${name} is refused: the caller is not Tollgate's window.`);
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw new Error(`${name} is refused: its input has the wrong shape.`);
      return run(event, parsed.data);
    });
  };
  register('restartGateway', ['gateway', 'local-page'], noInput, () => targets.restartGateway());
  register('hideWindow', ['gateway', 'local-page'], noInput, (event) => targets.hideWindow(event.sender.id));
  register('openWindow', ['gateway'], noInput, () => targets.openWindow());
  register('getOpenAtLogin', ['gateway'], noInput, () => targets.getOpenAtLogin());
  register('setOpenAtLogin', ['gateway'], oneSwitch, (_event, [open]) => targets.setOpenAtLogin(open));
  register('getOnQuit', ['gateway'], noInput, () => targets.getOnQuit());
  register('setOnQuit', ['gateway'], onQuit, (_event, [choice]) => targets.setOnQuit(choice));
}
