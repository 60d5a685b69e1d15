// How a provider fares, under its name: state in words, success and speed, what went wrong last, and trying it again now.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { HealthView } from '../../src/contract/routing.ts';
import { Dot } from '../components/dot.tsx';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { formatTime } from '../format/time.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import { describeHealth, describeParts, healthDot, isHeldBack } from './describe-health.ts';
import styles from './providers.module.css';

export function ProviderHealth({ health }: { readonly health: HealthView }) {
  const { client } = useGateway();
  const isLive = useLive((state) => state.link.kind === 'live');
  const now = useNow(5_000);
  const reset = useMutation({ mutationFn: () => client.call('health.reset', { provider: health.provider }) });
  const parts = describeParts(health, now);
  // A provider that was never asked has nothing to tell.
  if (health.samples === 0 && !isHeldBack(health) && health.lastError === null) return null;
  return (
    <div className={styles.health} data-testid="provider-health">
      <p className={styles.test}>
        <Dot kind={healthDot(health, now)} />
        <span>{describeHealth(health, now)}.</span>
      </p>
      {parts.map((part) => (
        <p key={part} className={pageStyles.quiet}>
          {part}
        </p>
      ))}
      {health.lastError !== null && (
        <p className={pageStyles.quiet}>
          Last error, {formatTime(health.lastError.at, now)}: {health.lastError.sentence}
        </p>
      )}
      {reset.error !== null && <p role="alert">{explainError(reset.error)}</p>}
      {isHeldBack(health) && (
        <div>
          <Button disabled={!isLive} loading={reset.isPending} onClick={() => reset.mutate()}>
            Try again now
          </Button>
        </div>
      )}
    </div>
  );
}
