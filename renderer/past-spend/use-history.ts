// The state of past spend: asked for once, then followed by the gateway's events; and the calls that change it.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { HistoryStatus } from '../../src/contract/history.ts';
import type { UsageGrouping } from '../../src/contract/usage.ts';
import { useGateway, useLive } from '../live/use-live.ts';

/** Null until the first answer. */
export function useHistoryStatus(): { readonly status: HistoryStatus | null; readonly error: Error | null } {
  const { client } = useGateway();
  const told = useLive((state) => state.history);
  const link = useLive((state) => state.link.kind);
  const asked = useQuery({
    queryKey: ['history.status', link],
    queryFn: () => client.call('history.status', {}),
    enabled: link === 'live',
    placeholderData: (before) => before,
  });
  return { status: told ?? asked.data ?? null, error: asked.error };
}

/** What an import would read now; asked anew after each import. */
export function useHistoryScan(status: HistoryStatus | null) {
  const { client } = useGateway();
  return useQuery({
    queryKey: ['history.scan', status?.endedAt ?? null, status?.imported.messages === 0],
    queryFn: () => client.call('history.scan', {}),
    enabled: status !== null && status.state !== 'running',
    placeholderData: (before) => before,
  });
}

/** Past spend by model or project; asked anew whenever what is imported has changed. */
export function usePastUsage(by: UsageGrouping, status: HistoryStatus | null) {
  const { client } = useGateway();
  return useQuery({
    queryKey: ['history.usage', by, status?.imported.messages, status?.imported.costNanoUsd],
    queryFn: () => client.call('usage.report', { since: 'all', by, history: true }),
    enabled: status !== null && status.state !== 'running' && status.imported.messages > 0,
    placeholderData: (before) => before,
  });
}

export function useHistoryActions() {
  const { client, store } = useGateway();
  const queries = useQueryClient();
  const adopt = (history: HistoryStatus): void => {
    store.tell({ kind: 'history', at: Date.now(), history });
    void queries.invalidateQueries({ queryKey: ['history.scan'] });
  };
  return {
    start: useMutation({
      mutationFn: () => client.call('history.import', {}),
      onSuccess: (answer) => adopt(answer.status),
    }),
    cancel: useMutation({ mutationFn: () => client.call('history.cancel', {}), onSuccess: adopt }),
    remove: useMutation({
      mutationFn: () => client.call('history.remove', {}),
      onSuccess: (answer) => adopt(answer.status),
    }),
  };
}
