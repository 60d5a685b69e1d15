// One Claude Code home and one data folder in memory - settings, an editor's settings, the state file - with the calls a
// test makes on them.
import { dirname } from 'node:path';
import type { ConnectOptions, TakeOverResult } from '../../../src/contract/connect.ts';
import { connectClaude, disconnectClaude } from '../../../src/gateway/claude-code/take-over.ts';
import type { FilePort } from '../../../src/gateway/claude-code/file-port.ts';
import type { TollgateProgram } from '../../../src/gateway/claude-code/tollgate-command.ts';
import { createMemoryFiles } from './memory-files.ts';
import type { MemoryFiles } from './memory-files.ts';

export const URL_ONE = 'http://127.0.0.1:8655';
export const KEY_ONE = 'tg-AAAAAAAAAAAAAAAAAAAAAAAAAAAA1111';
export const URL_TWO = 'http://127.0.0.1:9000';
export const KEY_TWO = 'tg-BBBBBBBBBBBBBBBBBBBBBBBBBBBB2222';
export const PROGRAM: TollgateProgram = {
  node: '/opt/node/bin/node',
  entry: '/opt/tollgate/bin/tollgate.mjs',
  dataDir: '/data',
};

export const SETTINGS = '/home/.claude/settings.json';
export const EDITOR = '/home/.config/Code/User/settings.json';
export const STATE = '/home/.claude.json';
const DATA = '/data';

interface CallOptions {
  readonly dryRun?: boolean;
  readonly basedOn?: string;
  readonly files?: FilePort;
}

interface ConnectCall extends CallOptions {
  readonly url?: string;
  readonly key?: string;
  readonly wishes?: ConnectOptions;
  readonly environment?: Record<string, string>;
  readonly program?: TollgateProgram;
}

export interface MemoryHome {
  readonly files: MemoryFiles;
  /** Null when there is no file. */
  read(path?: string): string | null;
  write(text: string | null, path?: string): void;
  connect(options?: ConnectCall): Promise<TakeOverResult>;
  disconnect(options?: CallOptions): Promise<TakeOverResult>;
  /** Lets enough time pass for a lock of a dead process to count as left over. */
  waitOutLock(): void;
  /** The data folder goes, as with a wiped disk or an uninstaller. */
  loseDataFolder(): void;
}

/** `folder`: whether Claude Code's config folder is there. `editor`: whether an editor was started once. */
export function createMemoryHome(
  text: string | null,
  options: { folder?: boolean; editor?: boolean } = {},
): MemoryHome {
  const files = createMemoryFiles();
  let clock = 1_800_000_000_000;
  const now = (): number => clock++;
  const shared = {
    settingsPath: SETTINGS,
    dataDir: DATA,
    now,
    companions: { editors: [EDITOR], mcp: { statePath: STATE, run: null } },
  };
  const home: MemoryHome = {
    files,
    read: (path = SETTINGS) => files.contents.get(path)?.bytes.toString('utf8') ?? null,
    write(next, path = SETTINGS) {
      if (next === null) files.contents.delete(path);
      else files.contents.set(path, { bytes: Buffer.from(next), mode: 0o640 });
    },
    connect: ({ files: port = files, dryRun = false, ...more } = {}) =>
      connectClaude({
        ...shared,
        url: URL_ONE,
        key: KEY_ONE,
        program: PROGRAM,
        environment: {},
        dryRun,
        files: port,
        ...more,
      }),
    disconnect: ({ files: port = files, dryRun = false, basedOn } = {}) =>
      disconnectClaude({ ...shared, dryRun, basedOn, files: port }),
    waitOutLock: () => void (clock += 120_000),
    loseDataFolder() {
      for (const path of [...files.contents.keys(), ...files.folders.keys()]) {
        if (path === DATA || path.startsWith(`${DATA}/`)) {
          files.contents.delete(path);
          files.folders.delete(path);
        }
      }
    },
  };
  files.folders.set('/home', 0o755);
  if (options.folder !== false) files.folders.set('/home/.claude', 0o755);
  if (options.editor === true) files.folders.set(dirname(EDITOR), 0o755);
  if (text !== null) home.write(text);
  return home;
}
