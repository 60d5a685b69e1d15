// What stands where the exchanges will be while there are none: the one next step, with the button that takes it.
import { Button } from '@mantine/core';
import type { GatewayStatus } from '../../src/contract/control-contract.ts';
import { usePracticeRequest } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import styles from './next-step.module.css';

interface NextStepProps {
  readonly status: GatewayStatus;
}

export function NextStep({ status }: NextStepProps) {
  const practiceRequest = usePracticeRequest();
  const isLive = useLive((state) => state.link.kind === 'live');
  const practice = status.providers.some((provider) => provider.current && provider.practice);
  const connected = status.claudeCode.routedBy === 'tollgate';
  return (
    <section className={styles.nextStep} aria-labelledby="next-step-title">
      <h2 id="next-step-title" className={styles.title}>
        No exchange yet
      </h2>
      {practice && (
        <>
          <p>
            Send a practice request to see the meter move. It costs nothing: it is answered on this computer,
            without a key and without the network.
          </p>
          <Button
            variant="filled"
            disabled={!isLive || status.paused}
            loading={practiceRequest.isPending}
            onClick={() => practiceRequest.mutate()}
          >
            Send a practice request
          </Button>
        </>
      )}
      {connected ? (
        <p>
          Claude Code is connected. Start it in a project and say something; its first request shows here.
        </p>
      ) : (
        <>
          <p>
            {practice ? 'Then connect' : 'Connect'} Claude Code. You see the exact lines that change in its
            settings before anything is written, and Disconnect gives them back.
          </p>
          <Button component="a" href="#/claude-code" variant={practice ? 'default' : 'filled'}>
            Connect Claude Code
          </Button>
        </>
      )}
      <p className={styles.quiet}>
        <a href="#/setup">Set up step by step</a>
      </p>
      {status.paused && <p className={styles.quiet}>Tollgate is paused. Resume it first.</p>}
    </section>
  );
}
