// The settled spend of the newest session: asked from the ledger, asked again whenever one of its exchanges settles.
// Until the new answer is there, what settled since the last one is added from the rows, so that the number never dips.
import { useQuery } from '@tanstack/react-query';
import { useGateway, useLive } from '../live/use-live.ts';
import { liveOfSession, newestSession, settledOfSession, type SessionTotals } from './hero-figure.ts';

/** Null while there is no session, or no figure for it yet. */
export function useSessionTotals(wanted: boolean): SessionTotals | null {
  const { client, store } = useGateway();
  const rows = useLive((state) => state.rows);
  const session = newestSession(rows);
  const id = session?.sessionId ?? null;
  const lastEnd = rows.reduce(
    (end, row) => (row.sessionId === id ? Math.max(end, row.endedAt ?? 0) : end),
    0,
  );
  const report = useQuery({
    queryKey: ['session-totals', id, lastEnd],
    queryFn: async () => {
      const counted = new Set(settledOfSession(store.getState().rows, id).map((row) => row.id));
      const { groups } = await client.call('usage.report', { since: 'all', by: 'session' });
      return { counted, group: groups.find((group) => group.key === id) };
    },
    enabled: wanted && id !== null,
    placeholderData: (previous, query) => (query?.queryKey[1] === id ? previous : undefined),
    gcTime: 0,
    staleTime: Infinity,
  });
  if (session === null || id === null || report.data === undefined) return null;
  const { counted, group } = report.data;
  const since = report.isPlaceholderData
    ? settledOfSession(rows, id).filter((row) => !counted.has(row.id))
    : [];
  return {
    row: session,
    settledNanoUsd: since.reduce((sum, row) => sum + row.costNanoUsd, group?.costNanoUsd ?? 0),
    exchanges: (group?.exchanges ?? 0) + since.length,
    liveNanoUsd: liveOfSession(rows, id),
  };
}
