// The lock with which Claude Code guards its state file against its own other processes: a folder `<file>.lock`, fresh
// for ten seconds (measured with 2.1.330; the `proper-lockfile` custom). We take it for that file, and wait for it with
// others.
import { errorCode } from './file-port.ts';
import type { FilePort } from './file-port.ts';
import { TakeOverError } from './take-over-error.ts';

const FRESH_MS = 10_000;
const TRIES = 150;
const PAUSE_MS = 20;

export interface OwnersLockOptions {
  readonly files: FilePort;
  /** The file itself, links followed. */
  readonly target: string;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** Runs the work while its owner leaves the file alone. Throws BUSY when it does not within three seconds. */
export async function whileOwnersLocked<T>(options: OwnersLockOptions, work: () => Promise<T>): Promise<T> {
  const lock = `${options.target}.lock`;
  if (!(await retry(options, () => takeLock(options, lock)))) throw busy(options.target);
  try {
    return await work();
  } finally {
    await options.files.removeEmptyFolder(lock).catch(() => undefined);
  }
}

/** Waits until nobody holds a lock on the file. Throws BUSY after three seconds. */
export async function waitForOwner(options: OwnersLockOptions): Promise<void> {
  const isFree = async (): Promise<boolean> => {
    const age = await ageOf(options, `${options.target}.lock`);
    return age === Number.NEGATIVE_INFINITY || age >= FRESH_MS;
  };
  if (!(await retry(options, isFree))) throw busy(options.target);
}

async function retry({ pause }: OwnersLockOptions, attempt: () => Promise<boolean>): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried++) {
    if (tried > 0) await pause(PAUSE_MS);
    if (await attempt()) return true;
  }
  return false;
}

async function takeLock(options: OwnersLockOptions, lock: string): Promise<boolean> {
  const { files } = options;
  try {
    await files.makeOneFolder(lock);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    // One that a crash left is cleared away; whoever comes first at the next try has it.
    if ((await ageOf(options, lock)) >= FRESH_MS) await files.removeEmptyFolder(lock).catch(() => undefined);
    return false;
  }
}

/** Milliseconds; negative infinity when there is none, which is nothing to clear away: the next one may be there by then. */
async function ageOf({ files, now }: OwnersLockOptions, lock: string): Promise<number> {
  const facts = await files.facts(lock);
  return facts?.kind === 'folder' ? now() - facts.changedAt : Number.NEGATIVE_INFINITY;
}

function busy(target: string): TakeOverError {
  return new TakeOverError(
    'BUSY',
    `${target} is being written by another program at this moment (${target}.lock). Try again in a minute.`,
  );
}
