// One row of the list. Memoised on plain values: with many exchanges in flight only the changed rows are drawn again.
import { memo } from 'react';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { formatDuration } from '../format/duration.ts';
import { formatMoney } from '../format/money.ts';
import { projectName } from '../format/names.ts';
import { formatFullTime } from '../format/time.ts';
import { formatExactCount, formatTokens } from '../format/tokens.ts';
import { countNewInput, describeOutcome, explainModel, nameModel } from './describe-exchange.ts';
import styles from './exchange-list.module.css';

interface ExchangeLineProps {
  readonly row: ExchangeRow;
  readonly when: string;
  readonly via: string;
  /** The row that the Tab key reaches. */
  readonly reachable: boolean;
  readonly open: boolean;
  readonly onOpen: (id: string) => void;
  readonly onFocus: (id: string) => void;
}

function hasTokens(row: ExchangeRow): boolean {
  return countNewInput(row) + row.cacheReadTokens + row.outputTokens > 0;
}

/** Not yet, while it streams; else there is none and will be none. */
function nothing(row: ExchangeRow): string {
  return row.state === 'live' ? '…' : '—';
}

function describeTokens(row: ExchangeRow): string {
  return [
    `${formatExactCount(countNewInput(row))} input not from the cache`,
    `${formatExactCount(row.cacheReadTokens)} read from the cache`,
    `${formatExactCount(row.outputTokens)} output`,
  ].join(', ');
}

function costTitle(row: ExchangeRow): string {
  if (row.practice) return 'Practice, no money spent';
  if (row.state === 'live') return 'Estimate while it streams';
  if (row.usageBasis === 'none') return 'Nothing was charged';
  return row.usageBasis === 'estimated' || row.priceEstimated
    ? 'Estimated; open the row to see why'
    : 'Measured';
}

/** The column of figures that is not settled or not money is set quietly. */
function isSoftCost(row: ExchangeRow): boolean {
  return row.practice || row.costNanoUsd === 0;
}

function OutcomeCell({ row }: { readonly row: ExchangeRow }) {
  const outcome = describeOutcome(row);
  return (
    <span role="cell" className={styles.outcome} title={row.reason ?? undefined}>
      <span className={styles.outcomeWord} data-tone={outcome.tone}>
        {outcome.word}
        {outcome.detail !== '' && <span className={styles.outcomeDetail}> {outcome.detail}</span>}
      </span>
    </span>
  );
}

export const ExchangeLine = memo(function ExchangeLine(props: ExchangeLineProps) {
  const { row, when, via, reachable, open, onOpen, onFocus } = props;
  return (
    <div
      role="row"
      className={styles.line}
      data-live={row.state === 'live' ? true : undefined}
      data-open={open ? true : undefined}
      data-id={row.id}
      onClick={() => onOpen(row.id)}
    >
      <span role="cell" className={styles.time} title={formatFullTime(row.startedAt)}>
        <button
          type="button"
          data-row={row.id}
          className={styles.rowButton}
          tabIndex={reachable ? 0 : -1}
          aria-haspopup="dialog"
          onFocus={() => onFocus(row.id)}
        >
          {when}
        </button>
      </span>
      <span role="cell" className={styles.project} title={row.project ?? 'no project known'}>
        {row.project === null ? '—' : projectName(row.project)}
      </span>
      <span role="cell" className={styles.session} title={row.sessionId ?? 'no session named'}>
        {row.sessionId === null ? '—' : row.sessionId.slice(0, 8)}
      </span>
      <span role="cell" className={styles.what} title={explainModel(row)}>
        {nameModel(row)}
      </span>
      <span role="cell" className={styles.via} title={via}>
        {via}
      </span>
      <span role="cell" className={styles.tokens} title={describeTokens(row)}>
        {hasTokens(row) ? (
          <>
            {formatTokens(countNewInput(row))} <i>/</i> {formatTokens(row.cacheReadTokens)} <i>/</i>{' '}
            {formatTokens(row.outputTokens)}
          </>
        ) : (
          nothing(row)
        )}
      </span>
      <span
        role="cell"
        className={styles.cost}
        title={costTitle(row)}
        data-soft={isSoftCost(row) ? true : undefined}
      >
        {row.costNanoUsd === 0 && !hasTokens(row) ? nothing(row) : formatMoney(row.costNanoUsd)}
      </span>
      <span
        role="cell"
        className={styles.took}
        title={row.firstByteMs === null ? undefined : `first byte after ${formatDuration(row.firstByteMs)}`}
      >
        {row.durationMs === null ? '…' : formatDuration(row.durationMs)}
      </span>
      <OutcomeCell row={row} />
    </div>
  );
});
