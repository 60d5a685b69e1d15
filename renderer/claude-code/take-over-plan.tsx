// Show, ask, write: the choices, every key with its reason, the exact lines of each file and the exact commands, then
// one button that does exactly that.
import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import {
  defaultConnectOptions,
  type ConnectOptions,
  type TakeOverResult,
} from '../../src/contract/connect.ts';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import { ConnectChoicesForm } from './connect-choices-form.tsx';
import { explainMismatch, hasChanges, mergeChoices, type Direction } from './describe-take-over.ts';
import { KeyRows, PlannedCommands, PlannedFiles } from './plan-parts.tsx';
import { useInspection, useTakeOver } from './use-take-over.ts';
import styles from './take-over.module.css';

const words = {
  connect: {
    lead: 'All Claude Code sessions on this computer go through Tollgate once this is written. Disconnect gives everything back as it was.',
    nothing: 'Nothing to change: everything Tollgate needs is in place.',
    action: 'Write these lines',
    keys: 'What changes, and why',
  },
  disconnect: {
    lead: 'This gives Claude Code its own settings back. What you changed yourself since stays as you set it.',
    nothing: 'Nothing to give back: Claude Code is not connected to this Tollgate.',
    action: 'Give these lines back',
    keys: 'What becomes of each key',
  },
} as const;

interface PlanContentProps {
  readonly direction: Direction;
  readonly plan: TakeOverResult;
  readonly id: string;
}

function PlanContent({ direction, plan, id }: PlanContentProps) {
  const changes = hasChanges(plan);
  return (
    <>
      {plan.keys.length > 0 && (
        <section aria-labelledby={`${id}-keys`}>
          <SectionLabel id={`${id}-keys`}>
            {changes ? words[direction].keys : 'What Tollgate keeps there'}
          </SectionLabel>
          <KeyRows keys={plan.keys} />
        </section>
      )}
      <PlannedFiles id={id} files={plan.files} />
      <PlannedCommands id={id} commands={plan.commands} />
      {plan.notes.map((note) => (
        <p key={note} className={pageStyles.quiet}>
          {note}
        </p>
      ))}
    </>
  );
}

/** The choice that is shown: the user's, else what the last connect used; a forbidden key is never preselected. */
function useWishes() {
  const [wishes, setWishes] = useState<ConnectOptions>({});
  const inspection = useInspection();
  const current = useLive((state) => state.status?.providers.find((provider) => provider.current));
  const keyForbidden = inspection.data?.managed.forbidsGatewayKey ?? null;
  const passesLogin = current?.credential === 'client';
  const asked: ConnectOptions =
    wishes.credential === undefined && (keyForbidden !== null || passesLogin)
      ? { ...wishes, credential: 'login' }
      : wishes;
  return { asked, setWishes, keyForbidden, current };
}

interface TakeOverPlanProps {
  readonly direction: Direction;
  readonly onApplied: (result: TakeOverResult) => void;
  /** Further buttons beside the one that writes. */
  readonly otherActions?: ReactNode;
}

export function TakeOverPlan({ direction, onApplied, otherActions }: TakeOverPlanProps) {
  const { asked, setWishes, keyForbidden, current } = useWishes();
  const { plan, apply } = useTakeOver(direction, asked, onApplied);
  const isLive = useLive((state) => state.link.kind === 'live');
  const chosen = mergeChoices(plan.data?.options ?? defaultConnectOptions, asked);
  const mismatch = direction === 'connect' ? explainMismatch(chosen.credential, current) : null;
  const changes = plan.data !== undefined && plan.error === null && hasChanges(plan.data);
  const id = `take-over-${direction}`;
  return (
    <div className={styles.plan} data-testid={id}>
      {direction === 'connect' && (
        <ConnectChoicesForm
          chosen={chosen}
          keyForbidden={keyForbidden}
          mismatch={mismatch}
          onChange={(change) => setWishes({ ...asked, ...change })}
        />
      )}
      {plan.isPending && <p>Reading Claude Code's settings.</p>}
      {plan.error !== null && (
        <div role="alert" className={pageStyles.stack}>
          <p className={pageStyles.alert}>{explainError(plan.error)}</p>
          <Button onClick={() => void plan.refetch()} loading={plan.isFetching}>
            Read it again
          </Button>
        </div>
      )}
      {plan.data !== undefined && plan.error === null && (
        <>
          <p>{changes ? words[direction].lead : words[direction].nothing}</p>
          <PlanContent direction={direction} plan={plan.data} id={id} />
        </>
      )}
      {apply.error !== null && (
        <p role="alert" className={pageStyles.alert}>
          {explainError(apply.error)} The lines above are read afresh.
        </p>
      )}
      {(changes || Boolean(otherActions)) && (
        <div className={styles.actions}>
          {otherActions}
          {changes && (
            <Button
              variant="filled"
              disabled={!isLive || plan.isPlaceholderData}
              loading={apply.isPending}
              onClick={() => apply.mutate({ basedOn: plan.data.basedOn })}
            >
              {words[direction].action}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
