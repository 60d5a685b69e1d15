// Keeps two processes of Tollgate from changing the same settings file at once. The lock is a file that names its
// maker, so that one left by a crash is known for what it is.
import { z } from 'zod';
import { errorCode } from './file-port.ts';
import type { FilePort } from './file-port.ts';
import { TakeOverError } from './take-over-error.ts';

/** No change of a settings file takes this long. Needed beside the process id, which the system gives out again. */
const LASTS_MS = 60_000;

const Lock = z.object({ pid: z.number().int(), at: z.number() });

/** Runs the work under the lock. Throws BUSY when another process has it, else what `work` or the system throws. */
export async function whileLocked<T>(
  files: FilePort,
  path: string,
  now: number,
  work: () => Promise<T>,
): Promise<T> {
  if (await isStale(files, path, now)) await files.remove(path);
  await takeLock(files, path, now);
  try {
    return await work();
  } finally {
    await files.remove(path).catch(() => undefined);
  }
}

/** Written under another name first, so that the lock never exists without its maker's name in it. */
async function takeLock(files: FilePort, path: string, now: number): Promise<void> {
  const content = Buffer.from(JSON.stringify({ pid: process.pid, at: now }));
  const own = `${path}.${process.pid}-${now}.tmp`;
  try {
    await files.createFile(own, content, 0o600);
    await files.link(own, path);
  } catch (error) {
    // Either name is taken, or the holder of the lock cleared ours away.
    if (errorCode(error) !== 'EEXIST' && errorCode(error) !== 'ENOENT') throw error;
    throw new TakeOverError(
      'BUSY',
      "Tollgate is changing Claude Code's settings elsewhere at this moment. Try again in a minute.",
      { cause: error },
    );
  } finally {
    await files.remove(own).catch(() => undefined);
  }
}

async function isStale(files: FilePort, path: string, now: number): Promise<boolean> {
  const facts = await files.facts(path);
  const bytes = facts === null ? null : await files.read(path).catch(() => null);
  if (facts === null || bytes === null) return false;
  const lock = Lock.safeParse(parseJson(bytes.toString('utf8')));
  // A power cut can leave a file without its content; then only its age can tell.
  if (!lock.success) return isOld(facts.changedAt, now);
  return isOld(lock.data.at, now) || !isAlive(lock.data.pid);
}

function isOld(at: number, now: number): boolean {
  return Math.abs(now - at) > LASTS_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
