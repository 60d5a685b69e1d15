// The first line of the window: whether requests flow, which model answers, through whom.
import { useLive } from '../live/use-live.ts';
import { useRest } from '../providers/use-trouble.ts';
import { Dot } from '../components/dot.tsx';
import { describeState } from './describe-state.ts';
import styles from './shell.module.css';

export function StateLine() {
  const link = useLive((state) => state.link);
  const status = useLive((state) => state.status);
  const rows = useLive((state) => state.rows);
  const rest = useRest();
  const line = describeState(link, status, rows, rest);
  return (
    <p className={styles.stateLine} data-testid="state-line">
      <Dot kind={line.dot} />
      <span className={styles.stateText}>
        <strong>{line.word}</strong>
        {line.detail !== '' && ` · ${line.detail}`}
      </span>
    </p>
  );
}
