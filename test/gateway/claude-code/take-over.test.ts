// Taking over and giving back on a real disk, in a temporary home: what a user relies on, trap by trap.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
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
import { TakeOverResult } from '../../../src/contract/connect.ts';
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
const backups = (): string[] =>
  readdirSync(join(dataDir, 'backups')).filter((name) => name.endsWith('.settings.json'));
const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TakeOverError);
  return (error as TakeOverError).code;
};

test('trap 1: rich settings come back byte for byte, and only our lines differ in between', async () => {
  writeFileSync(settingsPath, RICH);
  const result = await connect();
  expect(TakeOverResult.parse(result)).toMatchObject({ applied: true, settingsPath });
  expect(env()).toEqual({
    HTTP_PROXY: 'http://proxy:8080',
    ANTHROPIC_BASE_URL: URL_ONE,
    ANTHROPIC_AUTH_TOKEN: KEY_ONE,
    ENABLE_TOOL_SEARCH: 'true',
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
    CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1',
    CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
    NO_PROXY: 'localhost,127.0.0.1,::1',
  });
  expect(result.diff).toBe(`--- ${settingsPath}
+++ ${settingsPath}
@@ -7,6 +7,13 @@
     "statusLine": { "type": "command", "command": "~/x.sh" },
   "someFutureKey": [1, 2.50, 1e3, {"deep": {"env": {"X": "y"}}}],
   "env": {
-    "HTTP_PROXY": "http://proxy:8080"
+    "HTTP_PROXY": "http://proxy:8080",
+    "ANTHROPIC_BASE_URL": "http://127.0.0.1:8655",
+    "ANTHROPIC_AUTH_TOKEN": "tg-…1111",
+    "ENABLE_TOOL_SEARCH": "true",
+    "CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1",
+    "CLAUDE_CODE_GATEWAY_HINT_HEADERS": "1",
+    "CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK": "1",
+    "NO_PROXY": "localhost,127.0.0.1,::1"
   }
 }
`);
  expect(await disconnect()).toMatchObject({ applied: true });
  expect(read()).toBe(RICH);
});

test('trap 2: a hook, a permission and a plugin added meanwhile stay, only our keys go', async () => {
  writeFileSync(settingsPath, RICH);
  await connect();
  edit((settings) => {
    settings['hooks'] = { Stop: [] };
    settings['permissions'] = { deny: ['WebFetch'] };
    settings['enabledPlugins'] = { 'c@d': true };
    settings.env['MINE'] = '1';
  });
  await disconnect();
  expect(JSON.parse(read())).toEqual({
    ...(JSON.parse(RICH) as object),
    hooks: { Stop: [] },
    permissions: { deny: ['WebFetch'] },
    enabledPlugins: { 'c@d': true },
    env: { HTTP_PROXY: 'http://proxy:8080', MINE: '1' },
  });
});

test('trap 3: one of our keys that the user changed stays as the user has it, and is reported', async () => {
  writeFileSync(settingsPath, RICH);
  await connect();
  edit((settings) => (settings.env['ANTHROPIC_AUTH_TOKEN'] = 'sk-ant-my-own-key-0001'));
  const result = await disconnect();
  expect(env()).toEqual({ HTTP_PROXY: 'http://proxy:8080', ANTHROPIC_AUTH_TOKEN: 'sk-ant-my-own-key-0001' });
  expect(result.notes.join(' ')).toContain(
    'ANTHROPIC_AUTH_TOKEN was changed since you connected; the new value stays.',
  );
  expect(JSON.stringify(result)).not.toContain('sk-ant-my-own-key-0001');
});

test('trap 4: a provider the user set by hand between two take-overs is what comes back, not the first one ever', async () => {
  writeFileSync(settingsPath, '{"env":{"ANTHROPIC_BASE_URL":"https://first.example"}}');
  await connect();
  await disconnect();
  writeFileSync(settingsPath, '{"env":{"ANTHROPIC_BASE_URL":"https://second.example"}}');
  await connect();
  await disconnect();
  expect(read()).toBe('{"env":{"ANTHROPIC_BASE_URL":"https://second.example"}}');
});

test('trap 4: the same when the user switched by hand without a disconnect', async () => {
  writeFileSync(settingsPath, '{"env":{"ANTHROPIC_BASE_URL":"https://first.example"}}');
  await connect();
  edit((settings) => (settings.env['ANTHROPIC_BASE_URL'] = 'https://second.example'));
  await connect();
  expect(env()['ANTHROPIC_BASE_URL']).toBe(URL_ONE);
  await disconnect();
  expect(env()).toEqual({ ANTHROPIC_BASE_URL: 'https://second.example' });
});

describe('trap 5: settings that point at a Tollgate are never kept as the original', () => {
  const STALE = `{"theme":"dark","env":{"ANTHROPIC_BASE_URL":"http://localhost:7777/","ANTHROPIC_AUTH_TOKEN":"${KEY_TWO}","ENABLE_TOOL_SEARCH":"true"}}`;

  test('connecting over them makes no copy, and disconnecting removes our keys', async () => {
    writeFileSync(settingsPath, STALE);
    const result = await connect();
    expect(result.notes.join(' ')).toContain('already pointed at a Tollgate');
    expect(backups()).toEqual([]);
    await disconnect();
    expect(JSON.parse(read())).toEqual({ theme: 'dark' });
  });

  test('without a record, a disconnect removes our own keys only, and says so', async () => {
    writeFileSync(settingsPath, STALE.replace('"ENABLE', '"OTHER":"1","ENABLE'));
    const result = await disconnect();
    expect(JSON.parse(read())).toEqual({ theme: 'dark', env: { OTHER: '1' } });
    expect(result.notes.join(' ')).toContain(
      'only its own keys were removed: env.ANTHROPIC_BASE_URL, env.ANTHROPIC_AUTH_TOKEN, env.ENABLE_TOOL_SEARCH',
    );
  });

  test('connecting twice, to another port and key, keeps one copy: that of the original', async () => {
    writeFileSync(settingsPath, RICH);
    await connect();
    await connect({ url: URL_TWO, key: KEY_TWO });
    expect(env()).toMatchObject({ ANTHROPIC_BASE_URL: URL_TWO, ANTHROPIC_AUTH_TOKEN: KEY_TWO });
    expect(backups()).toHaveLength(1);
    await disconnect();
    expect(read()).toBe(RICH);
  });

  test('an old address and key of ours that came back by a rewind (trap 15) are given back like the present ones', async () => {
    writeFileSync(settingsPath, '{"env":{"ANTHROPIC_BASE_URL":"https://first.example"}}');
    await connect();
    const rewound = read();
    await connect({ url: URL_TWO, key: KEY_TWO });
    writeFileSync(settingsPath, rewound);
    await disconnect();
    expect(env()).toEqual({ ANTHROPIC_BASE_URL: 'https://first.example' });
  });

  test('settings of another address and a key that is not ours are left alone without a record', async () => {
    const other =
      '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:3456","ANTHROPIC_AUTH_TOKEN":"x","ENABLE_TOOL_SEARCH":"true"}}';
    writeFileSync(settingsPath, other);
    expect(await disconnect()).toMatchObject({ applied: false, diff: '' });
    expect(read()).toBe(other);
  });
});

describe('trap 7: what was not there is not there again', () => {
  test('no file, no config folder', async () => {
    rmSync(claude, { recursive: true });
    await connect();
    expect(statSync(settingsPath).mode & 0o777).toBe(0o600);
    expect(statSync(claude).mode & 0o777).toBe(0o700);
    await disconnect();
    expect(readdirSync(join(root, 'home'))).toEqual([]);
  });

  test('no file, and somebody added settings meanwhile: those stay, without an empty env', async () => {
    await connect();
    edit((settings) => (settings['theme'] = 'dark'));
    await disconnect();
    expect(JSON.parse(read())).toEqual({ theme: 'dark' });
  });

  test('no file, and another program only laid ours out anew: none again', async () => {
    await connect();
    writeFileSync(settingsPath, JSON.stringify(JSON.parse(read())));
    await disconnect();
    expect(readdirSync(claude)).toEqual([]);
  });

  test('a config folder of ours in which Claude Code put files stays with them', async () => {
    rmSync(claude, { recursive: true });
    await connect();
    writeFileSync(join(claude, 'history.jsonl'), '');
    await disconnect();
    expect(readdirSync(claude)).toEqual(['history.jsonl']);
  });
});

test.each([
  ['null', 'null', 1, 1],
  ['a list', '[]', 1, 1],
  ['env null', '{\n  "env": null\n}', 2, 10],
  ['env a list', '{"env": []}', 1, 9],
  ['a trailing comma', '{\n  "a": 1,\n}', 2, 9],
  ['a comment', '{\n  // mine\n  "a": 1\n}', 2, 3],
  ['cut short', '{"a": {"b": 1}', 1, 15],
  ['env twice', '{"env":{},\n"env":{}}', 2, 1],
  ['our key twice', '{"env":{"ANTHROPIC_BASE_URL":"a",\n "ANTHROPIC_BASE_URL":"b"}}', 2, 2],
  ['UTF-16', Buffer.from('\uFEFF{}', 'utf16le'), 1, 1],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 1, 3],
])(
  'trap 8: %s is refused with its place, and the file is untouched to the byte',
  async (_, content, line, column) => {
    writeFileSync(settingsPath, content);
    for (const dryRun of [true, false]) {
      const error = await connect({ dryRun }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(TakeOverError);
      expect(error).toMatchObject({ code: 'SETTINGS_MALFORMED', place: { line, column } });
      expect((error as Error).message).toContain(`${settingsPath}, line ${line}, column ${column}: `);
    }
    expect(readFileSync(settingsPath)).toEqual(Buffer.from(content));
    expect(readdirSync(claude)).toEqual(['settings.json']);
  },
);

test.each(['', '\n', '\uFEFF'])(
  'trap 8: a blank file (%j) counts as no settings, as for Claude Code, and comes back',
  async (content) => {
    writeFileSync(settingsPath, content);
    await connect();
    expect(read().startsWith('\uFEFF')).toBe(content === '\uFEFF');
    await disconnect();
    expect(read()).toBe(content);
  },
);

test('trap 8: byte order mark and CRLF are kept', async () => {
  const original = '\uFEFF{\r\n\t"theme": "dark"\r\n}\r\n';
  writeFileSync(settingsPath, original);
  await connect();
  expect(read()).toMatch(/^\uFEFF\{\r\n\t"theme": "dark",\r\n\t"env": \{\r\n\t\t"ANTHROPIC_BASE_URL"/);
  expect(read().replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  await disconnect();
  expect(read()).toBe(original);
});

describe('trap 10: links', () => {
  test('a linked file is written at its end, the link stays a link', async () => {
    const dotfiles = join(root, 'dotfiles');
    mkdirSync(dotfiles);
    writeFileSync(join(dotfiles, 'claude.json'), RICH);
    symlinkSync('../../dotfiles/claude.json', settingsPath);
    await connect();
    expect(lstatSync(settingsPath).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(dotfiles, 'claude.json')).isFile()).toBe(true);
    expect(env()['ANTHROPIC_BASE_URL']).toBe(URL_ONE);
    expect(readdirSync(dotfiles)).toEqual(['claude.json']);
    await disconnect();
    expect(readFileSync(join(dotfiles, 'claude.json'), 'utf8')).toBe(RICH);
    expect(lstatSync(settingsPath).isSymbolicLink()).toBe(true);
  });

  test.each([true, false])('a linked folder is followed (file there: %s)', async (there) => {
    rmSync(claude, { recursive: true });
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync(join(root, 'elsewhere'), claude);
    if (there) writeFileSync(settingsPath, RICH);
    await connect();
    expect(lstatSync(claude).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(root, 'elsewhere'))).toEqual(['settings.json', 'tollgate-return.json']);
    await disconnect();
    expect(readdirSync(join(root, 'elsewhere'))).toEqual(there ? ['settings.json'] : []);
  });

  test('a link to a file that is not there yet gets that file, and none again on the way back', async () => {
    mkdirSync(join(root, 'dotfiles'));
    symlinkSync('../../dotfiles/second', settingsPath);
    symlinkSync('claude.json', join(root, 'dotfiles', 'second'));
    await connect();
    expect(env()['ANTHROPIC_BASE_URL']).toBe(URL_ONE);
    expect(lstatSync(join(root, 'dotfiles', 'claude.json')).isFile()).toBe(true);
    expect(lstatSync(settingsPath).isSymbolicLink()).toBe(true);
    await disconnect();
    expect(readdirSync(join(root, 'dotfiles'))).toEqual(['second']);
    expect(lstatSync(settingsPath).isSymbolicLink()).toBe(true);
    expect(readdirSync(claude)).toEqual(['settings.json']);
  });

  test.each(['a file in a folder', 'a folder'])(
    'a link to %s that does not exist is refused, and nothing is made at its end',
    async (what) => {
      if (what === 'a folder') {
        rmSync(claude, { recursive: true });
        symlinkSync(join(root, 'gone'), claude);
      } else symlinkSync(join(root, 'gone', 'settings.json'), settingsPath);
      expect(await codeOf(connect())).toBe('SETTINGS_NOT_A_FILE');
      expect(readdirSync(root).sort()).toEqual(['data', 'home']);
    },
  );

  test('links that lead in a circle are refused', async () => {
    symlinkSync(settingsPath, join(claude, 'other.json'));
    symlinkSync(join(claude, 'other.json'), settingsPath);
    expect(await codeOf(connect())).toBe('SETTINGS_UNREADABLE');
  });

  test('a folder in place of the file is refused', async () => {
    mkdirSync(settingsPath);
    expect(await codeOf(connect())).toBe('SETTINGS_NOT_A_FILE');
  });
});

describe('trap 11: what may not be written', () => {
  test('a read-only file stays untouched, though a rename could replace it', async () => {
    writeFileSync(settingsPath, RICH);
    chmodSync(settingsPath, 0o444);
    expect(await codeOf(connect())).toBe('SETTINGS_READ_ONLY');
    expect(read()).toBe(RICH);
    expect(readdirSync(claude)).toEqual(['settings.json']);
  });

  test.each(['EACCES', 'EROFS', 'EPERM'])(
    'a folder that refuses (%s): clear error, original intact, nothing left beside it',
    async (code) => {
      writeFileSync(settingsPath, RICH);
      const files: FilePort = {
        ...diskFiles,
        createFile: async (path, ...rest) => {
          if (path.startsWith(claude)) throw Object.assign(new Error(code), { code });
          return diskFiles.createFile(path, ...rest);
        },
      };
      expect(await codeOf(connect({ files }))).toBe('SETTINGS_READ_ONLY');
      expect(read()).toBe(RICH);
      expect(readdirSync(claude)).toEqual(['settings.json']);
    },
  );

  test('a sharing violation at the rename: temporary file removed, original intact', async () => {
    writeFileSync(settingsPath, RICH);
    const files: FilePort = {
      ...diskFiles,
      replaceIfSame: async () => {
        throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' });
      },
    };
    expect(await codeOf(connect({ files }))).toBe('SETTINGS_WRITE_FAILED');
    expect(read()).toBe(RICH);
    expect(readdirSync(claude)).toEqual(['settings.json']);
  });

  test('a data folder that cannot be made: nothing is changed, since the way back could not be kept', async () => {
    writeFileSync(settingsPath, RICH);
    writeFileSync(dataDir, 'in the way');
    expect(await codeOf(connect())).toBe('DATA_FOLDER_UNWRITABLE');
    expect(read()).toBe(RICH);
  });
});

describe('trap 12: mode and owner', () => {
  test.each([0o644, 0o600, 0o664])('mode %o is kept by connect and by disconnect', async (mode) => {
    writeFileSync(settingsPath, RICH);
    chmodSync(settingsPath, mode);
    await connect();
    expect(statSync(settingsPath).mode & 0o777).toBe(mode);
    await disconnect();
    expect(statSync(settingsPath).mode & 0o777).toBe(mode);
  });

  test.skipIf(process.getuid?.() !== 0)(
    'the owner is kept (only root can give files away, so only root can try)',
    async () => {
      writeFileSync(settingsPath, RICH);
      chownSync(settingsPath, 1234, 2345);
      await connect();
      expect(statSync(settingsPath)).toMatchObject({ uid: 1234, gid: 2345 });
    },
  );

  /** Python can set and read them; what else is there differs from system to system. */
  const attributes = (code: string): string | null => {
    const script = `import os,sys\np=sys.argv[1]\n${code}`;
    const { status, stdout } = spawnSync('python3', ['-c', script, settingsPath], { encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  const canTry = process.platform === 'linux' && spawnSync('python3', ['--version']).status === 0;

  test.skipIf(!canTry)(
    'extended attributes are kept (tried on Linux where Python is there to set one)',
    async () => {
      writeFileSync(settingsPath, RICH);
      // A file system without them has none to lose.
      if (attributes("os.setxattr(p, 'user.tag', b'mine')") === null) return;
      await connect();
      expect(attributes("print(os.getxattr(p, 'user.tag').decode())")).toBe('mine');
      await disconnect();
      expect(attributes("print(os.getxattr(p, 'user.tag').decode())")).toBe('mine');
      expect(read()).toBe(RICH);
    },
  );

  test('record and copies are private from the first byte, in a private folder', async () => {
    writeFileSync(settingsPath, RICH);
    chmodSync(settingsPath, 0o644);
    const modes: number[] = [];
    const files: FilePort = {
      ...diskFiles,
      createFile: async (path, bytes, mode, owner) => {
        if (path.startsWith(dataDir)) modes.push(mode);
        return diskFiles.createFile(path, bytes, mode, owner);
      },
    };
    await connect({ files });
    expect(new Set(modes)).toEqual(new Set([0o600]));
    expect(statSync(join(dataDir, 'backups')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(dataDir, 'backups'))) {
      expect(statSync(join(dataDir, 'backups', name)).mode & 0o777).toBe(0o600);
    }
  });
});

describe('trap 16: another program owns the address', () => {
  const other =
    '{\n  "env": {\n    "ANTHROPIC_BASE_URL": "http://127.0.0.1:3456",\n    "ANTHROPIC_AUTH_TOKEN": "ccr-secret-0123456789"\n  }\n}\n';

  test('the plan names it, without its secret, before anything is written; it comes back at the end', async () => {
    writeFileSync(settingsPath, other);
    const plan = await connect({ dryRun: true });
    expect(plan.notes.join(' ')).toContain(
      'ANTHROPIC_BASE_URL was set to http://127.0.0.1:3456, which is where Claude Code Router answers; Tollgate takes its place and sends nothing through it; that comes back when you disconnect.',
    );
    expect(JSON.stringify(plan)).not.toContain('ccr-secret');
    expect(JSON.stringify(plan)).not.toContain(KEY_ONE);
    expect(read()).toBe(other);
    await connect();
    await disconnect();
    expect(read()).toBe(other);
  });
});

test("values of the user's own for optional keys stay, and are noted; so does a key helper", async () => {
  const original = '{"apiKeyHelper":"/bin/key","env":{"ENABLE_TOOL_SEARCH":"auto"}}';
  writeFileSync(settingsPath, original);
  const result = await connect();
  expect(env()).toMatchObject({ ENABLE_TOOL_SEARCH: 'auto' });
  const notes = result.notes.join('\n');
  expect(notes).toContain('ENABLE_TOOL_SEARCH has a value of your own, which stays as it is.');
  expect(notes).toContain('apiKeyHelper is set as well and stays');
  expect(result.keys.find(({ name }) => name === 'env.ENABLE_TOOL_SEARCH')).toMatchObject({
    change: 'kept',
    value: 'auto',
  });
  await disconnect();
  expect(read()).toBe(original);
});

test('values that are no strings come back as they were written', async () => {
  const original = '{"env":{"ANTHROPIC_BASE_URL":null,"ANTHROPIC_AUTH_TOKEN":12e1,"X":"\\u0041"}}';
  writeFileSync(settingsPath, original);
  await connect();
  edit((settings) => (settings['theme'] = 'dark'));
  await disconnect();
  expect(read()).toContain('"ANTHROPIC_AUTH_TOKEN": 12e1');
  expect(env()).toEqual({ ANTHROPIC_BASE_URL: null, ANTHROPIC_AUTH_TOKEN: 120, X: 'A' });
});

test('another spelling of our address still counts as ours', async () => {
  writeFileSync(settingsPath, RICH);
  await connect();
  edit((settings) => (settings.env['ANTHROPIC_BASE_URL'] = 'http://localhost:8655/'));
  await disconnect();
  expect(env()).toEqual({ HTTP_PROXY: 'http://proxy:8080' });
});

test('the ten newest copies are kept, and always the one that a disconnect needs, even when the clock was set back', async () => {
  let clock = 1_800_000_000_000;
  const tick = (): number => (clock += 1000);
  for (let round = 0; round < 12; round++) {
    writeFileSync(settingsPath, `{"round":${round}}`);
    await connect({ now: tick });
    await disconnect({ now: tick });
  }
  expect(backups()).toHaveLength(10);
  clock = 1_700_000_000_000;
  await connect({ now: tick });
  expect(backups()).toHaveLength(11);
  edit((settings) => delete settings['round']);
  await disconnect({ now: tick });
  expect(backups().filter((name) => name.includes('2023'))).toHaveLength(0);
});

test('a record that is damaged is put aside; our own keys still come out', async () => {
  writeFileSync(settingsPath, RICH);
  await connect();
  const folder = join(dataDir, 'backups');
  const record = readdirSync(folder).find((name) => name.endsWith('.record.json')) ?? '';
  writeFileSync(join(folder, record), '{"version":1');
  const result = await disconnect();
  expect(result.notes.join(' ')).toContain('The record of the change is damaged; copies are in');
  expect(read()).toBe(RICH);
  expect(readdirSync(folder)).toContain(`${record}.damaged`);
});

test('a settings file that the user deleted is not brought back', async () => {
  writeFileSync(settingsPath, RICH);
  await connect();
  rmSync(settingsPath);
  expect(await disconnect()).toMatchObject({ applied: false, diff: '' });
  expect(readdirSync(claude)).toEqual([]);
  await connect();
  await disconnect();
  expect(readdirSync(claude)).toEqual([]);
});

test('two settings files of one data folder do not mix', async () => {
  const other = join(root, 'other', 'settings.json');
  writeFileSync(settingsPath, RICH);
  mkdirSync(join(root, 'other'));
  writeFileSync(other, '{"a":1}');
  await connect();
  await connect({ settingsPath: other });
  await disconnect();
  expect(read()).toBe(RICH);
  await disconnect({ settingsPath: other });
  expect(readFileSync(other, 'utf8')).toBe('{"a":1}');
});
