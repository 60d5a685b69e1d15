// One Claude Code settings file and one data folder in memory, with the calls a test makes on them.
import { connectClaude, disconnectClaude } from '../../../src/gateway/claude-code/take-over.ts';
import type { FilePort } from '../../../src/gateway/claude-code/file-port.ts';
import type { TakeOverResult } from '../../../src/contract/control-contract.ts';
import { createMemoryFiles } from './memory-files.ts';
import type { MemoryFiles } from './memory-files.ts';

export const URL_ONE = 'http://127.0.0.1:8655';
export const KEY_ONE = 'tg-AAAAAAAAAAAAAAAAAAAAAAAAAAAA1111';
export const URL_TWO = 'http://127.0.0.1:9000';
export const KEY_TWO = 'tg-BBBBBBBBBBBBBBBBBBBBBBBBBBBB2222';

export const SETTINGS = '/home/.claude/settings.json';
const DATA = '/data';

export interface MemoryHome {
  readonly files: MemoryFiles;
  /** Null when there is no file. */
  read(): string | null;
  write(text: string | null): void;
  connect(options?: {
    url?: string;
    key?: string;
    dryRun?: boolean;
    basedOn?: string;
    files?: FilePort;
  }): Promise<TakeOverResult>;
  disconnect(options?: { dryRun?: boolean; basedOn?: string; files?: FilePort }): Promise<TakeOverResult>;
  /** Lets enough time pass for a lock of a dead process to count as left over. */
  waitOutLock(): void;
}

export function createMemoryHome(text: string | null, options: { folder?: boolean } = {}): MemoryHome {
  const files = createMemoryFiles();
  let clock = 1_800_000_000_000;
  const now = (): number => clock++;
  const home: MemoryHome = {
    files,
    read: () => files.contents.get(SETTINGS)?.bytes.toString('utf8') ?? null,
    write(next) {
      if (next === null) files.contents.delete(SETTINGS);
      else files.contents.set(SETTINGS, { bytes: Buffer.from(next), mode: 0o640 });
    },
    connect: ({ url = URL_ONE, key = KEY_ONE, dryRun = false, basedOn, files: port = files } = {}) =>
      connectClaude({ settingsPath: SETTINGS, dataDir: DATA, url, key, dryRun, basedOn, now, files: port }),
    disconnect: ({ dryRun = false, basedOn, files: port = files } = {}) =>
      disconnectClaude({ settingsPath: SETTINGS, dataDir: DATA, dryRun, basedOn, now, files: port }),
    waitOutLock: () => void (clock += 120_000),
  };
  files.folders.set('/home', 0o755);
  if (options.folder !== false) files.folders.set('/home/.claude', 0o755);
  if (text !== null) home.write(text);
  return home;
}
