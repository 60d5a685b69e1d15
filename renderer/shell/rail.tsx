// The left rail of the full window: the mark, the screens with a dot where something needs the user, the way back to the
// set-up, and the choice of colours at its foot.
import { VisuallyHidden } from '@mantine/core';
import { Dot } from '../components/dot.tsx';
import { Mark } from '../components/mark.tsx';
import { SchemeSegments } from './scheme-control.tsx';
import { screenGroups, useNeeds } from './screens.tsx';
import type { Screen } from './use-screen.ts';
import styles from './shell.module.css';

export function Rail({ screen }: { readonly screen: Screen }) {
  const needs = useNeeds();
  const shown = screen === 'setup' ? 'overview' : screen;
  return (
    <div className={styles.rail}>
      <p className={styles.brand}>
        <Mark />
        Tollgate
      </p>
      <nav aria-label="Screens" className={styles.screens}>
        {screenGroups.map((entries) => (
          <div key={entries[0]?.screen} className={styles.screenGroup}>
            {entries.map((entry) => (
              <a
                key={entry.screen}
                href={`#/${entry.screen}`}
                className={styles.screenLink}
                aria-current={entry.screen === shown ? 'page' : undefined}
                title={needs.get(entry.screen)}
              >
                {entry.icon}
                {entry.label}
                {needs.has(entry.screen) && (
                  <span className={styles.need}>
                    <Dot kind="asks" />
                    <VisuallyHidden> needs you</VisuallyHidden>
                  </span>
                )}
              </a>
            ))}
          </div>
        ))}
      </nav>
      <div className={styles.railFoot}>
        <a className={styles.quietLink} href="#/setup">
          Set up step by step
        </a>
        <SchemeSegments />
      </div>
    </div>
  );
}
