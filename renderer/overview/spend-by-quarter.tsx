// Spend per quarter hour over the whole local day, midnight to midnight, with the pace sentence under it. Drawn as
// plain SVG: ninety-six bars on a fixed axis need no chart library, and redraw ten times a second while streaming.
import { memo } from 'react';
import type { MeterView } from '../../src/contract/rows.ts';
import { formatMoney } from '../format/money.ts';
import { formatClock, startOfDay } from '../format/time.ts';
import { currentQuarter, describePace, measurePace } from './pace.ts';
import styles from './spend-by-quarter.module.css';

const quarterMs = 15 * 60_000;
const quartersADay = 96;
const height = 100;
/** The least height of a bar that stands for any money at all. */
const leastHeight = 4;

interface Bar {
  readonly index: number;
  readonly nanoUsd: number;
  readonly height: number;
}

/** Bars for the quarters that saw money, scaled to the dearest one; the running estimate stands on the current one. */
export function layOutBars(
  quarters: readonly number[],
  current: number,
  liveNanoUsd: number,
): readonly Bar[] {
  const amounts = Array.from(
    { length: Math.max(quarters.length, current + 1) },
    (_, index) => (quarters[index] ?? 0) + (index === current ? liveNanoUsd : 0),
  );
  const most = Math.max(...amounts);
  return amounts.flatMap((nanoUsd, index) =>
    nanoUsd > 0 ? [{ index, nanoUsd, height: Math.max(leastHeight, (nanoUsd / most) * height) }] : [],
  );
}

/** The chart in words, for those who do not see it. */
export function describeBars(bars: readonly Bar[], dayStart: number): string {
  const dearest = bars.reduce<Bar | null>(
    (most, bar) => (most === null || bar.nanoUsd > most.nanoUsd ? bar : most),
    null,
  );
  if (dearest === null) return 'Spend per quarter hour today: nothing yet.';
  const from = formatClock(dearest.index * quarterMs + dayStart);
  return `Spend per quarter hour today; the most was ${formatMoney(dearest.nanoUsd)} from ${from}.`;
}

interface BarsProps {
  readonly bars: readonly Bar[];
  readonly current: number;
  readonly slots: number;
  readonly dayStart: number;
}

const Bars = memo(function Bars({ bars, current, slots, dayStart }: BarsProps) {
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 ${slots} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={describeBars(bars, dayStart)}
    >
      {bars.map((bar) => (
        <g key={bar.index} className={styles.slot}>
          <title>{`${formatClock(dayStart + bar.index * quarterMs)} to ${formatClock(dayStart + (bar.index + 1) * quarterMs)}: ${formatMoney(bar.nanoUsd)}`}</title>
          <rect className={styles.reach} x={bar.index} y={0} width={1} height={height} />
          <rect
            className={styles.bar}
            data-current={bar.index === current ? true : undefined}
            x={bar.index + 0.12}
            y={height - bar.height}
            width={0.76}
            height={bar.height}
          />
        </g>
      ))}
    </svg>
  );
});

interface SpendByQuarterProps {
  readonly meter: MeterView;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function SpendByQuarter({ meter, now }: SpendByQuarterProps) {
  const current = currentQuarter(now);
  const dayStart = startOfDay(now);
  // A day on which the clocks change has up to a hundred quarters.
  const slots = Math.max(quartersADay, meter.quarters.length);
  const pace = measurePace({
    now,
    todayNanoUsd: meter.today.costNanoUsd,
    practiceNanoUsd: meter.todayPracticeNanoUsd,
    quarters: meter.quarters,
  });
  return (
    <div className={styles.spend}>
      <Bars
        bars={layOutBars(meter.quarters, current, meter.liveNanoUsd)}
        current={current}
        slots={slots}
        dayStart={dayStart}
      />
      <div className={styles.axis} aria-hidden="true">
        <span>00:00</span>
        <span style={{ insetInlineStart: '25%' }}>06:00</span>
        <span style={{ insetInlineStart: '50%' }}>12:00</span>
        <span style={{ insetInlineStart: '75%' }}>18:00</span>
        <span>24:00</span>
      </div>
      <p className={styles.pace} data-testid="pace">
        {describePace(pace)}
      </p>
    </div>
  );
}
