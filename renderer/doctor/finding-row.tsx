// One finding: what is wrong, why, what was seen, what to do; and, where it is safe, a mend that first says and shows
// what it will do.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ControlOutput } from '../../src/contract/control-contract.ts';
import type { Finding } from '../../src/contract/doctor.ts';
import { DiffView } from '../claude-code/diff-view.tsx';
import { Dot } from '../components/dot.tsx';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useGateway, useLive } from '../live/use-live.ts';
import { dotOf, nameSeverity } from './describe-findings.ts';
import styles from './doctor.module.css';

interface MendPlanProps {
  readonly mend: NonNullable<Finding['mend']>;
  readonly plan: ControlOutput<'doctor.mend'>;
  readonly error: Error | null;
  readonly busy: boolean;
  readonly onApply: () => void;
  readonly onCancel: () => void;
}

function MendPlan({ mend, plan, error, busy, onApply, onCancel }: MendPlanProps) {
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => confirm.current?.focus(), []);
  return (
    <div className={styles.mend} role="group" aria-label={`${mend.label}: what it will do`}>
      <p>{mend.explains}</p>
      {plan.diff !== '' && <DiffView diff={plan.diff} />}
      {plan.notes.map((note) => (
        <p key={note} className={pageStyles.quiet}>
          {note}
        </p>
      ))}
      {error !== null && (
        <p role="alert" className={pageStyles.alert}>
          {explainError(error)} It was looked at afresh.
        </p>
      )}
      <div className={pageStyles.actions}>
        <Button ref={confirm} variant="filled" loading={busy} onClick={onApply}>
          {mend.label}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </div>
  );
}

interface FindingRowProps {
  readonly finding: Finding;
  /** The mend was carried out; `notes` say what it did. */
  readonly onMended: (title: string, notes: readonly string[]) => void;
}

/** The plan of a mend and carrying it out; when it fails, the plan is made afresh. */
function useMend(finding: Finding, onMended: FindingRowProps['onMended']) {
  const { client } = useGateway();
  const plan = useMutation({
    mutationFn: () => client.call('doctor.mend', { id: finding.id, dryRun: true }),
  });
  const apply = useMutation({
    mutationFn: (basedOn: string | null) =>
      client.call('doctor.mend', {
        id: finding.id,
        dryRun: false,
        ...(basedOn === null ? {} : { basedOn }),
      }),
    onSuccess: (result) => onMended(finding.title, result.notes),
    onError: () => plan.mutate(),
  });
  return { plan, apply };
}

export function FindingRow({ finding, onMended }: FindingRowProps) {
  const isLive = useLive((state) => state.link.kind === 'live');
  const { plan, apply } = useMend(finding, onMended);
  const { mend } = finding;
  const titleId = `finding-${finding.id}`;
  return (
    <li className={styles.finding} aria-labelledby={titleId} data-finding={finding.code}>
      <span className={styles.findingDot}>
        <Dot kind={dotOf(finding.severity)} />
      </span>
      <div className={styles.findingBody}>
        <h3 id={titleId} className={styles.findingTitle}>
          {finding.title} <span className={styles.severity}>{nameSeverity(finding.severity)}</span>
        </h3>
        <p>{finding.cause}</p>
        {finding.evidence.length > 0 && (
          <ul className={styles.evidence} aria-label="What was seen">
            {finding.evidence.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        <p>
          <span className={styles.whatToDo}>What to do: </span>
          {finding.whatToDo}
        </p>
        {plan.error !== null && <p role="alert">{explainError(plan.error)}</p>}
        {mend !== null && plan.data === undefined && (
          <div>
            <Button disabled={!isLive} loading={plan.isPending} onClick={() => plan.mutate()}>
              {mend.label}
            </Button>
          </div>
        )}
        {mend !== null && plan.data !== undefined && (
          <MendPlan
            mend={mend}
            plan={plan.data}
            error={apply.error}
            busy={apply.isPending || plan.isPending}
            onApply={() => apply.mutate(plan.data.basedOn)}
            onCancel={() => {
              plan.reset();
              apply.reset();
            }}
          />
        )}
      </div>
    </li>
  );
}
