// The route plan: what decides, in which order places are tried, what is left out, and the sentence that says so.
import { describe, expect, it } from 'vitest';
import type { PlaceHealth, StickyPlace } from '../../../src/gateway/router/knowledge.ts';
import { claude, NOON, order, other, plan } from './support.ts';

const anthropic = claude('anthropic');
const azure = other('azure');
const google = other('google');
const facts = [anthropic, azure, google];
const to = (...providers: string[]) => providers.map((provider) => ({ provider }));
const MINUTE = 60_000;

const resting = (minutes: number, why = '529'): PlaceHealth => ({
  available: false,
  until: NOON + minutes * MINUTE,
  why,
  troubledAt: NOON,
});
const well = (troubledAt: number | null = null): PlaceHealth => ({
  available: true,
  until: null,
  why: '',
  troubledAt,
});
const stay = (provider: string, more: Partial<StickyPlace> = {}): StickyPlace => ({
  provider,
  model: provider === 'anthropic' ? 'claude-opus-5-5' : `${provider}-large`,
  key: `env:${provider.toUpperCase()}`,
  cachedTokens: 0,
  at: NOON - MINUTE,
  ...more,
});

describe('what decides', () => {
  const settings = {
    routes: [
      { match: { model: '*haiku*' }, to: [{ provider: 'azure', model: 'gpt-mini' }] },
      { match: {}, to: to('anthropic', 'azure') },
    ],
    pins: [
      { project: '/work', to: { provider: 'azure' } },
      { project: '/work/inner', to: { provider: 'google', model: 'gem' } },
      { session: 's1', to: { provider: 'anthropic' } },
    ],
  };

  it('a session pin comes before a project pin, that before an alias, that before the rules', () => {
    const ask = { model: 'claude/google/google-small', project: '/work', sessionId: 's1' };
    expect(plan({ facts, settings, ask: { ...ask, model: 'claude-opus-5-5' } }).reason).toBe(
      'anthropic: this session is pinned to it.',
    );
    expect(order(plan({ facts, settings, ask: { ...ask, sessionId: 's2' } }))[0]).toMatch(/^azure /);
    const alias = plan({ facts, settings, ask: { ...ask, sessionId: null, project: null } });
    expect(order(alias)).toEqual(['google google-small']);
    expect(alias.reason).toBe('google, asked as google-small: asked for by name.');
    expect(order(plan({ facts, settings, ask: { model: 'claude-haiku-5' } }))).toEqual(['azure gpt-mini']);
    expect(order(plan({ facts, settings }))).toEqual(['anthropic claude-opus-5-5', 'azure azure-large']);
  });

  it('the innermost pinned folder counts', () => {
    const planned = plan({ facts, settings, ask: { project: '/work/inner/deep' } });
    expect(order(planned)).toEqual(['google gem']);
    expect(planned.reason).toBe('google, asked as gem: project /work/inner is pinned to it.');
    expect(order(plan({ facts, settings, ask: { project: '/workshop' } }))[0]).toMatch(/^anthropic/);
  });

  it('the order in which folders were pinned means nothing; of two pins for one session the later counts', () => {
    const turned = { pins: settings.pins.toReversed() };
    expect(order(plan({ facts, settings: turned, ask: { project: '/work/inner' } }))).toEqual(['google gem']);
    const twice = { pins: ['azure', 'google'].map((provider) => ({ session: 's', to: { provider } })) };
    expect(plan({ facts, settings: twice, ask: { sessionId: 's' } }).candidates[0]?.provider).toBe('google');
  });

  it('without a rule the first provider answers, without a provider practice does', () => {
    const first = plan({ facts });
    expect(order(first)).toEqual(['anthropic claude-opus-5-5']);
    expect([first.rule, first.reason]).toEqual([
      null,
      'anthropic: no rule matches; the default provider answers.',
    ]);
    expect(order(plan({ facts: [] }))).toEqual(['practice claude-opus-5-5']);
  });

  it('the first rule that matches wins and is named by its number', () => {
    const haiku = plan({ facts, settings, ask: { model: 'claude-haiku-5' } });
    expect([haiku.rule, haiku.reason]).toEqual([1, 'azure, asked as gpt-mini: rule 1, model is *haiku*.']);
    expect(plan({ facts, settings }).rule).toBe(2);
    expect(plan({ facts, settings }).reason).toBe('anthropic: the default route.');
  });

  it('an alias goes to its provider alone and to none other when that rests or is gone', () => {
    const ask = { model: 'claude/azure/azure-large' };
    const rests = plan({ facts, settings, ask, know: { health: () => resting(3) } });
    expect(order(rests)).toEqual(['azure azure-large']);
    const gone = plan({ facts, settings, ask: { model: 'claude/gone/x' } });
    expect(gone.candidates).toEqual([]);
    expect(gone.reason).toBe('No provider can be tried: asked for by name; gone does not exist.');
  });

  it('an alias of another provider means nothing where a pin leads', () => {
    const ask = { model: 'claude/google/google-large', sessionId: 's1' };
    expect(plan({ facts, settings, ask }).candidates).toEqual([]);
    expect(plan({ facts, settings, ask: { ...ask, model: 'claude/google/claude-x' } }).candidates).toEqual([
      { provider: 'anthropic', model: 'claude-x', key: 'env:ANTHROPIC' },
    ]);
  });
});

describe('what is left out', () => {
  const settings = { routes: [{ match: {}, to: to('anthropic', 'azure', 'google') }] };

  it('a resting provider is skipped, with the time it is back', () => {
    const planned = plan({
      facts,
      settings,
      know: { health: (id) => (id === 'anthropic' ? resting(32) : well()) },
    });
    expect(order(planned)).toEqual(['azure azure-large', 'google google-large']);
    expect(planned.skipped).toEqual([
      { provider: 'anthropic', why: 'rests after 529', until: NOON + 32 * MINUTE },
    ]);
    expect(planned.reason).toBe(
      'azure, asked as azure-large: the default route; anthropic rests until 12:32 after 529.',
    );
  });

  it('a rest of less than a minute is said in seconds', () => {
    const health = (id: string) => (id === 'anthropic' ? resting(0.1) : well());
    expect(plan({ facts, settings, know: { health } }).reason).toMatch(
      /anthropic rests for 6 s after 529\.$/,
    );
  });

  it('when all rest, the one that is back first is tried all the same', () => {
    const minutes: Record<string, number> = { anthropic: 9, azure: 3, google: 5 };
    const planned = plan({
      facts,
      settings,
      know: { health: (id) => resting(minutes[id] ?? 0, '500') },
    });
    expect(order(planned)).toEqual(['azure azure-large']);
    expect(planned.reason).toBe(
      'azure, asked as azure-large: the default route, tried all the same, since every place rests and it is back first; anthropic rests until 12:09 after 500; azure rests until 12:03 after 500; google rests until 12:05 after 500.',
    );
  });

  it('a provider without a key is never tried, even when all others rest', () => {
    const broken = [claude('anthropic', { problem: 'It has no key: FOO is not set. Set it.' }), azure];
    const planned = plan({
      facts: broken,
      settings: { routes: [{ match: {}, to: to('anthropic', 'azure') }] },
      know: { health: (id) => resting(id === 'azure' ? 50 : 1) },
    });
    expect(order(planned)).toEqual(['azure azure-large']);
    expect(planned.skipped[0]).toEqual({
      provider: 'anthropic',
      why: 'cannot be used: It has no key: FOO is not set',
      problem: 'It has no key: FOO is not set. Set it.',
      until: null,
    });
  });

  it('T166: a project held to Claude is answered by Claude alone', () => {
    const held = { ...settings, onlyClaude: ['/secret'] };
    const inside = plan({ facts, settings: held, ask: { project: '/secret/app' } });
    expect(order(inside)).toEqual(['anthropic claude-opus-5-5']);
    expect(inside.skipped.map(({ why }) => why)).toEqual([
      'is left out: this project is held to Claude',
      'is left out: this project is held to Claude',
    ]);
    expect(order(plan({ facts, settings: held, ask: { project: '/secrets' } }))).toHaveLength(3);
    const named = plan({ facts, settings: held, ask: { project: '/secret', model: 'claude/azure/gpt' } });
    expect(named.candidates).toEqual([]);
  });

  it('T166: a rule that renames Claude to something else is left out there, too; Claude elsewhere is not', () => {
    const renamed = (model: string) =>
      plan({
        facts,
        settings: { onlyClaude: ['/s'], routes: [{ match: {}, to: [{ provider: 'anthropic', model }] }] },
        ask: { project: '/s' },
      }).candidates.length;
    expect([renamed('kimi-k3'), renamed('claude-sonnet-5')]).toEqual([0, 1]);
    const router = plan({
      facts: [other('openrouter')],
      settings: {
        onlyClaude: ['/s'],
        routes: [{ match: {}, to: [{ provider: 'openrouter', model: 'anthropic/claude-opus-4.8' }] }],
      },
      ask: { project: '/s' },
    });
    expect(router.candidates).toHaveLength(1);
  });

  it('a provider with no model for the name asked is left out and says where to pick one', () => {
    const bare = [other('local', { tiers: {}, models: [] }), anthropic];
    const planned = plan({
      facts: bare,
      settings: { routes: [{ match: {}, to: to('local', 'anthropic') }] },
    });
    expect(planned.reason).toBe(
      'anthropic: the default route; local has no model chosen for claude-opus-5-5; pick one in Providers.',
    );
  });

  it('a place that is named twice is tried once', () => {
    const settings = { routes: [{ match: {}, to: to('anthropic', 'azure', 'anthropic') }] };
    expect(order(plan({ facts, settings }))).toEqual(['anthropic claude-opus-5-5', 'azure azure-large']);
  });
});

describe('keys', () => {
  const pool = [claude('anthropic', { keys: ['k1', 'k2', 'k3'] }), azure];
  const settings = { routes: [{ match: {}, to: to('anthropic', 'azure') }] };
  const keys = (know: object, ask = {}) =>
    plan({ facts: pool, settings, know, ask }).candidates.map(({ key }) => key);

  it('a provider is tried with all its keys before the next one', () => {
    expect(keys({})).toEqual(['k1', 'k2', 'k3', 'env:AZURE']);
  });

  it('a resting key is left out and named by its number', () => {
    const health = (_: string, key: string) => (key === 'k1' ? resting(2, '429') : well());
    expect(keys({ health })).toEqual(['k2', 'k3', 'env:AZURE']);
    expect(plan({ facts: pool, settings, know: { health } }).reason).toBe(
      'anthropic: the default route; anthropic key 1 of 3 rests until 12:02 after 429.',
    );
  });

  it('a session keeps its key, since a prompt cache belongs to an account', () => {
    const sticky = () => stay('anthropic', { key: 'k2' });
    expect(keys({ sticky }, { sessionId: 's' })).toEqual(['k2', 'k1', 'k3', 'env:AZURE']);
    const health = (_: string, key: string) => (key === 'k2' ? resting(2) : well());
    expect(keys({ sticky, health }, { sessionId: 's' })).toEqual(['k1', 'k3', 'env:AZURE']);
  });
});

describe('keys of several providers', () => {
  const two = [claude('anthropic', { keys: ['k1', 'shared'] }), claude('second', { keys: ['k9', 'shared'] })];
  const settings = { routes: [{ match: {}, to: to('anthropic', 'second') }] };

  it('a session keeps its key at the provider that has its cache, nowhere else', () => {
    const know = { sticky: () => stay('second', { model: 'claude-opus-5-5', key: 'shared' }) };
    const planned = plan({ facts: two, settings, know, ask: { sessionId: 's' } });
    expect(planned.candidates.map(({ key }) => key)).toEqual(['k1', 'shared', 'shared', 'k9']);
  });

  it('when all keys of a provider rest, the one that is back first speaks for it', () => {
    const minutes: Record<string, number> = { k1: 9, shared: 4 };
    const health = (_: string, key: string) => (minutes[key] === undefined ? well() : resting(minutes[key]));
    const planned = plan({ facts: two, settings, know: { health } });
    expect(planned.skipped).toEqual([
      { provider: 'anthropic', why: 'rests after 529', until: NOON + 4 * MINUTE },
      { provider: 'second', why: 'key 2 of 2 rests after 529', until: NOON + 4 * MINUTE },
    ]);
  });
});

describe('staying where the session is', () => {
  const settings = (strategy: string, sticky?: boolean) => ({
    routes: [
      { match: {}, strategy, to: to('anthropic', 'azure'), ...(sticky === undefined ? {} : { sticky }) },
    ],
  });
  const ask = { sessionId: 's', promptTokens: 100_000 };
  const first = (know: object, strategy = 'priority', sticky?: boolean) =>
    plan({ facts, settings: settings(strategy, sticky), ask, know }).candidates[0]?.provider;

  it('priority: after a failover a session stays until the first choice has been well for five minutes', () => {
    const after = (minutes: number) =>
      first({
        sticky: () => stay('azure'),
        health: (id: string) => well(id === 'anthropic' ? NOON - minutes * MINUTE : null),
      });
    expect([after(0), after(4.9), after(5)]).toEqual(['azure', 'azure', 'anthropic']);
  });

  it('priority: with nothing against the first choice the order written counts at once', () => {
    expect(first({ sticky: () => stay('azure') })).toBe('anthropic');
  });

  it('priority: a session that was silent for longer than its cache lives goes back', () => {
    const know = { sticky: () => stay('azure', { at: NOON - 6 * MINUTE }), health: () => well(NOON) };
    expect(first(know)).toBe('anthropic');
  });

  it('priority: a rule with sticky false chooses anew each time', () => {
    expect(first({ sticky: () => stay('azure'), health: () => well(NOON) }, 'priority', false)).toBe(
      'anthropic',
    );
  });

  it('the session’s place is found by session, sub-agent and model', () => {
    const asked: string[] = [];
    const know = {
      sticky(key: string) {
        asked.push(key);
        return null;
      },
    };
    plan({ facts, settings: settings('priority'), ask: { sessionId: 's' }, know });
    plan({ facts, settings: settings('priority'), ask: { sessionId: 's', agentId: 'a' }, know });
    plan({ facts, settings: settings('priority'), ask: { sessionId: 's', model: 'claude-haiku-5' }, know });
    plan({ facts, settings: settings('priority'), know });
    expect(new Set(asked).size).toBe(3);
  });

  const prices =
    (anthropic: number, azure: number) =>
    (id: string, _model: string, tokens: number, cached: number): number =>
      (id === 'anthropic' ? anthropic : azure) * (tokens - cached * 0.9);

  it('cheapest: without a cache the lower price wins, in any order written', () => {
    expect(first({ cost: prices(100, 50) }, 'cheapest')).toBe('azure');
    expect(first({ cost: prices(50, 100) }, 'cheapest')).toBe('anthropic');
  });

  it('cheapest: a warm cache beats a lower list price, and the cost of moving is in the reason', () => {
    const know = {
      cost: prices(1000, 500),
      sticky: () => stay('anthropic', { cachedTokens: 90_000 }),
    };
    const planned = plan({ facts, settings: settings('cheapest'), ask, know });
    expect(planned.candidates[0]?.provider).toBe('anthropic');
    expect(planned.reason).toBe(
      'anthropic: the default route, cheapest for this turn at $0.0190 where azure would cost $0.0500, moving included.',
    );
  });

  it('cheapest: a cache that has gone cold counts nothing', () => {
    const cold = stay('anthropic', { cachedTokens: 90_000, at: NOON - 5 * MINUTE });
    expect(first({ cost: prices(1000, 500), sticky: () => cold }, 'cheapest')).toBe('azure');
  });

  it('cheapest: of equal prices the session stays', () => {
    expect(first({ cost: () => 7, sticky: () => stay('azure') }, 'cheapest')).toBe('azure');
    expect(first({ cost: () => 7, sticky: () => stay('azure') }, 'cheapest', false)).toBe('anthropic');
  });

  const speeds = (anthropic: number | null, azure: number | null) => (id: string) =>
    id === 'anthropic' ? anthropic : azure;

  it('fastest: the quicker one wins, one of unknown speed is tried first', () => {
    expect(first({ speed: speeds(2000, 900) }, 'fastest')).toBe('azure');
    expect(first({ speed: speeds(900, 2000) }, 'fastest')).toBe('anthropic');
    expect(first({ speed: speeds(900, null) }, 'fastest')).toBe('azure');
  });

  it('fastest: places about as fast do not flap', () => {
    expect(first({ speed: speeds(1100, 1000) }, 'fastest')).toBe('anthropic');
    const sticky = () => stay('azure');
    expect(first({ speed: speeds(900, 1000), sticky }, 'fastest')).toBe('azure');
    expect(first({ speed: speeds(500, 1000), sticky }, 'fastest')).toBe('anthropic');
  });

  it('fastest: a running session is not moved off its cache to try an unknown place', () => {
    expect(first({ speed: speeds(null, 1000), sticky: () => stay('azure') }, 'fastest')).toBe('azure');
  });

  it.each(['priority', 'cheapest', 'fastest'])(
    '%s: a place that rests is left, however sticky',
    (strategy) => {
      const health = (id: string) => (id === 'azure' ? resting(5) : well(NOON));
      expect(first({ sticky: () => stay('azure'), health }, strategy)).toBe('anthropic');
    },
  );
});
