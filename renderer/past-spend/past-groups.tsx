// Past spend by project and by model: name, share bar, cost.
import type { HistoryStatus } from '../../src/contract/history.ts';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { formatMoney } from '../format/money.ts';
import { projectName, shortModelName } from '../format/names.ts';
import { rankGroups } from './describe-past-spend.ts';
import { usePastUsage } from './use-history.ts';
import styles from './past-spend.module.css';

/** As many as can be read at a glance. */
const most = 8;

interface GroupTableProps {
  readonly by: 'project' | 'model';
  readonly label: string;
  readonly name: (key: string) => string;
  readonly status: HistoryStatus;
}

function GroupTable({ by, label, name, status }: GroupTableProps) {
  const usage = usePastUsage(by, status);
  const id = `past-${by}`;
  return (
    <section className={pageStyles.section} aria-labelledby={id}>
      <SectionLabel id={id} aside="from Claude Code's logs">
        {label}
      </SectionLabel>
      {usage.error !== null && <p role="alert">{explainError(usage.error)}</p>}
      <ul className={pageStyles.rows}>
        {rankGroups(usage.data?.fromLogs?.groups ?? [], most).map((group) => (
          <li key={group.key} className={styles.group} title={group.key}>
            <span className={styles.groupName}>{name(group.key)}</span>
            <span className={styles.bar} aria-hidden="true">
              <span className={styles.barFill} style={{ width: `${Math.max(1, group.share * 100)}%` }} />
            </span>
            <span className={styles.groupCost}>{formatMoney(group.costNanoUsd)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function PastGroups({ status }: { readonly status: HistoryStatus }) {
  return (
    <div className={styles.groups}>
      <GroupTable by="project" label="By project" name={projectName} status={status} />
      <GroupTable by="model" label="By model" name={shortModelName} status={status} />
    </div>
  );
}
