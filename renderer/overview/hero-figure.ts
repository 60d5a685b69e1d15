// Which figure the hero shows, and what it is made of: settled truth plus the running estimate of what streams now.
import type { ExchangeRow, MeterView } from '../../src/contract/rows.ts';
import { formatMoney } from '../format/money.ts';
import { formatExactCount } from '../format/tokens.ts';
import { projectName } from '../format/names.ts';

export const heroSpans = ['today', 'session', 'month'] as const;
export type HeroSpan = (typeof heroSpans)[number];

export interface HeroFigure {
  readonly span: HeroSpan;
  /** Nano-dollars of finished exchanges. */
  readonly settledNanoUsd: number;
  /** Nano-dollars of exchanges in flight, estimated. */
  readonly liveNanoUsd: number;
  /** Finished exchanges in the span. */
  readonly exchanges: number;
  /** `today`, `this session · acme`, `this month`. */
  readonly label: string;
}

/** The session of the newest exchange that has one; null when no exchange has. */
export function newestSession(rows: readonly ExchangeRow[]): ExchangeRow | null {
  let newest: ExchangeRow | null = null;
  for (const row of rows) {
    if (row.sessionId === null) continue;
    if (newest === null || row.startedAt > newest.startedAt) newest = row;
  }
  return newest;
}

/** The next span that a click shows; the session is left out while there is none. */
export function nextSpan(span: HeroSpan, hasSession: boolean): HeroSpan {
  const spans = heroSpans.filter((candidate) => candidate !== 'session' || hasSession);
  return spans[(spans.indexOf(span) + 1) % spans.length] ?? 'today';
}

/** Running estimate of one session, in nano-dollars. */
export function liveOfSession(rows: readonly ExchangeRow[], sessionId: string): number {
  return rows.reduce(
    (sum, row) => (row.state === 'live' && row.sessionId === sessionId ? sum + row.costNanoUsd : sum),
    0,
  );
}

/** Finished exchanges of one session among the rows at hand. */
export function settledOfSession(
  rows: readonly ExchangeRow[],
  sessionId: string | null,
): readonly ExchangeRow[] {
  return rows.filter((row) => row.sessionId === sessionId && row.state !== 'live');
}

export interface SessionTotals {
  readonly row: ExchangeRow;
  readonly settledNanoUsd: number;
  readonly exchanges: number;
  readonly liveNanoUsd: number;
}

/** The figure for a span; the session falls back to today while there is none. */
export function chooseHeroFigure(
  span: HeroSpan,
  meter: MeterView,
  session: SessionTotals | null,
): HeroFigure {
  if (span === 'session' && session !== null) {
    const project = session.row.project === null ? '' : ` · ${projectName(session.row.project)}`;
    return {
      span,
      settledNanoUsd: session.settledNanoUsd,
      liveNanoUsd: session.liveNanoUsd,
      exchanges: session.exchanges,
      label: `this session${project}`,
    };
  }
  const totals = span === 'month' ? meter.month : meter.today;
  return {
    span: span === 'month' ? 'month' : 'today',
    settledNanoUsd: totals.costNanoUsd,
    liveNanoUsd: meter.liveNanoUsd,
    exchanges: totals.exchanges,
    label: span === 'month' ? 'this month' : 'today',
  };
}

/** Where the figure comes from, in one line: what is measured, and what is still an estimate. */
export function describeOrigin(figure: HeroFigure): string {
  if (figure.liveNanoUsd > 0)
    return `${formatMoney(figure.liveNanoUsd)} of it is an estimate while it streams`;
  if (figure.exchanges === 0) return 'nothing spent yet';
  const noun = figure.exchanges === 1 ? 'exchange' : 'exchanges';
  return `settled, ${formatExactCount(figure.exchanges)} ${noun}`;
}

/** What today's figure owes to the practice provider, running answers included; null when nothing. */
export function describePractice(meter: MeterView, rows: readonly ExchangeRow[]): string | null {
  const practice = rows.reduce(
    (sum, row) => (row.state === 'live' && row.practice ? sum + row.costNanoUsd : sum),
    meter.todayPracticeNanoUsd,
  );
  if (practice <= 0) return null;
  if (practice >= meter.today.costNanoUsd + meter.liveNanoUsd) {
    return `${formatMoney(practice)} practice, no money spent`;
  }
  return `${formatMoney(practice)} of it is practice, no money spent`;
}
