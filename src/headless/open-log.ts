// The gateway's log file: structured lines by pino, opened when first written to, rotated by size at start.
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { Log } from '../gateway/index.ts';

const LARGEST_LOG = 5 * 1024 * 1024;
const secretFields = ['key', 'token', 'secret', 'authorization', 'controlKey', 'clientKey'];

/** Closing waits until everything is written. */
export type ClosableLog = Log & { close(): Promise<void> };

/** Nothing touches the disk before the first line: a refused start must leave no trace in a foreign folder. */
export function openLog(folder: string): ClosableLog {
  let opened: { logger: pino.Logger; end: () => void } | null = null;
  const logger = (): pino.Logger => (opened ??= open(folder)).logger;
  return {
    info: (fields, event) => logger().info(fields, event),
    warn: (fields, event) => logger().warn(fields, event),
    error: (fields, event) => logger().error(fields, event),
    close: async () => opened?.end(),
  };
}

function open(folder: string): { logger: pino.Logger; end: () => void } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'gateway.log');
  rotate(path);
  const destination = pino.destination({ dest: path, mkdir: false, mode: 0o600, sync: true });
  const logger = pino(
    { base: { pid: process.pid }, redact: { paths: secretFields, censor: '[secret]' } },
    destination,
  );
  return { logger, end: () => destination.end() };
}

function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_LOG) renameSync(path, `${path}.1`);
}
