// Plans are remembered only where they depend on the model alone, and what is remembered is what planning would say.
import { describe, expect, it } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import { PlanMemo, dependOnModelOnly } from '../../../src/gateway/router/plan-memo.ts';
import type { ProviderFacts, RoutePlan, RouteQuestion } from '../../../src/gateway/router/types.ts';

const settingsWith = (more: object): Settings =>
  Settings.parse({
    version: 1,
    providers: [
      { id: 'a', type: 'anthropic' },
      { id: 'b', type: 'anthropic' },
    ],
    routes: [{ match: {}, to: [{ provider: 'a' }, { provider: 'b' }] }],
    ...more,
  });
const facts = (id: string, keys = ['env:K']): ProviderFacts => ({
  id,
  servesClaude: true,
  tiers: {},
  models: [],
  keys,
  problem: null,
});
const question = (model: string): RouteQuestion => ({
  model,
  requestClass: null,
  agentId: null,
  project: null,
  sessionId: 's',
  promptTokens: 1,
  thinking: false,
  at: 0,
});

describe('plans depend on the model only', () => {
  const to = [{ provider: 'a' }];
  it.each<[string, object, boolean]>([
    ['with plain rules', {}, true],
    ['with rules by model', { routes: [{ match: { model: 'claude-*' }, to }] }, true],
    ['not with a rule by project', { routes: [{ match: { project: '/x' }, to }] }, false],
    ['not with a rule by time', { routes: [{ match: { time: { from: '01:00', to: '02:00' } }, to }] }, false],
    ['not with a price to compare', { routes: [{ match: {}, strategy: 'cheapest', to }] }, false],
    ['not with a pin', { pins: [{ session: 's', to: { provider: 'a' } }] }, false],
    ['not with a project held to Claude', { onlyClaude: ['/x'] }, false],
  ])('%s', (_name, more, expected) => {
    expect(dependOnModelOnly(settingsWith(more), facts)).toBe(expected);
  });

  it('not with several keys of one provider', () => {
    expect(dependOnModelOnly(settingsWith({}), (id) => facts(id, ['env:K', 'env:L']))).toBe(false);
  });
});

describe('a remembered plan', () => {
  const memo = new PlanMemo();
  let asked = 0;
  const plan = ({ model }: RouteQuestion): RoutePlan => {
    asked++;
    return { candidates: [{ provider: 'a', model, key: 'env:K' }], skipped: [], reason: model, rule: 1 };
  };
  const ask = (model: string, settings: Settings, isClean = true, version = 1): RoutePlan =>
    memo.plan(question(model), isClean, { settings, version }, { factsOf: facts, plan });
  const settings = settingsWith({});

  it('is the same for the same model, with places of its own, until anything changes', () => {
    const first = ask('m', settings);
    const second = ask('m', settings);
    expect(second).toEqual(first);
    expect(second.candidates[0]).not.toBe(first.candidates[0]);
    expect(asked).toBe(1);
    ask('n', settings);
    expect(asked).toBe(2);
    ask('m', settings, false);
    expect(asked).toBe(3);
    ask('m', settings, true, 2);
    expect(asked).toBe(4);
    ask('m', settingsWith({}), true, 2);
    expect(asked).toBe(5);
    memo.clear();
    ask('m', settings, true, 2);
    expect(asked).toBe(6);
  });
});
