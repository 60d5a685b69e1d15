// The diff people agree to: it applies, and it shows no secret.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskSettings, maskWithin } from '../../../src/gateway/claude-code/mask-secrets.ts';
import { diffSettings } from '../../../src/gateway/claude-code/settings-diff.ts';
import { settingsText } from './generated-settings.ts';

test('no difference, no diff', () => {
  expect(diffSettings('s', '{}', '{}')).toBe('');
  expect(diffSettings('s', null, null)).toBe('');
});

test('a made and a removed file, and a missing final newline', () => {
  expect(diffSettings('s', null, '{}\n')).toBe('--- /dev/null\n+++ s\n@@ -0,0 +1,1 @@\n+{}\n');
  expect(diffSettings('s', '{}', null)).toBe(
    '--- s\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-{}\n\\ No newline at end of file\n',
  );
});

test('far changes are shown apart, with three lines around each', () => {
  const lines = (a: number, b: number): string =>
    `{\n${Array.from({ length: 20 }, (_, i) => `  "k${i}": ${i === 2 ? a : i === 16 ? b : 0}`).join(',\n')}\n}\n`;
  const diff = diffSettings('s', lines(1, 1), lines(2, 2));
  expect(diff.match(/^@@.*$/gm)).toEqual(['@@ -1,7 +1,7 @@', '@@ -15,7 +15,7 @@']);
});

test('every diff leads from the old lines to the new ones', () => {
  fc.assert(
    fc.property(settingsText, settingsText, (before, after) => {
      const plain = (text: string | null): string | null =>
        text?.replace(/^\uFEFF/, '').replaceAll('\r', '') ?? null;
      const [old, fresh] = [plain(before), plain(after)];
      // What is masked has its own test; here the lines must be the real ones.
      fc.pre([old, fresh].every((text) => text === null || maskSettings(text) === text));
      const diff = diffSettings('s', old, fresh);
      expect(diff === '' ? (old ?? '') : applyDiff(old ?? '', diff)).toBe(fresh ?? '');
    }),
    { numRuns: 500 },
  );
});

/** Applies a unified diff without any tolerance. */
function applyDiff(text: string, diff: string): string {
  const result: string[] = [];
  const rest = text.split('\n');
  if (rest.at(-1) === '') rest.pop();
  let taken = 0;
  let open = false;
  let sign: string | undefined;
  for (const line of diff.slice(0, -1).split('\n').slice(2)) {
    const hunk = /^@@ -(\d+),(\d+) \+\d+,\d+ @@$/.exec(line);
    if (hunk !== null) {
      const from = Number(hunk[2]) === 0 ? Number(hunk[1]) : Number(hunk[1]) - 1;
      while (taken < from) result.push(rest[taken++] ?? '');
      open = false;
    } else if (line.startsWith('\\')) open ||= sign !== '-';
    else {
      sign = line[0];
      if (sign !== '+') expect(rest[taken++]).toBe(line.slice(1));
      if (sign !== '-') {
        result.push(line.slice(1));
        open = false;
      }
    }
  }
  const whole = taken === rest.length;
  while (taken < rest.length) result.push(rest[taken++] ?? '');
  if (result.length === 0) return '';
  const ended = whole ? !open : text.endsWith('\n');
  return result.join('\n') + (ended ? '\n' : '');
}

test('values under telling names and known secrets are masked, plain settings are not', () => {
  const text = `{
  "env": {
    "ANTHROPIC_AUTH_TOKEN": "tg-abcdefghijklmnopqrstuvwx1234",
    "ANTHROPIC_API_KEY": "sk-ant-api03-abcdefg",
    "DB_PASSWORD": "pw",
    "ANTHROPIC_CUSTOM_HEADERS": "X-Team: secret-team-value",
    "ENABLE_TOOL_SEARCH": "true",
    "CLAUDE_CODE_GATEWAY_HINT_HEADERS": "1",
    "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "32000",
    "ANTHROPIC_BASE_URL": "https://me:pass@gateway.example/x?token=abc&b=1"
  },
  "hooks": { "Stop": [{ "command": "curl -H 'Authorization: Bearer abc.def' https://x.example/deep/path" }] },
  "list": ["ghp_0123456789abcdefghij", "claude-opus-5-5"]
}`;
  expect(maskSettings(text)).toBe(`{
  "env": {
    "ANTHROPIC_AUTH_TOKEN": "tg-…1234",
    "ANTHROPIC_API_KEY": "…defg",
    "DB_PASSWORD": "…",
    "ANTHROPIC_CUSTOM_HEADERS": "X-Team: …alue",
    "ENABLE_TOOL_SEARCH": "true",
    "CLAUDE_CODE_GATEWAY_HINT_HEADERS": "1",
    "CLAUDE_CODE_MAX_OUTPUT_TOKENS": "32000",
    "ANTHROPIC_BASE_URL": "https://…@gateway.example/x?token=…&b=1"
  },
  "hooks": { "Stop": [{ "command": "curl -H 'Authorization: Bearer …' https://x.example/deep/path" }] },
  "list": ["…ghij", "claude-opus-5-5"]
}`);
  expect(maskWithin('http://127.0.0.1:8655')).toBe('http://127.0.0.1:8655');
});

test('masking keeps the number of lines', () => {
  fc.assert(
    fc.property(settingsText, (text) => {
      if (text !== null) expect(maskSettings(text).split('\n')).toHaveLength(text.split('\n').length);
    }),
  );
});
