// The Claude Code page: who routes it now, what was found, what connecting or disconnecting would change to the letter,
// and, after it, what was done.
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ClaudeCodeView, LingeringSession } from '../../src/contract/rows.ts';
import { PageHead } from '../components/page.tsx';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import type { DotKind } from '../shell/describe-state.ts';
import type { Direction } from './describe-take-over.ts';
import { FoundFacts } from './found-facts.tsx';
import { Exceptions, LingeringSessions } from './lingering-sessions.tsx';
import { TakeOverOutcome, type TakeOverDone } from './take-over-outcome.tsx';
import { TakeOverPlan } from './take-over-plan.tsx';
import { useInspection } from './use-take-over.ts';

const noSessions: readonly LingeringSession[] = [];
const dots: Record<ClaudeCodeView['routedBy'], DotKind> = {
  tollgate: 'ready',
  other: 'asks',
  direct: 'off',
  unreadable: 'stopped',
};

function Found() {
  const inspection = useInspection();
  return (
    <aside className={`${pageStyles.section} ${pageStyles.side}`} aria-label="What was found">
      {inspection.isPending && <p>Looking at Claude Code on this computer.</p>}
      {inspection.error !== null && (
        <div role="alert" className={pageStyles.stack}>
          <p>{explainError(inspection.error)}</p>
          <Button onClick={() => void inspection.refetch()}>Look again</Button>
        </div>
      )}
      {inspection.data !== undefined && <FoundFacts inspection={inspection.data} />}
      <p className={pageStyles.quiet}>
        <a href="#/doctor">What Claude Code loses or gains behind a gateway</a>
      </p>
    </aside>
  );
}

export function ClaudeCodeScreen() {
  const claudeCode = useLive((state) => state.status?.claudeCode ?? null);
  const lingering = useLive((state) => state.status?.lingeringSessions ?? noSessions);
  const [direction, setDirection] = useState<Direction>('connect');
  const [done, setDone] = useState<TakeOverDone | null>(null);
  if (claudeCode === null) return null;
  const connected = claudeCode.routedBy === 'tollgate';
  const showDisconnect = done === null && direction === 'disconnect';
  return (
    <div className={pageStyles.page} data-columns>
      <PageHead
        title="Claude Code"
        dot={dots[claudeCode.routedBy]}
        lead={claudeCode.note}
        actions={
          connected &&
          !showDisconnect && (
            <Button
              onClick={() => {
                setDone(null);
                setDirection('disconnect');
              }}
            >
              Disconnect
            </Button>
          )
        }
      />
      <div>
        <section className={pageStyles.section} aria-label={showDisconnect ? 'Disconnect' : 'Connect'}>
          {done !== null ? (
            <TakeOverOutcome
              {...done}
              onClose={() => {
                setDone(null);
                setDirection('connect');
              }}
            />
          ) : (
            <TakeOverPlan
              key={direction}
              direction={direction}
              onApplied={(result) => setDone({ direction, result })}
              otherActions={
                direction === 'disconnect' && <Button onClick={() => setDirection('connect')}>Cancel</Button>
              }
            />
          )}
        </section>
        <LingeringSessions sessions={lingering} />
        <Exceptions />
      </div>
      <Found />
    </div>
  );
}
