// A gateway process as the supervisor sees it, and how one is made from Electron's utilityProcess.
import { createInterface } from 'node:readline';
import type { ForkOptions } from 'electron';

export interface GatewayChildEvents {
  /** One line of standard output, without its end. */
  onOutput(line: string): void;
  /** One line of standard error. */
  onError(line: string): void;
  /** The process is gone; null when a signal or a crash ended it. Comes once and last. */
  onExit(exitCode: number | null): void;
}

export interface GatewayChild {
  /** Asks for a clean end: answers in flight are finished first, for up to ten seconds. */
  drain(): void;
  /** Ends it now. */
  kill(): void;
}

/** Starts `serve` with these arguments. */
export type StartGatewayChild = (args: readonly string[], events: GatewayChildEvents) => GatewayChild;

/** What is used of Electron's UtilityProcess. */
export interface UtilityProcessLike {
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: unknown): void;
  kill(): boolean;
  on(event: 'exit', listener: (code: number) => void): unknown;
}
export type ForkUtilityProcess = (
  modulePath: string,
  args: string[],
  options: ForkOptions,
) => UtilityProcessLike;

/** The message that gateway-entry.ts takes as SIGTERM. */
export const drainMessage = 'drain';

/**
 * Starts the gateway as a utility process. `UtilityProcess.kill()` is followed by a forced end two seconds later and
 * is no signal at all on Windows, so a clean end is asked for by message.
 */
export function startUtilityGateway(fork: ForkUtilityProcess, entryPath: string): StartGatewayChild {
  return (args, events) => {
    const child = fork(entryPath, [...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      serviceName: 'Tollgate gateway',
    });
    const lines = [
      { stream: child.stdout, deliver: (line: string) => events.onOutput(line) },
      { stream: child.stderr, deliver: (line: string) => events.onError(line) },
    ].map(async ({ stream, deliver }) => {
      if (stream === null) return;
      for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) deliver(line);
    });
    child.on('exit', (code) => {
      // The last words are often still in the pipe when the exit is announced.
      void Promise.allSettled(lines).then(() => events.onExit(code));
    });
    return {
      drain: () => child.postMessage(drainMessage),
      kill: () => void child.kill(),
    };
  };
}
