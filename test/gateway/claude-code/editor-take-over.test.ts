// The settings of VS Code and its kin: a file of another program that Tollgate touches on request only (traps 18, 28, 30).
import { describe, expect, test } from 'vitest';
import { diskMachine } from '../../../src/gateway/claude-code/inspect/disk-machine.ts';
import { editorSettingsPaths } from '../../../src/gateway/claude-code/inspect/editor-settings.ts';
import { createMemoryHome, EDITOR, KEY_ONE, KEY_TWO, SETTINGS, URL_ONE, URL_TWO } from './memory-home.ts';

const RICH = `// My settings
{
  "editor.fontSize": 13, // big enough
  /* the gateway at work */
  "claudeCode.environmentVariables": [
    { "name": "FOO", "value": "bar" },
    { "name": "ANTHROPIC_BASE_URL", "value": "https://work.example" }, // work
  ],
  "files.exclude": { "**/.git": true, },
}
`;

test('trap 30: only our two variables change; comments, order and trailing commas stay, and all comes back', async () => {
  const home = createMemoryHome('{}', { editor: true });
  home.write(RICH, EDITOR);
  const result = await home.connect({ wishes: { vscode: true, mcp: false } });
  expect(home.read(EDITOR)).toBe(
    RICH.replace(
      '"https://work.example" }, // work\n',
      `"${URL_ONE}" }, // work\n    { "name": "ANTHROPIC_AUTH_TOKEN", "value": "${KEY_ONE}" },\n`,
    ),
  );
  expect(result.files[1]).toMatchObject({ surface: 'vscode', path: EDITOR, applied: true, problem: null });
  expect(JSON.stringify(result)).not.toContain(KEY_ONE);
  await home.disconnect();
  expect(home.read(EDITOR)).toBe(RICH);
});

test('with the login kept, the editor gets the header instead of the key', async () => {
  const home = createMemoryHome('{}', { editor: true });
  await home.connect({ wishes: { vscode: true, credential: 'login', mcp: false } });
  expect(JSON.parse(home.read(EDITOR) ?? '')).toEqual({
    'claudeCode.environmentVariables': [
      { name: 'ANTHROPIC_BASE_URL', value: URL_ONE },
      { name: 'ANTHROPIC_CUSTOM_HEADERS', value: `x-tollgate-key: ${KEY_ONE}` },
    ],
  });
  await home.disconnect();
  expect(home.read(EDITOR)).toBeNull();
});

test('trap 28: an editor is not written unless it was asked for, nor made where none was started', async () => {
  const home = createMemoryHome('{}', { editor: true });
  home.write(RICH, EDITOR);
  await home.connect();
  expect(home.read(EDITOR)).toBe(RICH);
  const bare = createMemoryHome('{}');
  const { notes } = await bare.connect({ wishes: { vscode: true } });
  expect(notes).toContain('No settings of VS Code or a kin of it were found.');
  expect(bare.read(EDITOR)).toBeNull();
});

test('an editor that is no longer wanted is given back while the rest stays connected', async () => {
  const home = createMemoryHome('{}', { editor: true });
  home.write(RICH, EDITOR);
  await home.connect({ wishes: { vscode: true } });
  const { files } = await home.connect({ wishes: { vscode: false } });
  expect(files.find(({ surface }) => surface === 'vscode')).toMatchObject({ applied: true });
  expect(home.read(EDITOR)).toBe(RICH);
  expect(home.read()).toContain(URL_ONE);
});

test('trap 3: a variable that the user changed in the editor stays and is reported', async () => {
  const home = createMemoryHome('{}', { editor: true });
  home.write(RICH, EDITOR);
  await home.connect({ wishes: { vscode: true } });
  home.write((home.read(EDITOR) ?? '').replace(URL_ONE, 'https://mine.example'), EDITOR);
  const { notes } = await home.disconnect();
  expect(home.read(EDITOR)).toBe(RICH.replace('https://work.example', 'https://mine.example'));
  expect(notes).toContain('ANTHROPIC_BASE_URL was changed since you connected; the new value stays.');
});

describe.each([
  ['broken', '{ "x": 1', 1, 9],
  ['of a wrong shape', '{\n  "claudeCode.environmentVariables": {}\n}', 2, 38],
])('trap 8: an editor file that is %s', (_, content, line, column) => {
  test('is left alone with its place, and stops neither connect nor disconnect', async () => {
    const home = createMemoryHome('{}', { editor: true });
    home.write(content, EDITOR);
    const result = await home.connect({ wishes: { vscode: true, mcp: false } });
    expect(result.files[1]).toMatchObject({
      applied: false,
      problem: expect.stringContaining(`${EDITOR}, line ${line}, column ${column}: `) as string,
    });
    expect(home.read()).toContain(URL_ONE);
    await home.disconnect();
    expect([home.read(), home.read(EDITOR)]).toEqual(['{}', content]);
  });
});

test('trap 14: an editor file that changed since it was shown is a conflict', async () => {
  const home = createMemoryHome('{}', { editor: true });
  home.write(RICH, EDITOR);
  const { basedOn } = await home.connect({ dryRun: true, wishes: { vscode: true } });
  home.write(`${RICH}// more\n`, EDITOR);
  const call = home.connect({ basedOn, wishes: { vscode: true } });
  await expect(call).rejects.toMatchObject({ code: 'SETTINGS_CHANGED' });
  expect(home.read(SETTINGS)).toBe('{}');
});

test('a move to another port and key reaches the editor, too', async () => {
  const home = createMemoryHome('{}', { editor: true });
  home.write(RICH, EDITOR);
  await home.connect({ wishes: { vscode: true } });
  await home.connect({ url: URL_TWO, key: KEY_TWO });
  expect(home.read(EDITOR)).toContain(URL_TWO);
  expect(home.read(EDITOR)).toContain(KEY_TWO);
  await home.disconnect();
  expect(home.read(EDITOR)).toBe(RICH);
});

test('editors are looked for where each platform has them', () => {
  const paths = (platform: NodeJS.Platform, env: Record<string, string>) =>
    editorSettingsPaths(diskMachine(env, platform === 'win32' ? 'C:\\Users\\me' : '/home/me', platform));
  expect(paths('linux', {})).toContain('/home/me/.config/Code - Insiders/User/settings.json');
  expect(paths('linux', { XDG_CONFIG_HOME: '/x' })).toContain('/x/VSCodium/User/settings.json');
  expect(paths('darwin', {})).toContain('/home/me/Library/Application Support/Code/User/settings.json');
  expect(paths('win32', { APPDATA: 'C:\\Users\\me\\AppData\\Roaming' })).toContain(
    'C:\\Users\\me\\AppData\\Roaming\\Code\\User\\settings.json',
  );
});
