// The small heading above a section, with room for one quiet fact at its right.
import type { ReactNode } from 'react';
import styles from './section-label.module.css';

interface SectionLabelProps {
  readonly id: string;
  readonly children: ReactNode;
  readonly aside?: ReactNode;
}

export function SectionLabel({ id, children, aside }: SectionLabelProps) {
  return (
    <div className={styles.row}>
      <h2 id={id} className={styles.label}>
        {children}
      </h2>
      {aside !== undefined && <span className={styles.aside}>{aside}</span>}
    </div>
  );
}
