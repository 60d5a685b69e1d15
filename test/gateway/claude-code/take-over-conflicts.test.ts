// Somebody else writes the settings, or another Tollgate works on them, while we do (traps 13, 14).
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { diskFiles } from '../../../src/gateway/claude-code/file-port.ts';
import type { FilePort } from '../../../src/gateway/claude-code/file-port.ts';
import { TakeOverError } from '../../../src/gateway/claude-code/take-over-error.ts';
import { connectClaude, disconnectClaude } from '../../../src/gateway/claude-code/take-over.ts';
import type { ConnectOptions } from '../../../src/gateway/claude-code/take-over.ts';
import type { TakeOverResult } from '../../../src/contract/connect.ts';
import { KEY_ONE, KEY_TWO, PROGRAM, URL_ONE, URL_TWO } from './memory-home.ts';

const RICH = `{
  "$schema": "https://json.schemastore.org/claude-code-settings.json",
  "hooks": { "PreToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", "command": "echo hi" }] }] },
  "enabledPlugins": { "a@b": true },

  "permissions": { "allow": ["Bash(ls:*)"], "defaultMode": "default" },
    "statusLine": { "type": "command", "command": "~/x.sh" },
  "someFutureKey": [1, 2.50, 1e3, {"deep": {"env": {"X": "y"}}}],
  "env": {
    "HTTP_PROXY": "http://proxy:8080"
  }
}
`;

let root: string;
let claude: string;
let settingsPath: string;
let dataDir: string;
const now = Date.now;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tollgate-take-over-'));
  claude = join(root, 'home', '.claude');
  settingsPath = join(claude, 'settings.json');
  dataDir = join(root, 'data');
  mkdirSync(claude, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The settings alone, without the hook: what goes beside them has files of its own to test it. */
const connect = (options: Partial<ConnectOptions> = {}): Promise<TakeOverResult> =>
  connectClaude({
    settingsPath,
    dataDir,
    url: URL_ONE,
    key: KEY_ONE,
    dryRun: false,
    now,
    program: PROGRAM,
    environment: {},
    wishes: { sessionHook: false },
    ...options,
  });
const disconnect = (options: Partial<ConnectOptions> = {}): Promise<TakeOverResult> =>
  disconnectClaude({ settingsPath, dataDir, dryRun: false, now, ...options });
const read = (): string => readFileSync(settingsPath, 'utf8');
const env = (): Record<string, unknown> => (JSON.parse(read()) as { env: Record<string, unknown> }).env;
const edit = (
  change: (settings: Record<string, unknown> & { env: Record<string, unknown> }) => void,
): void => {
  const settings = JSON.parse(read()) as Record<string, unknown> & { env: Record<string, unknown> };
  change(settings);
  writeFileSync(settingsPath, JSON.stringify(settings, null, 2));
};
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TakeOverError);
  return (error as TakeOverError).code;
};

describe('traps 13, 14: somebody else writes at the same time', () => {
  const theirs = '{"theme":"light"}';

  /** A disk on which `act` happens right before each of our writes of the settings takes effect, `times` times. */
  const interfere = (act: () => void, times: number): FilePort => {
    const first = (): void => {
      if (times-- > 0) act();
    };
    return {
      ...diskFiles,
      replaceIfSame: async (...args) => {
        first();
        return diskFiles.replaceIfSame(...args);
      },
      removeIfSame: async (...args) => {
        first();
        return diskFiles.removeIfSame(...args);
      },
    };
  };

  test('trap 13: a write between our read and our rename is found by its hash, and ours is made on top of it', async () => {
    writeFileSync(settingsPath, RICH);
    await connect({ files: interfere(() => writeFileSync(settingsPath, theirs), 1) });
    expect(JSON.parse(read())).toMatchObject({ theme: 'light', env: { ANTHROPIC_BASE_URL: URL_ONE } });
    await disconnect();
    expect(read()).toBe(theirs);
  });

  test('trap 13: the same for a file that appears, one that goes, and at a disconnect', async () => {
    await connect({ files: interfere(() => writeFileSync(settingsPath, theirs), 1) });
    expect(JSON.parse(read())).toMatchObject({ theme: 'light', env: { ANTHROPIC_BASE_URL: URL_ONE } });
    await disconnect();
    expect(read()).toBe(theirs);
    await connect({ files: interfere(() => rmSync(settingsPath), 1) });
    await disconnect({ files: interfere(() => edit((settings) => (settings['theme'] = 'dark')), 1) });
    expect(JSON.parse(read())).toEqual({ theme: 'dark' });
  });

  test('trap 13: somebody who writes each time we try is not fought; theirs stays, and we say so', async () => {
    writeFileSync(settingsPath, RICH);
    let count = 0;
    const files = interfere(() => writeFileSync(settingsPath, `{"round":${++count}}`), 100);
    expect(await codeOf(connect({ files }))).toBe('SETTINGS_CHANGED');
    expect(read()).toBe(`{"round":${count}}`);
    expect(readdirSync(claude)).toEqual(['settings.json']);
  });

  test('trap 13: another link target in the meantime is a conflict, too', async () => {
    writeFileSync(join(root, 'one.json'), RICH);
    writeFileSync(join(root, 'two.json'), RICH);
    symlinkSync(join(root, 'one.json'), settingsPath);
    const files: FilePort = {
      ...diskFiles,
      createFile: async (path, ...rest) => {
        await diskFiles.createFile(path, ...rest);
        if (!path.endsWith('settings.json.tollgate') && path.startsWith(root) && path.includes('one.json')) {
          rmSync(settingsPath);
          symlinkSync(join(root, 'two.json'), settingsPath);
        }
      },
    };
    const { basedOn } = await connect({ dryRun: true });
    expect(await codeOf(connect({ files, basedOn }))).toBe('SETTINGS_CHANGED');
    expect(readFileSync(join(root, 'one.json'), 'utf8')).toBe(RICH);
    expect(readFileSync(join(root, 'two.json'), 'utf8')).toBe(RICH);
  });

  test('trap 14: a file that changed since the diff was shown is refused, connecting and disconnecting', async () => {
    writeFileSync(settingsPath, RICH);
    const shown = await connect({ dryRun: true });
    writeFileSync(settingsPath, theirs);
    expect(await codeOf(connect({ basedOn: shown.basedOn }))).toBe('SETTINGS_CHANGED');
    expect(read()).toBe(theirs);
    const again = await connect({ dryRun: true });
    expect(await connect({ basedOn: again.basedOn })).toMatchObject({
      applied: true,
      basedOn: again.basedOn,
    });
    expect(await codeOf(disconnect({ basedOn: again.basedOn }))).toBe('SETTINGS_CHANGED');
    expect(await disconnect({ basedOn: (await disconnect({ dryRun: true })).basedOn })).toMatchObject({
      applied: true,
    });
  });

  test('trap 14: what is applied is what was shown: another port, key or choice is another plan', async () => {
    writeFileSync(settingsPath, RICH);
    const { basedOn } = await connect({ dryRun: true });
    expect(await codeOf(connect({ basedOn, url: URL_TWO }))).toBe('SETTINGS_CHANGED');
    expect(await codeOf(connect({ basedOn, key: KEY_TWO }))).toBe('SETTINGS_CHANGED');
    expect(await codeOf(connect({ basedOn, wishes: { sessionHook: true } }))).toBe('SETTINGS_CHANGED');
    expect(read()).toBe(RICH);
  });

  test('trap 14: without a file the diff is based on nothing', async () => {
    const shown = await connect({ dryRun: true });
    expect(shown.diff).toMatch(/^--- \/dev\/null\n/);
    expect(await connect({ basedOn: shown.basedOn })).toMatchObject({ applied: true });
  });

  test('a program that locks the file by a folder beside it is waited for; a lock it left in a crash is not', async () => {
    writeFileSync(settingsPath, RICH);
    const lock = `${settingsPath}.lock`;
    mkdirSync(lock);
    setTimeout(() => rmSync(lock, { recursive: true }), 100);
    expect(await connect()).toMatchObject({ applied: true });
    mkdirSync(lock);
    expect(await codeOf(disconnect())).toBe('BUSY');
    utimesSync(lock, 1, 1);
    expect(await disconnect()).toMatchObject({ applied: true });
    expect(read()).toBe(RICH);
  });

  test('two processes of Tollgate: the second is told to wait', async () => {
    writeFileSync(settingsPath, RICH);
    let second: Promise<string> | undefined;
    const files: FilePort = {
      ...diskFiles,
      replaceIfSame: async (...args) => {
        second = codeOf(connect({ url: URL_TWO }));
        expect(await second).toBe('BUSY');
        return diskFiles.replaceIfSame(...args);
      },
    };
    await connect({ files });
    expect(second).toBeDefined();
    expect(env()['ANTHROPIC_BASE_URL']).toBe(URL_ONE);
    await disconnect();
    expect(read()).toBe(RICH);
  });

  test('a lock left by a process that died is no obstacle', async () => {
    await connect();
    const folder = join(dataDir, 'backups');
    const lock =
      readdirSync(folder)
        .find((name) => name.endsWith('.record.json'))
        ?.replace('.record.json', '.lock') ?? '';
    writeFileSync(join(folder, lock), JSON.stringify({ pid: 2 ** 30, at: Date.now() }));
    expect(await disconnect()).toMatchObject({ applied: true });
  });
});
