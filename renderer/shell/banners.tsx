// Quiet lines above the screen for what the user must know before trusting the figures: a lost connection with the
// age of what is shown, another version of the gateway, and the gateway's own warnings.
import { Button } from '@mantine/core';
import { IconAlertCircle, IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatClockSeconds, formatTime } from '../format/time.ts';
import { useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import styles from './shell.module.css';

interface BannerProps {
  readonly icon: ReactNode;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

function Banner({ icon, children, action }: BannerProps) {
  return (
    <div className={styles.banner} role="status">
      <span className={styles.bannerIcon}>{icon}</span>
      <span>{children}</span>
      {action}
    </div>
  );
}

function LostBanner() {
  const heardAt = useLive((state) => state.heardAt);
  const now = useNow(5_000);
  const age =
    heardAt === null
      ? ''
      : ` The figures are from ${formatClockSeconds(heardAt)} (${formatTime(heardAt, now)}).`;
  return (
    <Banner icon={<IconPlugConnectedX size={16} stroke={1.5} />}>
      No connection to the gateway. Trying again by itself.{age}
    </Banner>
  );
}

export function Banners() {
  const link = useLive((state) => state.link);
  const warnings = useLive((state) => state.status?.warnings);
  return (
    <>
      {link.kind === 'lost' && <LostBanner />}
      {link.kind === 'mismatch' && (
        <Banner
          icon={<IconPlugConnectedX size={16} stroke={1.5} />}
          action={<Button onClick={() => window.location.reload()}>Reload</Button>}
        >
          The gateway was updated and speaks another version than this window. Reload it to go on.
        </Banner>
      )}
      {warnings?.map((warning) => (
        <Banner key={warning} icon={<IconAlertCircle size={16} stroke={1.5} />}>
          <span className={styles.warning} title={warning}>
            {warning}
          </span>
        </Banner>
      ))}
    </>
  );
}

/** Shown instead of everything when the window's key is not accepted. */
export function LockedNotice() {
  return (
    <main className={styles.notice}>
      <h1 className={styles.noticeTitle}>This window is not signed in</h1>
      <p>
        Its key has expired or belongs to another gateway. Run <code>tollgate status</code> in a terminal and
        open the address it prints.
      </p>
    </main>
  );
}

/** Shown until the first figures have arrived. */
export function WaitingNotice() {
  const lost = useLive((state) => state.link.kind === 'lost');
  return (
    <main className={styles.notice}>
      <p role="status">
        {lost
          ? 'The gateway does not answer. Trying again by itself; if it was stopped, start Tollgate.'
          : 'Asking the gateway for its figures.'}
      </p>
    </main>
  );
}
