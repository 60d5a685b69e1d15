// Who routes Claude Code (trap 16), told from its user settings; and where those are (trap 17).
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claudeSettingsPath, findClaudeFolder } from '../../../src/gateway/claude-code/claude-folder.ts';
import { isSameAddress } from '../../../src/gateway/claude-code/loopback-address.ts';
import { readClaudeCode } from '../../../src/gateway/claude-code/read-claude-code.ts';
import { ClaudeCodeView } from '../../../src/contract/rows.ts';

let root: string;
let settingsPath: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tollgate-read-'));
  settingsPath = join(root, 'settings.json');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const read = async (content: string | Buffer | null): Promise<ClaudeCodeView> => {
  if (content !== null) writeFileSync(settingsPath, content);
  return ClaudeCodeView.parse(await readClaudeCode({ settingsPath, ourUrls: ['http://127.0.0.1:8655'] }));
};
const withUrl = (url: string, token = 'x'): string =>
  JSON.stringify({ env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: token } });

test.each([
  'http://127.0.0.1:8655',
  'http://localhost:8655',
  'http://[::1]:8655/',
  'http://LOCALHOST:8655//',
])('%s is this gateway', async (url) => {
  expect(await read(withUrl(url))).toMatchObject({
    routedBy: 'tollgate',
    note: 'All Claude Code sessions on this computer go through Tollgate.',
  });
});

test.each([
  null,
  '',
  '{}',
  '{"env":{}}',
  withUrl(''),
  withUrl('https://api.anthropic.com/'),
  '{"env":{"ANTHROPIC_BASE_URL":7}}',
])('%j: Claude Code talks to Anthropic directly', async (content) => {
  expect(await read(content)).toMatchObject({
    routedBy: 'direct',
    note: 'Claude Code talks to Anthropic directly.',
  });
});

test('trap 16: another program on this computer, another gateway, another Tollgate', async () => {
  expect(await read(withUrl('http://127.0.0.1:3456'))).toMatchObject({
    routedBy: 'other',
    baseUrl: 'http://127.0.0.1:3456',
    note: 'Another program routes Claude Code to http://127.0.0.1:3456.',
  });
  expect(await read(withUrl('https://u:secret@gateway.example/x'))).toMatchObject({
    routedBy: 'other',
    baseUrl: 'https://…@gateway.example/x',
    note: "Claude Code's settings route it to https://…@gateway.example/x.",
  });
  expect(await read(withUrl('http://127.0.0.1:9999', 'tg-0123456789'))).toMatchObject({
    routedBy: 'other',
    note: 'Claude Code is set to a Tollgate at http://127.0.0.1:9999, which is not the one running here.',
  });
  expect(await read(withUrl('http://127.0.0.1:8655/v1'))).toMatchObject({ routedBy: 'other' });
});

test('of a key that stands twice the last one counts, as for Claude Code', async () => {
  const text =
    '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:1","ANTHROPIC_BASE_URL":"http://127.0.0.1:8655"}}';
  expect(await read(text)).toMatchObject({ routedBy: 'tollgate' });
});

test('what cannot be read or understood is said, never thrown', async () => {
  const broken = await read('{\n  "env": {}, // mine\n}');
  expect(broken).toMatchObject({ routedBy: 'unreadable', baseUrl: null });
  expect(broken.note).toBe(
    'Claude Code ignores its settings file: line 2, column 14: a comment, which Claude Code does not accept; remove it.',
  );
  expect(await read(Buffer.from([0xff, 0xfe, 0x7b, 0x00]))).toMatchObject({ routedBy: 'unreadable' });
  rmSync(settingsPath);
  mkdirSync(settingsPath);
  expect(await read(null)).toMatchObject({ routedBy: 'unreadable' });
  rmSync(settingsPath, { recursive: true });
  symlinkSync(join(root, 'gone', 'settings.json'), settingsPath);
  expect(await read(null)).toMatchObject({ routedBy: 'unreadable' });
});

test('addresses are compared by where requests arrive', () => {
  expect(isSameAddress('http://localhost', 'http://127.0.0.1:80/')).toBe(true);
  expect(isSameAddress('https://localhost:1', 'http://localhost:1')).toBe(false);
  expect(isSameAddress('http://localhost:1/a', 'http://localhost:1')).toBe(false);
  expect(isSameAddress('localhost:1', 'localhost:1')).toBe(false);
});

describe("trap 17: Claude Code's folder", () => {
  const home = join(tmpdir(), 'somebody');

  test('by name, else by CLAUDE_CONFIG_DIR, else .claude at home', () => {
    const env = { CLAUDE_CONFIG_DIR: join(home, 'config') };
    expect(findClaudeFolder({ explicit: join(home, 'given'), env, home })).toBe(join(home, 'given'));
    expect(findClaudeFolder({ env, home })).toBe(join(home, 'config'));
    expect(findClaudeFolder({ env: {}, home })).toBe(join(home, '.claude'));
    expect(findClaudeFolder({ env: { CLAUDE_CONFIG_DIR: ' ' }, home })).toBe(join(home, '.claude'));
    expect(claudeSettingsPath(join(home, '.claude'))).toBe(join(home, '.claude', 'settings.json'));
  });

  test('decomposed characters are composed, as Claude Code does it', () => {
    expect(findClaudeFolder({ env: { CLAUDE_CONFIG_DIR: join(home, 'e\u0301') }, home })).toBe(
      join(home, '\u00e9'),
    );
  });
});
