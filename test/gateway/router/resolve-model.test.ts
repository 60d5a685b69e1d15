// Which model a provider is asked for, over every spelling and size; the small calls beside a conversation included.
import { describe, expect, it } from 'vitest';
import {
  aliasOf,
  canonicalName,
  familyOf,
  namesClaude,
  readAlias,
} from '../../../src/gateway/router/model-names.ts';
import { providerFacts } from '../../../src/gateway/router/provider-facts.ts';
import { resolveModel } from '../../../src/gateway/router/resolve-model.ts';
import type { ProviderFacts } from '../../../src/gateway/router/types.ts';
import { claude, other } from './support.ts';

describe('a model name', () => {
  it.each([
    ['claude-opus-4-8', 'claude-opus-4-8', 'opus'],
    ['claude-opus-4-8-20260101', 'claude-opus-4-8', 'opus'],
    ['claude-sonnet-5-latest', 'claude-sonnet-5', 'sonnet'],
    ['claude-haiku-5-5[1m]', 'claude-haiku-5-5', 'haiku'],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4-5', 'haiku'],
    ['anthropic.claude-sonnet-5-v2:0', 'claude-sonnet-5', 'sonnet'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4-5', 'sonnet'],
    ['anthropic/claude-opus-4.8', 'claude-opus-4-8', 'opus'],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-4-8-v1:0', 'claude-opus-4-8', 'opus'],
    ['CLAUDE-FABLE-5', 'claude-fable-5', 'opus'],
    ['claude-mythos-1', 'claude-mythos-1', 'opus'],
    ['claude-3-5-sonnet-20241022', 'claude-3-5-sonnet', 'sonnet'],
    ['gpt-5.6', 'gpt-5.6', null],
    ['octopus-7b', 'octopus-7b', null],
  ])('trap 44: %s is %s of size %s', (name, canonical, family) => {
    expect(canonicalName(name)).toBe(canonical);
    expect(familyOf(name)).toBe(family);
    expect(namesClaude(name)).toBe(canonical.startsWith('claude'));
  });

  it('aliases are read back, models with slashes included; other names are none', () => {
    expect(readAlias(aliasOf('openrouter', 'moonshot/kimi-k3'))).toEqual({
      provider: 'openrouter',
      model: 'moonshot/kimi-k3',
    });
    expect(['claude-opus-5', 'claude/', 'claude/azure', 'claude/azure/', 'claude//x'].map(readAlias)).toEqual(
      [null, null, null, null, null],
    );
    expect(namesClaude(aliasOf('azure', 'gpt-5.6'))).toBe(false);
  });
});

describe('the model asked for', () => {
  const azure = other('azure', { tiers: { opus: 'big', sonnet: 'mid', haiku: 'small', background: 'tiny' } });
  const of = (tiers: ProviderFacts['tiers'], asked: string, requestClass: string | null = null) =>
    resolveModel(asked, other('x', { tiers, models: [] }), {}, requestClass);

  it('the rule’s own model wins', () => {
    expect(resolveModel('claude-opus-5', azure, { model: 'gpt-9' })).toBe('gpt-9');
    expect(resolveModel('claude-opus-5', claude('a'), { model: 'claude-haiku-5' })).toBe('claude-haiku-5');
  });

  it('Claude is asked for by the client’s own name', () => {
    expect(resolveModel('claude-opus-4-8-20260101', claude('a'), {})).toBe('claude-opus-4-8-20260101');
    expect(resolveModel('whatever', claude('a'), {})).toBe('whatever');
  });

  it('what the user chose for a size goes before Claude’s own name; a type’s defaults do not', () => {
    const type = {
      servesClaude: true,
      defaultCredential: 'none',
      models: [],
      tiers: { opus: 'claude-old' },
    };
    const facts = (tiers: object) => providerFacts({ id: 'a', type: 'anthropic', tiers }, type, () => null);
    expect(resolveModel('claude-opus-5', facts({}), {})).toBe('claude-opus-5');
    expect(resolveModel('claude-opus-5', facts({ opus: 'claude-sonnet-5' }), {})).toBe('claude-sonnet-5');
  });

  it('a provider’s own model is asked for by its own name', () => {
    expect(resolveModel('azure-small', other('azure'), {})).toBe('azure-small');
    expect(resolveModel('big', azure, {})).toBe('big');
  });

  it.each([
    ['claude-opus-5', 'big'],
    ['claude-fable-5', 'big'],
    ['claude-mythos-2', 'big'],
    ['claude-sonnet-4-5@20250929', 'mid'],
    ['us.anthropic.claude-haiku-4-5-v1:0', 'small'],
    ['something-new', 'mid'],
  ])('problem 20: %s finds its size: %s', (asked, expected) => {
    expect(resolveModel(asked, azure, {})).toBe(expected);
  });

  it('problem 20: the nearest size stands in for one without a model', () => {
    expect(of({ sonnet: 'm' }, 'claude-opus-5')).toBe('m');
    expect(of({ opus: 'b' }, 'claude-haiku-5')).toBe('b');
    expect(of({ background: 't' }, 'claude-haiku-5')).toBe('t');
    expect(of({ opus: 'b' }, 'unheard-of')).toBe('b');
    expect(of({}, 'claude-opus-5')).toBeNull();
  });

  it('problem 20: small calls beside the conversation go to the background model, else by their size', () => {
    expect(resolveModel('claude-opus-5', azure, {}, 'auxiliary')).toBe('tiny');
    expect(of({ opus: 'b', haiku: 's' }, 'claude-haiku-5', 'auxiliary')).toBe('s');
    expect(of({ opus: 'b', haiku: 's' }, 'claude-opus-5', 'auxiliary')).toBe('b');
    expect(resolveModel('claude-haiku-5', azure, {}, 'main')).toBe('small');
  });
});

describe('the facts of a provider', () => {
  const type = {
    servesClaude: false,
    defaultCredential: 'env:DEFAULT',
    models: [{ id: 'shipped' }],
    tiers: { opus: 'o', haiku: 'h' },
  };
  it('join settings and type: keys in order and once, the user’s sizes over the type’s', () => {
    const settings = {
      id: 'a',
      type: 't',
      credential: 'env:A',
      credentials: ['env:B', 'env:A'],
      models: { mine: {} },
      tiers: { opus: 'mine' },
    };
    expect(providerFacts(settings, type, () => null)).toEqual({
      id: 'a',
      servesClaude: false,
      tiers: { opus: 'mine', haiku: 'h' },
      models: ['mine', 'shipped'],
      keys: ['env:A', 'env:B'],
      problem: null,
    });
    const without = providerFacts(settings, type, (key) => (key === 'env:A' ? 'no A' : null));
    expect([without.keys, without.problem]).toEqual([['env:B'], null]);
    const none = providerFacts({ id: 'a', type: 't' }, type, (key) => `no ${key}`);
    expect([none.keys, none.problem]).toEqual([['env:DEFAULT'], 'no env:DEFAULT']);
  });
});
