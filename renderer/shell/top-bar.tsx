// The top of the window in both shapes: the state line; then, where there is room, who routes Claude Code and the
// switches of the gateway. The popover shape keeps those in a second line and in its foot.
import { ActionIcon, Menu } from '@mantine/core';
import { IconSettings } from '@tabler/icons-react';
import { useLive } from '../live/use-live.ts';
import { PauseButton, TakeOverButton } from './gateway-buttons.tsx';
import { SchemeMenuItems } from './scheme-control.tsx';
import { StateLine } from './state-line.tsx';
import type { Screen } from './use-screen.ts';
import styles from './shell.module.css';

interface TopBarProps {
  readonly wide: boolean;
  readonly onTakeOver: () => void;
}

function RoutedBy() {
  const claudeCode = useLive((state) => state.status?.claudeCode ?? null);
  if (claudeCode === null) return null;
  return (
    <p className={styles.routedBy} title={claudeCode.settingsPath}>
      {claudeCode.note}
    </p>
  );
}

export function TopBar({ wide, onTakeOver }: TopBarProps) {
  if (wide) {
    return (
      <header className={styles.topBar}>
        <div className={styles.topWords}>
          <StateLine />
          <RoutedBy />
        </div>
        <TakeOverButton onOpen={onTakeOver} />
        <PauseButton />
      </header>
    );
  }
  return (
    <header className={styles.popoverTop}>
      <div className={styles.popoverTopRow}>
        <StateLine />
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label="Settings">
              <IconSettings size={16} stroke={1.5} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <SchemeMenuItems />
          </Menu.Dropdown>
        </Menu>
      </div>
      <RoutedBy />
    </header>
  );
}

interface PopoverFootProps {
  readonly screen: Screen;
  readonly onTakeOver: () => void;
}

/** The foot of the popover shape: the way to the other screen, and the switches of the gateway. */
export function PopoverFoot({ screen, onTakeOver }: PopoverFootProps) {
  return (
    <footer className={styles.popoverFoot}>
      <nav aria-label="Screens">
        <a className={styles.footLink} href={screen === 'overview' ? '#/activity' : '#/overview'}>
          {screen === 'overview' ? 'Activity' : 'Overview'}
        </a>
      </nav>
      <span className={styles.footActions}>
        <TakeOverButton onOpen={onTakeOver} />
        <PauseButton />
      </span>
    </footer>
  );
}
