// Finds a gateway that already runs for the data folder, so that the shell adopts it instead of starting a second.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HealthAnswer, LockFile } from '../contract/control-contract.ts';

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

/** True when a program answers there that knows the control key; a stranger on a port given out again does not. */
async function provesItself({ url, controlKey }: GatewayAddress): Promise<boolean> {
  const nonce = randomBytes(24).toString('base64url');
  try {
    const answer = await fetch(new URL(`/healthz?nonce=${nonce}`, url), {
      redirect: 'error',
      signal: AbortSignal.timeout(healthTimeoutMs),
    });
    const health = HealthAnswer.safeParse(answer.ok ? await answer.json() : null);
    const expected = createHmac('sha256', controlKey).update(`healthz:${nonce}`).digest();
    const given = Buffer.from(health.data?.proof ?? '', 'hex');
    return given.length === expected.length && timingSafeEqual(given, expected);
  } catch {
    return false;
  }
}

/** The gateway that holds the data folder's lock, when its process lives and it answers; else null. */
export async function findRunningGateway(dataDir: string): Promise<GatewayAddress | null> {
  const lock = await readLock(dataDir);
  if (lock === null || !isLoopback(lock.url) || !isProcessAlive(lock.pid)) return null;
  const address = { url: lock.url, controlKey: lock.controlKey };
  return (await provesItself(address)) ? address : null;
}
