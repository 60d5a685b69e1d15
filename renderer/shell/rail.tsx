// The left rail of the full window: the mark, the screens, and the choice of colours at its foot.
import { IconActivity, IconGauge } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Mark } from '../components/mark.tsx';
import { SchemeSegments } from './scheme-control.tsx';
import type { Screen } from './use-screen.ts';
import styles from './shell.module.css';

const entries: readonly { readonly screen: Screen; readonly label: string; readonly icon: ReactNode }[] = [
  { screen: 'overview', label: 'Overview', icon: <IconGauge size={16} stroke={1.5} /> },
  { screen: 'activity', label: 'Activity', icon: <IconActivity size={16} stroke={1.5} /> },
];

export function Rail({ screen }: { readonly screen: Screen }) {
  return (
    <div className={styles.rail}>
      <p className={styles.brand}>
        <Mark />
        Tollgate
      </p>
      <nav aria-label="Screens" className={styles.screens}>
        {entries.map((entry) => (
          <a
            key={entry.screen}
            href={`#/${entry.screen}`}
            className={styles.screenLink}
            aria-current={entry.screen === screen ? 'page' : undefined}
          >
            {entry.icon}
            {entry.label}
          </a>
        ))}
      </nav>
      <div className={styles.railFoot}>
        <SchemeSegments />
      </div>
    </div>
  );
}
