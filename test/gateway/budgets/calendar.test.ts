// Windows of budgets: the user's own calendar by time zone, clock changes, week start and leap days included (B2, trap 60).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowAt } from '../../../src/gateway/budgets/calendar.ts';
import type { Calendar } from '../../../src/gateway/budgets/calendar.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(text);
const show = (
  period: 'hour' | 'day' | 'week' | 'month',
  instant: string,
  timeZone: string,
  weekStart: Calendar['weekStart'] = 'monday',
) => {
  const { start, end } = windowAt(period, at(instant), { timeZone, weekStart });
  return [new Date(start).toISOString(), new Date(end ?? 0).toISOString()];
};

describe('a window', () => {
  it.each([
    [
      'a plain day',
      show('day', '2026-11-22T23:30:00Z', 'UTC'),
      ['2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ],
    [
      'a day east of UTC',
      show('day', '2026-11-22T23:30:00Z', 'Asia/Kolkata'),
      ['2026-11-22T18:30:00.000Z', '2026-11-23T18:30:00.000Z'],
    ],
    [
      '23 hours in spring',
      show('day', '2026-03-29T12:00:00Z', 'Europe/Berlin'),
      ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ],
    [
      '25 hours in autumn',
      show('day', '2026-11-01T12:00:00Z', 'America/New_York'),
      ['2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    ],
    [
      'a day whose midnight is skipped',
      show('day', '2026-09-06T12:00:00Z', 'America/Santiago'),
      ['2026-09-06T04:00:00.000Z', '2026-09-07T03:00:00.000Z'],
    ],
    [
      'a day whose hour before midnight comes twice',
      show('day', '2026-04-04T12:00:00Z', 'America/Santiago'),
      ['2026-04-04T03:00:00.000Z', '2026-04-05T04:00:00.000Z'],
    ],
    [
      'a leap month',
      show('month', '2028-02-29T12:00:00Z', 'UTC'),
      ['2028-02-01T00:00:00.000Z', '2028-03-01T00:00:00.000Z'],
    ],
    [
      'the last month of a year',
      show('month', '2026-12-31T23:30:00Z', 'Pacific/Auckland'),
      ['2026-12-31T11:00:00.000Z', '2027-01-31T11:00:00.000Z'],
    ],
    [
      'a week from Monday',
      show('week', '2026-11-22T12:00:00Z', 'UTC'),
      ['2026-11-16T00:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ],
    [
      'a week from Sunday',
      show('week', '2026-11-22T12:00:00Z', 'UTC', 'sunday'),
      ['2026-11-22T00:00:00.000Z', '2026-11-29T00:00:00.000Z'],
    ],
    [
      'a week over a clock change',
      show('week', '2026-10-25T12:00:00Z', 'Europe/Berlin'),
      ['2026-10-18T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    ],
    [
      'an hour where offsets end in 45 minutes',
      show('hour', '2026-11-22T12:20:00Z', 'Asia/Kathmandu'),
      ['2026-11-22T12:15:00.000Z', '2026-11-22T13:15:00.000Z'],
    ],
    [
      'the second one of two equal hours',
      show('hour', '2026-11-01T06:30:00Z', 'America/New_York'),
      ['2026-11-01T06:00:00.000Z', '2026-11-01T07:00:00.000Z'],
    ],
  ])('is right: %s', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('of a lifetime never ends', () => {
    expect(
      windowAt('lifetime', at('2026-11-22T12:00:00Z'), { timeZone: 'UTC', weekStart: 'monday' }),
    ).toEqual({ start: 0, end: null });
  });

  it('holds its instant, and its neighbours meet it exactly, in zones with every kind of clock change', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'America/Santiago',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Cairo',
      'America/Havana',
      'Pacific/Apia',
      'Asia/Beirut',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: at('2010-01-01T00:00:00Z') / HOUR, max: at('2035-01-01T00:00:00Z') / HOUR }),
        fc.nat(HOUR - 1),
        fc.constantFrom(...zones),
        fc.constantFrom('day' as const, 'week' as const, 'month' as const),
        fc.constantFrom('monday' as const, 'sunday' as const, 'saturday' as const),
        (hour, rest, timeZone, period, weekStart) => {
          const instant = hour * HOUR + rest;
          const calendar = { timeZone, weekStart };
          const { start, end } = windowAt(period, instant, calendar);
          if (end === null) throw new Error('it must end');
          expect([start <= instant, instant < end]).toEqual([true, true]);
          expect(windowAt(period, start, calendar)).toEqual({ start, end });
          expect(windowAt(period, end - 1, calendar)).toEqual({ start, end });
          expect(windowAt(period, end, calendar).start).toBe(end);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
