// The frame of a page: its title, one line on how things stand, and what can be done at the right.
import type { ReactNode } from 'react';
import type { DotKind } from '../shell/describe-state.ts';
import { Dot } from './dot.tsx';
import styles from './page.module.css';

interface PageHeadProps {
  readonly title: string;
  /** How things stand, in one line; the dot repeats it for the eye. */
  readonly lead?: ReactNode;
  readonly dot?: DotKind;
  readonly actions?: ReactNode;
}

export function PageHead({ title, lead, dot, actions }: PageHeadProps) {
  return (
    <div className={styles.head}>
      <div className={styles.headWords}>
        <h1 className={styles.title}>{title}</h1>
        {lead !== undefined && (
          <p className={styles.lead} role="status">
            {dot !== undefined && <Dot kind={dot} />}
            <span>{lead}</span>
          </p>
        )}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
