// What a session of Claude Code does about an address that does not answer: wait, since a restarting or busy gateway is
// not a dead one; start it, when the user allowed that; else give the settings back, so that the next session works.
// Only for an address that is Tollgate's own, and only when no gateway holds the data folder.
import { dataFolderAt, isDataFolderInUse, isSameAddress, takenOverAddresses } from '../gateway/index.ts';
import { readBackgroundStart, startInBackground } from './background-start.ts';
import { findRunningGateway } from './running-gateway.ts';
import { giveBack } from './give-back.ts';

export interface Stranded {
  readonly dataDir: string;
  readonly settingsPath: string;
  /** The address in the settings. */
  readonly address: string;
}

/** What healing looks at and does. */
export interface HealingWorld {
  /** Addresses that Tollgate is on record to have written. */
  ownAddresses(): Promise<readonly string[]>;
  /** Address of the gateway that works in the data folder and proves it; null when none answers. */
  findRunning(): Promise<string | null>;
  /** True while a gateway holds the data folder, also one that does not answer. */
  isInUse(): boolean;
  /** True when the user allowed that a gateway is started. */
  readonly mayStart: boolean;
  /** False when it could not be started at all. */
  start(): Promise<boolean>;
  /** True when something was given back. Throws with a sentence, or with the code BUSY. */
  giveBack(): Promise<boolean>;
  /** Milliseconds. */
  now(): number;
  pause(milliseconds: number): Promise<void>;
}

/** A restart by a service manager or the tray app is over by then. */
export const PATIENCE_MS = 5000;
/** Where a start is allowed it does no harm when somebody else starts it, too. */
const SHORT_PATIENCE_MS = 1500;
/** Opening a large ledger takes a while. */
const START_MS = 15_000;
const POLL_MS = 200;

/** Prints what the user should know as a hook's answer; nothing when nothing had to be done. */
export async function healSession(stranded: Stranded): Promise<void> {
  const message = await heal(stranded.address, realWorld(stranded));
  // Claude Code shows it to the user; without this field it would be told to the model instead.
  if (message !== null) process.stdout.write(`${JSON.stringify({ systemMessage: message })}\n`);
}

function realWorld({ dataDir, settingsPath }: Stranded): HealingWorld {
  const allowed = readBackgroundStart(dataDir);
  return {
    ownAddresses: () => takenOverAddresses(dataDir, settingsPath),
    findRunning: async () => (await findRunningGateway(dataDir))?.url ?? null,
    isInUse: () => isDataFolderInUse(dataFolderAt(dataDir)),
    mayStart: allowed !== null,
    start: async () => allowed !== null && startInBackground(allowed),
    giveBack: async () => (await giveBack({ dataDir, settingsPath })).applied,
    now: Date.now,
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  };
}

/** What the user should know, or null. */
export async function heal(address: string, world: HealingWorld): Promise<string | null> {
  const ours = await world.ownAddresses();
  if (!ours.some((url) => isSameAddress(url, address))) return null;
  const running = await waitForGateway(world, world.mayStart ? SHORT_PATIENCE_MS : PATIENCE_MS);
  if (running !== null) return describeRunning(running, address);
  if (world.isInUse())
    return `Tollgate runs but does not answer at ${address} yet. If that lasts, "tollgate doctor" says why.`;
  if (world.mayStart && (await world.start())) {
    const started = await waitForGateway(world, START_MS);
    if (started !== null)
      return describeRunning(started, address) ?? 'Tollgate was not running and has been started.';
  }
  return giveBackSettings(address, world);
}

async function waitForGateway(world: HealingWorld, patienceMs: number): Promise<string | null> {
  const until = world.now() + patienceMs;
  do {
    const running = await world.findRunning();
    if (running !== null) return running;
    await world.pause(POLL_MS);
  } while (world.now() < until);
  return null;
}

function describeRunning(url: string, address: string): string | null {
  if (isSameAddress(url, address)) return null;
  // It moves the settings itself when it starts; this session still has the address it read before.
  return `Tollgate runs at ${url} now, and this session began with ${address}. If nothing answers, start it anew; if that does not help, run "tollgate connect".`;
}

async function giveBackSettings(address: string, world: HealingWorld): Promise<string | null> {
  const why = world.mayStart
    ? `Tollgate could not be started at ${address}`
    : `Tollgate is not running at ${address}`;
  try {
    return (await world.giveBack())
      ? `${why}, so Claude Code's settings were given back as they were before it. Start a new session to go on without Tollgate; to use it again, start it and connect.`
      : `${why}. Start it, or run "tollgate disconnect" to go on without it.`;
  } catch (error) {
    // Another session does the same at this moment.
    if ((error as { code?: unknown }).code === 'BUSY') return null;
    const reason = error instanceof Error ? error.message : String(error);
    return `${why}, and the settings could not be given back: ${reason} Start Tollgate, or run "tollgate disconnect".`;
  }
}
