// Traps 17 and 18: what the user's shells give to Claude Code, told from their files, with the place of each line.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findPowerShellAssignments } from '../../../src/gateway/claude-code/inspect/powershell-assignments.ts';
import { findShellAssignments } from '../../../src/gateway/claude-code/inspect/shell-assignments.ts';
import { readShellFiles } from '../../../src/gateway/claude-code/inspect/shell-files.ts';
import { createMachine } from './memory-machine.ts';

const URL_NAME = 'ANTHROPIC_BASE_URL';

/** `name=value` per assignment; `?` where the shell works the value out, `@` where it counts in a command only. */
const said = (text: string, dialect: 'posix' | 'fish' = 'posix'): string[] =>
  findShellAssignments(text, dialect).assignments.map(
    ({ name, value, inCommand }) => `${inCommand ? '@' : ''}${name}=${value ?? '?'}`,
  );

describe('what a POSIX shell exports', () => {
  test.each([
    ['export ANTHROPIC_BASE_URL=http://127.0.0.1:3456', 'http://127.0.0.1:3456'],
    ["  export ANTHROPIC_BASE_URL='http://127.0.0.1:3456' # mine", 'http://127.0.0.1:3456'],
    ['export OTHER=1 ANTHROPIC_BASE_URL="http://h:1/a b"', 'http://h:1/a b'],
    ['ANTHROPIC_BASE_URL=http://h\nexport ANTHROPIC_BASE_URL', 'http://h'],
    ['export ANTHROPIC_BASE_URL\nANTHROPIC_BASE_URL=http://h', 'http://h'],
    ['declare -gx ANTHROPIC_BASE_URL=http://h', 'http://h'],
    ['typeset -x ANTHROPIC_BASE_URL=http://h', 'http://h'],
    ['set -a; ANTHROPIC_BASE_URL=http://h', 'http://h'],
    ['setopt allexport\nANTHROPIC_BASE_URL=http://h', 'http://h'],
    ['if true; then export ANTHROPIC_BASE_URL=http://h; fi', 'http://h'],
    ['[ -n "$X" ] && export ANTHROPIC_BASE_URL=http://h', 'http://h'],
    ['export \\\n  ANTHROPIC_BASE_URL=http://h', 'http://h'],
    ['export ANTHROPIC_BASE_URL=http://h#1', 'http://h#1'],
    ["export ANTHROPIC_BASE_URL=$'http://h'", 'http://h'],
    ['export ANTHROPIC_BASE_URL=http://h\r\n', 'http://h'],
    ['export ANTHROPIC_BASE_URL=', ''],
    ['unset ANTHROPIC_BASE_URL', ''],
    ['launchctl setenv ANTHROPIC_BASE_URL http://h', 'http://h'],
    ['export ANTHROPIC_BASE_URL="http://$HOST:1"', '?'],
    ['export ANTHROPIC_BASE_URL=$(cat ~/.url)', '?'],
    ['export ANTHROPIC_BASE_URL=`cat ~/.url`', '?'],
    ['export ANTHROPIC_BASE_URL="${X:-http://h}"', '?'],
  ])('%j', (text, value) => {
    expect(said(text)).toEqual([`${URL_NAME}=${value}`]);
  });

  test.each([
    '# export ANTHROPIC_BASE_URL=http://h',
    '   #export ANTHROPIC_BASE_URL=http://h',
    'true # export ANTHROPIC_BASE_URL=http://h',
    'ANTHROPIC_BASE_URL=http://h',
    'local ANTHROPIC_BASE_URL=http://h',
    'echo "export ANTHROPIC_BASE_URL=http://h"',
    "echo 'x\nexport ANTHROPIC_BASE_URL=http://h\n'",
    'cat <<EOF\nexport ANTHROPIC_BASE_URL=http://h\nEOF',
    "cat <<-'END' > f\n\texport ANTHROPIC_BASE_URL=http://h\n\tEND",
    'export MY_ANTHROPIC_BASE_URL=http://h',
    '"ANTHROPIC_BASE_URL=http://h"',
    'ANTHROPIC_BASE_URL=http://h curl x',
    'export -n ANTHROPIC_BASE_URL=http://h',
    'alias x="export ANTHROPIC_BASE_URL=http://h"',
  ])('nothing by %j', (text) => {
    expect(said(text)).toEqual([]);
  });

  test.each([
    "alias claude='ANTHROPIC_BASE_URL=http://h claude'",
    'alias cc="env ANTHROPIC_BASE_URL=http://h claude --x"',
    'claude() { ANTHROPIC_BASE_URL=http://h command claude "$@"; }',
    'function claude {\n  export ANTHROPIC_BASE_URL=http://h\n}',
    'use_router() {\n  if true; then\n    export ANTHROPIC_BASE_URL=http://h\n  fi\n}',
    'env ANTHROPIC_BASE_URL=http://h claude',
  ])('only in a command by %j', (text) => {
    expect(said(text)).toEqual([`@${URL_NAME}=http://h`]);
  });

  test('a function that ended hides nothing behind it', () => {
    expect(said('f() { export ANTHROPIC_BASE_URL=http://a; }\nexport ANTHROPIC_BASE_URL=http://b')).toEqual([
      `@${URL_NAME}=http://a`,
      `${URL_NAME}=http://b`,
    ]);
  });

  test('any text is read without an error, and a commented line never counts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        said(before);
        findPowerShellAssignments(before);
        const line = `# export ANTHROPIC_BASE_URL=${after.replace(/[\r\n]/g, ' ')}`;
        return said(line).length === 0 && findPowerShellAssignments(line).length === 0;
      }),
      { numRuns: 300 },
    );
  });

  test('any value in single quotes comes back as it is', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const plain = value.replaceAll("'", '');
        expect(said(`export ${URL_NAME}='${plain}'`)).toEqual([`${URL_NAME}=${plain}`]);
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['set -gx ANTHROPIC_BASE_URL http://h', 'http://h'],
  ['set --export --global ANTHROPIC_BASE_URL "http://h"', 'http://h'],
  ['set -Ux ANTHROPIC_BASE_URL http://h', 'http://h'],
  ['set -e ANTHROPIC_BASE_URL', ''],
  ['set -x ANTHROPIC_BASE_URL (cat x)', '?'],
  ['export ANTHROPIC_BASE_URL=http://h', 'http://h'],
])('fish: %j', (text, value) => {
  expect(said(text, 'fish')).toEqual([`${URL_NAME}=${value}`]);
});

test.each([
  '# set -gx ANTHROPIC_BASE_URL http://h',
  'set -g ANTHROPIC_BASE_URL http://h',
  'set -q ANTHROPIC_BASE_URL',
])('fish: nothing by %j', (text) => {
  expect(said(text, 'fish')).toEqual([]);
});

test('fish: inside a function it counts only there', () => {
  const text =
    'function cc\n  if true\n    set -gx ANTHROPIC_BASE_URL http://h\n  end\nend\nset -gx ANTHROPIC_API_KEY k';
  expect(said(text, 'fish')).toEqual([`@${URL_NAME}=http://h`, 'ANTHROPIC_API_KEY=k']);
});

test.each([
  ["$env:ANTHROPIC_BASE_URL = 'http://h'", 'http://h'],
  ['$Env:anthropic_base_url="http://h"', 'http://h'],
  ['${env:ANTHROPIC_BASE_URL} = "http://h"', 'http://h'],
  ['$env:ANTHROPIC_BASE_URL = "http://$x"', null],
  ['$env:ANTHROPIC_BASE_URL = $null', ''],
  ["[Environment]::SetEnvironmentVariable('ANTHROPIC_BASE_URL', 'http://h', 'User')", 'http://h'],
  ['[System.Environment]::SetEnvironmentVariable("ANTHROPIC_BASE_URL",\'http://h\')', 'http://h'],
  ['Set-Item -Path Env:ANTHROPIC_BASE_URL -Value "http://h"', 'http://h'],
  ['Remove-Item Env:\\ANTHROPIC_BASE_URL', ''],
])('PowerShell: %j', (text, value) => {
  expect(findPowerShellAssignments(text)).toEqual([{ name: URL_NAME, value, offset: 0, inCommand: false }]);
});

test.each(["# $env:ANTHROPIC_BASE_URL = 'http://h'", "<#\n$env:ANTHROPIC_BASE_URL = 'http://h'\n#>"])(
  'PowerShell: nothing by %j',
  (text) => {
    expect(findPowerShellAssignments(text)).toEqual([]);
  },
);

describe('the files of the shells', () => {
  const places = async (files: Parameters<typeof createMachine>[0]): Promise<string[]> =>
    (await readShellFiles(createMachine(files))).sources.map(
      ({ path, line, column, name, value, only }) =>
        `${path}:${line}:${column} ${name}=${value ?? '?'}${only === null ? '' : ' *'}`,
    );

  test('trap 18: each is read, with line and column; those of another shell do not count', async () => {
    const found = await places({
      platform: 'darwin',
      env: { SHELL: '/bin/zsh' },
      files: {
        '/Users/ada/.zshenv': 'export NO_PROXY=a\n',
        '/Users/ada/.zshrc':
          '\n# export ANTHROPIC_BASE_URL=http://old\n  export ANTHROPIC_BASE_URL=http://zsh\n',
        '/Users/ada/.bashrc': 'export ANTHROPIC_BASE_URL=http://bash',
        '/Users/ada/.config/fish/conf.d/a.fish': 'set -gx ANTHROPIC_BASE_URL http://fish',
        '/Users/ada/.config/fish/fish_variables': 'SETUVAR --export ANTHROPIC_API_KEY:sk\\x2dant',
        '/Users/ada/.config/powershell/profile.ps1': "$env:ANTHROPIC_BASE_URL='http://ps'",
      },
    });
    expect(found).toEqual([
      '/Users/ada/.zshenv:1:8 NO_PROXY=a',
      '/Users/ada/.zshrc:3:10 ANTHROPIC_BASE_URL=http://zsh',
      '/Users/ada/.bashrc:1:8 ANTHROPIC_BASE_URL=http://bash *',
      '/Users/ada/.config/fish/fish_variables:1:1 ANTHROPIC_API_KEY=sk-ant *',
      '/Users/ada/.config/fish/conf.d/a.fish:1:9 ANTHROPIC_BASE_URL=http://fish *',
      '/Users/ada/.config/powershell/profile.ps1:1:1 ANTHROPIC_BASE_URL=http://ps *',
    ]);
  });

  test('trap 18: PowerShell profiles on Windows, also those in OneDrive and in UTF-16', async () => {
    const profile = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from("$env:ANTHROPIC_BASE_URL='http://h'", 'utf16le'),
    ]);
    const found = await places({
      platform: 'win32',
      env: { ONEDRIVE: 'C:\\Users\\ada\\OneDrive' },
      files: {
        'C:\\Users\\ada\\OneDrive\\Documents\\PowerShell\\Microsoft.PowerShell_profile.ps1': profile,
        'C:\\Users\\ada\\Documents\\WindowsPowerShell\\profile.ps1': '\r\n$env:HTTPS_PROXY="http://p"',
      },
    });
    expect(found).toEqual([
      'C:\\Users\\ada\\Documents\\WindowsPowerShell\\profile.ps1:2:1 HTTPS_PROXY=http://p',
      'C:\\Users\\ada\\OneDrive\\Documents\\PowerShell\\Microsoft.PowerShell_profile.ps1:1:1 ANTHROPIC_BASE_URL=http://h',
    ]);
  });

  test('files that are read in turn are followed, in a circle too', async () => {
    const found = await places({
      env: { SHELL: '/usr/bin/bash' },
      files: {
        '/home/ada/.bashrc': 'source ~/.a\n. "$HOME/.bashrc"\n. $NOT/known\n',
        '/home/ada/.a': '. ~/.bashrc\nexport ANTHROPIC_BASE_URL=http://a',
      },
    });
    expect(found).toEqual(['/home/ada/.a:2:8 ANTHROPIC_BASE_URL=http://a']);
  });

  test('what is no text, too large, locked or a circle of links is said, and hurts nothing', async () => {
    const machine = createMachine({
      files: {
        '/home/ada/.zshrc': Buffer.from([1, 0, 2]),
        '/home/ada/.bashrc': Buffer.alloc(2 * 1024 * 1024, 'x'),
        '/home/ada/.profile': { unreadable: 'may not be read by this account' },
        '/home/ada/.zshenv': { link: '/home/ada/.zprofile' },
        '/home/ada/.zprofile': { link: '/home/ada/.zshenv' },
        '/home/ada/.bash_login': 'export ANTHROPIC_BASE_URL=http://h',
      },
    });
    const { sources, gaps } = await readShellFiles(machine);
    expect(sources.map(({ value }) => value)).toEqual(['http://h']);
    expect(gaps).toHaveLength(5);
    expect(gaps.join(' ')).toContain('may not be read by this account');
  });
});
