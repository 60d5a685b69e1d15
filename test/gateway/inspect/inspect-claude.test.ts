// What is found out about Claude Code on a computer, for Linux, macOS and Windows alike: generated homes, nothing of the
// machine that runs the test.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClaudeInspection } from '../../../src/contract/doctor.ts';
import type { SourceKind } from '../../../src/contract/doctor.ts';
import { NestedKeyScanner } from '../../../src/gateway/claude-code/inspect/claude-state.ts';
import { guestNames } from '../../../src/gateway/claude-code/inspect/config-folders.ts';
import { inspectClaude } from '../../../src/gateway/claude-code/inspect/inspect-claude.ts';
import type { Inspection } from '../../../src/gateway/claude-code/inspect/inspect-claude.ts';
import {
  compareVersions,
  versionInUse,
} from '../../../src/gateway/claude-code/inspect/installed-programs.ts';
import { matchesUrl } from '../../../src/gateway/claude-code/inspect/managed-rules.ts';
import { effectiveSource } from '../../../src/gateway/claude-code/inspect/rank-sources.ts';
import { viewRoute } from '../../../src/gateway/claude-code/inspect/route-view.ts';
import { viewInspection } from '../../../src/gateway/claude-code/inspect/view-inspection.ts';
import { parseRegistryAnswer } from '../../../src/gateway/claude-code/inspect/windows-registry.ts';
import { createMachine, registryAnswer } from './memory-machine.ts';
import type { MachineInput, MemoryMachine } from './memory-machine.ts';

const OURS = 'http://127.0.0.1:8655';
const KEY = 'tg-AAAAAAAAAAAAAAAAAAAAAAAAAAAA1111';

const folderOf = (machine: MemoryMachine): string =>
  machine.platform === 'win32' ? `${machine.home}\\.claude` : `${machine.home}/.claude`;

async function inspect(input: MachineInput): Promise<{ inspection: Inspection; machine: MemoryMachine }> {
  const machine = createMachine(input);
  const inspection = await inspectClaude({
    machine,
    claudeFolder: folderOf(machine),
    folderNamed: false,
    ourUrls: [OURS],
    environmentName: 'the environment of this terminal',
    versions: new Map(),
  });
  return { inspection, machine };
}

const settings = (env: Record<string, string>, more: object = {}): string => JSON.stringify({ ...more, env });
const connected = settings({ ANTHROPIC_BASE_URL: OURS, ANTHROPIC_AUTH_TOKEN: KEY });

describe('trap 18: every source is named, and which one wins', () => {
  test('on Linux', async () => {
    const { inspection } = await inspect({
      env: { SHELL: '/bin/bash', ANTHROPIC_BASE_URL: 'http://process' },
      files: {
        '/etc/claude-code/managed-settings.json': settings({ ANTHROPIC_BASE_URL: 'http://managed' }),
        '/etc/claude-code/managed-settings.d/10-x.json': settings({ ANTHROPIC_BASE_URL: 'http://drop-in' }),
        '/home/ada/.claude/settings.json': settings({ ANTHROPIC_BASE_URL: 'http://user' }),
        '/home/ada/.claude.json': JSON.stringify({ projects: { '/work/a': {}, relative: {} } }),
        '/work/a/.claude/settings.json': settings({ ANTHROPIC_BASE_URL: 'http://project' }),
        '/work/a/.claude/settings.local.json': settings({ ANTHROPIC_BASE_URL: 'http://local' }),
        '/home/ada/.bashrc': 'export ANTHROPIC_BASE_URL=http://bashrc',
        '/home/ada/.config/Code/User/settings.json':
          '{ // mine\n "claudeCode.environmentVariables": [{"name":"ANTHROPIC_BASE_URL","value":"http://editor"},], }',
      },
    });
    const routes = viewInspection(inspection, null).routes.filter(
      ({ name }) => name === 'ANTHROPIC_BASE_URL',
    );
    expect(routes.map(({ kind, value, wins, place }) => [kind, value, wins, place.path, place.line])).toEqual(
      [
        ['managed', 'http://drop-in', true, '/etc/claude-code/managed-settings.d/10-x.json', 1],
        ['managed', 'http://managed', false, '/etc/claude-code/managed-settings.json', 1],
        ['project-local', 'http://local', false, '/work/a/.claude/settings.local.json', 1],
        ['project', 'http://project', false, '/work/a/.claude/settings.json', 1],
        ['user', 'http://user', false, '/home/ada/.claude/settings.json', 1],
        ['vscode', 'http://editor', false, '/home/ada/.config/Code/User/settings.json', 2],
        ['shell-file', 'http://bashrc', false, '/home/ada/.bashrc', 1],
        ['process', 'http://process', false, 'the environment of this terminal', null],
      ],
    );
    expect(routes[4]?.note).toBe(
      '/etc/claude-code/managed-settings.d/10-x.json, line 1, column 9 goes over it.',
    );
  });

  test('on Windows: registry of user and machine, whatever the case of the name', async () => {
    const environment = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment';
    const reg = 'C:\\Windows\\System32\\reg.exe query ';
    const { inspection } = await inspect({
      platform: 'win32',
      programs: {
        [`${reg}HKCU\\Environment`]: registryAnswer('HKEY_CURRENT_USER\\Environment', {
          Anthropic_Base_Url: 'http://user-env',
          Path: 'C:\\x',
        }),
        [`${reg}${environment}`]: registryAnswer(environment, { ANTHROPIC_BASE_URL: 'http://machine-env' }),
        [`${reg}HKLM\\SOFTWARE\\Policies\\ClaudeCode`]: registryAnswer('HKEY', {
          Settings: '{"forceLoginMethod":"claudeai"}',
        }),
      },
    });
    expect(
      inspection.sources
        .filter(({ name }) => name === 'ANTHROPIC_BASE_URL')
        .map(({ kind, value, wins }) => [kind, value, wins]),
    ).toEqual([
      ['windows-user', 'http://user-env', true],
      ['windows-machine', 'http://machine-env', false],
    ]);
    expect(inspection.rules.forbidsGatewayKey).toContain('HKLM\\SOFTWARE\\Policies\\ClaudeCode\\Settings');
  });

  test('on macOS: the managed preferences, asked of plutil', async () => {
    const plist = '/Library/Managed Preferences/com.anthropic.claudecode.plist';
    const { inspection, machine } = await inspect({
      platform: 'darwin',
      files: { [plist]: 'bplist' },
      programs: {
        [`/usr/bin/plutil -convert json -o - ${plist}`]:
          '{"env":{"ANTHROPIC_BASE_URL":"https://gw.example"}}',
      },
    });
    expect(effectiveSource(inspection.sources, 'ANTHROPIC_BASE_URL')).toMatchObject({
      kind: 'managed',
      path: plist,
    });
    expect(inspection.rules.rules).toMatchObject([{ rule: 'base-url', name: 'ANTHROPIC_BASE_URL' }]);
    expect(machine.started).toEqual([`/usr/bin/plutil -convert json -o - ${plist}`]);
  });

  test('whatever subset of sources is there, the strongest one wins, and outside of the project no project does', async () => {
    const places: readonly (readonly [SourceKind, string, string])[] = [
      [
        'managed',
        '/etc/claude-code/managed-settings.json',
        settings({ ANTHROPIC_BASE_URL: 'http://managed' }),
      ],
      [
        'project-local',
        '/work/a/.claude/settings.local.json',
        settings({ ANTHROPIC_BASE_URL: 'http://project-local' }),
      ],
      ['project', '/work/a/.claude/settings.json', settings({ ANTHROPIC_BASE_URL: 'http://project' })],
      ['user', '/home/ada/.claude/settings.json', settings({ ANTHROPIC_BASE_URL: 'http://user' })],
      ['shell-file', '/home/ada/.profile', 'export ANTHROPIC_BASE_URL=http://shell-file'],
    ];
    await fc.assert(
      fc.asyncProperty(fc.subarray([...places]), fc.boolean(), async (subset, inEnvironment) => {
        const { inspection } = await inspect({
          env: inEnvironment ? { ANTHROPIC_BASE_URL: 'http://process' } : {},
          files: {
            '/home/ada/.claude.json': '{"projects":{"/work/a":{}}}',
            ...Object.fromEntries(subset.map(([, path, text]) => [path, text])),
          },
        });
        const kinds = [...subset.map(([kind]) => kind), ...(inEnvironment ? (['process'] as const) : [])];
        const ofProject = (kind: SourceKind): boolean => kind === 'project' || kind === 'project-local';
        expect(effectiveSource(inspection.sources, 'ANTHROPIC_BASE_URL', '/work/a')?.kind).toBe(kinds[0]);
        expect(effectiveSource(inspection.sources, 'ANTHROPIC_BASE_URL')?.kind).toBe(
          kinds.find((kind) => !ofProject(kind)),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('a project at the home folder is not taken for one that goes over the user', async () => {
    const { inspection } = await inspect({
      files: {
        '/home/ada/.claude/settings.json': connected,
        '/home/ada/.claude.json': '{"projects":{"/home/ada":{}}}',
      },
    });
    expect(inspection.sources.map(({ kind }) => kind)).toEqual(['user', 'user']);
  });

  test('inside a session of Claude Code the environment only repeats its settings', async () => {
    const { inspection } = await inspect({ env: { CLAUDECODE: '1', ANTHROPIC_BASE_URL: OURS } });
    expect(inspection.sources).toEqual([]);
  });

  test('of an export that a cloud switch cancels with an empty value nothing is left', async () => {
    const { inspection } = await inspect({
      env: { CLAUDE_CODE_USE_BEDROCK: '1' },
      files: { '/home/ada/.claude/settings.json': settings({ CLAUDE_CODE_USE_BEDROCK: '' }) },
    });
    expect(inspection.signIn.used).toBeNull();
  });
});

describe('who routes Claude Code, in one sentence', () => {
  const note = async (input: MachineInput): Promise<string> => {
    const { inspection } = await inspect(input);
    return viewRoute(inspection.settingsPath, inspection, [OURS]).note;
  };
  const files = { '/home/ada/.claude/settings.json': connected };

  test('all sessions, when nothing goes over the settings', async () => {
    expect(await note({ files })).toBe('All Claude Code sessions on this computer go through Tollgate.');
    // A shell that names another address has no say against the settings.
    expect(await note({ files, env: { ANTHROPIC_BASE_URL: 'http://other' } })).toBe(
      'All Claude Code sessions on this computer go through Tollgate.',
    );
  });

  test('not all, when a project has settings of its own', async () => {
    const { inspection } = await inspect({
      files: {
        ...files,
        '/home/ada/.claude.json': '{"projects":{"/work/a":{},"/work/b":{}}}',
        '/work/a/.claude/settings.local.json': settings({ ANTHROPIC_BASE_URL: 'https://api.anthropic.com' }),
        '/work/b/.claude/settings.json': settings({ ANTHROPIC_BASE_URL: `${OURS}/` }),
      },
    });
    const view = viewRoute(inspection.settingsPath, inspection, [OURS]);
    expect(view).toMatchObject({
      routedBy: 'tollgate',
      note: "Claude Code's sessions on this computer go through Tollgate, except in one project, whose own settings send them elsewhere: /work/a.",
      exceptions: [{ project: '/work/a', why: 'ANTHROPIC_BASE_URL is https://api.anthropic.com' }],
    });
  });

  test.each([
    [
      'managed settings',
      { '/etc/claude-code/managed-settings.json': settings({ ANTHROPIC_BASE_URL: 'https://gw' }) },
      {},
    ],
    ['a cloud switch in the shell', { '/home/ada/.profile': 'export CLAUDE_CODE_USE_VERTEX=1' }, {}],
    ['a cloud switch in the environment', {}, { CLAUDE_CODE_USE_BEDROCK: 'true' }],
    [
      'a login at a gateway',
      {
        '/home/ada/.claude/settings.json': settings(
          { ANTHROPIC_BASE_URL: OURS, ANTHROPIC_AUTH_TOKEN: KEY },
          { forceLoginMethod: 'gateway' },
        ),
      },
      {},
    ],
  ])('none, when %s leads elsewhere', async (_, more, env) => {
    const { inspection } = await inspect({ files: { ...files, ...more }, env });
    const view = viewRoute(inspection.settingsPath, inspection, [OURS]);
    expect(view.routedBy).toBe('other');
    expect(view.note).toContain("Its settings name Tollgate, but Claude Code's requests go elsewhere:");
  });

  test('an address in the shell alone is said with its place', async () => {
    expect(
      await note({ files: { '/home/ada/.bashrc': '\nexport ANTHROPIC_BASE_URL=http://127.0.0.1:3456' } }),
    ).toBe(
      'Another program routes Claude Code to http://127.0.0.1:3456 (ANTHROPIC_BASE_URL in /home/ada/.bashrc, line 2, column 8).',
    );
  });

  test('settings that Claude Code drops are said with line and column', async () => {
    expect(await note({ files: { '/home/ada/.claude/settings.json': '{\n  "env": {},\n}' } })).toMatch(
      /^Claude Code ignores its settings file: line 2, column 12:/,
    );
  });
});

describe('trap 19: rules of an administrator', () => {
  const rules = async (managed: object): Promise<string[]> => {
    const { inspection } = await inspect({
      files: { '/etc/claude-code/managed-settings.json': JSON.stringify(managed) },
    });
    return inspection.rules.rules.map(({ rule, name }) => `${rule} ${name}`);
  };

  test.each([
    [{ forceLoginMethod: 'claudeai' }, ['login-required forceLoginMethod']],
    [{ forceLoginOrgUUID: ['x'] }, ['login-required forceLoginOrgUUID']],
    [{ env: { ANTHROPIC_BASE_URL: 'https://gw' } }, ['base-url ANTHROPIC_BASE_URL']],
    [{ env: { ANTHROPIC_BASE_URL: OURS } }, []],
    [{ env: { ANTHROPIC_AUTH_TOKEN: 'other' } }, ['credential ANTHROPIC_AUTH_TOKEN']],
    [{ env: { CLAUDE_CODE_USE_BEDROCK: '1' } }, ['cloud-provider CLAUDE_CODE_USE_BEDROCK']],
    [{ allowedMcpServers: [] }, ['mcp-servers allowedMcpServers']],
    [{ allowedMcpServers: 'broken' }, ['mcp-servers allowedMcpServers']],
    [
      { allowedMcpServers: [{ serverUrl: 'https://*' }, { serverName: 'tollgate' }] },
      ['mcp-servers allowedMcpServers'],
    ],
    [{ allowedMcpServers: [{ serverUrl: 'http://localhost:*/*' }] }, []],
    [{ allowedMcpServers: [{ serverName: 'tollgate' }] }, []],
    [{ deniedMcpServers: [{ serverUrl: 'http://127.0.0.1:*' }] }, ['mcp-servers deniedMcpServers']],
    [{ permissions: { deny: ['WebFetch'] } }, []],
  ])('%j', async (managed, expected) => {
    expect(await rules(managed)).toEqual(expected);
  });

  test('a login rule says what to do instead', async () => {
    const { inspection } = await inspect({
      files: { '/etc/claude-code/managed-settings.json': '{"forceLoginMethod":"claudeai"}' },
    });
    expect(inspection.rules.forbidsGatewayKey).toContain('connect with the login kept');
  });

  test('only the strongest source of a policy counts, but its variables are joined', async () => {
    const plist = '/Library/Managed Preferences/com.anthropic.claudecode.plist';
    const { inspection } = await inspect({
      platform: 'darwin',
      files: {
        [plist]: 'x',
        '/Library/Application Support/ClaudeCode/managed-settings.json': JSON.stringify({
          forceLoginMethod: 'claudeai',
          env: { ANTHROPIC_BASE_URL: 'https://gw' },
        }),
      },
      programs: { [`/usr/bin/plutil -convert json -o - ${plist}`]: '{"model":"opus"}' },
    });
    expect(inspection.rules.rules.map(({ rule }) => rule)).toEqual(['base-url']);
  });

  test('a managed list of MCP servers excludes every other', async () => {
    const { inspection } = await inspect({
      files: { '/etc/claude-code/managed-mcp.json': '{"mcpServers":{}}' },
    });
    expect(inspection.rules.rules.map(({ rule }) => rule)).toEqual(['mcp-exclusive']);
  });

  test('patterns of addresses are no regular expressions', () => {
    expect(matchesUrl('http://127.0.0.1:8655/mcp', `${OURS}/mcp`)).toBe(true);
    expect(matchesUrl('http://127x0x0x1:8655/mcp', `${OURS}/mcp`)).toBe(false);
    expect(matchesUrl('http://127.0.0.1:(8655)/mcp', `${OURS}/mcp`)).toBe(false);
    expect(matchesUrl('*', `${OURS}/mcp`)).toBe(true);
  });
});

describe('sign-in, by presence only', () => {
  test('neither the credentials file nor the account is read', async () => {
    const { inspection, machine } = await inspect({
      files: {
        '/home/ada/.claude/.credentials.json': '{"claudeAiOauth":{"accessToken":"sk-ant-oat-SECRET"}}',
        '/home/ada/.claude.json': '{"oauthAccount":{"emailAddress":"ada@example.com"},"projects":{}}',
      },
    });
    expect(inspection.signIn).toMatchObject({ used: 'login', hasLogin: true });
    expect(machine.read).not.toContain('/home/ada/.claude/.credentials.json');
    expect(JSON.stringify(viewInspection(inspection, null))).not.toMatch(/SECRET|ada@example/);
  });

  test.each([
    [{ oauthAccount: null }, false],
    [{ projects: { x: { oauthAccount: {} } } }, false],
    [{ primaryApiKey: 'sk-x' }, true],
  ])('%j', async (state, hasLogin) => {
    const { inspection } = await inspect({ files: { '/home/ada/.claude.json': JSON.stringify(state) } });
    expect(inspection.signIn.hasLogin).toBe(hasLogin);
  });

  test("by Claude Code's order of precedence", async () => {
    const env = { ANTHROPIC_API_KEY: 'sk-ant-api', CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat' };
    const { inspection } = await inspect({
      env,
      files: { '/home/ada/.claude/settings.json': '{"apiKeyHelper":"echo sk-secret-key"}' },
    });
    expect(inspection.signIn.found.map(({ kind }) => kind)).toEqual([
      'api-key',
      'api-key-helper',
      'oauth-token',
    ]);
    expect(JSON.stringify(viewInspection(inspection, null))).not.toContain('sk-secret-key');
  });
});

describe('trap 17: config folders', () => {
  test('one that only the shell knows is listed beside the default', async () => {
    const { inspection } = await inspect({
      platform: 'darwin',
      files: {
        '/Users/ada/.zshrc': 'export CLAUDE_CONFIG_DIR="~/work-claude/"',
        '/Users/ada/work-claude/settings.json': '{}',
        '/Users/ada/.claude/settings.json': connected,
      },
    });
    expect(
      inspection.folders.map(({ path, foundBy, exists, current }) => [path, foundBy, exists, current]),
    ).toEqual([
      ['/Users/ada/work-claude', 'shell-file', true, false],
      ['/Users/ada/.claude', 'default', true, true],
    ]);
    expect(inspection.terminalFolder).toMatchObject({
      path: '/Users/ada/work-claude',
      pointsAtTollgate: false,
    });
  });

  test('trap 118: homes of running WSL guests are listed, and none is started', async () => {
    const wsl = 'C:\\Windows\\System32\\wsl.exe --list';
    const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
    const { inspection, machine } = await inspect({
      platform: 'win32',
      programs: {
        [`${wsl} --quiet`]: utf16('Ubuntu\r\nDebian\r\ndocker-desktop\r\n'),
        [`${wsl} --running --quiet`]: utf16('Ubuntu\r\n'),
      },
      files: {
        '\\\\wsl$\\Ubuntu\\home\\ada\\.claude\\settings.json': '{}',
        '\\\\wsl$\\Debian\\home\\ada\\.claude\\settings.json': '{}',
      },
    });
    expect(
      inspection.folders.flatMap(({ path, guest, exists }) =>
        guest === null ? [] : [[guest, path, exists]],
      ),
    ).toEqual([
      ['Ubuntu', '\\\\wsl$\\Ubuntu\\home\\ada\\.claude', true],
      ['Debian', '\\\\wsl$\\Debian', false],
    ]);
    expect(machine.started.filter((line) => line.includes('wsl'))).toEqual([
      `${wsl} --quiet`,
      `${wsl} --running --quiet`,
    ]);
    expect(guestNames({ code: 0, stdout: Buffer.from('..\\..\\evil\nok\n') })).toEqual(['ok']);
  });
});

describe('the installed program', () => {
  test('the native installer names its version in the path; npm in its manifest; others are asked, once', async () => {
    const cache = new Map<string, string | null>();
    const machine = createMachine({
      env: { PATH: '/home/ada/bin:relative:.' },
      files: {
        '/home/ada/bin/claude': { program: true },
        'relative/claude': { program: true },
        '/home/ada/.local/bin/claude': { link: '/home/ada/.local/share/claude/versions/2.1.330' },
        '/home/ada/.local/share/claude/versions/2.1.330': { program: true },
        '/usr/local/bin/claude': { link: '../lib/node_modules/@anthropic-ai/claude-code/cli.js' },
        '/usr/local/lib/node_modules/@anthropic-ai/claude-code/cli.js': { program: true },
        '/usr/local/lib/node_modules/@anthropic-ai/claude-code/package.json': '{"version": "2.1.197"}',
      },
      programs: { '/home/ada/bin/claude --version': '2.1.300 (Claude Code)\n' },
    });
    const look = async (): Promise<Inspection> =>
      inspectClaude({
        machine,
        claudeFolder: '/home/ada/.claude',
        folderNamed: false,
        ourUrls: [],
        environmentName: 'x',
        versions: cache,
      });
    await look();
    const { programs, version } = await look();
    expect(programs.map(({ path, kind, version: found, first }) => [path, kind, found, first])).toEqual([
      ['/home/ada/bin/claude', 'other', '2.1.300', true],
      ['/home/ada/.local/bin/claude', 'native', '2.1.330', false],
      ['/usr/local/bin/claude', 'npm', '2.1.197', false],
    ]);
    expect(version).toBe('2.1.300');
    expect(machine.started).toEqual(['/home/ada/bin/claude --version']);
  });

  test('on Windows a batch file is not started; its manifest says the version', async () => {
    const roaming = 'C:\\Users\\ada\\AppData\\Roaming\\npm';
    const { inspection, machine } = await inspect({
      platform: 'win32',
      env: { Path: `${roaming};C:\\Windows` },
      files: {
        [`${roaming}\\claude.cmd`]: 'x',
        [`${roaming}\\node_modules\\@anthropic-ai\\claude-code\\package.json`]: '{"version":"2.1.320"}',
      },
    });
    expect(inspection.programs).toMatchObject([{ kind: 'npm', version: '2.1.320', first: true }]);
    expect(machine.started.filter((line) => line.includes('claude.cmd'))).toEqual([]);
  });

  test('without one on PATH the newest counts', () => {
    const program = (version: string | null) => ({
      path: version ?? '',
      kind: 'other' as const,
      first: false,
      version,
      problem: null,
    });
    expect(versionInUse([program('2.1.9'), program('2.1.10'), program(null)])).toBe('2.1.10');
    expect(versionInUse([])).toBeNull();
    expect(compareVersions('2.1.9', '2.1.10')).toBeLessThan(0);
  });
});

describe('large and odd files', () => {
  test('the keys of `projects` are found however the file is cut and whatever else is in it', () => {
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(fc.string(), tie('value')),
      ),
    })).value;
    const root = fc.record({
      projects: fc.dictionary(fc.string({ minLength: 1 }), tree),
      other: tree,
      nested: fc.record({ projects: tree }),
    });
    fc.assert(
      fc.property(root, fc.boolean(), fc.integer({ min: 1, max: 40 }), (value, pretty, size) => {
        const bytes = Buffer.from(JSON.stringify(value, null, pretty ? 2 : 0));
        const scanner = new NestedKeyScanner('projects', 1000);
        for (let at = 0; at < bytes.length; at += size) scanner.feed(bytes.subarray(at, at + size));
        const keys = Object.keys(value.projects);
        // JSON.parse and JSON.stringify treat this one name differently from every other.
        fc.pre(!keys.includes('__proto__'));
        expect([...scanner.found].sort()).toEqual([...keys].sort());
      }),
      { numRuns: 300 },
    );
  });

  test('a state file of nonsense, a settings file of the wrong shape: said, and nothing else hurt', async () => {
    const { inspection } = await inspect({
      files: {
        '/home/ada/.claude.json': Buffer.from([0xff, 0, 1, 2, 0x7b, 0x22]),
        '/home/ada/.claude/settings.json': '{"env":"x"}',
        '/etc/claude-code/managed-settings.json': 'nonsense',
      },
    });
    expect(inspection.settings).toMatchObject({ state: 'malformed', at: { line: 1, column: 8 } });
    expect(ClaudeInspection.safeParse(viewInspection(inspection, null)).success).toBe(true);
  });

  test('values of the registry may run over several lines', () => {
    const values = parseRegistryAnswer(registryAnswer('HKEY_X', { Settings: '{\r\n  "a": 1\r\n}', B: 'x' }));
    expect(values.get('Settings')).toBe('{\n  "a": 1\n}');
    expect(values.get('B')).toBe('x');
  });
});

test('no secret leaves the inspection', async () => {
  const secret = 'sk-ant-api03-0123456789abcdef0123456789abcdef';
  const { inspection } = await inspect({
    env: { ANTHROPIC_API_KEY: secret, HTTPS_PROXY: `http://me:${secret}@proxy:1` },
    files: {
      '/home/ada/.claude/settings.json': settings({
        ANTHROPIC_BASE_URL: `https://gw.example/?key=${secret}`,
        ANTHROPIC_CUSTOM_HEADERS: `x-a: short-secret\nAuthorization: Bearer ${secret}`,
      }),
      '/home/ada/.bashrc': `export ANTHROPIC_AUTH_TOKEN=${secret}`,
    },
  });
  const shown = JSON.stringify(viewInspection(inspection, true));
  expect(shown).not.toContain(secret.slice(0, 30));
  expect(shown).not.toContain('short-secret');
});
