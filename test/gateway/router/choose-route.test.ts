// The router: first match wins, the default answers otherwise, and every choice explains itself.
import { describe, expect, it } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import { chooseRoute, defaultProvider, globMatches } from '../../../src/gateway/router/choose-route.ts';

const settings = Settings.parse({
  version: 1,
  providers: [
    { id: 'a', type: 'anthropic' },
    { id: 'b', type: 'anthropic' },
  ],
  routes: [
    { match: { model: 'claude-*haiku*' }, to: [{ provider: 'b', model: 'small' }] },
    { match: { requestClass: 'subagent', project: '/p' }, to: [{ provider: 'b' }] },
    { match: {}, to: [{ provider: 'a' }, { provider: 'b' }] },
  ],
});
const ask = (model: string, requestClass: string | null = null, project: string | null = null) =>
  chooseRoute(settings, { model, requestClass, project }, 'practice');

describe('the router', () => {
  it('takes the first rule that matches, with its model name', () => {
    expect(ask('claude-haiku-5-5')).toEqual({
      provider: 'b',
      model: 'small',
      reason: 'b, asked as small: rule 1, model is claude-*haiku*.',
    });
  });

  it('wants all conditions of a rule', () => {
    expect(ask('claude-opus-5-5', 'subagent', '/p').provider).toBe('b');
    expect(ask('claude-opus-5-5', 'subagent', '/q').provider).toBe('a');
    expect(ask('claude-opus-5-5', null, '/p').provider).toBe('a');
  });

  it('falls back to the first provider, then to practice', () => {
    expect(defaultProvider(settings, 'practice')).toBe('a');
    expect(
      defaultProvider(
        Settings.parse({ version: 1, providers: [{ id: 'x', type: 'anthropic' }] }),
        'practice',
      ),
    ).toBe('x');
    expect(defaultProvider(Settings.parse({ version: 1 }), 'practice')).toBe('practice');
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
});
