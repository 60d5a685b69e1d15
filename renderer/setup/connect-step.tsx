// Step two: the exact lines that change in Claude Code's settings, written at one click.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { TakeOverResult } from '../../src/contract/connect.ts';
import { TakeOverOutcome } from '../claude-code/take-over-outcome.tsx';
import { TakeOverPlan } from '../claude-code/take-over-plan.tsx';
import { useInspection } from '../claude-code/use-take-over.ts';
import pageStyles from '../components/page.module.css';
import { useLive } from '../live/use-live.ts';
import styles from './setup.module.css';

/** One line on what was found; the Claude Code page has the rest. */
function FoundLine() {
  const note = useLive((state) => state.status?.claudeCode.note ?? '');
  const inspection = useInspection();
  const version = inspection.data?.version ?? null;
  const signIn = inspection.data?.signIn.note;
  return (
    <p className={pageStyles.quiet}>
      {version !== null && `Claude Code ${version}. `}
      {signIn !== undefined && `${signIn} `}
      {note} <a href="#/claude-code">All that was found</a>
    </p>
  );
}

interface ConnectStepProps {
  readonly onDone: () => void;
  readonly onSkip: () => void;
}

export function ConnectStep({ onDone, onSkip }: ConnectStepProps) {
  const [result, setResult] = useState<TakeOverResult | null>(null);
  const connected = useLive((state) => state.status?.claudeCode.routedBy === 'tollgate');
  if (result !== null) {
    return <TakeOverOutcome direction="connect" result={result} closeLabel="Go on" onClose={onDone} />;
  }
  return (
    <div className={styles.body}>
      <FoundLine />
      <TakeOverPlan
        direction="connect"
        onApplied={setResult}
        otherActions={
          <Button variant={connected ? 'default' : 'subtle'} onClick={connected ? onDone : onSkip}>
            {connected ? 'Go on' : 'Skip this step'}
          </Button>
        }
      />
    </div>
  );
}
