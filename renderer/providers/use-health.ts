// How the providers fare, with figures that follow each exchange: snapshots tell when one fails, not how often and how
// fast the others answer.
import { useQuery } from '@tanstack/react-query';
import type { HealthView } from '../../src/contract/routing.ts';
import { useGateway, useLive } from '../live/use-live.ts';

/** Asked anew when an exchange has ended or anything changed; what the last snapshot said until the answer is there. */
export function useHealth(): readonly HealthView[] {
  const { client } = useGateway();
  const told = useLive((state) => state.health);
  const newest = useLive((state) => state.rows.find((row) => row.state !== 'live')?.id ?? null);
  const asked = useQuery({
    queryKey: ['health.read', told, newest],
    queryFn: async () => (await client.call('health.read', {})).providers,
  });
  return asked.data ?? told;
}
