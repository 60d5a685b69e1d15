// Aliases for tool names that a provider would refuse (T14).
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createToolNames } from '../../../src/gateway/translation/tool-names.ts';

const long = `mcp__claude_ai_Some_Very_Long_Server_Name__and_a_very_long_tool_name`;

describe('tool names', () => {
  it('T14: legal names pass unchanged', () => {
    const names = createToolNames(['Bash', 'mcp__gw__add'], 64);
    expect([names.sent('Bash'), names.sent('mcp__gw__add'), names.original('Bash')]).toEqual([
      'Bash',
      'mcp__gw__add',
      'Bash',
    ]);
    expect(names.original('never seen')).toBe('never seen');
  });

  it('T14: a long name is its first 55 characters and 8 hex of its hash', () => {
    const hash = createHash('sha256').update(long).digest('hex').slice(0, 8);
    const names = createToolNames([long], 64);
    expect(names.sent(long)).toBe(`${long.slice(0, 55)}_${hash}`);
    expect(names.original(`${long.slice(0, 55)}_${hash}`)).toBe(long);
  });

  it('T14: an alias never takes the legal name of another tool, whichever was declared first', () => {
    const alias = createToolNames([], 64).sent(long);
    for (const order of [
      [long, alias],
      [alias, long],
    ]) {
      const names = createToolNames(order, 64);
      expect(names.sent(alias)).toBe(alias);
      expect(names.original(names.sent(long))).toBe(long);
    }
  });

  it('T14: every name is legal, comes back, and differs from the others', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.string({ minLength: 60, maxLength: 90, unit: fc.constantFrom('a', '_', '.') }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { maxLength: 12 }),
        fc.uniqueArray(name, { maxLength: 4 }),
        fc.constantFrom(40, 64),
        (known, met, limit) => {
          const names = createToolNames(known, limit);
          const all = [...new Set([...known, ...met])];
          const sent = all.map((one) => names.sent(one));
          expect(new Set(sent).size).toBe(all.length);
          expect(sent.map((one) => names.original(one))).toEqual(all);
          for (const one of sent) expect(one).toMatch(/^[a-zA-Z0-9_-]+$/);
          expect(Math.max(0, ...sent.map((one) => one.length))).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });
});
