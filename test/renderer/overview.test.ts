// The figures of the Overview: the pace is never made up, the hero says what is settled and what is estimated, practice
// is never mistaken for money, and the bars show every quarter hour that cost something.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { easeBetween } from '../../renderer/components/use-count-up.ts';
import {
  chooseHeroFigure,
  describeOrigin,
  describePractice,
  liveOfSession,
  newestSession,
  nextSpan,
} from '../../renderer/overview/hero-figure.ts';
import { describePace, measurePace, type PaceInput } from '../../renderer/overview/pace.ts';
import { describeBars, layOutBars } from '../../renderer/overview/spend-by-quarter.tsx';
import { listTokenClasses, measureCacheHits } from '../../renderer/exchanges/token-classes.ts';
import { noTokens } from '../../src/contract/usage.ts';
import { makeMeter, makeRow } from '../support/sample-figures.ts';

const dollar = 1_000_000_000;
const at = (hours: number, minutes: number): number => new Date(2026, 10, 22, hours, minutes).getTime();
const dayStart = at(0, 0);

/** Quarters of the day up to now with these amounts at these hours. */
function quartersWith(spent: Readonly<Record<number, number>>): number[] {
  const quarters: number[] = [];
  for (const [quarter, amount] of Object.entries(spent)) {
    while (quarters.length <= Number(quarter)) quarters.push(0);
    quarters[Number(quarter)] = amount;
  }
  return quarters;
}

function paceOf(input: Partial<PaceInput>): string {
  const quarters = input.quarters ?? [];
  const todayNanoUsd = quarters.reduce((sum, spent) => sum + spent, 0);
  return describePace(measurePace({ now: at(14, 0), todayNanoUsd, practiceNanoUsd: 0, quarters, ...input }));
}

describe('the pace', () => {
  it('carries the rate of the last two hours on to midnight', () => {
    // $2 since 12:00, two hours ago, and ten hours to go: a dollar an hour.
    expect(paceOf({ quarters: quartersWith({ 36: dollar, 49: dollar, 52: dollar }), now: at(14, 0) })).toBe(
      'pace: ends day at $13.00',
    );
  });

  it('counts from the first spend when that is less than two hours ago', () => {
    expect(paceOf({ quarters: quartersWith({ 52: dollar }), now: at(14, 0) })).toBe(
      'pace: ends day at $11.00',
    );
  });

  it('is unknown before an hour of use', () => {
    expect(paceOf({ quarters: quartersWith({ 54: dollar }), now: at(14, 0) })).toBe(
      'pace: known after an hour of use',
    );
  });

  it('is unknown on a day without spend', () => {
    expect(paceOf({ quarters: [] })).toBe('pace: known after an hour of use');
  });

  it('is quiet after two idle hours', () => {
    expect(paceOf({ quarters: quartersWith({ 20: dollar }), now: at(14, 0) })).toBe(
      'pace: nothing spent in the last two hours',
    );
  });

  it('is not given for practice amounts', () => {
    expect(paceOf({ quarters: quartersWith({ 40: dollar, 50: dollar }), practiceNanoUsd: 1 })).toBe(
      'pace: not given for practice',
    );
  });

  it('never ends the day below what is spent already', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: dollar }), { maxLength: 96 }),
        fc.integer({ min: 0, max: 24 * 60 - 1 }),
        (quarters, minute) => {
          const todayNanoUsd = quarters.reduce((sum, spent) => sum + spent, 0);
          const pace = measurePace({ now: at(0, minute), todayNanoUsd, practiceNanoUsd: 0, quarters });
          if (pace.kind === 'known') expect(pace.endOfDayNanoUsd).toBeGreaterThanOrEqual(todayNanoUsd);
        },
      ),
    );
  });
});

describe('the hero figure', () => {
  const live = makeRow('l', at(13, 59), {
    state: 'live',
    endedAt: null,
    costNanoUsd: 5_000_000,
    sessionId: 's2',
  });
  const rows = [
    live,
    makeRow('b', at(13, 0), { sessionId: 's1' }),
    makeRow('a', at(12, 0), { sessionId: 's2' }),
  ];
  const meter = makeMeter(rows, dayStart);

  it('is what is settled plus what streams, and says which part is an estimate', () => {
    const figure = chooseHeroFigure('today', meter, null);
    expect(figure.settledNanoUsd).toBe(84_200_000);
    expect(figure.liveNanoUsd).toBe(5_000_000);
    expect(describeOrigin(figure)).toBe('$0.0050 of it is an estimate while it streams');
  });

  it('is the settled truth when nothing streams', () => {
    expect(describeOrigin(chooseHeroFigure('today', makeMeter(rows.slice(1), dayStart), null))).toBe(
      'settled, 2 exchanges',
    );
    expect(describeOrigin(chooseHeroFigure('month', makeMeter(rows.slice(2), dayStart), null))).toBe(
      'settled, 1 exchange',
    );
    expect(describeOrigin(chooseHeroFigure('today', makeMeter([], dayStart), null))).toBe(
      'nothing spent yet',
    );
  });

  it('of the session is that of the newest exchange, named by its project', () => {
    const row = newestSession(rows);
    expect(row?.sessionId).toBe('s2');
    expect(liveOfSession(rows, 's2')).toBe(5_000_000);
    const session = { row: row ?? live, settledNanoUsd: 42_100_000, exchanges: 1, liveNanoUsd: 5_000_000 };
    expect(chooseHeroFigure('session', meter, session)).toMatchObject({
      label: 'this session · acme',
      settledNanoUsd: 42_100_000,
    });
  });

  it('falls back to today while no session is known', () => {
    expect(newestSession([makeRow('a', 1, { sessionId: null })])).toBeNull();
    expect(chooseHeroFigure('session', meter, null).span).toBe('today');
  });

  it('turns from today to session to month, and skips a session that is not there', () => {
    expect(['today', 'session', 'month'].map((span) => nextSpan(span as 'today', true))).toEqual([
      'session',
      'month',
      'today',
    ]);
    expect(nextSpan('today', false)).toBe('month');
  });

  it('says plainly which part is practice', () => {
    const practice = makeRow('p', at(13, 0), { practice: true, costNanoUsd: 12_000_000 });
    expect(describePractice(makeMeter([practice], dayStart), [practice])).toBe(
      '$0.0120 practice, no money spent',
    );
    expect(describePractice(makeMeter([practice, ...rows], dayStart), [practice, ...rows])).toBe(
      '$0.0120 of it is practice, no money spent',
    );
    expect(describePractice(meter, rows)).toBeNull();
    const running = makeRow('q', at(14, 0), { practice: true, state: 'live', costNanoUsd: 1_000_000 });
    expect(describePractice(makeMeter([running], dayStart), [running])).toBe(
      '$0.0010 practice, no money spent',
    );
  });

  it('travels to its new value in 150 ms and never beyond', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: dollar }),
        fc.integer({ min: 0, max: dollar }),
        fc.integer({ min: 0, max: 300 }),
        (from, to, elapsed) => {
          const value = easeBetween(from, to, elapsed);
          expect(value).toBeGreaterThanOrEqual(Math.min(from, to));
          expect(value).toBeLessThanOrEqual(Math.max(from, to));
          if (elapsed >= 150) expect(value).toBe(to);
          if (elapsed === 0) expect(value).toBe(from);
        },
      ),
    );
  });
});

describe('spend per quarter hour', () => {
  it('shows every quarter that cost something, the dearest at full height', () => {
    const bars = layOutBars([0, 10, 0, 1_000], 3, 0);
    expect(bars.map((bar) => [bar.index, bar.height])).toEqual([
      [1, 4],
      [3, 100],
    ]);
  });

  it('puts the running estimate on the current quarter, also when the ledger has none for it yet', () => {
    expect(layOutBars([500], 0, 500)).toEqual([{ index: 0, nanoUsd: 1_000, height: 100 }]);
    expect(layOutBars([], 2, 500)).toEqual([{ index: 2, nanoUsd: 500, height: 100 }]);
  });

  it('is told in words to those who do not see it', () => {
    expect(describeBars([], dayStart)).toBe('Spend per quarter hour today: nothing yet.');
    expect(describeBars(layOutBars([0, 42_000_000, 1], 2, 0), dayStart)).toBe(
      'Spend per quarter hour today; the most was $0.0420 from 00:15.',
    );
  });
});

describe('tokens today', () => {
  it('keeps the five billing classes apart', () => {
    const counts = {
      inputTokens: 1,
      cacheReadTokens: 2,
      cacheWrite5mTokens: 3,
      cacheWrite1hTokens: 4,
      outputTokens: 5,
    };
    expect(listTokenClasses(counts).map((tokenClass) => tokenClass.count)).toEqual([1, 2, 3, 4, 5]);
    expect(measureCacheHits(counts)).toBeCloseTo(0.2);
  });

  it('claims no hit share when nothing went in', () => {
    expect(measureCacheHits(noTokens)).toBeNull();
  });
});
