// The model lists of the providers: read from the gateway's memory, asked for anew on demand, with a way to stop asking.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { useGateway, useLive } from '../live/use-live.ts';

const key = 'models.list';

/** All lists; asked anew when anything changed, also when the gateway has refreshed one by itself. */
export function useModelLists() {
  const { client } = useGateway();
  const status = useLive((state) => state.status);
  return useQuery({
    queryKey: [key, status],
    queryFn: async () => (await client.call('models.list', {})).providers,
    placeholderData: (before) => before,
  });
}

/** Asks one provider for its list; `stop` ends the asking. */
export function useRefreshModels(provider: string) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const ending = useRef<AbortController | null>(null);
  const refresh = useMutation({
    mutationFn: () => {
      ending.current = new AbortController();
      return client.call('models.refresh', { provider }, ending.current.signal);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [key] }),
  });
  return { refresh, stop: () => ending.current?.abort() };
}
