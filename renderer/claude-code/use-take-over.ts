// A plan is asked for, shown, and applied exactly as shown: `basedOn` ties the two together. When anything moved in
// between, nothing is written and the plan is asked for again.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ConnectOptions, TakeOverResult } from '../../src/contract/connect.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import type { Direction } from './describe-take-over.ts';

interface PlanToApply {
  readonly basedOn: string;
}

/** `wishes` count for connecting only. `onApplied` gets what was done. */
export function useTakeOver(
  direction: Direction,
  wishes: ConnectOptions,
  onApplied: (result: TakeOverResult) => void,
) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const routedBy = useLive((state) => state.status?.claudeCode.routedBy);
  const call = (plan: PlanToApply | null): Promise<TakeOverResult> => {
    const run = plan === null ? { dryRun: true } : { dryRun: false, basedOn: plan.basedOn };
    return direction === 'connect'
      ? client.call('claude.connect', { ...run, options: wishes })
      : client.call('claude.disconnect', run);
  };
  const plan = useQuery({
    queryKey: ['take-over', direction, wishes, routedBy],
    queryFn: () => call(null),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const apply = useMutation({
    mutationFn: (shown: PlanToApply) => call(shown),
    onSuccess: (result) => {
      void queries.invalidateQueries({ queryKey: ['claude.inspect'] });
      onApplied(result);
    },
    onError: () => plan.refetch(),
  });
  return { plan, apply };
}

/** What Claude Code on this computer is; asked anew when who routes it changed. */
export function useInspection() {
  const { client } = useGateway();
  const routedBy = useLive((state) => state.status?.claudeCode.routedBy);
  return useQuery({
    queryKey: ['claude.inspect', routedBy],
    queryFn: () => client.call('claude.inspect', {}),
    placeholderData: keepPreviousData,
  });
}
