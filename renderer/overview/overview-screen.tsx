// The Overview: how much, on what, through whom, is all well; the number first, the last exchanges at the end.
import { useState } from 'react';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { SectionLabel } from '../components/section-label.tsx';
import { ExchangeList } from '../exchanges/exchange-list.tsx';
import { ExchangePanel } from '../exchanges/exchange-panel.tsx';
import { useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import { Hero } from './hero.tsx';
import { SetupGuide } from '../setup/setup-guide.tsx';
import { NextStep } from './next-step.tsx';
import { PastLine } from './past-line.tsx';
import { ProviderSwitch } from './provider-switch.tsx';
import { SpendByQuarter } from './spend-by-quarter.tsx';
import { TokensToday } from './tokens-today.tsx';
import styles from './overview.module.css';

/** As many as fit a glance; Activity has the rest. */
const lastExchanges = 12;

interface OverviewScreenProps {
  /** The set-up stands where charts and lists are; the meter stays. */
  readonly setup?: boolean;
}

function LastExchanges({ rows }: { readonly rows: readonly ExchangeRow[] }) {
  const [openId, setOpenId] = useState<string | null>(null);
  return (
    <section aria-labelledby="exchanges-label">
      <SectionLabel
        id="exchanges-label"
        aside={
          <a className={styles.all} href="#/activity">
            All activity
          </a>
        }
      >
        Last exchanges
      </SectionLabel>
      <ExchangeList
        rows={rows.slice(0, lastExchanges)}
        labelledBy="exchanges-label"
        openId={openId}
        onOpen={setOpenId}
      />
      <ExchangePanel row={rows.find((row) => row.id === openId) ?? null} onClose={() => setOpenId(null)} />
    </section>
  );
}

export function OverviewScreen({ setup = false }: OverviewScreenProps) {
  const meter = useLive((state) => state.meter);
  const status = useLive((state) => state.status);
  const rows = useLive((state) => state.rows);
  const now = useNow(10_000);
  if (meter === null || status === null) return null;
  // Nothing has ever come through: charts of nothing would only stand in the way of the next step.
  const isNew = rows.length === 0;
  const showsFigures = !isNew && !setup;
  return (
    <div className={styles.overview}>
      <h1 className={styles.title}>Overview</h1>
      <div className={styles.spend}>
        <Hero meter={meter} />
        {showsFigures && <SpendByQuarter meter={meter} now={now} />}
        {!setup && <PastLine />}
      </div>
      <div className={styles.providers}>
        <ProviderSwitch providers={status.providers} />
      </div>
      {showsFigures && (
        <div className={styles.tokens}>
          <TokensToday meter={meter} />
        </div>
      )}
      <div className={styles.exchanges}>
        {setup ? (
          <SetupGuide status={status} />
        ) : isNew ? (
          <NextStep status={status} />
        ) : (
          <LastExchanges rows={rows} />
        )}
      </div>
    </div>
  );
}
