// What the user may choose when connecting, and what each choice does to Claude Code's settings and back: credentials,
// proxy lists, the status line, the session hook.
import { describe, expect, test } from 'vitest';
import { TakeOverResult } from '../../../src/contract/connect.ts';
import {
  isSessionStartCommand,
  isStatusLineCommand,
} from '../../../src/gateway/claude-code/tollgate-command.ts';
import { TakeOverError } from '../../../src/gateway/claude-code/take-over-error.ts';
import { connectClaude } from '../../../src/gateway/claude-code/take-over.ts';
import {
  createMemoryHome,
  KEY_ONE,
  KEY_TWO,
  PROGRAM,
  SETTINGS,
  STATE,
  URL_ONE,
  URL_TWO,
} from './memory-home.ts';
import type { MemoryHome } from './memory-home.ts';

interface Settings {
  readonly env: Record<string, string>;
  readonly hooks: { SessionStart: { hooks: { command: string }[] }[] };
  readonly statusLine: { command: string };
}
const settingsOf = (home: MemoryHome): Settings => JSON.parse(home.read() ?? '{}') as Settings;
interface Editable {
  env: Record<string, string>;
  hooks: { SessionStart: unknown[] };
  [name: string]: unknown;
}
const edit = (home: MemoryHome, change: (settings: Editable) => void): void => {
  const settings = JSON.parse(home.read() ?? '{}') as Editable;
  change(settings);
  home.write(JSON.stringify(settings, null, 2));
};
const withEnv = (env: Record<string, string>): string =>
  `${JSON.stringify({ theme: 'dark', env }, null, 2)}\n`;

describe('credentials', () => {
  test('trap 21: with the login kept, only the address and a header of ours are set, and no credential', async () => {
    const home = createMemoryHome(null);
    const result = await home.connect({ wishes: { credential: 'login' } });
    expect(settingsOf(home).env).toMatchObject({
      ANTHROPIC_BASE_URL: URL_ONE,
      ANTHROPIC_CUSTOM_HEADERS: `x-tollgate-key: ${KEY_ONE}`,
    });
    expect(Object.keys(settingsOf(home).env)).not.toContain('ANTHROPIC_AUTH_TOKEN');
    expect(Object.keys(settingsOf(home).env)).not.toContain('ANTHROPIC_API_KEY');
    expect(JSON.stringify(result)).not.toContain(KEY_ONE);
    await home.disconnect();
    expect(home.read()).toBeNull();
  });

  test("the user's own header lines stay in front of ours, through another key and the way back", async () => {
    const original = withEnv({ ANTHROPIC_CUSTOM_HEADERS: 'x-team: a\nx-cost: b: c' });
    const home = createMemoryHome(original);
    await home.connect({ wishes: { credential: 'login' } });
    await home.connect({ url: URL_TWO, key: KEY_TWO });
    expect(settingsOf(home).env['ANTHROPIC_CUSTOM_HEADERS']).toBe(
      `x-team: a\nx-cost: b: c\nx-tollgate-key: ${KEY_TWO}`,
    );
    await home.disconnect();
    expect(home.read()).toBe(original);
  });

  test('trap 3: header lines that the user added or changed meanwhile stay, ours goes', async () => {
    const home = createMemoryHome(withEnv({ ANTHROPIC_CUSTOM_HEADERS: 'x-team: a' }));
    await home.connect({ wishes: { credential: 'login' } });
    edit(home, (settings) => {
      const env = settings.env;
      env['ANTHROPIC_CUSTOM_HEADERS'] = `x-new: 1\n${env['ANTHROPIC_CUSTOM_HEADERS']}\nx-last: 2`;
    });
    const result = await home.disconnect();
    expect(settingsOf(home).env).toEqual({ ANTHROPIC_CUSTOM_HEADERS: 'x-new: 1\nx-team: a\nx-last: 2' });
    expect(result.keys.find(({ name }) => name === 'env.ANTHROPIC_CUSTOM_HEADERS')?.reason).toContain(
      "Tollgate's own part is taken out",
    );
  });

  test('changing the mind from key to login takes the key out again, and back', async () => {
    const original = withEnv({ ANTHROPIC_AUTH_TOKEN: 'own-token' });
    const home = createMemoryHome(original);
    await home.connect();
    expect(settingsOf(home).env['ANTHROPIC_AUTH_TOKEN']).toBe(KEY_ONE);
    await home.connect({ wishes: { credential: 'login' } });
    expect(settingsOf(home).env).toMatchObject({
      ANTHROPIC_AUTH_TOKEN: 'own-token',
      ANTHROPIC_CUSTOM_HEADERS: `x-tollgate-key: ${KEY_ONE}`,
    });
    await home.connect({ wishes: { credential: 'key' } });
    expect(settingsOf(home).env).not.toHaveProperty('ANTHROPIC_CUSTOM_HEADERS');
    expect(settingsOf(home).env['ANTHROPIC_AUTH_TOKEN']).toBe(KEY_ONE);
    await home.disconnect();
    expect(home.read()).toBe(original);
  });

  test('trap 20: an API key of the user is set aside in its place, said so, and comes back', async () => {
    const original = withEnv({ ANTHROPIC_API_KEY: 'sk-ant-0123456789', X: '1' });
    const home = createMemoryHome(original);
    const result = await home.connect();
    expect(settingsOf(home).env).toMatchObject({ ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: KEY_ONE });
    expect(result.keys.find(({ name }) => name === 'env.ANTHROPIC_API_KEY')).toMatchObject({
      change: 'replaced',
      value: '',
    });
    expect(JSON.stringify(result)).not.toContain('sk-ant-0123456789');
    await home.connect({ url: URL_TWO });
    edit(home, (settings) => (settings['theme'] = 'light'));
    await home.disconnect();
    expect(settingsOf(home)).toEqual({
      theme: 'light',
      env: { ANTHROPIC_API_KEY: 'sk-ant-0123456789', X: '1' },
    });
  });

  test('trap 3: an API key that the user pastes while connected is theirs', async () => {
    const home = createMemoryHome(withEnv({ ANTHROPIC_API_KEY: 'sk-old' }));
    await home.connect();
    edit(home, (settings) => (settings.env['ANTHROPIC_API_KEY'] = 'sk-new'));
    const result = await home.disconnect();
    expect(settingsOf(home).env).toEqual({ ANTHROPIC_API_KEY: 'sk-new' });
    expect(result.notes.join()).toContain('ANTHROPIC_API_KEY was changed since you connected');
  });

  test('trap 19: where the administrator demands a login, a key is refused with the reason, and the login is not', async () => {
    const home = createMemoryHome('{}');
    const connect = (credential: 'key' | 'login') =>
      connectClaude({
        settingsPath: SETTINGS,
        dataDir: '/data',
        url: URL_ONE,
        key: KEY_ONE,
        dryRun: false,
        now: Date.now,
        files: home.files,
        program: PROGRAM,
        environment: {},
        wishes: { credential },
        forbidsKey: 'forceLoginMethod in /etc/claude-code/managed-settings.json demands a login.',
      });
    const error: unknown = await connect('key').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TakeOverError);
    expect(error).toMatchObject({
      code: 'KEY_FORBIDDEN',
      message: expect.stringContaining('forceLoginMethod') as string,
    });
    expect(home.read()).toBe('{}');
    expect(await connect('login')).toMatchObject({ applied: true });
  });

  test('a cloud provider that goes over any base URL is named', async () => {
    const home = createMemoryHome(withEnv({ CLAUDE_CODE_USE_BEDROCK: '1' }));
    const { notes } = await home.connect({ dryRun: true });
    expect(notes.join()).toContain('CLAUDE_CODE_USE_BEDROCK is set, so Claude Code goes to Amazon Bedrock');
  });
});

describe('NO_PROXY', () => {
  const connectedTo = async (env: Record<string, string>, environment: Record<string, string>) => {
    const home = createMemoryHome(withEnv(env));
    await home.connect({ environment });
    const { NO_PROXY, no_proxy } = settingsOf(home).env;
    await home.disconnect();
    expect(home.read()).toBe(withEnv(env));
    return { NO_PROXY, no_proxy };
  };
  const ours = 'localhost,127.0.0.1,::1';

  test.each([
    ['nothing anywhere', {}, {}, { NO_PROXY: ours }],
    ['a list in the settings', { NO_PROXY: 'corp.example' }, {}, { NO_PROXY: `corp.example,${ours}` }],
    ['a list with spaces', { NO_PROXY: 'a b ' }, {}, { NO_PROXY: `a b,${ours}` }],
    [
      'a list that has it all',
      { NO_PROXY: '::1 127.0.0.1,LOCALHOST' },
      {},
      { NO_PROXY: '::1 127.0.0.1,LOCALHOST' },
    ],
    ['a list of everything', { NO_PROXY: '*' }, {}, { NO_PROXY: '*' }],
    ['a part of it', { NO_PROXY: 'localhost' }, {}, { NO_PROXY: 'localhost,127.0.0.1,::1' }],
    ['a list in the shell', {}, { NO_PROXY: 'corp' }, { NO_PROXY: `corp,${ours}` }],
    ['a small one in the shell, which would win', {}, { no_proxy: 'corp' }, { no_proxy: `corp,${ours}` }],
    [
      'a large one here, a small one in the shell',
      { NO_PROXY: 'here' },
      { no_proxy: 'shell' },
      { NO_PROXY: `here,${ours}`, no_proxy: `shell,${ours}` },
    ],
    ['both here', { NO_PROXY: 'a', no_proxy: 'b' }, {}, { NO_PROXY: `a,${ours}`, no_proxy: `b,${ours}` }],
  ])('%s', async (_, env, environment, expected) => {
    const found = await connectedTo(env, environment);
    expect(found).toEqual({ NO_PROXY: undefined, no_proxy: undefined, ...expected });
  });

  test('trap 3: hosts that the user added meanwhile stay, ours go', async () => {
    const home = createMemoryHome(withEnv({ NO_PROXY: 'corp.example,localhost' }));
    await home.connect();
    edit(home, (settings) => {
      const env = settings.env;
      env['NO_PROXY'] = `new.example, ${env['NO_PROXY']}`;
    });
    await home.disconnect();
    expect(settingsOf(home).env).toEqual({ NO_PROXY: 'new.example, corp.example,localhost' });
  });

  test('a connect from where the shell is not known keeps what an earlier one found there', async () => {
    const home = createMemoryHome('{}');
    await home.connect({ environment: { NO_PROXY: 'corp' } });
    await home.connect({ url: URL_TWO, environment: {} });
    expect(settingsOf(home).env['NO_PROXY']).toBe(`corp,${ours}`);
    await home.disconnect();
    expect(home.read()).toBe('{}');
  });
});

describe('the status line and the session hook', () => {
  const own = { type: 'command', command: '~/line.sh', padding: 0 };

  test('are commands with absolute paths; the status line of the user comes back', async () => {
    const original = JSON.stringify({ statusLine: own }, null, 2);
    const home = createMemoryHome(original);
    await home.connect({ wishes: { statusLine: true } });
    const { statusLine, hooks } = settingsOf(home);
    expect(isStatusLineCommand(statusLine.command)).toBe(true);
    expect(isSessionStartCommand(hooks.SessionStart[0]?.hooks[0]?.command ?? '')).toBe(true);
    await home.disconnect();
    expect(home.read()).toBe(original);
  });

  test('a status line that the user changed meanwhile stays', async () => {
    const home = createMemoryHome(JSON.stringify({ statusLine: own }));
    await home.connect({ wishes: { statusLine: true } });
    edit(home, (settings) => (settings['statusLine'] = { ...own, command: 'mine' }));
    const result = await home.disconnect();
    expect(settingsOf(home)).toEqual({ statusLine: { ...own, command: 'mine' } });
    expect(result.notes.join()).toContain('statusLine was changed since you connected');
  });

  test('hooks of the user stay in their order; ours goes, also out of a group into which the user moved it', async () => {
    const group = { matcher: 'startup', hooks: [{ type: 'command', command: 'echo hi' }] };
    const home = createMemoryHome(JSON.stringify({ hooks: { Stop: [], SessionStart: [group] } }));
    await home.connect();
    const [first, ours] = settingsOf(home).hooks.SessionStart;
    expect(first).toEqual(group);
    edit(home, (settings) => {
      const hooks = settings.hooks;
      const after = { type: 'command', command: 'echo bye' };
      hooks.SessionStart = [{ ...group, hooks: [...group.hooks, ours?.hooks[0], after] }];
    });
    await home.disconnect();
    expect(settingsOf(home)).toEqual({
      hooks: {
        Stop: [],
        SessionStart: [{ ...group, hooks: [...group.hooks, { type: 'command', command: 'echo bye' }] }],
      },
    });
  });

  test('hooks of a wrong shape are left alone, with the place, and the rest is connected', async () => {
    const original = '{\n  "hooks": { "SessionStart": {} }\n}';
    const home = createMemoryHome(original);
    const { notes } = await home.connect();
    expect(notes.join()).toContain('hooks.SessionStart was not set: line 2, column 30');
    expect(settingsOf(home).env['ANTHROPIC_BASE_URL']).toBe(URL_ONE);
    await home.disconnect();
    expect(home.read()).toBe(original);
  });

  test('a status line that Claude Code would not take makes it drop the whole file, which is then not touched', async () => {
    const home = createMemoryHome('{\n  "statusLine": "x"\n}');
    const error: unknown = await home.connect().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SETTINGS_MALFORMED', place: { line: 2, column: 17 } });
  });

  test('trap 26: after an update to another place both commands are the new ones, once each', async () => {
    const home = createMemoryHome('{}');
    await home.connect({ wishes: { statusLine: true } });
    await home.connect({ program: { ...PROGRAM, entry: '/opt/tollgate-2/bin/tollgate.mjs' } });
    const text = home.read() ?? '';
    expect(text).not.toContain('/opt/tollgate/');
    expect(settingsOf(home).hooks.SessionStart).toHaveLength(1);
    await home.disconnect();
    expect(home.read()).toBe('{}');
  });
});

test('what was chosen is remembered; what is chosen anew is set or taken out', async () => {
  const home = createMemoryHome('{}', { editor: true });
  await home.connect({ wishes: { credential: 'login', statusLine: true, sessionHook: false, mcp: false } });
  const again = await home.connect({ url: URL_TWO });
  expect(TakeOverResult.parse(again).options).toEqual({
    credential: 'login',
    statusLine: true,
    sessionHook: false,
    vscode: false,
    mcp: false,
  });
  expect(settingsOf(home)).not.toHaveProperty('hooks');
  const less = await home.connect({ url: URL_TWO, wishes: { statusLine: false, mcp: true } });
  expect(settingsOf(home)).not.toHaveProperty('statusLine');
  expect(less.files.map(({ surface }) => surface)).toEqual(['settings', 'mcp']);
  expect(home.read(STATE)).toContain('tollgate');
  await home.disconnect();
  expect([home.read(), home.read(STATE)]).toEqual(['{}', null]);
});

test('a choice that changes nothing in the settings is remembered all the same', async () => {
  const home = createMemoryHome('{}');
  await home.connect({ wishes: { mcp: false } });
  await home.connect({ wishes: { mcp: true } });
  expect((await home.connect({ dryRun: true })).options.mcp).toBe(true);
  await home.disconnect();
  expect(home.read(STATE)).toBeNull();
});

test('every key that is written has a reason, a change and a masked value', async () => {
  const home = createMemoryHome('{}', { editor: true });
  const { keys } = await home.connect({ wishes: { statusLine: true, vscode: true }, dryRun: true });
  expect(keys.map(({ surface, name }) => `${surface} ${name}`)).toEqual([
    'settings env.ANTHROPIC_BASE_URL',
    'settings env.ANTHROPIC_AUTH_TOKEN',
    'settings env.ENABLE_TOOL_SEARCH',
    'settings env.CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
    'settings env.CLAUDE_CODE_GATEWAY_HINT_HEADERS',
    'settings env.CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK',
    'settings env.NO_PROXY',
    'settings statusLine',
    'settings hooks.SessionStart',
    'vscode claudeCode.environmentVariables.ANTHROPIC_BASE_URL',
    'vscode claudeCode.environmentVariables.ANTHROPIC_AUTH_TOKEN',
    'mcp mcpServers.tollgate',
  ]);
  for (const { reason, change } of keys) {
    expect(reason).toMatch(/^[A-Z].*\.$/);
    expect(change).toBe('added');
  }
  expect(JSON.stringify(keys)).not.toContain(KEY_ONE);
});
