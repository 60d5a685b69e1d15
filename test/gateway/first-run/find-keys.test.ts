// Finding keys on a machine, and planning what importing them adds: every place with its own spelling, nothing that is a
// Claude login, a key of Tollgate or a placeholder, and no key twice.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import { findKeys } from '../../../src/gateway/first-run/find-keys.ts';
import type { KeyOnMachine } from '../../../src/gateway/first-run/find-keys.ts';
import { planImport } from '../../../src/gateway/first-run/plan-import.ts';
import { readShellAssignments } from '../../../src/gateway/first-run/shell-assignments.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const anthropicKey = 'sk-ant-api03-found-0123456789';
const deepseekKey = 'sk-deepseek-0123456789abcdef';
const ownUrl = 'http://127.0.0.1:8655';

let home: TemporaryFolder;
beforeEach(async () => {
  home = await createTemporaryFolder();
});
afterEach(() => home.remove());

async function write(name: string, text: string): Promise<void> {
  const path = join(home.path, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const find = (env: Record<string, string> = {}): Promise<KeyOnMachine[]> =>
  findKeys({
    env: { HOME: home.path, ...env },
    claudeSettingsPath: join(home.path, '.claude', 'settings.json'),
    ownUrl,
    isLocalKey: (value) => value === 'local-key-of-another-shape',
    salt: Buffer.alloc(32),
    others: [{ variable: 'OPENAI_API_KEY', type: 'openai', label: 'OpenAI' }],
  });

const claudeSettings = (env: Record<string, unknown>) =>
  write('.claude/settings.json', JSON.stringify({ env }));

test('keys of other vendors are found in the same places, once each', async () => {
  await write('.zshrc', 'export OPENAI_API_KEY=sk-proj-0123456789abcdef\n');
  const keys = await find({
    OPENAI_API_KEY: 'sk-proj-0123456789abcdef',
    GROQ_API_KEY: 'gsk_not_looked_for_00',
  });
  expect(keys).toMatchObject([
    {
      type: 'openai',
      label: 'OpenAI',
      slug: 'openai',
      baseUrl: null,
      variables: ['OPENAI_API_KEY'],
      problem: null,
    },
  ]);
  expect(keys[0]?.places.length).toBe(2);
});

describe('shell files', () => {
  const names = ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL'];
  test.each([
    ['export ANTHROPIC_API_KEY=sk-plain', 'sk-plain'],
    ["export ANTHROPIC_API_KEY='sk-single'", 'sk-single'],
    ['export ANTHROPIC_API_KEY="sk-double"', 'sk-double'],
    ['ANTHROPIC_API_KEY=sk-local; export ANTHROPIC_API_KEY', 'sk-local'],
    ['export PATH=/bin ANTHROPIC_API_KEY=sk-second', 'sk-second'],
    ['  export ANTHROPIC_API_KEY=sk-indented # mine', 'sk-indented'],
    ['set -gx ANTHROPIC_API_KEY sk-fish', 'sk-fish'],
    ['set --export --global ANTHROPIC_API_KEY "sk-fish-long"', 'sk-fish-long'],
    ['setenv ANTHROPIC_API_KEY sk-csh', 'sk-csh'],
    ['$env:ANTHROPIC_API_KEY = "sk-powershell"', 'sk-powershell'],
    ["alias cc='ANTHROPIC_API_KEY=sk-alias claude'", 'sk-alias'],
    ['export ANTHROPIC_API_KEY=sk-old\r\nexport ANTHROPIC_API_KEY=sk-new\r\n', 'sk-new'],
    ['# export ANTHROPIC_API_KEY=sk-comment', undefined],
    ['export ANTHROPIC_API_KEY="$(pass show key)"', undefined],
    ['export ANTHROPIC_API_KEY=$OTHER', undefined],
    ['export ANTHROPIC_API_KEY=`cat key`', undefined],
    ['export ANTHROPIC_API_KEY=', undefined],
    ['export MY_ANTHROPIC_API_KEY=sk-other-name', undefined],
    ['export ANTHROPIC_API_KEY_OLD=sk-other-name', undefined],
    ['unset ANTHROPIC_API_KEY', undefined],
  ])('%j', (text, value) => {
    expect(readShellAssignments(text, names).get('ANTHROPIC_API_KEY')).toBe(value);
  });
});

test('the environment, Claude Code’s settings and shell files are looked through; each key comes once, with all its places', async () => {
  await claudeSettings({
    ANTHROPIC_BASE_URL: 'https://api.deepseek.com/anthropic/',
    ANTHROPIC_AUTH_TOKEN: deepseekKey,
  });
  await write('.zshrc', `export ANTHROPIC_API_KEY=${anthropicKey}\n`);
  await write('.config/fish/config.fish', `set -gx ANTHROPIC_API_KEY ${anthropicKey}\n`);
  const keys = await find({ ANTHROPIC_API_KEY: anthropicKey });
  expect(keys).toMatchObject([
    {
      label: 'Anthropic',
      baseUrl: null,
      keyHeader: undefined,
      places: [
        'the environment (ANTHROPIC_API_KEY)',
        `${join(home.path, '.zshrc')} (ANTHROPIC_API_KEY)`,
        `${join(home.path, '.config/fish/config.fish')} (ANTHROPIC_API_KEY)`,
      ],
    },
    {
      label: 'DeepSeek',
      slug: 'deepseek',
      baseUrl: 'https://api.deepseek.com/anthropic',
      keyHeader: 'authorization',
    },
  ]);
});

test.each([
  ['a Claude login', { ANTHROPIC_AUTH_TOKEN: 'sk-ant-oat01-0123456789' }],
  ['a key of this Tollgate', { ANTHROPIC_BASE_URL: ownUrl, ANTHROPIC_AUTH_TOKEN: 'tg-0123456789abcdef' }],
  [
    'a key of another Tollgate',
    { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', ANTHROPIC_AUTH_TOKEN: 'tg-0123456789abcdef' },
  ],
  ['a local key of any shape', { ANTHROPIC_API_KEY: 'local-key-of-another-shape' }],
  ['a placeholder of a switcher', { ANTHROPIC_AUTH_TOKEN: 'PROXY_MANAGED' }],
  ['a placeholder of a guide', { ANTHROPIC_API_KEY: 'your-api-key-here' }],
  ['something too short', { ANTHROPIC_API_KEY: 'sk-1' }],
  ['something with a line break', { ANTHROPIC_API_KEY: 'sk-ant-api03-one\nsk-ant-api03-two' }],
])('%s is not found', async (_name, env) => {
  await claudeSettings(env);
  expect(await find()).toEqual([]);
});

test('a real key beside Tollgate’s address belongs to Anthropic', async () => {
  await claudeSettings({
    ANTHROPIC_BASE_URL: ownUrl,
    ANTHROPIC_AUTH_TOKEN: 'tg-0123456789abcdef',
    ANTHROPIC_API_KEY: anthropicKey,
  });
  expect(await find()).toMatchObject([{ label: 'Anthropic', baseUrl: null, secret: anthropicKey }]);
});

test.each([
  ['a user name in it', 'https://me:pass@gateway.example'],
  ['a query', 'https://gateway.example/?token=1'],
  ['no scheme', 'gateway.example'],
  ['another scheme', 'ftp://gateway.example'],
])('an address with %s is shown with a problem', async (_name, address) => {
  await claudeSettings({ ANTHROPIC_BASE_URL: address, ANTHROPIC_AUTH_TOKEN: deepseekKey });
  expect(await find()).toMatchObject([{ problem: expect.any(String) as string }]);
});

test.each([
  ['broken JSON', '{"env": {"ANTHROPIC_API_KEY": '],
  ['another shape', '[1, 2]'],
  ['env that is a text', '{"env": "ANTHROPIC_API_KEY"}'],
  ['values that are no texts', '{"env": {"ANTHROPIC_API_KEY": 12345678901234}}'],
  ['nothing', ''],
])('settings that hold %s hold no key', async (_name, text) => {
  await write('.claude/settings.json', text);
  expect(await find()).toEqual([]);
});

test.skipIf(process.platform === 'win32')(
  'what is no file, or a link to nothing, is passed over without waiting for it (skipped on Windows: no FIFO)',
  async () => {
    execFileSync('mkfifo', [join(home.path, '.zshrc')]);
    await mkdir(join(home.path, '.bashrc'));
    await symlink(join(home.path, 'nowhere'), join(home.path, '.profile'));
    expect(await find()).toEqual([]);
  },
);

describe('the plan of an import', () => {
  const anthropicUrl = 'https://api.anthropic.com';
  const key = (more: Partial<KeyOnMachine> = {}): KeyOnMachine => ({
    id: 'k1',
    secret: anthropicKey,
    type: 'anthropic',
    baseUrl: null,
    label: 'Anthropic',
    slug: 'anthropic',
    keyHeader: undefined,
    places: [],
    variables: ['ANTHROPIC_API_KEY'],
    problem: null,
    ...more,
  });
  test('a key of another vendor becomes a provider of its own type, and replaces its variable', () => {
    const openai = key({
      id: 'k3',
      type: 'openai',
      label: 'OpenAI',
      slug: 'openai',
      variables: ['OPENAI_API_KEY'],
    });
    const plan = (providers: unknown[]) =>
      planImport({
        keys: [openai],
        settings: Settings.parse({ version: 1, providers }),
        anthropicUrl,
        isTaken: () => false,
      }).map(({ provider, updated }) => ({ provider, updated }));
    expect(plan([])).toEqual([
      { provider: { id: 'openai', type: 'openai', credential: 'vault:openai' }, updated: false },
    ]);
    expect(plan([{ id: 'mine', type: 'openai', tiers: { opus: 'gpt-5.6' } }])).toEqual([
      {
        provider: { id: 'mine', type: 'openai', tiers: { opus: 'gpt-5.6' }, credential: 'vault:mine' },
        updated: true,
      },
    ]);
  });
  const deepseek = key({
    id: 'k2',
    secret: deepseekKey,
    baseUrl: 'https://api.deepseek.com/anthropic',
    label: 'DeepSeek',
    slug: 'deepseek',
    keyHeader: 'authorization',
    variables: ['ANTHROPIC_AUTH_TOKEN'],
  });
  const plan = (keys: readonly KeyOnMachine[], providers: unknown[] = [], taken: readonly string[] = []) =>
    planImport({
      keys,
      settings: Settings.parse({ version: 1, providers }),
      anthropicUrl,
      isTaken: (id) => taken.includes(id),
    });

  test('adds one valid provider per key, each with its own secret', () => {
    const planned = plan([key(), deepseek, key({ id: 'k3', secret: 'sk-ant-api03-second-0123' })]);
    expect(planned.map(({ provider }) => provider)).toEqual([
      { id: 'anthropic', type: 'anthropic', credential: 'vault:anthropic' },
      {
        id: 'deepseek',
        type: 'anthropic',
        label: 'DeepSeek',
        baseUrl: 'https://api.deepseek.com/anthropic',
        credential: 'vault:deepseek',
        keyHeader: 'authorization',
      },
      { id: 'anthropic-2', type: 'anthropic', label: 'Anthropic', credential: 'vault:anthropic-2' },
    ]);
    Settings.parse({ version: 1, providers: planned.map(({ provider }) => provider) });
  });

  test('gives a provider that read the variable the key from the vault, and leaves the rest of it', () => {
    const before = { id: 'main', type: 'anthropic', label: 'Mine', credential: 'env:ANTHROPIC_API_KEY' };
    expect(plan([key()], [before])).toMatchObject([
      { updated: true, secretId: 'main', provider: { ...before, credential: 'vault:main' } },
    ]);
    const standard = { id: 'anthropic', type: 'anthropic' };
    expect(plan([key()], [standard])).toMatchObject([
      { updated: true, provider: { credential: 'vault:anthropic' } },
    ]);
  });

  test('never gives a key to a provider at another address (trap 53)', () => {
    const elsewhere = {
      id: 'anthropic',
      type: 'anthropic',
      baseUrl: 'https://gateway.example',
      credential: 'env:ANTHROPIC_API_KEY',
    };
    expect(plan([key()], [elsewhere])).toMatchObject([{ updated: false, provider: { id: 'anthropic-2' } }]);
  });

  test('never puts a key in the place of another secret', () => {
    expect(plan([key()], [], ['anthropic', 'anthropic-2'])).toMatchObject([
      { secretId: 'anthropic-3', provider: { id: 'anthropic', credential: 'vault:anthropic-3' } },
    ]);
  });
});
