// The first run: three steps that can be taken in any order, skipped, left and found again. It stands under the meter,
// so that the number is seen moving when the first request arrives, and blocks nothing.
import { Button } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useRef, useState, type ReactNode } from 'react';
import type { GatewayStatus } from '../../src/contract/control-contract.ts';
import pageStyles from '../components/page.module.css';
import { useLive } from '../live/use-live.ts';
import { ConnectStep } from './connect-step.tsx';
import { ProviderStep } from './provider-step.tsx';
import { RequestStep } from './request-step.tsx';
import {
  describeStep,
  nextStep,
  readProgress,
  setupSteps,
  stateOf,
  type SetupStep,
  type StepState,
} from './setup-state.ts';
import { useSetupLeft } from './use-setup.ts';
import styles from './setup.module.css';

const titles: Record<SetupStep, string> = {
  provider: 'A provider that answers',
  connect: 'Connect Claude Code',
  request: 'See a request arrive',
};

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly state: StepState;
  readonly note: string;
  readonly open: boolean;
  readonly onOpen: () => void;
  readonly headRef: (head: HTMLButtonElement | null) => void;
  readonly children: ReactNode;
}

function Step({ number, title, state, note, open, onOpen, headRef, children }: StepProps) {
  return (
    <li className={styles.step} aria-current={open ? 'step' : undefined}>
      <h3 className={styles.stepTitle}>
        <button ref={headRef} type="button" className={styles.stepHead} aria-expanded={open} onClick={onOpen}>
          <span className={styles.number} data-state={state} data-open={open ? true : undefined}>
            {state === 'done' ? <IconCheck size={14} stroke={2} aria-hidden="true" /> : number}
          </span>
          <span>{title}</span>
          <span className={styles.stepNote}>{note}</span>
        </button>
      </h3>
      {open && <div className={styles.stepBody}>{children}</div>}
    </li>
  );
}

/** Which step is open, and how to go on: opens the next undone step and puts the focus on its head. */
function useSteps(status: GatewayStatus) {
  const rows = useLive((state) => state.rows);
  const progress = readProgress(status, rows);
  const heads = useRef(new Map<SetupStep, HTMLButtonElement>());
  const [passed, setPassed] = useState<ReadonlySet<SetupStep>>(new Set());
  const [open, setOpen] = useState<SetupStep | null>(() => nextStep(progress, new Set()) ?? 'request');
  const goOn = (from: SetupStep, skipped: boolean): void => {
    const now = skipped ? new Set([...passed, from]) : passed;
    setPassed(now);
    const next = nextStep({ ...progress, ...(skipped ? {} : { [from]: true }) }, now) ?? 'request';
    setOpen(next);
    requestAnimationFrame(() => heads.current.get(next)?.focus());
  };
  const keepHead = (step: SetupStep, head: HTMLButtonElement | null): void => {
    if (head === null) heads.current.delete(step);
    else heads.current.set(step, head);
  };
  return { progress, passed, open, setOpen, goOn, keepHead };
}

export function SetupGuide({ status }: { readonly status: GatewayStatus }) {
  const [, setLeft] = useSetupLeft();
  const { progress, passed, open, setOpen, goOn, keepHead } = useSteps(status);
  const leave = (): void => {
    setLeft(true);
    window.location.hash = '#/overview';
  };
  const bodies: Record<SetupStep, ReactNode> = {
    provider: <ProviderStep onDone={() => goOn('provider', false)} onSkip={() => goOn('provider', true)} />,
    connect: <ConnectStep onDone={() => goOn('connect', false)} onSkip={() => goOn('connect', true)} />,
    request: <RequestStep status={status} onFinish={leave} />,
  };
  return (
    <section aria-labelledby="setup-title" data-testid="setup">
      <div className={styles.head}>
        <div>
          <h2 id="setup-title" className={styles.title}>
            Set up Tollgate
          </h2>
          <p className={pageStyles.quiet}>
            Three steps, each of which can be skipped. Nothing is written unasked.
          </p>
        </div>
        <Button onClick={leave}>Leave set-up</Button>
      </div>
      <ol className={styles.steps}>
        {setupSteps.map((step, index) => {
          const state = stateOf(step, progress, passed);
          return (
            <Step
              key={step}
              number={index + 1}
              title={titles[step]}
              state={state}
              note={describeStep(step, state, status)}
              open={open === step}
              onOpen={() => setOpen(open === step ? null : step)}
              headRef={(head) => keepHead(step, head)}
            >
              {bodies[step]}
            </Step>
          );
        })}
      </ol>
    </section>
  );
}
