// What the user should know about the provider in use, wherever the window is: a missing key, or a rest after failures.
import { useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import { describeRest, describeTrouble } from './describe-health.ts';

function useCurrent() {
  const current = useLive((state) => state.status?.providers.find((provider) => provider.current) ?? null);
  const health = useLive((state) => state.health.find((one) => one.provider === current?.id));
  const now = useNow(5_000);
  return { current, health, now };
}

/** One sentence; null while all of it is well. */
export function useTrouble(): string | null {
  const { current, health, now } = useCurrent();
  return current === null ? null : (current.problem ?? describeTrouble(current.label, health, now));
}

/** What rests, until when and after what; null while nothing does. */
export function useRest(): string | null {
  const { current, health, now } = useCurrent();
  return current === null ? null : describeRest(current.label, health, now);
}
