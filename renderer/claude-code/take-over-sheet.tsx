// Show, ask, write: the exact lines that change in Claude Code's settings, then one button that writes exactly those.
// If the file moved meanwhile the gateway refuses, and the new lines are shown instead of anything being overwritten.
import { Button, Modal } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { TakeOverResult } from '../../src/contract/control-contract.ts';
import { useWide } from '../components/use-wide.ts';
import { explainError } from '../control-actions.tsx';
import { useGateway, useLive } from '../live/use-live.ts';
import { describeFileChange, DiffView } from './diff-view.tsx';
import styles from './take-over.module.css';

/** There, or back. */
export type Direction = 'connect' | 'disconnect';

const words = {
  connect: {
    title: 'Connect Claude Code',
    lead: 'All Claude Code sessions on this computer go through Tollgate once these lines are written. Disconnect gives the file back.',
    nothing: 'Nothing to change: Claude Code is connected to this Tollgate already.',
    action: 'Write these lines',
    done: 'Connected. Sessions that start from now on go through Tollgate; running ones keep their old way until they are restarted.',
  },
  disconnect: {
    title: 'Disconnect Claude Code',
    lead: 'This gives Claude Code its own settings back.',
    nothing: 'Nothing to give back: Claude Code is not connected to this Tollgate.',
    action: 'Give these lines back',
    done: 'Disconnected. Sessions that start from now on no longer go through Tollgate.',
  },
} as const;

function Notes({ notes }: { readonly notes: readonly string[] }) {
  return notes.map((note) => (
    <p key={note} className={styles.note}>
      {note}
    </p>
  ));
}

interface PlanProps {
  readonly direction: Direction;
  readonly plan: TakeOverResult;
}

function Plan({ direction, plan }: PlanProps) {
  const fileChange = describeFileChange(plan.diff);
  return (
    <>
      <p>{plan.diff === '' ? words[direction].nothing : words[direction].lead}</p>
      <p className={styles.path}>{plan.settingsPath}</p>
      {plan.diff !== '' && <DiffView diff={plan.diff} />}
      {fileChange !== null && <p className={styles.note}>{fileChange}</p>}
      <Notes notes={plan.notes} />
    </>
  );
}

interface SheetBodyProps {
  readonly direction: Direction;
  readonly onClose: () => void;
}

function SheetBody({ direction, onClose }: SheetBodyProps) {
  const { client } = useGateway();
  const method = `claude.${direction}` as const;
  const plan = useQuery({
    queryKey: [method],
    queryFn: () => client.call(method, { dryRun: true }),
    gcTime: 0,
  });
  const apply = useMutation({
    mutationFn: (basedOn: string) => client.call(method, { dryRun: false, basedOn }),
    onError: () => plan.refetch(),
  });
  if (apply.isSuccess) {
    return (
      <div className={styles.sheet}>
        <p role="status">{words[direction].done}</p>
        <Notes notes={apply.data.notes} />
        <div className={styles.actions}>
          <Button variant="filled" onClick={onClose} data-autofocus>
            Close
          </Button>
        </div>
      </div>
    );
  }
  const changes = plan.data !== undefined && plan.data.diff !== '';
  return (
    <div className={styles.sheet}>
      {plan.isPending && <p>Reading Claude Code's settings.</p>}
      {plan.error !== null && <p role="alert">{explainError(plan.error)}</p>}
      {plan.data !== undefined && <Plan direction={direction} plan={plan.data} />}
      {apply.error !== null && (
        <p role="alert" className={styles.failure}>
          {explainError(apply.error)} Nothing was written. The lines above are read afresh.
        </p>
      )}
      <div className={styles.actions}>
        <Button onClick={onClose}>{changes ? 'Cancel' : 'Close'}</Button>
        {changes && (
          <Button variant="filled" loading={apply.isPending} onClick={() => apply.mutate(plan.data.basedOn)}>
            {words[direction].action}
          </Button>
        )}
      </div>
    </div>
  );
}

interface TakeOverSheetProps {
  /** Which way the sheet goes; null keeps it closed. */
  readonly direction: Direction | null;
  readonly onClose: () => void;
}

export function TakeOverSheet({ direction, onClose }: TakeOverSheetProps) {
  const wide = useWide();
  return (
    <Modal
      opened={direction !== null}
      onClose={onClose}
      title={direction === null ? '' : words[direction].title}
      size={640}
      fullScreen={!wide}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {direction !== null && <SheetBody key={direction} direction={direction} onClose={onClose} />}
    </Modal>
  );
}

/** The way the sheet would go now: back when Claude Code is ours, there when it is not. */
export function useTakeOverDirection(): Direction {
  const routedBy = useLive((state) => state.status?.claudeCode.routedBy);
  return routedBy === 'tollgate' ? 'disconnect' : 'connect';
}
