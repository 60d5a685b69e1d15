// The current provider, and the globs that rules and budgets are written with.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import { defaultProvider, globMatches } from '../../../src/gateway/router/choose-route.ts';

describe('the current provider', () => {
  const of = (more: object): string => defaultProvider(Settings.parse({ version: 1, ...more }), 'practice');
  const providers = [
    { id: 'a', type: 'anthropic' },
    { id: 'b', type: 'anthropic' },
  ];
  it('is first in the default route, else the first configured, else practice', () => {
    const routes = [
      { match: { model: '*' }, to: [{ provider: 'a' }] },
      { match: {}, to: [{ provider: 'b' }, { provider: 'a' }] },
    ];
    expect([of({ providers, routes }), of({ providers }), of({})]).toEqual(['b', 'a', 'practice']);
  });
});

describe('a glob', () => {
  it.each([
    ['*', '', true],
    ['claude-*', 'CLAUDE-opus', true],
    ['*haiku*', 'claude-haiku-5-5', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['gpt.5', 'gpt-5', false],
    ['[1m]', '[1m]', true],
  ])('%s against %s is %s', (glob, text, expected) => {
    expect(globMatches(glob, text)).toBe(expected);
  });

  it('finds what a regular expression of the same meaning finds', () => {
    const sign = fc.constantFrom('a', 'b', '*', '.');
    const glob = fc.array(sign, { maxLength: 8 }).map((signs) => signs.join(''));
    const text = fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 10 }).map((signs) => signs.join(''));
    fc.assert(
      fc.property(glob, text, (pattern, subject) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
        expect(globMatches(pattern, subject)).toBe(expression.test(subject));
      }),
    );
  });
});
