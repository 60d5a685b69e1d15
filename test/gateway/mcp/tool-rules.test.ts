// Which rule holds: the most exact pattern, of equals the stricter one, in whatever order they were written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ToolRule } from '../../../src/contract/mcp.ts';
import { decideTool } from '../../../src/gateway/mcp/rules/tool-rules.ts';

const rule = fc.constantFrom<ToolRule>('allow', 'ask', 'deny');
const pattern = fc.stringMatching(/^[ab*]{1,5}$/);
const name = fc.stringMatching(/^[ab]{1,6}$/);

describe('the rule for a tool', () => {
  it.each([
    [{}, 'x', 'allow', null],
    [{ '*': 'ask', 'get_*': 'allow', delete_repo: 'deny' }, 'get_file', 'allow', 'get_*'],
    [{ '*': 'ask', 'get_*': 'allow', delete_repo: 'deny' }, 'delete_repo', 'deny', 'delete_repo'],
    [{ '*': 'ask', 'get_*': 'allow', delete_repo: 'deny' }, 'other', 'ask', '*'],
    [{ 'a*': 'allow', '*b': 'deny' }, 'ab', 'deny', '*b'],
    [{ 'a.c': 'deny' }, 'abc', 'allow', null],
    [{ constructor: 'deny' }, 'constructor', 'deny', 'constructor'],
  ] as const)('%j for %s is %s', (patterns, tool, expected, from) => {
    expect(decideTool(patterns, tool)).toEqual({ rule: expected, pattern: from });
  });

  it('does not depend on the order of the patterns', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(pattern, rule)), name, (entries, tool) => {
        const unique = [...new Map(entries)];
        const there = decideTool(Object.fromEntries(unique), tool).rule;
        expect(decideTool(Object.fromEntries([...unique].reverse()), tool).rule).toBe(there);
      }),
    );
  });

  it('fits as a pattern of that kind does', () => {
    fc.assert(
      fc.property(pattern, name, (glob, tool) => {
        const expected = new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(tool);
        expect(decideTool({ [glob]: 'deny' }, tool).rule === 'deny').toBe(expected);
      }),
    );
  });

  it('is found in a moment, whatever the pattern', () => {
    const glob = `${'*a'.repeat(200)}*b`;
    expect(decideTool({ [glob]: 'deny' }, 'a'.repeat(500)).rule).toBe('allow');
  });
});
