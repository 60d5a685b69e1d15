// Sessions that still come through although Claude Code is not connected, and sessions that go another way although it is.
import type { LingeringSession } from '../../src/contract/rows.ts';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { projectName } from '../format/names.ts';
import { formatTime } from '../format/time.ts';
import { useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import styles from './take-over.module.css';

export function LingeringSessions({ sessions }: { readonly sessions: readonly LingeringSession[] }) {
  const now = useNow(10_000);
  if (sessions.length === 0) return null;
  return (
    <section aria-labelledby="lingering-label" className={pageStyles.section}>
      <SectionLabel id="lingering-label">Sessions that still come through</SectionLabel>
      <p>
        They keep Tollgate's address until they end, and Tollgate goes on answering them. Restart one to let
        it go.
      </p>
      <ul className={pageStyles.rows}>
        {sessions.map((session) => (
          <li key={session.sessionId} className={styles.session}>
            <span>{session.project === null ? 'unknown project' : projectName(session.project)}</span>
            <span className={pageStyles.path}>{session.sessionId}</span>
            <span className={pageStyles.quiet}>{formatTime(session.lastSeenAt, now)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What sends some sessions another way than the user's settings say. */
export function Exceptions() {
  const exceptions = useLive((state) => state.status?.claudeCode.exceptions);
  if (exceptions === undefined || exceptions.length === 0) return null;
  return (
    <section aria-labelledby="exceptions-label" className={pageStyles.section}>
      <SectionLabel id="exceptions-label">Sessions that go another way</SectionLabel>
      <ul className={pageStyles.rows}>
        {exceptions.map((exception) => (
          <li key={`${exception.place} ${exception.project ?? ''}`} className={styles.route}>
            <span>{exception.why}</span>
            <span className={pageStyles.path}>{exception.place}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
