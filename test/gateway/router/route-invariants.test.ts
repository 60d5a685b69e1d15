// What holds for any settings, any question and any state of the world, and over any sequence of edits and switches.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import type { Settings as SettingsType } from '../../../src/contract/settings.ts';
import { HealthBook } from '../../../src/gateway/health/health-book.ts';
import type { PlaceHealth, RouteKnowledge, StickyPlace } from '../../../src/gateway/router/knowledge.ts';
import { namesClaude } from '../../../src/gateway/router/model-names.ts';
import { planRoute } from '../../../src/gateway/router/plan-route.ts';
import { providerFacts } from '../../../src/gateway/router/provider-facts.ts';
import { sessionKey, StickySessions } from '../../../src/gateway/router/sticky-sessions.ts';
import type { ProviderFacts } from '../../../src/gateway/router/types.ts';
import { knowledgeOf, NOON, question } from './support.ts';

const ids = ['a', 'b', 'c', 'd'] as const;
const models = ['claude-opus-5', 'claude-haiku-5', 'gpt-5.6', 'claude/b/large', 'claude/z/x'] as const;
const folders = ['/p', '/p/q', '/r'] as const;
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const target = fc.record(
  { provider: fc.constantFrom(...ids), model: fc.constantFrom('large', 'claude-sonnet-5', 'llama') },
  { requiredKeys: ['provider'] },
);
const route = fc.record(
  {
    match: fc.record(
      {
        model: fc.constantFrom('*haiku*', 'claude-*', '*'),
        project: fc.constantFrom(...folders),
        agent: fc.constantFrom('*', 'x*'),
        requestClass: fc.constantFrom('main', 'subagent'),
        thinking: fc.boolean(),
        promptTokens: fc.record({ atLeast: fc.nat(2000) }),
        time: fc.constantFrom({ from: '22:00', to: '06:00' }, { from: '00:00', to: '23:00' }),
      },
      { requiredKeys: [] },
    ),
    strategy: fc.constantFrom('priority', 'cheapest', 'fastest'),
    sticky: fc.boolean(),
    to: fc.array(target, { minLength: 1, maxLength: 5 }),
  },
  { requiredKeys: ['match', 'to'] },
);
const pin = fc.oneof(
  fc.record({ project: fc.constantFrom(...folders), to: target }),
  fc.record({ session: fc.constantFrom('s1', 's2'), to: target }),
);
const settingsArbitrary = fc
  .record({
    routes: fc.array(route, { maxLength: 5 }),
    pins: fc.array(pin, { maxLength: 3 }),
    onlyClaude: fc.subarray([...folders]),
  })
  .map((parts) =>
    Settings.parse({ version: 1, providers: ids.map((id) => ({ id, type: 'anthropic' })), ...parts }),
  );

const factsArbitrary = fc.tuple(
  ...ids.map((id) =>
    fc.record<ProviderFacts>({
      id: fc.constant(id),
      servesClaude: fc.boolean(),
      tiers: fc.constantFrom<ProviderFacts['tiers'][]>({}, { opus: 'large' }, { haiku: 'small' }),
      models: fc.constantFrom<string[][]>([], ['large', 'gpt-5.6']),
      keys: fc.constantFrom([`${id}-1`], [`${id}-1`, `${id}-2`]),
      problem: fc.constantFrom(null, null, 'It has no key.'),
    }),
  ),
);
const questionArbitrary = fc.record({
  model: fc.constantFrom(...models),
  requestClass: fc.constantFrom(null, 'main', 'auxiliary'),
  agentId: fc.constantFrom(null, 'x1'),
  project: fc.constantFrom(null, ...folders, '/p/q/deep', '/px'),
  sessionId: fc.constantFrom(null, 's1', 's3'),
  promptTokens: fc.integer({ min: 1, max: 5000 }),
  thinking: fc.boolean(),
  at: fc.integer({ min: NOON, max: NOON + 86_400_000 }),
});
/** Rests and speeds drawn once, by place. */
const worldArbitrary = fc.record({
  rests: fc.dictionary(fc.constantFrom(...ids.flatMap((id) => [`${id}-1`, `${id}-2`])), fc.nat(100_000)),
  speeds: fc.dictionary(fc.constantFrom(...ids), fc.nat(5000)),
  costs: fc.dictionary(fc.constantFrom(...ids), fc.nat(5000)),
  last: optional(
    fc.constantFrom(...ids).map((id): StickyPlace => ({
      provider: id,
      model: 'large',
      key: `${id}-2`,
      cachedTokens: 1000,
      at: NOON,
    })),
  ),
});

interface World {
  readonly rests: Readonly<Record<string, number>>;
  readonly speeds: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, number>>;
  readonly last: StickyPlace | undefined;
}

const knowledgeFor = (facts: readonly ProviderFacts[], world: World): RouteKnowledge =>
  knowledgeOf(facts, {
    health(_, key): PlaceHealth {
      const rest = world.rests[key];
      return rest === undefined
        ? { available: true, until: null, why: '', troubledAt: null }
        : { available: false, until: NOON + rest, why: '529', troubledAt: NOON };
    },
    speed: (id) => world.speeds[id] ?? null,
    cost: (id) => world.costs[id] ?? 1,
    sticky: () => world.last ?? null,
  });

describe('a plan, whatever the settings', () => {
  const anything = fc.tuple(settingsArbitrary, factsArbitrary, questionArbitrary, worldArbitrary);

  it('never has a provider that cannot be used, and a resting place only when all rest', () => {
    fc.assert(
      fc.property(anything, ([settings, facts, asked, world]) => {
        const plan = planRoute(settings, asked, knowledgeFor(facts, world));
        const known = new Map(facts.map((one) => [one.id, one]));
        for (const { provider, key } of plan.candidates) {
          if (provider === 'practice') continue;
          expect(known.get(provider)?.problem).toBeNull();
          expect(known.get(provider)?.keys).toContain(key);
        }
        const resting = plan.candidates.filter(({ key }) => world.rests[key] !== undefined);
        expect(resting.length === 0 || plan.candidates.length === 1).toBe(true);
      }),
    );
  });

  it('T166: never leaves Claude where the project is held to it', () => {
    fc.assert(
      fc.property(anything, ([settings, facts, asked, world]) => {
        const held = { ...settings, onlyClaude: ['/p', '/r'] };
        const { candidates } = planRoute(held, { ...asked, project: '/p/q' }, knowledgeFor(facts, world));
        expect(candidates.every(({ model }) => namesClaude(model))).toBe(true);
      }),
    );
  });

  it('is the same for the same knowledge, names no place twice, and says why in one sentence', () => {
    fc.assert(
      fc.property(anything, ([settings, facts, asked, world]) => {
        const plan = planRoute(settings, asked, knowledgeFor(facts, world));
        expect(planRoute(settings, asked, knowledgeFor(facts, world))).toEqual(plan);
        const names = plan.candidates.map((place) => JSON.stringify(place));
        expect(new Set(names).size).toBe(names.length);
        expect(plan.reason).toMatch(/^[^\n]+[^.]\.$/);
        const first = plan.candidates[0];
        expect(plan.reason.startsWith(first === undefined ? 'No provider' : first.provider)).toBe(true);
        for (const { provider } of plan.skipped) expect(plan.reason).toContain(`${provider} `);
      }),
    );
  });

  it('health changes the order never the set: whoever is well among the targets is a candidate', () => {
    fc.assert(
      fc.property(anything, ([settings, facts, asked, world]) => {
        const well = knowledgeFor(facts, { ...world, rests: {} });
        const all = planRoute(settings, asked, well).candidates.map((place) => JSON.stringify(place));
        const some = planRoute(settings, asked, knowledgeFor(facts, world)).candidates;
        for (const place of some) expect(all).toContain(JSON.stringify(place));
        const stillWell = all.filter(
          (text) => world.rests[(JSON.parse(text) as { key: string }).key] === undefined,
        );
        if (stillWell.length > 0)
          expect(some.map((place) => JSON.stringify(place)).toSorted()).toEqual(stillWell.toSorted());
      }),
    );
  });
});

describe('trap 53: over any sequence of edits, switches and failures', () => {
  const providerArbitrary = fc.record({
    id: fc.constantFrom(...ids),
    secrets: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
  });
  const edit = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), provider: providerArbitrary }),
    fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom(...ids) }),
    fc.record({ kind: fc.constant('use' as const), id: fc.constantFrom(...ids) }),
    fc.record({
      kind: fc.constant('ask' as const),
      fails: fc.boolean(),
      session: fc.constantFrom('s1', 's2'),
    }),
  );

  /** Every key names its owner, so that a key in the wrong hands shows. */
  const withProvider = (settings: SettingsType, id: string, secrets: readonly number[]): SettingsType => {
    const [first, ...more] = secrets.map((number) => `vault:${id}.${number}`);
    return Settings.parse({
      ...settings,
      providers: [
        ...settings.providers.filter((one) => one.id !== id),
        { id, type: 'anthropic', credential: first, credentials: more },
      ],
    });
  };

  it('no candidate ever has another provider’s key, and a switch counts at once', () => {
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 40 }), (edits) => {
        let settings = Settings.parse({ version: 1 });
        const book = new HealthBook();
        const sticky = new StickySessions();
        let now = NOON;
        const type = { servesClaude: true, defaultCredential: 'none', models: [], tiers: {} };
        for (const one of edits) {
          now += 1000;
          if (one.kind === 'add') settings = withProvider(settings, one.provider.id, one.provider.secrets);
          else if (one.kind === 'remove') {
            const kept = settings.providers.filter(({ id }) => id !== one.id);
            settings = Settings.parse({ ...settings, providers: kept, routes: [] });
          } else if (one.kind === 'use') {
            if (!settings.providers.some(({ id }) => id === one.id)) continue;
            const others = settings.providers.filter(({ id }) => id !== one.id);
            const to = [one.id, ...others.map(({ id }) => id)].map((provider) => ({ provider }));
            settings = Settings.parse({ ...settings, routes: [{ match: {}, to }] });
          }
          book.adopt(settings);
          sticky.adopt(settings);
          const knowledge = knowledgeOf([], {
            providers(id) {
              const own = settings.providers.find((provider) => provider.id === id);
              return own === undefined ? null : providerFacts(own, type, () => null);
            },
            health: (provider, key, model) => book.look({ provider, key, model }, now),
            sticky: (session) => sticky.find(session),
          });
          const asked = question({ sessionId: one.kind === 'ask' ? one.session : 's1', at: now });
          const { candidates } = planRoute(settings, asked, knowledge);
          for (const { provider, key } of candidates) expect(key.startsWith(`vault:${provider}.`)).toBe(true);
          const [first] = candidates;
          if (one.kind === 'use') {
            const own = settings.providers.find(({ id }) => id === one.id);
            const keys = [own?.credential, ...(own?.credentials ?? [])];
            const isWell = keys.some(
              (key) =>
                key !== undefined && book.look({ provider: one.id, key, model: asked.model }, now).available,
            );
            if (isWell) expect(first?.provider).toBe(one.id);
          }
          if (one.kind !== 'ask' || first === undefined) continue;
          const lease = book.begin(first, now);
          if (one.fails) {
            book.report(
              lease,
              { kind: 'failed', scope: 'key', rest: 'backoff', why: '429', sentence: 'x' },
              now,
            );
          } else {
            book.report(lease, { kind: 'answered' }, now);
            sticky.note(sessionKey(asked), { ...first, cachedTokens: 10, at: now });
          }
        }
      }),
    );
  });
});

describe('where sessions were last', () => {
  const settings = (more: object): SettingsType =>
    Settings.parse({ version: 1, providers: ids.map((id) => ({ id, type: 'anthropic' })), ...more });
  const place: StickyPlace = { provider: 'a', model: 'm', key: 'k', cachedTokens: 1, at: NOON };

  it('is forgotten as soon as routes, pins or providers change, and kept over any other change', () => {
    const sticky = new StickySessions();
    const changes: [object, boolean][] = [
      [{}, true],
      [{ prices: { m: { input: '1', output: '2' } } }, true],
      [{ routes: [{ match: {}, to: [{ provider: 'b' }] }] }, false],
      [{ pins: [{ session: 's', to: { provider: 'b' } }] }, false],
      [{ providers: [{ id: 'a', type: 'anthropic', baseUrl: 'http://127.0.0.1:1' }] }, false],
    ];
    for (const [more, keeps] of changes) {
      sticky.adopt(settings({}));
      sticky.note('s', place);
      sticky.adopt(settings(more));
      expect(sticky.find('s')).toEqual(keeps ? place : null);
    }
  });

  it('a request without a session leaves no trace, and the oldest of many make room', () => {
    const sticky = new StickySessions();
    sticky.note(null, place);
    for (let index = 0; index <= 2000; index++) sticky.note(`s${index}`, place);
    expect([sticky.find('s0'), sticky.find('s1'), sticky.find('s2000')]).toEqual([null, place, place]);
  });
});
