// What the doctor finds, and what it must not find: each check on generated computers of three platforms.
import { describe, expect, test } from 'vitest';
import { Finding } from '../../../src/contract/doctor.ts';
import { coversHost } from '../../../src/gateway/doctor/claude-checks.ts';
import { addressKey } from '../../../src/gateway/doctor/doctor-facts.ts';
import type { DoctorFacts } from '../../../src/gateway/doctor/doctor-facts.ts';
import {
  addressFacts,
  connectedEnv,
  findingsOf,
  KEY,
  makeSituation,
  OURS,
  stopped,
  summaryOf,
} from './sample-situation.ts';

const CCR = 'http://127.0.0.1:3456';
const SECRET = 'sk-ant-api03-0123456789abcdef0123456789abcdef';

describe('zero false alarms', () => {
  test.each(['linux', 'darwin', 'win32'] as const)(
    'a clean, connected computer on %s: nothing is found',
    async (platform) => {
      expect(await findingsOf({ platform })).toEqual([]);
    },
  );

  test.each(['linux', 'darwin', 'win32'] as const)(
    'one without Claude Code or Tollgate on %s: nothing is found',
    async (platform) => {
      expect(await findingsOf({ platform, settings: null, facts: { gateway: stopped } })).toEqual([]);
    },
  );

  test.each<[string, Parameters<typeof findingsOf>[0]]>([
    [
      'a provider key that the shell exports',
      {
        env: { ANTHROPIC_API_KEY: SECRET },
        files: { '/home/ada/.bashrc': `export ANTHROPIC_API_KEY=${SECRET}` },
      },
    ],
    [
      'a company proxy with localhost exempted in the settings',
      { env: { HTTPS_PROXY: 'http://proxy:3128', http_proxy: 'http://proxy:3128', NO_PROXY: '.corp' } },
    ],
    [
      'trap 24: the address in other spellings',
      {
        settings: {
          ...connectedEnv,
          ANTHROPIC_BASE_URL: 'http://localhost:8655/',
          ANTHROPIC_AUTH_TOKEN: KEY,
        },
      },
    ],
    [
      'a project that names Tollgate itself',
      {
        files: {
          '/home/ada/.claude.json': '{"projects":{"/p":{}}}',
          '/p/.claude/settings.json': JSON.stringify({ env: { ANTHROPIC_BASE_URL: OURS, FOO: '1' } }),
        },
      },
    ],
    [
      'a project without an address, and one that is gone',
      {
        files: {
          '/home/ada/.claude.json': '{"projects":{"/p":{},"/gone":{}}}',
          '/p/.claude/settings.json': '{"permissions":{}}',
        },
      },
    ],
    [
      'a commented line in a shell file',
      { files: { '/home/ada/.zshrc': `# export ANTHROPIC_BASE_URL=${CCR}` } },
    ],
    ['a cloud switch that is off', { env: { CLAUDE_CODE_USE_BEDROCK: '0' } }],
    [
      'the login kept, with the key in a header',
      {
        settings: {
          ANTHROPIC_BASE_URL: OURS,
          ANTHROPIC_CUSTOM_HEADERS: `x-tollgate-key: ${KEY}`,
          ENABLE_TOOL_SEARCH: 'true',
        },
        files: { '/home/ada/.claude.json': '{"oauthAccount":{}}' },
      },
    ],
    [
      'managed settings that say nothing of this',
      { files: { '/etc/claude-code/managed-settings.json': '{"cleanupPeriodDays":30}' } },
    ],
    [
      'a session of Claude Code itself',
      { env: { CLAUDECODE: '1', ANTHROPIC_BASE_URL: OURS, HTTPS_PROXY: 'http://proxy' } },
    ],
    [
      'not connected, another gateway on the internet',
      { settings: { ANTHROPIC_BASE_URL: 'https://gw.example' } },
    ],
  ])('%s', async (_, input) => {
    expect(await findingsOf(input)).toEqual([]);
  });
});

describe('addresses', () => {
  test('doubled /v1, where Tollgate wrote and where somebody else did', async () => {
    expect(await summaryOf({ settings: { ...connectedEnv, ANTHROPIC_BASE_URL: `${OURS}/v1` } })).toEqual([
      'error doubled-v1 [connect]',
    ]);
    const foreign = await findingsOf({ settings: { ANTHROPIC_BASE_URL: 'https://gw.example/v1/' } });
    expect(foreign).toMatchObject([
      {
        id: 'doubled-v1',
        severity: 'error',
        evidence: [
          '/home/ada/.claude/settings.json, line 3, column 5: ANTHROPIC_BASE_URL=https://gw.example/v1/',
        ],
        whatToDo: 'Write https://gw.example there.',
        mend: null,
      },
    ]);
    expect(
      await summaryOf({
        files: { '/home/ada/.zshrc': `export ANTHROPIC_BASE_URL=${OURS}/v1` },
        env: { SHELL: '/bin/zsh' },
      }),
    ).toContain('notice doubled-v1');
  });

  test('trap 23: connected, and nobody there: the settings can be given back', async () => {
    expect(await summaryOf({ facts: { gateway: stopped } })).toEqual([
      'error gateway-not-running [disconnect]',
    ]);
  });

  test('trap 25: Tollgate runs at another port than the settings say', async () => {
    const gateway = { running: true, url: 'http://127.0.0.1:9000', paused: false, providers: [] };
    expect(await summaryOf({ facts: { gateway }, answers: { '127.0.0.1:8655': 'nobody' } })).toEqual([
      'error stale-address [connect]',
    ]);
  });

  test('trap 24: a stranger took the port', async () => {
    const found = await findingsOf({
      facts: { gateway: stopped },
      answers: { '127.0.0.1:8655': 'stranger' },
    });
    expect(found).toMatchObject([{ code: 'stranger-at-address', severity: 'error' }]);
    expect(found[0]?.cause).toContain('node server.mjs (process 4711)');
  });

  test.each([
    [CCR, {}, 'Claude Code Router'],
    ['http://127.0.0.1:15721', { ANTHROPIC_AUTH_TOKEN: 'PROXY_MANAGED' }, 'cc-switch'],
    ['http://127.0.0.1:37123/claude', {}, 'AIO Coding Hub'],
    ['http://localhost:8787', {}, 'Headroom'],
  ])('trap 16: what another tool left at %s is dead, and the tool is named', async (url, more, owner) => {
    const [first] = await findingsOf({
      settings: { ANTHROPIC_BASE_URL: url, ...more },
      facts: { gateway: stopped },
    });
    expect(first).toMatchObject({ code: 'dead-base-url', severity: 'error', mend: null });
    expect(first?.cause).toContain(owner);
  });

  test('trap 16: another tool that answers is no fault', async () => {
    expect(
      await summaryOf({ settings: { ANTHROPIC_BASE_URL: CCR }, answers: { '127.0.0.1:3456': 'stranger' } }),
    ).toEqual(['notice other-gateway']);
    expect(
      await summaryOf({ settings: { ANTHROPIC_BASE_URL: CCR }, answers: { '127.0.0.1:3456': 'silent' } }),
    ).toEqual(['warning base-url-silent']);
  });

  test('another Tollgate data folder owns the settings', async () => {
    const settings = {
      ...connectedEnv,
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9999',
      ANTHROPIC_AUTH_TOKEN: 'tg-of-another',
    };
    expect(await summaryOf({ settings, answers: { '127.0.0.1:9999': 'tollgate' } })).toEqual([
      'warning other-tollgate [connect]',
    ]);
  });

  test('trap 18: a dead address in a shell file is found though the settings go over it', async () => {
    const found = await findingsOf({
      env: { SHELL: '/bin/zsh' },
      files: { '/home/ada/.zshrc': `export ANTHROPIC_BASE_URL=${CCR}` },
    });
    expect(found).toMatchObject([
      {
        code: 'dead-base-url',
        severity: 'warning',
        evidence: [
          `/home/ada/.zshrc, line 1, column 8: ANTHROPIC_BASE_URL=${CCR}`,
          'Nobody listens at 127.0.0.1, port 3456.',
          '/home/ada/.claude/settings.json, line 3, column 5 goes over it.',
        ],
      },
    ]);
  });

  test('a living address in a shell file is worth a word only', async () => {
    expect(
      await summaryOf({
        env: { SHELL: '/bin/zsh' },
        files: { '/home/ada/.zshrc': 'export ANTHROPIC_BASE_URL=https://gw.example' },
      }),
    ).toEqual(['notice shadowed-base-url']);
  });

  test('trap 18: projects that route around are named one by one', async () => {
    const state = '{"projects":{"/a":{},"/b":{}}}';
    const found = await findingsOf({
      files: {
        '/home/ada/.claude.json': state,
        '/a/.claude/settings.json': '{"env":{"ANTHROPIC_BASE_URL":"https://api.anthropic.com"}}',
        '/b/.claude/settings.local.json': '{"env":{"CLAUDE_CODE_USE_BEDROCK":"1"}}',
      },
    });
    expect(found.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning cloud-provider',
      'warning project-routes-around',
    ]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(2);
    expect(found[1]?.evidence[0]).toContain('/a/.claude/settings.json, line 1, column 9');
  });

  test.each([
    [{ env: { CLAUDE_CODE_USE_FOUNDRY: '1' } }, 'error cloud-provider'],
    [{ more: { forceLoginMethod: 'gateway' } }, 'error gateway-login'],
    [
      { files: { '/etc/claude-code/managed-settings.json': '{"env":{"ANTHROPIC_BASE_URL":"https://gw"}}' } },
      'error managed-base-url',
    ],
  ])('%j leads every session around', async (input, expected) => {
    expect(await summaryOf(input)).toContain(expected);
  });

  test('loopback addresses are known in every spelling', () => {
    expect(addressKey('http://127.0.0.1')).toBe('127.0.0.1:80');
    expect(addressKey('https://[::1]:8/x')).toBe('[::1]:8');
    expect(addressKey('http://127.0.0.1.evil.example')).toBeNull();
    expect(addressKey('not an address')).toBeNull();
  });
});

describe('credentials', () => {
  test('traps 18 and 20: two credentials in the settings', async () => {
    expect(await summaryOf({ settings: { ...connectedEnv, ANTHROPIC_API_KEY: SECRET } })).toEqual([
      'warning two-credentials',
    ]);
    expect(await summaryOf({ more: { apiKeyHelper: 'get-key' } })).toEqual(['warning two-credentials']);
    expect(
      await summaryOf({ settings: null, env: { ANTHROPIC_API_KEY: 'a', ANTHROPIC_AUTH_TOKEN: 'b' } }),
    ).toEqual(['warning two-credentials']);
  });

  test('one key in two places', async () => {
    const found = await findingsOf({
      settings: { ANTHROPIC_API_KEY: `${SECRET}1111` },
      env: { SHELL: '/bin/bash' },
      files: { '/home/ada/.bashrc': `export ANTHROPIC_API_KEY=${SECRET}2222` },
    });
    expect(found).toMatchObject([{ code: 'key-in-two-places', severity: 'warning' }]);
    expect(found[0]?.evidence).toEqual([
      '/home/ada/.claude/settings.json, line 3, column 5: ANTHROPIC_API_KEY=…1111 (counts)',
      '/home/ada/.bashrc, line 1, column 8: ANTHROPIC_API_KEY=…2222',
    ]);
  });

  test.each([
    [{ ANTHROPIC_AUTH_TOKEN: KEY }, 'error left-over-key [connect]'],
    [
      { ANTHROPIC_AUTH_TOKEN: KEY, ANTHROPIC_BASE_URL: 'https://api.anthropic.com' },
      'error left-over-key [connect]',
    ],
    [{ ANTHROPIC_AUTH_TOKEN: 'PROXY_MANAGED' }, 'error left-over-key'],
  ])('a key left over: %j', async (settings, expected) => {
    expect(await summaryOf({ settings })).toEqual([expected]);
  });

  test.each([
    [{ ...connectedEnv, ANTHROPIC_AUTH_TOKEN: 'tg-revoked-0000000000' }],
    [{ ...connectedEnv, ANTHROPIC_AUTH_TOKEN: 'something-else' }],
    [{ ANTHROPIC_BASE_URL: OURS, ENABLE_TOOL_SEARCH: 'true' }],
  ])('a key that does not open the door: %j', async (settings) => {
    expect(await summaryOf({ settings })).toEqual(['error key-refused [connect]']);
  });

  test('a project that replaces the header in which the key travels', async () => {
    const found = await summaryOf({
      settings: {
        ANTHROPIC_BASE_URL: OURS,
        ANTHROPIC_CUSTOM_HEADERS: `x-tollgate-key: ${KEY}`,
        ENABLE_TOOL_SEARCH: 'true',
      },
      files: {
        '/home/ada/.claude.json': '{"oauthAccount":{},"projects":{"/p":{}}}',
        '/p/.claude/settings.json': '{"env":{"ANTHROPIC_CUSTOM_HEADERS":"x-team: a"}}',
      },
    });
    expect(found).toEqual(['warning project-replaces-key']);
  });

  test('traps 20 and 21: the login unused, and the login pushed aside', async () => {
    const state = { '/home/ada/.claude.json': '{"oauthAccount":{}}' };
    expect(await summaryOf({ files: state })).toEqual(['notice login-unused']);
    const settings = {
      ANTHROPIC_BASE_URL: OURS,
      ANTHROPIC_CUSTOM_HEADERS: `x-tollgate-key: ${KEY}`,
      ENABLE_TOOL_SEARCH: 'true',
    };
    expect(await summaryOf({ settings, files: state, env: { ANTHROPIC_API_KEY: SECRET } })).toEqual([
      'warning login-pushed-aside',
    ]);
  });

  test('trap 19: a rule that requires a login, before and after a connect', async () => {
    const files = { '/etc/claude-code/managed-settings.json': '{"forceLoginMethod":"claudeai"}' };
    expect(await summaryOf({ files })).toEqual(['error managed-login-required']);
    expect(await summaryOf({ files, settings: null })).toEqual(['notice managed-login-required']);
  });
});

describe("Claude Code's side", () => {
  test('settings that are dropped are named with line and column', async () => {
    const found = await findingsOf({
      settings: null,
      files: { '/home/ada/.claude/settings.json': '{\n  "env": { },\n}' },
    });
    expect(found).toMatchObject([{ id: 'settings-malformed', severity: 'error', mend: null }]);
    expect(found[0]?.evidence[0]).toMatch(/^\/home\/ada\/\.claude\/settings\.json, line 2, column 13: /);
  });

  test.each([
    [{ HTTP_PROXY: 'http://proxy:1' }, {}, 1],
    [{ ALL_PROXY: 'http://proxy:1' }, {}, 1],
    [{ https_proxy: 'http://proxy:1' }, { NO_PROXY: 'example.com' }, 1],
    [{ HTTPS_PROXY: 'http://proxy:1' }, { NO_PROXY: 'example.com 127.0.0.1' }, 0],
    [{ HTTPS_PROXY: 'http://proxy:1' }, { NO_PROXY: '127.0.0.1', no_proxy: 'example.com' }, 1],
    [{ HTTPS_PROXY: '' }, {}, 0],
  ])('a proxy in %j with %j catches localhost: %i', async (env, settings, count) => {
    const { NO_PROXY: _, ...plain } = connectedEnv;
    const found = await summaryOf({ env, settings: { ...plain, ...settings } });
    expect(found).toEqual(count === 0 ? [] : ['error proxy-for-localhost [connect]']);
  });

  test('a password in a proxy address is not shown', async () => {
    const { NO_PROXY: _, ...settings } = connectedEnv;
    const found = await findingsOf({ settings, env: { HTTPS_PROXY: 'http://me:hunter2@proxy:1' } });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });

  test.each([
    ['*', true],
    ['127.0.0.1', true],
    ['x, 127.0.0.1', true],
    ['127.0.0.1:8655', true],
    ['127.0.0.1:1', false],
    ['127.0.0.0/8', true],
    ['10.0.0.0/8', false],
    ['127.*', false],
    ['.0.0.1', false],
    ['localhost', false],
    ['', false],
  ])('NO_PROXY=%j exempts 127.0.0.1:8655: %s', (list, covered) => {
    expect(coversHost(list, '127.0.0.1', '8655')).toBe(covered);
  });

  test('an IPv6 address may be written with brackets', () => {
    expect(coversHost('[::1]', '::1', '8655')).toBe(true);
    expect(coversHost('::1', '::1', '8655')).toBe(true);
  });

  const old = (version: string): Parameters<typeof summaryOf>[0] => ({
    env: { PATH: '/opt/n/bin' },
    files: {
      '/opt/n/bin/claude': { link: '/opt/n/lib/node_modules/@anthropic-ai/claude-code/cli.js' },
      '/opt/n/lib/node_modules/@anthropic-ai/claude-code/cli.js': { program: true },
      '/opt/n/lib/node_modules/@anthropic-ai/claude-code/package.json': `{"version":"${version}"}`,
    },
  });

  test('tool search is off: by age, which connecting mends, or by choice, which is worth a word', async () => {
    const { ENABLE_TOOL_SEARCH: _, ...settings } = connectedEnv;
    expect(await summaryOf({ ...old('2.1.197'), settings })).toEqual([
      'warning tool-search-off [connect]',
      'notice claude-too-old',
    ]);
    expect(await summaryOf({ settings })).toEqual([]);
    expect(await summaryOf({ settings: { ...settings, ENABLE_TOOL_SEARCH: 'false' } })).toEqual([
      'notice tool-search-off',
    ]);
    expect(
      await summaryOf({ settings: { ...connectedEnv, CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS: '1' } }),
    ).toEqual(['notice tool-search-off']);
  });

  test.each([
    ['2.1.150', 'warning'],
    ['2.1.180', 'warning'],
    ['2.1.197', 'notice'],
    ['2.1.273', null],
  ])('version %s: %s', async (version, severity) => {
    const found = await findingsOf(old(version));
    expect(found.map((finding) => finding.severity)).toEqual(severity === null ? [] : [severity]);
    if (severity !== null) expect(found[0]?.cause).toContain('cost by prompt');
  });

  test('auto mode with a provider that is not Anthropic', async () => {
    const provider = {
      id: 'x',
      type: 'openai',
      label: 'X',
      practice: false,
      baseUrl: null,
      current: true,
      credential: 'none',
      problem: null,
    };
    const gateway = { running: true, url: OURS, paused: false, providers: [provider] };
    expect(await summaryOf({ facts: { gateway } })).toEqual(['warning auto-mode-unchecked']);
    expect(
      await summaryOf({ facts: { gateway }, more: { permissions: { defaultMode: 'default' } } }),
    ).toEqual([]);
    expect(
      await summaryOf({
        facts: { gateway: { ...gateway, providers: [{ ...provider, type: 'anthropic' }] } },
      }),
    ).toEqual([]);
  });

  test('trap 17: terminals use another config folder', async () => {
    const files = {
      '/home/ada/.bashrc': 'export CLAUDE_CONFIG_DIR=$HOME/w\nexport CLAUDE_CONFIG_DIR=/home/ada/w',
    };
    const found = await findingsOf({ env: { SHELL: '/bin/bash' }, files });
    expect(found).toMatchObject([{ code: 'other-config-folder', severity: 'warning' }]);
    expect(found[0]?.whatToDo).toContain('--claude-dir "/home/ada/w"');
    const both = { ...files, '/home/ada/w/settings.json': JSON.stringify({ env: connectedEnv }) };
    expect(await findingsOf({ env: { SHELL: '/bin/bash' }, files: both })).toEqual([]);
  });

  test('trap 15: settings that were set back from outside are noticed, and connecting is offered', async () => {
    const takeOver = { state: 'taken', writtenUrl: OURS, at: 0, givingBack: false } as const;
    expect(await summaryOf({ settings: { FOO: '1' }, facts: { takeOver } })).toEqual([
      'warning settings-drifted [connect]',
    ]);
  });

  test('trap 6: a change that was cut short is named with its direction', async () => {
    const takeOver = { state: 'unfinished', writtenUrl: OURS, at: 0, givingBack: false } as const;
    expect(await summaryOf({ facts: { takeOver } })).toEqual(['warning take-over-unfinished [connect]']);
    expect(await summaryOf({ facts: { takeOver: { ...takeOver, givingBack: true } } })).toEqual([
      'warning take-over-unfinished [disconnect]',
    ]);
    expect(await summaryOf({ facts: { takeOver: { ...takeOver, state: 'damaged' } } })).toEqual([
      'warning record-damaged',
    ]);
  });
});

describe("Tollgate's own side", () => {
  test('a data folder that others may read, one of another account, one in a synced folder', async () => {
    const { dataFolder } = await makeSituation();
    const open = {
      ...dataFolder,
      files: [{ path: dataFolder.path, kind: 'folder' as const, mode: 0o755, uid: 1000 }],
    };
    expect(await summaryOf({ facts: { dataFolder: open } })).toEqual(['warning data-folder-open [private]']);
    const inner = {
      ...dataFolder,
      files: [
        ...dataFolder.files,
        { path: `${dataFolder.path}/vault`, kind: 'folder' as const, mode: 0o750, uid: 1000 },
      ],
    };
    expect(await summaryOf({ facts: { dataFolder: inner } })).toEqual(['notice data-folder-open [private]']);
    const foreign = {
      ...dataFolder,
      files: [{ path: dataFolder.path, kind: 'folder' as const, mode: 0o755, uid: 0 }],
    };
    expect(await summaryOf({ facts: { dataFolder: foreign } })).toEqual(['warning data-folder-foreign']);
    expect(await summaryOf({ facts: { dataFolder: { ...dataFolder, syncedBy: 'Dropbox' } } })).toEqual([
      'warning data-folder-synced',
    ]);
  });

  test.each<[string, Partial<DoctorFacts>]>([
    ['error config-invalid', { config: { path: 'config.json', problem: 'providers[0].id: bad' } }],
    [
      'error ledger-unusable',
      {
        ledger: {
          path: 'ledger.db',
          problem: 'The file is not a database, or it is damaged.',
          newestAt: null,
        },
      },
    ],
    ['error node-too-old', { nodeVersion: '20.11.0' }],
    ['error node-too-old', { nodeVersion: '24.8.1' }],
    ['warning clock-off', { now: Date.UTC(2020, 0, 1) }],
    [
      'warning clock-off',
      { ledger: { path: 'ledger.db', problem: null, newestAt: Date.UTC(2026, 10, 22, 13) } },
    ],
    ['warning paused', { gateway: { running: true, url: OURS, paused: true, providers: [] } }],
  ])('%s', async (expected, facts) => {
    expect(await summaryOf({ facts })).toEqual([expected]);
  });

  test('trap 24: the usual port is taken while Tollgate does not run, also on one family only', async () => {
    for (const host of ['127.0.0.1', '[::1]']) {
      const usualPort = [addressFacts(`${host}:8655`, 'stranger')];
      const found = await findingsOf({ settings: null, facts: { gateway: stopped, usualPort } });
      expect(found).toMatchObject([
        {
          code: 'port-taken',
          severity: 'warning',
          evidence: [`node server.mjs (process 4711) listens at ${host}, port 8655.`],
        },
      ]);
    }
    expect(
      await summaryOf({
        settings: null,
        facts: { gateway: stopped, usualPort: [addressFacts('127.0.0.1:8655', 'tollgate')] },
      }),
    ).toEqual(['notice port-taken']);
  });

  test('a provider without a key: an error for the one that answers', async () => {
    const provider = {
      id: 'a',
      type: 'anthropic',
      label: 'A',
      practice: false,
      baseUrl: null,
      current: true,
      credential: 'env:X',
      problem: 'no key',
    };
    const providers = [provider, { ...provider, id: 'b', current: false }];
    const gateway = { running: true, url: OURS, paused: false, providers };
    expect(await summaryOf({ facts: { gateway } })).toEqual([
      'error provider-unusable',
      'warning provider-unusable',
    ]);
  });
});

test('every finding has the shape of the contract, an id of its own, and whole sentences', async () => {
  const found = await findingsOf({
    settings: { ANTHROPIC_BASE_URL: `${CCR}/v1`, ANTHROPIC_AUTH_TOKEN: 'a', ANTHROPIC_API_KEY: 'b' },
    env: { SHELL: '/bin/zsh', HTTP_PROXY: 'http://p' },
    files: { '/home/ada/.zshrc': `export ANTHROPIC_BASE_URL=${CCR}\nexport ANTHROPIC_API_KEY=c` },
    facts: { nodeVersion: '18.0.0' },
  });
  expect(found.length).toBeGreaterThan(5);
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  for (const finding of found) {
    Finding.parse(finding);
    expect(finding.id).toMatch(/^[a-z0-9-]+$/);
    for (const sentence of [finding.cause, finding.whatToDo]) expect(sentence).toMatch(/^[A-Z"/c].*[.)"]$/s);
  }
  const order = ['error', 'warning', 'notice'];
  expect(found.map(({ severity }) => order.indexOf(severity))).toEqual(
    found.map(({ severity }) => order.indexOf(severity)).sort(),
  );
});
