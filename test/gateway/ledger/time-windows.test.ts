// Calendar windows follow the local calendar, also where the clock changes (trap 60). The zone is the process's own.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  startOf,
  startOfDay,
  startOfMonth,
  startOfNextDay,
  startOfWeek,
} from '../../../src/gateway/ledger/time-windows.ts';

const zoneBefore = process.env['TZ'];
afterEach(() => {
  if (zoneBefore === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zoneBefore;
});

describe.each([
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'America/St_Johns',
])('in %s', (zone) => {
  beforeEach(() => {
    process.env['TZ'] = zone;
  });

  it('a day begins at local midnight on a quarter-hour border, on all days of two years', () => {
    for (let day = 0; day < 730; day++) {
      const now = Date.UTC(2026, 0, 1, 15, 20) + day * 86_400_000;
      const start = startOfDay(now);
      const date = new Date(start);
      expect([date.getHours(), date.getMinutes(), date.getDate()]).toEqual([0, 0, new Date(now).getDate()]);
      expect(start % 900_000).toBe(0);
      expect(now - start).toBeLessThan(25 * 3_600_000);
      expect(startOfDay(startOfNextDay(now))).toBe(startOfNextDay(now));
      expect(startOfDay(startOfNextDay(now) - 1)).toBe(start);
      const inZone = new Intl.DateTimeFormat('en', { timeZone: zone, timeStyle: 'short' }).format(now);
      expect(new Date(now).toLocaleTimeString('en', { timeStyle: 'short' })).toBe(inZone);
    }
  });

  it('weeks begin on Monday and months on the first', () => {
    const now = new Date(2026, 10, 22, 23, 59).getTime();
    expect(new Date(startOfWeek(now)).toString()).toBe(new Date(2026, 10, 16).toString());
    expect(new Date(startOfMonth(now)).toString()).toBe(new Date(2026, 10, 1).toString());
  });

  it('a date without an offset is local', () => {
    expect(startOf('2026-03-29', 0)).toBe(new Date(2026, 2, 29).getTime());
    expect(startOf('2026-03-29T10:00', 0)).toBe(new Date(2026, 2, 29, 10).getTime());
    expect(startOf('2026-03-29T10:00:00Z', 0)).toBe(Date.UTC(2026, 2, 29, 10));
    expect(startOf('all', 0)).toBe(null);
  });
});
