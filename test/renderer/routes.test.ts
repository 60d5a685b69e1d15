// Decisions behind the Routes page and the way of an exchange: rules in words, forms read into rules and back, the list
// around the default, the described request, the ladder.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeStep } from '../../renderer/exchanges/describe-ladder.ts';
import {
  describeMatch,
  describePinned,
  describeTargets,
  requestClasses,
  strategies,
} from '../../renderer/routes/describe-route.ts';
import { readQuestion, type Question } from '../../renderer/routes/explain-question.ts';
import { checkFolder } from '../../renderer/routes/held-to.tsx';
import { classOptions } from '../../renderer/routes/route-conditions.tsx';
import { draftRoute, readCount, readRoute, type RouteDraft } from '../../renderer/routes/route-draft.ts';
import { dropItem, joinRoutes, moveItem, putItem, splitRoutes } from '../../renderer/routes/route-list.ts';
import type { AttemptStep } from '../../src/contract/rows.ts';
import { ExplainInput } from '../../src/contract/routing.ts';
import { RouteSettings } from '../../src/contract/settings.ts';

const labelOf = (id: string): string => ({ azure: 'Azure', anthropic: 'Anthropic' })[id] ?? id;
const known = ['azure', 'anthropic'];
const day = fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun' as const);
const time = fc
  .tuple(fc.nat(23), fc.nat(59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const word = fc.stringMatching(/^[a-z*][a-z0-9*/.-]{0,20}$/);

/** Any rule with a condition, as the config may have it. */
const anyRule = fc
  .record(
    {
      model: word,
      requestClass: word,
      agent: word,
      project: word,
      promptTokens: fc.oneof(
        fc.record({ atLeast: fc.nat(1_000_000) }),
        fc.record({ below: fc.integer({ min: 1, max: 1_000_000 }) }),
        fc.record({ atLeast: fc.nat(1_000), below: fc.integer({ min: 1_001, max: 1_000_000 }) }),
      ),
      thinking: fc.boolean(),
      time: fc.record(
        { from: time, to: time, days: fc.uniqueArray(day, { minLength: 1, maxLength: 6 }) },
        { requiredKeys: ['from', 'to'] },
      ),
    },
    { requiredKeys: ['model'] },
  )
  .chain((match) =>
    fc.record(
      {
        match: fc.constant(match),
        strategy: fc.constantFrom('cheapest', 'fastest' as const),
        sticky: fc.constant(false),
        to: fc.array(
          fc.record({ provider: fc.constantFrom(...known), model: word }, { requiredKeys: ['provider'] }),
          { minLength: 1, maxLength: 4 },
        ),
      },
      { requiredKeys: ['match', 'to'] },
    ),
  ) as fc.Arbitrary<RouteSettings>;

describe('a rule in words', () => {
  it('reads as a sentence', () => {
    const to = [{ provider: 'azure', model: 'gpt-5.6-mini' }, { provider: 'anthropic' }];
    expect(describeMatch({ model: 'claude-*haiku*', requestClass: 'subagent' })).toBe(
      'When the model is claude-*haiku* and a sub-agent asks',
    );
    expect(describeTargets({ to }, labelOf)).toBe('Azure gpt-5.6-mini, then Anthropic');
    expect(describeTargets({ to, strategy: 'cheapest' }, labelOf)).toBe(
      'the cheapest of Azure gpt-5.6-mini, Anthropic',
    );
    expect(describeMatch({})).toBe('Everything else');
    expect(
      describeMatch({
        agent: '*',
        project: '/home/me/acme',
        promptTokens: { atLeast: 100_000, below: 200_000 },
        thinking: false,
        time: { from: '22:00', to: '07:00', days: ['sun', 'mon'] },
      }),
    ).toBe(
      'When any sub-agent asks and the project is in /home/me/acme and the prompt has 100,000 to 200,000 tokens and thinking is off and it is between 22:00 and 07:00 on Mon, Sun',
    );
    expect(describeMatch({ requestClass: 'odd', promptTokens: { below: 5 } })).toBe(
      'When the request class is odd and the prompt has fewer than 5 tokens',
    );
  });

  it('names every condition that it has', () => {
    fc.assert(
      fc.property(anyRule, ({ match }) => {
        const words = describeMatch(match);
        for (const value of [match.model, match.agent === '*' ? undefined : match.agent, match.project])
          if (value !== undefined) expect(words).toContain(value);
        expect(words.split(' and ').length).toBeGreaterThanOrEqual(Object.keys(match).length);
      }),
    );
  });

  it('each strategy and class is explained; a class that was written by hand can be kept', () => {
    expect(strategies.map(({ value }) => value)).toEqual(['priority', 'cheapest', 'fastest']);
    expect(strategies.every(({ why }) => why.endsWith('.'))).toBe(true);
    expect(classOptions('odd').map(({ value }) => value)).toEqual([
      '',
      ...requestClasses.map(({ value }) => value),
      'odd',
    ]);
    expect(describePinned({ project: '/a' })).toBe('Project /a');
    expect(describePinned({ session: 's1' })).toBe('Session s1');
  });
});

describe('the form of a rule', () => {
  it('opened and saved unchanged, gives the rule back', () => {
    fc.assert(
      fc.property(anyRule, (route) => {
        expect(readRoute(draftRoute(route), false, known).route).toEqual(route);
      }),
    );
  });

  const start = draftRoute({ match: { model: 'a' }, to: [{ provider: 'azure' }] });
  const problemsOf = (change: Partial<RouteDraft>, isDefault = false) =>
    readRoute({ ...start, ...change }, isDefault, known).problems;

  it('whatever it lets through, the config accepts', () => {
    const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('', '5', '10k', '22:00', 'x'));
    fc.assert(
      fc.property(
        fc.record({
          model: text,
          requestClass: text,
          agent: text,
          project: text,
          atLeast: text,
          below: text,
          from: text,
          to: text,
          days: fc.uniqueArray(day),
          sticky: fc.boolean(),
        }),
        (change) => {
          const { route } = readRoute({ ...start, ...change }, false, known);
          if (route !== null) expect(RouteSettings.safeParse(route).error).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });

  it('says at the field what is wrong', () => {
    expect(problemsOf({ atLeast: 'many' })).toEqual({
      atLeast: 'Enter a number of tokens, like 120000 or 120k.',
    });
    expect(problemsOf({ below: '0' })?.['below']).toContain('number of tokens');
    expect(problemsOf({ atLeast: '200k', below: '100k' })?.['below']).toContain('more than');
    expect(problemsOf({ from: '22:00' })?.['to']).toContain('07:00');
    expect(problemsOf({ model: 'two words' })?.['model']).toContain('no spaces');
    expect(problemsOf({ model: '' })?.['conditions']).toContain('at least one condition');
    expect(problemsOf({ targets: [] })?.['targets']).toContain('at least one provider');
    expect(problemsOf({ targets: [{ key: 0, provider: 'gone', model: '' }] })?.['targets']).toContain(
      '"gone"',
    );
    expect(problemsOf({ model: '' }, true)).toBeNull();
  });

  it('days alone mean the whole of these days', () => {
    expect(readRoute({ ...start, days: ['sat', 'sun'] }, false, known).route?.match.time).toEqual({
      from: '00:00',
      to: '00:00',
      days: ['sat', 'sun'],
    });
  });

  it('reads counts as people write them', () => {
    expect(['120000', '120,000', '120k', '1.5M', ' 7 '].map(readCount)).toEqual([
      120_000, 120_000, 120_000, 1_500_000, 7,
    ]);
    expect(['', '-1', '1,00', 'k', '1e9'].map(readCount)).toEqual([null, null, null, null, null]);
  });
});

describe('the list of rules', () => {
  const rule = (model: string): RouteSettings => ({ match: { model }, to: [{ provider: 'azure' }] });
  const standard: RouteSettings = { match: {}, to: [{ provider: 'anthropic' }] };

  it('shows the default apart, and what stands behind it as never reached', () => {
    const routes = [rule('a'), standard, rule('b')];
    expect(splitRoutes(routes)).toEqual({ rules: [rule('a')], standard, behind: [rule('b')] });
    expect(splitRoutes([rule('a')])).toEqual({ rules: [rule('a')], standard: null, behind: [] });
  });

  it('put together again is what it was', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anyRule, fc.constant(standard))), (routes) => {
        expect(joinRoutes(splitRoutes(routes))).toEqual(routes);
      }),
    );
  });

  it('moving keeps every item, and back again is as before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.nat(20), fc.nat(20), (list, from, to) => {
        const moved = moveItem(list, from, to);
        expect(moved.toSorted()).toEqual(list.toSorted());
        if (from < list.length && to < list.length) {
          expect(moved[to]).toBe(list[from]);
          expect(moveItem(moved, to, from)).toEqual(list);
        } else expect(moved).toBe(list);
      }),
    );
    expect(moveItem([1, 2], 0, -1)).toEqual([1, 2]);
    expect([putItem([1, 2], 1, 9), putItem([1, 2], 2, 9), dropItem([1, 2], 0)]).toEqual([
      [1, 9],
      [1, 2, 9],
      [2],
    ]);
  });

  it('a project is held to Claude once', () => {
    expect(checkFolder('', [])).toContain('folder');
    expect(checkFolder('/a', ['/a'])).toContain('already');
    expect(checkFolder('/b', ['/a'])).toBeNull();
  });
});

describe('"Where would this go?"', () => {
  const now = Date.parse('2026-11-22T14:00:00');
  const question: Question = {
    model: 'claude-opus-5-5',
    requestClass: '',
    project: '',
    agent: '',
    promptTokens: '',
    thinking: '',
    time: '',
  };

  it('asks only what was filled in', () => {
    expect(readQuestion(question, now)).toEqual({ input: { model: 'claude-opus-5-5' }, problems: {} });
    const full = {
      ...question,
      requestClass: 'main',
      project: ' /a ',
      agent: 'x',
      promptTokens: '50k',
      time: '23:30',
    };
    const { input } = readQuestion({ ...full, thinking: 'on' }, now);
    expect(input).toEqual({
      model: 'claude-opus-5-5',
      requestClass: 'main',
      project: '/a',
      agent: 'x',
      promptTokens: 50_000,
      thinking: true,
      at: Date.parse('2026-11-22T23:30:00'),
    });
    expect(ExplainInput.safeParse(input).success).toBe(true);
  });

  it('says at the field what is wrong', () => {
    expect(readQuestion({ ...question, model: ' ' }, now).problems['model']).toContain('model');
    expect(readQuestion({ ...question, promptTokens: '0' }, now).problems['promptTokens']).toContain(
      'tokens',
    );
    expect(readQuestion({ ...question, time: 'noon' }, now).problems['time']).toContain('22:00');
  });
});

describe('P21: the ladder of an exchange', () => {
  const step = (change: Partial<AttemptStep>): AttemptStep => ({
    provider: 'anthropic',
    model: 'claude-opus-5-5',
    outcome: 'refused',
    status: 529,
    milliseconds: 1_200,
    reason: 'Overloaded',
    ...change,
  });
  it('says what was tried, what came of it and how long it took', () => {
    expect(describeStep(step({}), labelOf)).toBe('Anthropic opus-5.5: 529 Overloaded after 1.2 s');
    expect(describeStep(step({ reason: 'status 529: Overloaded' }), labelOf)).toBe(
      'Anthropic opus-5.5: status 529: Overloaded after 1.2 s',
    );
    expect(describeStep(step({ reason: null, milliseconds: null }), labelOf)).toBe(
      'Anthropic opus-5.5: status 529',
    );
    expect(describeStep(step({ outcome: 'failed', status: null, reason: null }), labelOf)).toContain(
      'no answer',
    );
    expect(
      describeStep(step({ provider: 'azure', model: 'gpt-5.6', outcome: 'answered', status: 200 }), labelOf),
    ).toBe('Azure gpt-5.6: answered after 1.2 s');
    expect(
      describeStep(
        step({ model: null, outcome: 'skipped', status: null, reason: 'rests after 529' }),
        labelOf,
      ),
    ).toBe('Anthropic: left out, rests after 529');
  });
});
