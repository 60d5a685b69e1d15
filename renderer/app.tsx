// The window as a whole: rail or popover shape, banners, and the current screen.
import { useEffect, type ReactNode } from 'react';
import { ActivityScreen } from './activity/activity-screen.tsx';
import { ClaudeCodeScreen } from './claude-code/claude-code-screen.tsx';
import { useWide } from './components/use-wide.ts';
import { useUndoKey } from './control-actions.tsx';
import { DoctorScreen } from './doctor/doctor-screen.tsx';
import { formatMoney } from './format/money.ts';
import { useLive } from './live/use-live.ts';
import { OverviewScreen } from './overview/overview-screen.tsx';
import { PastSpendScreen } from './past-spend/past-spend-screen.tsx';
import { ProvidersScreen } from './providers/providers-screen.tsx';
import { RoutesScreen } from './routes/routes-screen.tsx';
import { useFirstRun } from './setup/use-setup.ts';
import { Banners, LockedNotice, WaitingNotice } from './shell/banners.tsx';
import { useEscapeHidesPopover } from './shell/desktop.ts';
import { Rail } from './shell/rail.tsx';
import { PopoverFoot, TopBar } from './shell/top-bar.tsx';
import { useScreen, type Screen } from './shell/use-screen.ts';
import styles from './shell/shell.module.css';

/** Today's settled spend in the title, where a browser tab or a task switcher shows it. */
function useTitle(): void {
  const today = useLive((state) => state.meter?.today.costNanoUsd ?? null);
  useEffect(() => {
    document.title = today === null ? 'Tollgate' : `${formatMoney(today)} today · Tollgate`;
  }, [today]);
}

const pages: Record<Screen, ReactNode> = {
  overview: <OverviewScreen />,
  setup: <OverviewScreen setup />,
  activity: <ActivityScreen />,
  'past-spend': <PastSpendScreen />,
  'claude-code': <ClaudeCodeScreen />,
  providers: <ProvidersScreen />,
  routes: <RoutesScreen />,
  doctor: <DoctorScreen />,
};

export function App() {
  useTitle();
  useUndoKey();
  useFirstRun();
  useEscapeHidesPopover();
  const screen = useScreen();
  const wide = useWide();
  const link = useLive((state) => state.link.kind);
  const hasFigures = useLive((state) => state.meter !== null);
  if (link === 'locked') return <LockedNotice />;
  if (!hasFigures && link !== 'mismatch') return <WaitingNotice />;
  return (
    <div className={styles.shell} data-stale={link === 'lost' || link === 'mismatch' ? true : undefined}>
      {wide && <Rail screen={screen} />}
      <div className={styles.column}>
        <TopBar wide={wide} screen={screen} />
        <Banners />
        <main className={styles.screen}>{pages[screen]}</main>
        {!wide && <PopoverFoot screen={screen} />}
      </div>
    </div>
  );
}
