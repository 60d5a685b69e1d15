// Tollgate's MCP endpoint in Claude Code: by Claude Code's own command, or by an edit of a state file that others write at
// the same time (traps 27, 28).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClaudeRunner, findClaudeProgram } from '../../../src/gateway/claude-code/claude-program.ts';
import { claudeStatePath } from '../../../src/gateway/claude-code/claude-folder.ts';
import { connectClaude, disconnectClaude } from '../../../src/gateway/claude-code/take-over.ts';
import type { TakeOverResult } from '../../../src/contract/connect.ts';
import type { RunClaude } from '../../../src/gateway/claude-code/claude-program.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import type { TemporaryFolder } from '../../support/temporary-folder.ts';
import { runs } from '../../support/long-runs.ts';
import { createMemoryHome, KEY_ONE, KEY_TWO, PROGRAM, STATE, URL_ONE, URL_TWO } from './memory-home.ts';

const OURS = { type: 'http', url: `${URL_ONE}/mcp`, headers: { Authorization: `Bearer ${KEY_ONE}` } };
const ACCOUNT = { oauthAccount: { emailAddress: 'me@example.com' }, numStartups: 7 };

describe('by an edit of the state file', () => {
  test('only our server is added and taken out; the file keeps every other byte', async () => {
    const original = `{\n  "numStartups": 7,\n  "mcpServers": {\n    "other": { "command": "x" }\n  },\n  "oauthAccount": {"a": 1}\n}`;
    const home = createMemoryHome('{}');
    home.write(original, STATE);
    await home.connect();
    expect(JSON.parse(home.read(STATE) ?? '')).toMatchObject({ mcpServers: { other: {}, tollgate: OURS } });
    await home.disconnect();
    expect(home.read(STATE)).toBe(original);
  });

  test('a file that was there and empty stays so', async () => {
    const home = createMemoryHome('{}');
    home.write('{ }', STATE);
    await home.connect();
    await home.disconnect();
    expect(home.read(STATE)).toBe('{ }');
  });

  test('what Claude Code wrote meanwhile stays', async () => {
    const home = createMemoryHome('{}');
    home.write(JSON.stringify(ACCOUNT, null, 2), STATE);
    await home.connect();
    const state = JSON.parse(home.read(STATE) ?? '') as object;
    home.write(JSON.stringify({ ...state, numStartups: 8, projects: { '/x': {} } }, null, 2), STATE);
    await home.disconnect();
    expect(JSON.parse(home.read(STATE) ?? '')).toEqual({
      ...ACCOUNT,
      numStartups: 8,
      projects: { '/x': {} },
    });
  });

  test('a server of the same name that is not ours is never touched', async () => {
    const home = createMemoryHome('{}');
    const original = JSON.stringify({
      mcpServers: { tollgate: { type: 'http', url: 'https://toll.example/mcp' } },
    });
    home.write(original, STATE);
    const result = await home.connect();
    expect(result.notes.join()).toContain("an MCP server named tollgate that is not Tollgate's");
    expect(home.read(STATE)).toBe(original);
    await home.disconnect();
    expect(home.read(STATE)).toBe(original);
  });

  test('the same endpoint under another name is adopted, not doubled', async () => {
    const home = createMemoryHome('{}');
    const original = JSON.stringify({
      mcpServers: { gate: { type: 'http', url: 'http://localhost:8655/mcp/' } },
    });
    home.write(original, STATE);
    expect((await home.connect()).notes.join()).toContain('under the name gate');
    await home.disconnect();
    expect(home.read(STATE)).toBe(original);
  });

  test.each(['{"a": 1,}', '[]', '{"mcpServers": []}', '\u0000'])(
    'a state file that is not what it should be (%j) is not touched; the settings are connected, and it is said',
    async (content) => {
      const home = createMemoryHome('{}');
      home.write(content, STATE);
      const result = await home.connect();
      expect(home.read(STATE)).toBe(content);
      expect(result.applied).toBe(true);
      const file = result.files.find(({ surface }) => surface === 'mcp');
      expect(file?.problem).toMatch(/line \d+, column \d+/);
      expect(result.notes).toContain(file?.problem);
      await home.disconnect();
      expect(home.read()).toBe('{}');
      expect(home.read(STATE)).toBe(content);
    },
  );

  test('trap 14: what others write into the state file between the look and the click is no conflict', async () => {
    const home = createMemoryHome('{}');
    home.write(JSON.stringify(ACCOUNT), STATE);
    const { basedOn } = await home.connect({ dryRun: true });
    home.write(JSON.stringify({ ...ACCOUNT, numStartups: 8 }), STATE);
    expect(await home.connect({ basedOn })).toMatchObject({ applied: true });
    expect(JSON.parse(home.read(STATE) ?? '')).toMatchObject({
      numStartups: 8,
      mcpServers: { tollgate: OURS },
    });
  });
});

test("the state file is where Claude Code's own rule puts it", () => {
  const at = (claudeFolder: string, env: Record<string, string>) =>
    claudeStatePath({ claudeFolder, env, home: '/home/me', explicit: undefined });
  expect(at('/home/me/.claude', {})).toEqual({ path: '/home/me/.claude.json', isNamed: false });
  expect(at('/x', { CLAUDE_CONFIG_DIR: '/x' })).toEqual({ path: '/x/.claude.json', isNamed: true });
  expect(at('/home/me/.claude', { CLAUDE_CONFIG_DIR: '/home/me/.claude' })).toEqual({
    path: '/home/me/.claude/.claude.json',
    isNamed: true,
  });
  expect(at('/y', { CLAUDE_CONFIG_DIR: '/x' }).path).toBe('/y/.claude.json');
});

describe('on a real disk', () => {
  let folder: TemporaryFolder;
  let home: string;
  let statePath: string;
  beforeEach(async () => {
    folder = await createTemporaryFolder('tollgate-mcp');
    home = join(folder.path, 'home');
    statePath = join(home, '.claude.json');
    mkdirSync(join(home, '.claude'), { recursive: true });
    writeFileSync(join(home, '.claude', 'settings.json'), '{}');
  });
  afterEach(() => folder.remove());

  const shared = (run: RunClaude | null) => ({
    settingsPath: join(home, '.claude', 'settings.json'),
    dataDir: join(folder.path, 'data'),
    dryRun: false,
    now: Date.now,
    companions: { editors: [], mcp: { statePath, run } },
  });
  const connect = (
    run: RunClaude | null,
    more: { dryRun?: boolean; url?: string; key?: string } = {},
  ): Promise<TakeOverResult> =>
    connectClaude({
      ...shared(run),
      url: URL_ONE,
      key: KEY_ONE,
      program: PROGRAM,
      environment: {},
      wishes: { sessionHook: false },
      ...more,
    });
  const disconnect = (run: RunClaude | null): Promise<TakeOverResult> => disconnectClaude(shared(run));
  const state = (): { mcpServers?: Record<string, unknown> } =>
    JSON.parse(readFileSync(statePath, 'utf8')) as { mcpServers?: Record<string, unknown> };

  /** A program that does what `claude mcp` does with the file, and writes down how it was called. */
  async function installFakeClaude(
    behaviour: 'works' | 'fails' | 'lies' | 'hangs' = 'works',
  ): Promise<RunClaude> {
    const bin = join(folder.path, 'bin');
    mkdirSync(bin);
    const script = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
fs.appendFileSync(${JSON.stringify(join(folder.path, 'calls.jsonl'))}, JSON.stringify({ args, env: process.env }) + '\\n');
if (${JSON.stringify(behaviour)} === 'fails') { console.error('enterprise MCP configuration is active'); process.exit(1); }
if (${JSON.stringify(behaviour)} === 'lies') process.exit(0);
const path = ${JSON.stringify(statePath)};
const state = fs.existsSync(path) ? JSON.parse(fs.readFileSync(path, 'utf8')) : {};
const servers = (state.mcpServers ??= {});
if (args[1] === 'add-json') {
  if (args[2] in servers) { console.error('MCP server tollgate already exists in user config'); process.exit(1); }
  servers[args[2]] = JSON.parse(args[3]);
} else delete servers[args[2]];
fs.writeFileSync(path, JSON.stringify(state, null, 2));
`;
    writeFileSync(join(bin, 'claude'), script);
    chmodSync(join(bin, 'claude'), 0o755);
    const sources = {
      env: { PATH: bin, SECRET: 'x', ANTHROPIC_API_KEY: 'sk-x' },
      home,
      platform: process.platform,
    };
    const program = await findClaudeProgram(sources);
    expect(program).toBe(join(bin, 'claude'));
    return createClaudeRunner(program ?? '', sources, null);
  }
  const calls = (): { args: string[]; env: Record<string, string> }[] => {
    const path = join(folder.path, 'calls.jsonl');
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as { args: string[]; env: Record<string, string> });
  };

  const posixOnly = process.platform === 'win32';

  test.skipIf(posixOnly)(
    'the command is shown before it is run, secrets masked, and given back by the same',
    async () => {
      writeFileSync(statePath, JSON.stringify(ACCOUNT));
      const run = await installFakeClaude();
      const shown = await connect(run, { dryRun: true });
      expect(calls()).toEqual([]);
      expect(shown.commands).toEqual([
        {
          line: `claude mcp add-json tollgate '{"type":"http","url":"${URL_ONE}/mcp","headers":{"Authorization":"Bearer tg-…1111"}}' --scope user`,
          reason: 'The MCP servers that you add to Tollgate reach Claude Code through this one.',
          applied: false,
        },
      ]);
      expect((await connect(run)).commands).toMatchObject([{ applied: true }]);
      expect(state()).toEqual({ ...ACCOUNT, mcpServers: { tollgate: OURS } });
      const [call] = calls();
      expect(call?.args.slice(0, 3)).toEqual(['mcp', 'add-json', 'tollgate']);
      expect(Object.keys(call?.env ?? {})).not.toContain('SECRET');
      expect(Object.keys(call?.env ?? {})).not.toContain('ANTHROPIC_API_KEY');
      expect(call?.env).toMatchObject({ HOME: home, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' });

      expect(await connect(run)).toMatchObject({ applied: false, commands: [] });
      await connect(run, { url: URL_TWO, key: KEY_TWO });
      expect(state().mcpServers).toMatchObject({ tollgate: { url: `${URL_TWO}/mcp` } });
      await disconnect(run);
      expect(state()).toEqual({ ...ACCOUNT, mcpServers: {} });
      expect(calls().map(({ args }) => args[1])).toEqual(['add-json', 'remove', 'add-json', 'remove']);
    },
  );

  test.skipIf(posixOnly).each([
    ['fails', 'enterprise MCP configuration is active'],
    ['lies', 'does not show it'],
  ] as const)('a command that %s undoes and blocks nothing; it becomes a note', async (behaviour, said) => {
    writeFileSync(statePath, JSON.stringify(ACCOUNT));
    const result = await connect(await installFakeClaude(behaviour));
    expect(result).toMatchObject({ applied: true, commands: [{ applied: false }] });
    expect(result.notes.join()).toContain(said);
    expect(result.notes.join()).not.toContain(KEY_ONE);
    expect(readFileSync(join(home, '.claude', 'settings.json'), 'utf8')).toContain(URL_ONE);
    expect(state()).toEqual(ACCOUNT);
  });

  test('programs in relative folders of PATH, and files that cannot be run, are not taken', async () => {
    writeFileSync(join(folder.path, 'claude'), '');
    chmodSync(join(folder.path, 'claude'), 0o644);
    const env = { PATH: `.:${folder.path}` };
    expect(await findClaudeProgram({ env, home, platform: 'linux' })).toBeNull();
  });

  test('trap 27: a lock that Claude Code holds is waited for; one that a crash left is not', async () => {
    writeFileSync(statePath, JSON.stringify(ACCOUNT));
    const lock = `${statePath}.lock`;
    mkdirSync(lock);
    const free = setTimeout(() => rmSync(lock, { recursive: true }), 300);
    expect((await connect(null)).files.map(({ applied }) => applied)).toEqual([true, true]);
    clearTimeout(free);
    mkdirSync(lock);
    const result = await disconnect(null);
    expect(result.files[1]).toMatchObject({
      applied: false,
      problem: expect.stringContaining('.claude.json.lock') as string,
    });
    const old = Date.now() / 1000 - 60;
    utimesSync(lock, old, old);
    expect((await disconnect(null)).files[1]).toMatchObject({ applied: true });
    expect(state()).toEqual(ACCOUNT);
    expect(readdirSync(home)).toEqual(['.claude', '.claude.json']);
  });

  test('trap 27: five processes write the state file as Claude Code does; nothing is lost, never a part is seen', async () => {
    writeFileSync(statePath, JSON.stringify({ ...ACCOUNT, filler: 'x'.repeat(20_000) }));
    const writer = fileURLToPath(new URL('state-writer.mjs', import.meta.url));
    const rounds = runs(30, 300);
    const children = [1, 2, 3, 4, 5].map((number) =>
      spawn(process.execPath, [writer, statePath, `writer${number}`, String(rounds)], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const ends = children.map((child) => once(child, 'exit') as Promise<[number | null]>);
    let isDone = false;
    const all = Promise.all(ends).then((codes) => {
      isDone = true;
      return codes;
    });
    let done = 0;
    while (!isDone) {
      const result = done % 2 === 0 ? await connect(null) : await disconnect(null);
      if (result.files[1]?.problem == null) done++;
    }
    expect((await all).map(([code]) => code)).toEqual([0, 0, 0, 0, 0]);
    if (done % 2 === 1) await disconnect(null);
    expect(done).toBeGreaterThan(0);
    const { filler: _filler, ...left } = state() as Record<string, unknown>;
    const counts = Object.fromEntries([1, 2, 3, 4, 5].map((number) => [`writer${number}`, rounds]));
    expect(left).toEqual({ ...ACCOUNT, ...counts });
  }, 60_000);
});
