// Names that clients see: legal, short, unique, and once given never another's (R8-R12).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { giveNames, LONGEST_NAME } from '../../../src/gateway/mcp/catalogue/exposed-names.ts';

const owner = fc.record({
  server: fc.constantFrom('files', 'My_Server', 'x'),
  name: fc.oneof(
    fc.constantFrom('a.b', 'a_b', 'A_B', 'a:b', 'ü', 'x__y', '', 'constructor'),
    fc.string({ maxLength: 120 }),
  ),
});
const owners = fc.uniqueArray(owner, { maxLength: 40, selector: ({ server, name }) => `${server}\0${name}` });

describe('exposed names', () => {
  it('are legal, short enough with the client’s prefix, and tell all owners apart without case', () => {
    fc.assert(
      fc.property(owners, (all) => {
        const { names } = giveNames(all, new Map());
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(all.length);
        for (const name of names) {
          expect(name).toMatch(/^[A-Za-z0-9_-]+$/);
          expect(name.length).toBeLessThanOrEqual(LONGEST_NAME);
        }
        expect(LONGEST_NAME + 'mcp__tollgate__'.length).toBe(64);
      }),
    );
  });

  it('do not depend on the order of the servers’ arrival', () => {
    fc.assert(
      fc.property(owners, (all) => {
        const there = giveNames(all, new Map());
        const back = giveNames([...all].reverse(), new Map());
        expect([...back.names].reverse()).toEqual(there.names);
      }),
    );
  });

  it('stay with their owner whoever comes or goes', () => {
    fc.assert(
      fc.property(owners, owners, (first, second) => {
        const before = giveNames(first, new Map());
        const after = giveNames([...second, ...first], before.aliases);
        expect(after.names.slice(second.length)).toEqual(before.names);
      }),
    );
  });
});
