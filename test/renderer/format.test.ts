// Money, tokens, durations and times as people read them: each a table of value and text.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../renderer/format/duration.ts';
import { formatHeroMoney, formatMoney } from '../../renderer/format/money.ts';
import { modelTitle, monogram, projectName, shortModelName } from '../../renderer/format/names.ts';
import { endOfDay, formatFullTime, formatTime, startOfDay } from '../../renderer/format/time.ts';
import { formatExactCount, formatShare, formatTokens } from '../../renderer/format/tokens.ts';

const dollar = 1_000_000_000;

describe('money', () => {
  it.each([
    [0, '$0.0000'],
    [1, '<$0.0001'],
    [49_999, '<$0.0001'],
    [50_000, '$0.0001'],
    [4_200_000, '$0.0042'],
    [421_000_000, '$0.4210'],
    [999_949_999, '$0.9999'],
    [999_950_000, '$1.00'],
    [dollar, '$1.00'],
    [12.38 * dollar, '$12.38'],
    [12_384_999_999, '$12.38'],
    [12_385_000_000, '$12.39'],
    [999_994_999_999, '$999.99'],
    [999_995_000_000, '$1,000'],
    [1_240 * dollar, '$1,240'],
    [1_234_567.5 * dollar, '$1,234,568'],
    [-4_200_000, '−$0.0042'],
  ])('shows %d nano-dollars as %s', (nanoUsd, text) => {
    expect(formatMoney(nanoUsd)).toBe(text);
  });

  it('never shows an amount that was not free as nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (nanoUsd) => {
        expect(formatMoney(nanoUsd)).not.toMatch(/^\$0\.0000$/);
      }),
    );
  });

  it('is off by at most half of its last place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 50_000, max: 9_000_000 * dollar }), (nanoUsd) => {
        const text = formatMoney(nanoUsd);
        const places = text.split('.')[1]?.length ?? 0;
        const shown = Number(text.replaceAll(/[$,]/g, '')) * dollar;
        expect(Math.abs(shown - nanoUsd)).toBeLessThanOrEqual((dollar / 10 ** places) * 0.5 + 2);
      }),
    );
  });

  it.each([
    [0, '$0.0000', ''],
    [4_200_000, '$0.0042', ''],
    [999_949_999, '$0.9999', ''],
    [999_950_000, '$1.00', '00'],
    [4_187_300_000, '$4.18', '73'],
    [99_999_949_999, '$99.99', '99'],
    [99_999_950_000, '$100.00', ''],
    [412_070_000_000, '$412.07', ''],
    [1_240 * dollar, '$1,240', ''],
  ])('lets the hero figure of %d nano-dollars tick as %s and a quiet %s', (nanoUsd, main, fine) => {
    expect(formatHeroMoney(nanoUsd)).toEqual({ main, fine });
  });
});

describe('tokens', () => {
  it.each([
    [0, '0'],
    [812, '812'],
    [999, '999'],
    [1_000, '1.0k'],
    [12_412, '12.4k'],
    [99_949, '99.9k'],
    [99_950, '100k'],
    [124_400, '124k'],
    [999_499, '999k'],
    [999_500, '1.0M'],
    [3_100_000, '3.1M'],
    [310_000_000, '310M'],
    [1_200_000_000, '1.2B'],
    [2_000_000_000_000, '2000B'],
  ])('shows %d as %s', (count, text) => {
    expect(formatTokens(count)).toBe(text);
  });

  it('writes exact counts with separators', () => {
    expect([0, 999, 1_000, 12_412, 3_100_000].map(formatExactCount)).toEqual([
      '0',
      '999',
      '1,000',
      '12,412',
      '3,100,000',
    ]);
  });

  it.each([
    [0, '0 %'],
    [0.001, '<1 %'],
    [0.5, '50 %'],
    [0.964, '96 %'],
    [0.9999, '99 %'],
    [1, '100 %'],
  ])('shows a share of %d as %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe('durations', () => {
  it.each([
    [-5, '0 ms'],
    [0, '0 ms'],
    [180, '180 ms'],
    [199.4, '199 ms'],
    [199.6, '0.2 s'],
    [800, '0.8 s'],
    [9_949, '9.9 s'],
    [9_950, '10 s'],
    [12_300, '12 s'],
    [59_499, '59 s'],
    [59_500, '1 m 00 s'],
    [184_000, '3 m 04 s'],
    [3_599_499, '59 m 59 s'],
    [3_599_500, '1 h 00 m'],
    [3_720_000, '1 h 02 m'],
  ])('shows %d ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('times', () => {
  const now = new Date(2026, 10, 22, 14, 2, 11).getTime();
  it.each([
    [now + 5_000, 'just now'],
    [now, 'just now'],
    [now - 59_999, 'just now'],
    [now - 60_000, '1 m ago'],
    [now - 59 * 60_000, '59 m ago'],
    [now - 60 * 60_000, '13:02'],
    [new Date(2026, 10, 22, 0, 0, 1).getTime(), '00:00'],
    [new Date(2026, 10, 21, 23, 59).getTime(), '21 Nov'],
    [new Date(2025, 10, 21, 23, 59).getTime(), '21 Nov 2025'],
  ])('shows %d as %s: relative under an hour, then the clock, then the date', (at, text) => {
    expect(formatTime(at, now)).toBe(text);
  });

  it('stays relative across midnight while under an hour', () => {
    const night = new Date(2026, 10, 22, 0, 10).getTime();
    expect(formatTime(night - 20 * 60_000, night)).toBe('20 m ago');
  });

  it('gives the full time for titles', () => {
    expect(formatFullTime(now)).toBe('22 Nov 2026, 14:02:11');
  });

  it('bounds the local day', () => {
    expect(startOfDay(now)).toBe(new Date(2026, 10, 22).getTime());
    expect(endOfDay(now)).toBe(new Date(2026, 10, 23).getTime());
  });
});

describe('names', () => {
  it.each([
    ['/home/me/acme', 'acme'],
    ['/home/me/acme/', 'acme'],
    ['C:\\work\\acme', 'acme'],
    ['billing', 'billing'],
    ['/', '/'],
  ])('calls the project %s %s', (project, name) => {
    expect(projectName(project)).toBe(name);
  });

  it.each([
    ['claude-opus-5-5', 'opus-5.5', 'Opus 5.5'],
    ['claude-opus-4-5-20251101', 'opus-4.5', 'Opus 4.5'],
    ['claude-sonnet-5', 'sonnet-5', 'Sonnet 5'],
    ['claude-haiku-4-5-latest', 'haiku-4.5', 'Haiku 4.5'],
    ['claude-opus-5-5[1m]', 'opus-5.5[1m]', 'Opus 5.5[1m]'],
    ['claude-opus-4-5@20251101', 'opus-4.5', 'Opus 4.5'],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'opus-4.5', 'Opus 4.5'],
    ['gpt-5.6-mini', 'gpt-5.6-mini', 'gpt-5.6-mini'],
  ])('calls the model %s %s, in prose %s', (model, short, title) => {
    expect(shortModelName(model)).toBe(short);
    expect(modelTitle(model)).toBe(title);
  });

  it('stands one capital letter for a provider', () => {
    expect(['Anthropic', 'team relay', '(eu) west', '…'].map(monogram)).toEqual(['A', 'T', 'E', '?']);
  });
});
