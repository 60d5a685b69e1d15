// One quiet line under the meter once past spend was imported: what the logs tell, apart from what was measured.
import { formatMoney } from '../format/money.ts';
import { useHistoryStatus } from '../past-spend/use-history.ts';
import styles from './overview.module.css';

export function PastLine() {
  const { status } = useHistoryStatus();
  if (status === null || status.imported.messages === 0) return null;
  return (
    <p className={styles.past} data-testid="past-line">
      Before that: {formatMoney(status.imported.costNanoUsd)}{' '}
      <a href="#/past-spend">from Claude Code's logs</a>
    </p>
  );
}
