// The side panel of one exchange: every fact the ledger has, each figure with where it comes from. Follows its row
// while it streams. Esc closes; focus goes back to the row.
import { Drawer } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { listTokenClasses } from './token-classes.ts';
import { useWide } from '../components/use-wide.ts';
import { formatDuration } from '../format/duration.ts';
import { formatMoney } from '../format/money.ts';
import { formatFullTime } from '../format/time.ts';
import { formatExactCount } from '../format/tokens.ts';
import { useLive } from '../live/use-live.ts';
import {
  describeCost,
  describeOutcome,
  describeProjectSource,
  explainModel,
  nameModel,
  nameProvider,
} from './describe-exchange.ts';
import { RouteStory } from './route-story.tsx';
import styles from './exchange-panel.module.css';

interface Fact {
  readonly label: string;
  readonly value: ReactNode;
  /** Set for ids and paths: drawn in the monospaced face, wraps anywhere. */
  readonly raw?: boolean;
}

interface FactsProps {
  readonly title: string;
  readonly facts: readonly (Fact | null)[];
}

function Facts({ title, facts }: FactsProps) {
  return (
    <section className={styles.section}>
      <h3 className={styles.sectionTitle}>{title}</h3>
      <dl className={styles.facts}>
        {facts.map((fact) =>
          fact === null ? null : (
            <Fragment key={fact.label}>
              <dt>{fact.label}</dt>
              <dd className={fact.raw === true ? styles.raw : undefined}>{fact.value}</dd>
            </Fragment>
          ),
        )}
      </dl>
    </section>
  );
}

function rawFact(label: string, value: string | null): Fact | null {
  return value === null ? null : { label, value, raw: true };
}

function ExchangeFacts({ row }: { readonly row: ExchangeRow }) {
  const providers = useLive((state) => state.status?.providers);
  const outcome = describeOutcome(row);
  return (
    <>
      <p className={styles.cost} data-live={row.state === 'live' ? true : undefined}>
        {formatMoney(row.costNanoUsd)}
        <span className={styles.costState}>
          {row.state === 'live' ? 'live, estimate' : `${outcome.word} ${outcome.detail}`.trim()}
        </span>
      </p>
      {row.reason !== null && <p className={styles.reason}>{row.reason}</p>}
      {describeCost(row).map((sentence) => (
        <p key={sentence} className={styles.note}>
          {sentence}
        </p>
      ))}
      <Facts
        title="Tokens"
        facts={listTokenClasses(row).map((tokenClass) => ({
          label: tokenClass.label,
          value: formatExactCount(tokenClass.count),
        }))}
      />
      <RouteStory row={row} />
      <Facts
        title="Answer"
        facts={[
          { label: 'Model', value: explainModel(row) },
          { label: 'Provider', value: nameProvider(row, providers ?? []) },
          { label: 'Attempts', value: String(row.attempts) },
          { label: 'Status', value: row.status === null ? 'none sent' : String(row.status) },
          {
            label: 'Stop reason',
            value: row.stopReason ?? (row.state === 'live' ? 'still streaming' : 'none given'),
          },
          { label: 'Delivery', value: row.streaming ? 'streamed' : 'in one piece' },
        ]}
      />
      <Facts
        title="Time"
        facts={[
          { label: 'Started', value: formatFullTime(row.startedAt) },
          {
            label: 'First byte',
            value: row.firstByteMs === null ? 'none yet' : formatDuration(row.firstByteMs),
          },
          { label: 'Duration', value: row.durationMs === null ? 'running' : formatDuration(row.durationMs) },
        ]}
      />
      <Facts
        title="Who asked"
        facts={[
          rawFact('Project', row.project),
          { label: 'Project from', value: describeProjectSource(row) },
          { label: 'Client', value: row.client },
          row.developer === null ? null : { label: 'Developer', value: row.developer },
          row.requestClass === null ? null : { label: 'Class', value: row.requestClass },
          rawFact('Session', row.sessionId),
          rawFact('Agent', row.agentId),
          rawFact('Parent agent', row.parentAgentId),
          rawFact('Exchange', row.id),
        ]}
      />
    </>
  );
}

interface ExchangePanelProps {
  /** Null closes the panel. */
  readonly row: ExchangeRow | null;
  readonly onClose: () => void;
}

export function ExchangePanel({ row, onClose }: ExchangePanelProps) {
  const wide = useWide();
  const close = (): void => {
    const id = row?.id;
    onClose();
    // The row may have moved in the list since it was opened, so it is found again by its id.
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id ?? '')}"]`)?.focus(),
    );
  };
  return (
    <Drawer
      opened={row !== null}
      onClose={close}
      position="right"
      size={wide ? 380 : '100%'}
      padding={wide ? 20 : 16}
      withOverlay={!wide}
      lockScroll={!wide}
      closeOnClickOutside={false}
      returnFocus={false}
      title={row === null ? '' : nameModel(row)}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ content: styles.panel, header: styles.header, title: styles.title, inner: styles.inner }}
    >
      {row !== null && <ExchangeFacts row={row} />}
    </Drawer>
  );
}
