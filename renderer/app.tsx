// The window as a whole: rail or popover shape, banners, the current screen, the side panel and the take-over sheet.
import { useEffect, useState } from 'react';
import { ActivityScreen } from './activity/activity-screen.tsx';
import { TakeOverSheet, useTakeOverDirection, type Direction } from './claude-code/take-over-sheet.tsx';
import { useWide } from './components/use-wide.ts';
import { useUndoKey } from './control-actions.tsx';
import { formatMoney } from './format/money.ts';
import { useLive } from './live/use-live.ts';
import { OverviewScreen } from './overview/overview-screen.tsx';
import { Banners, LockedNotice, WaitingNotice } from './shell/banners.tsx';
import { Rail } from './shell/rail.tsx';
import { PopoverFoot, TopBar } from './shell/top-bar.tsx';
import { useScreen } from './shell/use-screen.ts';
import styles from './shell/shell.module.css';

/** Today's settled spend in the title, where a browser tab or a task switcher shows it. */
function useTitle(): void {
  const today = useLive((state) => state.meter?.today.costNanoUsd ?? null);
  useEffect(() => {
    document.title = today === null ? 'Tollgate' : `${formatMoney(today)} today · Tollgate`;
  }, [today]);
}

export function App() {
  useTitle();
  useUndoKey();
  const screen = useScreen();
  const wide = useWide();
  const link = useLive((state) => state.link.kind);
  const hasFigures = useLive((state) => state.meter !== null);
  const direction = useTakeOverDirection();
  // Kept from the moment the sheet opens: applying turns the direction round while the result is still shown.
  const [sheet, setSheet] = useState<Direction | null>(null);
  const openSheet = (): void => setSheet(direction);
  if (link === 'locked') return <LockedNotice />;
  if (!hasFigures && link !== 'mismatch') return <WaitingNotice />;
  return (
    <div className={styles.shell} data-stale={link === 'lost' || link === 'mismatch' ? true : undefined}>
      {wide && <Rail screen={screen} />}
      <div className={styles.column}>
        <TopBar wide={wide} onTakeOver={openSheet} />
        <Banners />
        <main className={styles.screen}>
          {screen === 'overview' ? <OverviewScreen onTakeOver={openSheet} /> : <ActivityScreen />}
        </main>
        {!wide && <PopoverFoot screen={screen} onTakeOver={openSheet} />}
      </div>
      <TakeOverSheet direction={sheet} onClose={() => setSheet(null)} />
    </div>
  );
}
