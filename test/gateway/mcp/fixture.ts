// Ways to put the fixture server behind a gateway: as a command of config.json, or running with its address.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FixtureOptions } from './fixture-server.ts';

const program = fileURLToPath(new URL('./fixture-server.ts', import.meta.url));

/** Settings of a local server. */
export function localFixture(options: FixtureOptions = {}, more: Record<string, unknown> = {}) {
  return { command: process.execPath, args: [program, JSON.stringify(options)], ...more };
}

export interface RemoteFixture {
  readonly url: string;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a remote server on a free port. */
export async function startRemoteFixture(options: FixtureOptions): Promise<RemoteFixture> {
  const child = spawn(process.execPath, [program, JSON.stringify({ transport: 'http', ...options })], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', () => reject(new Error('the fixture ended')));
  });
  const exited = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    child,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Lines of a file that a fixture appends to; empty while there is none. */
export function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A process that ended and was not waited for is dead, too.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' && process.platform !== 'linux';
  }
}

/** Resolves as soon as `check` holds; fails with `what` when it does not within so many milliseconds. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  within = 10_000,
): Promise<void> {
  const end = performance.now() + within;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
