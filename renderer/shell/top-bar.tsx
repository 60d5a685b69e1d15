// The top of the window in both shapes: the state line; then, where there is room, who routes Claude Code and the
// switches of the gateway. The popover shape keeps those in a second line and in its foot.
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconSettings, IconStairs } from '@tabler/icons-react';
import { useLive } from '../live/use-live.ts';
import { isPopover, openFullWindow } from './desktop.ts';
import { PauseButton, TakeOverLink } from './gateway-buttons.tsx';
import { SchemeMenuItems } from './scheme-control.tsx';
import { screenGroups, useNeeds } from './screens.tsx';
import { StateLine } from './state-line.tsx';
import type { Screen } from './use-screen.ts';
import styles from './shell.module.css';

interface TopBarProps {
  readonly wide: boolean;
  readonly screen: Screen;
}

function RoutedBy() {
  const claudeCode = useLive((state) => state.status?.claudeCode ?? null);
  if (claudeCode === null) return null;
  return (
    <p className={styles.routedBy} title={claudeCode.settingsPath}>
      <a href="#/claude-code">{claudeCode.note}</a>
    </p>
  );
}

/** All screens, for the shape that has no rail. */
function ScreenMenuItems({ screen }: { readonly screen: Screen }) {
  const needs = useNeeds();
  return (
    <>
      {screenGroups.flat().map((entry) => (
        <Menu.Item
          key={entry.screen}
          component="a"
          href={`#/${entry.screen}`}
          leftSection={entry.icon}
          aria-current={entry.screen === screen ? 'page' : undefined}
        >
          {entry.label}
          {needs.has(entry.screen) && ', needs you'}
        </Menu.Item>
      ))}
      <Menu.Item component="a" href="#/setup" leftSection={<IconStairs size={16} stroke={1.5} />}>
        Set up step by step
      </Menu.Item>
      <Menu.Divider />
    </>
  );
}

export function TopBar({ wide, screen }: TopBarProps) {
  if (wide) {
    return (
      <header className={styles.topBar}>
        <div className={styles.topWords}>
          <StateLine />
          <RoutedBy />
        </div>
        <TakeOverLink screen={screen} />
        <PauseButton />
      </header>
    );
  }
  return (
    <header className={styles.popoverTop}>
      <div className={styles.popoverTopRow}>
        <StateLine />
        <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label="Screens and settings">
              <IconSettings size={16} stroke={1.5} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <ScreenMenuItems screen={screen} />
            <SchemeMenuItems />
          </Menu.Dropdown>
        </Menu>
      </div>
      <RoutedBy />
    </header>
  );
}

/** The foot of the popover shape: the way to the other screen or the full window, and the switches of the gateway. */
export function PopoverFoot({ screen }: { readonly screen: Screen }) {
  return (
    <footer className={styles.popoverFoot}>
      <nav aria-label="Screens">
        <a className={styles.footLink} href={screen === 'overview' ? '#/activity' : '#/overview'}>
          {screen === 'overview' ? 'Activity' : 'Overview'}
        </a>
      </nav>
      <span className={styles.footActions}>
        {isPopover() && <Button onClick={openFullWindow}>Open Tollgate</Button>}
        <TakeOverLink screen={screen} />
        <PauseButton />
      </span>
    </footer>
  );
}
