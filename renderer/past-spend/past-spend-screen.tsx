// Past spend: what Claude Code's own logs tell about the time before Tollgate. Looked at first, imported on consent with
// progress and a way to stop, always called "from Claude Code's logs", and taken out again at a click.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { HistoryScan, HistoryStatus } from '../../src/contract/history.ts';
import { PageHead } from '../components/page.tsx';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { formatMoney } from '../format/money.ts';
import { formatExactCount, formatShare } from '../format/tokens.ts';
import { useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import {
  describeEnd,
  describeOrigin,
  describeProgress,
  describeScan,
  measureProgress,
} from './describe-past-spend.ts';
import { PastGroups } from './past-groups.tsx';
import { useHistoryActions, useHistoryScan, useHistoryStatus } from './use-history.ts';
import styles from './past-spend.module.css';

type Actions = ReturnType<typeof useHistoryActions>;

interface RunningProps {
  readonly status: HistoryStatus;
  readonly cancel: Actions['cancel'];
}

function Running({ status, cancel }: RunningProps) {
  const share = measureProgress(status);
  return (
    <section className={pageStyles.section} aria-labelledby="import-label">
      <SectionLabel id="import-label" aside={formatShare(share)}>
        Reading Claude Code's logs
      </SectionLabel>
      <progress className={styles.progress} value={share} max={1} aria-labelledby="import-label" />
      <p className={pageStyles.quiet}>{describeProgress(status)}</p>
      {cancel.error !== null && <p role="alert">{explainError(cancel.error)}</p>}
      <Button loading={cancel.isPending} onClick={() => cancel.mutate()}>
        Stop
      </Button>
    </section>
  );
}

interface OfferProps {
  readonly scan: HistoryScan;
  readonly first: boolean;
  readonly start: Actions['start'];
}

function Offer({ scan, first, start }: OfferProps) {
  const now = useNow(60_000);
  const isLive = useLive((state) => state.link.kind === 'live');
  return (
    <section className={pageStyles.section} aria-labelledby="offer-label">
      <SectionLabel id="offer-label">
        {first ? 'What is there' : scan.unreadFiles > 0 ? 'What is new' : 'The logs'}
      </SectionLabel>
      <div className={pageStyles.stack}>
        <p data-testid="scan">{describeScan(scan, now)}</p>
        <p className={pageStyles.path}>{scan.folder}</p>
        {scan.unreadFiles > 0 && (
          <>
            {first && (
              <p>
                Importing reads token counts, models, projects and times into Tollgate's data folder. What was
                said is not copied, the logs stay as they are, and nothing leaves this computer.
              </p>
            )}
            <Button
              variant={first ? 'filled' : 'default'}
              disabled={!isLive}
              loading={start.isPending}
              onClick={() => start.mutate()}
            >
              {first ? 'Import past spend' : 'Import what is new'}
            </Button>
          </>
        )}
        {start.error !== null && <p role="alert">{explainError(start.error)}</p>}
      </div>
    </section>
  );
}

function Remove({ remove }: { readonly remove: Actions['remove'] }) {
  const [asking, setAsking] = useState(false);
  const isLive = useLive((state) => state.link.kind === 'live');
  if (!asking) {
    return (
      <Button disabled={!isLive} onClick={() => setAsking(true)}>
        Remove past spend
      </Button>
    );
  }
  return (
    <div className={pageStyles.stack} role="group" aria-label="Remove past spend">
      <p>Take everything out that came from Claude Code's logs? The logs stay, and can be imported again.</p>
      {remove.error !== null && <p role="alert">{explainError(remove.error)}</p>}
      <div className={pageStyles.actions}>
        <Button variant="filled" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
        <Button onClick={() => setAsking(false)}>Keep</Button>
      </div>
    </div>
  );
}

interface ImportedProps {
  readonly status: HistoryStatus;
  readonly remove: Actions['remove'];
}

function Imported({ status, remove }: ImportedProps) {
  const { imported } = status;
  return (
    <>
      <section className={pageStyles.section} aria-label="Past spend">
        <p className={styles.figure}>
          <data value={imported.costNanoUsd} className={styles.number} data-testid="past-spend">
            {formatMoney(imported.costNanoUsd)}
          </data>
          <span className={styles.figureLabel}>
            {formatExactCount(imported.messages)} {imported.messages === 1 ? 'message' : 'messages'} from
            Claude Code's logs
          </span>
        </p>
        {describeOrigin(imported).map((sentence) => (
          <p key={sentence} className={pageStyles.quiet}>
            {sentence}
          </p>
        ))}
      </section>
      <PastGroups status={status} />
      <section className={pageStyles.section}>
        <Remove remove={remove} />
      </section>
    </>
  );
}

export function PastSpendScreen() {
  const { status, error } = useHistoryStatus();
  const scan = useHistoryScan(status);
  const actions = useHistoryActions();
  const hasImport = status !== null && status.imported.messages > 0;
  const end = status === null ? null : describeEnd(status);
  return (
    <div className={pageStyles.page}>
      <PageHead
        title="Past spend"
        lead="What Claude Code's own logs tell about the time before Tollgate, apart from what Tollgate measures."
      />
      {error !== null && (
        <p role="alert" className={pageStyles.section}>
          {explainError(error)}
        </p>
      )}
      {end !== null && (
        <p role="status" className={pageStyles.section}>
          {end}
        </p>
      )}
      {status?.state === 'running' && <Running status={status} cancel={actions.cancel} />}
      {hasImport && status.state !== 'running' && <Imported status={status} remove={actions.remove} />}
      {scan.isPending && status?.state !== 'running' && error === null && (
        <p className={pageStyles.section}>Looking at Claude Code's logs.</p>
      )}
      {scan.error !== null && (
        <p role="alert" className={pageStyles.section}>
          {explainError(scan.error)}
        </p>
      )}
      {scan.data !== undefined && status?.state !== 'running' && (
        <Offer scan={scan.data} first={!hasImport} start={actions.start} />
      )}
    </div>
  );
}
