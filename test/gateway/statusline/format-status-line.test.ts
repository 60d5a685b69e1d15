// The status line says what it cost, tells practice from money, fits the terminal and steers nothing in it.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { curlFileText } from '../../../src/gateway/statusline/curl-file.ts';
import { formatStatusLine } from '../../../src/gateway/statusline/format-status-line.ts';
import type { StatusLineFacts } from '../../../src/gateway/statusline/format-status-line.ts';

const plain = { columns: null, colour: false };
const facts: StatusLineFacts = {
  session: { real: 421_300_000, practice: 0 },
  today: { real: 4_187_300_000, practice: 0 },
  budgetLeft: null,
  provider: 'Anthropic',
  practice: false,
  paused: false,
};

test('session, today and provider; a budget only where there is one', () => {
  expect(formatStatusLine(facts, plain)).toBe('$0.4213 session · $4.19 today · Anthropic');
  expect(formatStatusLine({ ...facts, budgetLeft: 20_810_000_000 }, plain)).toBe(
    '$0.4213 session · $4.19 today · $20.81 left · Anthropic',
  );
  expect(formatStatusLine({ ...facts, session: null, paused: true }, plain)).toBe(
    '$4.19 today · paused · Anthropic',
  );
});

test('practice is never shown as money', () => {
  const practice = { real: 0, practice: 1_300_000 };
  const line = formatStatusLine(
    {
      ...facts,
      session: practice,
      today: { real: 4_187_300_000, practice: 1_300_000 },
      provider: 'Practice',
      practice: true,
    },
    plain,
  );
  expect(line).toBe('$0.0013 session, practice · $4.19 today + $0.0013 practice · Practice');
  expect(formatStatusLine({ ...facts, provider: 'Mine', practice: true }, plain)).toContain(
    'Mine (practice)',
  );
});

test('colour is a fainter shade around words, never a part of the figure', () => {
  const line = formatStatusLine(facts, { columns: null, colour: true });
  expect(line).toContain('$0.4213\u001b[2m session\u001b[22m');
  // eslint-disable-next-line no-control-regex -- the escapes are what is looked for
  expect(line.replace(/\u001b\[\d+m/g, '')).toBe(formatStatusLine(facts, plain));
});

test('whatever the width, it is one line that fits, and the session is the last to go', () => {
  const anyFacts = fc.record({
    session: fc.option(fc.record({ real: fc.maxSafeNat(), practice: fc.maxSafeNat() })),
    today: fc.record({ real: fc.maxSafeNat(), practice: fc.maxSafeNat() }),
    budgetLeft: fc.option(fc.maxSafeNat()),
    provider: fc.string({ unit: 'binary' }),
    practice: fc.boolean(),
    paused: fc.boolean(),
  });
  fc.assert(
    fc.property(anyFacts, fc.integer({ min: 1, max: 200 }), (some, columns) => {
      const line = formatStatusLine(some, { columns, colour: false });
      expect([...line].length).toBeLessThanOrEqual(Math.max(0, columns - 4));
      expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
  );
  expect(formatStatusLine(facts, { columns: 24, colour: false })).toBe('$0.4213 session');
});

test('a provider’s name cannot steer the terminal', () => {
  const line = formatStatusLine({ ...facts, provider: '\u001b]0;owned\u0007A\nB\u202e' }, plain);
  expect(line).toBe('$0.4213 session · $4.19 today · ]0;ownedAB');
});

test('curl is told address, key and patience, and to mind no proxy (trap 46)', () => {
  const text = curlFileText('http://127.0.0.1:8655', 'tgs-key');
  expect(text).toContain('url = "http://127.0.0.1:8655/statusline"');
  expect(text).toContain('header = "x-tollgate-key: tgs-key"');
  expect(text).toContain('noproxy = "*"');
  expect(text).toMatch(/max-time = 0\.\d/);
});
