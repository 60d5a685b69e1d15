// Finds a gateway that already runs for the data folder, so that the shell adopts it instead of starting a second.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockFile } from '../contract/control-contract.ts';

/** How to reach a gateway's Control. The key is a secret: it never enters a log, a page or an address bar. */
export interface GatewayAddress {
  readonly url: string;
  readonly controlKey: string;
}

/** Milliseconds a healthy gateway on this computer gets for its answer. */
const healthTimeoutMs = 2_000;

/** True when the process exists, also when it belongs to somebody else. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readLock(dataDir: string): Promise<LockFile | null> {
  try {
    return LockFile.parse(JSON.parse(await readFile(join(dataDir, 'lock'), 'utf8')));
  } catch {
    return null; // absent, half written or from another program: there is nothing to adopt
  }
}

/** A key goes to the address in the lock file only when that is a plain loopback origin. */
function isLoopback(address: string): boolean {
  const url = URL.parse(address);
  return (
    url !== null && url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  );
}

async function answersHealthCheck(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/healthz', url), {
      redirect: 'error',
      signal: AbortSignal.timeout(healthTimeoutMs),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

/** The gateway that holds the data folder's lock, when its process lives and it answers; else null. */
export async function findRunningGateway(dataDir: string): Promise<GatewayAddress | null> {
  const lock = await readLock(dataDir);
  if (lock === null || !isLoopback(lock.url) || !isProcessAlive(lock.pid)) return null;
  return (await answersHealthCheck(lock.url)) ? { url: lock.url, controlKey: lock.controlKey } : null;
}
