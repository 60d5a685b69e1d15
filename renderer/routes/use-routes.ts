// Reading and changing the rules, the projects held to Claude and the pins; every change can be taken back from its toast.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ProviderView } from '../../src/contract/rows.ts';
import type { RoutePin, RouteSettings } from '../../src/contract/settings.ts';
import { showDone, showFailure, showUndoable } from '../control-actions.tsx';
import { useGateway, useLive } from '../live/use-live.ts';
import { describePinned, describeTarget } from './describe-route.ts';

const key = 'routes.read';

/** Asked anew when anything changed, also when another window or the command line changed it. */
export function useRoutes() {
  const { client } = useGateway();
  const status = useLive((state) => state.status);
  return useQuery({
    queryKey: [key, status],
    queryFn: () => client.call('routes.read', {}),
    placeholderData: (before) => before,
  });
}

const noProviders: readonly ProviderView[] = [];

/** Labels of providers; an id that nobody has stands for itself. */
export function useProviderNames() {
  const providers = useLive((state) => state.status?.providers) ?? noProviders;
  const labelOf = (id: string): string => providers.find((one) => one.id === id)?.label ?? id;
  return { providers, labelOf };
}

interface RouteChange {
  readonly routes: readonly RouteSettings[];
  readonly onlyClaude?: readonly string[];
}

export interface DescribedChange extends RouteChange {
  /** What was done, for the toast. */
  readonly done: string;
  /** What stood there before, for Undo. */
  readonly before: RouteChange;
}

export function useSetRoutes() {
  const { client } = useGateway();
  const queries = useQueryClient();
  const send = ({ routes, onlyClaude }: RouteChange) =>
    client.call('routes.set', {
      routes: [...routes],
      ...(onlyClaude === undefined ? {} : { onlyClaude: [...onlyClaude] }),
    });
  const reread = (): Promise<void> => queries.invalidateQueries({ queryKey: [key] });
  const undo = useMutation({
    mutationFn: send,
    onSuccess: () => showDone('The routes are as they were before.'),
    onError: (error) => showFailure('Not taken back', error),
    onSettled: reread,
  });
  return useMutation({
    mutationFn: (change: DescribedChange) => send(change),
    onSuccess: async (_view, { done, before }) => {
      await reread();
      showUndoable(done, () => undo.mutate(before));
    },
  });
}

/** Pins a session or a project, or takes a pin out; both can be undone. `before`: the pin that was there. */
export function usePins() {
  const { client } = useGateway();
  const queries = useQueryClient();
  const { labelOf } = useProviderNames();
  const reread = (): Promise<void> => queries.invalidateQueries({ queryKey: [key] });
  const subject = ({ project, session }: RoutePin) =>
    project === undefined ? { session: session ?? '' } : { project };
  const back = useMutation({
    mutationFn: async ({ pin, before }: { pin: RoutePin; before: RoutePin | undefined }) => {
      if (before === undefined) await client.call('pins.remove', subject(pin));
      else await client.call('pins.set', before);
    },
    onSuccess: () => showDone('The pins are as they were before.'),
    onError: (error) => showFailure('Not taken back', error),
    onSettled: reread,
  });
  const pin = useMutation({
    mutationFn: async (wanted: RoutePin) => {
      const { pins } = await client.call('routes.read', {});
      await client.call('pins.set', wanted);
      return pins.find((one) => one.project === wanted.project && one.session === wanted.session);
    },
    onSuccess: async (before, wanted) => {
      await reread();
      const where = describeTarget(wanted.to, labelOf);
      showUndoable(`${describePinned(wanted)} now goes to ${where} alone.`, () =>
        back.mutate({ pin: wanted, before }),
      );
    },
    onError: (error) => showFailure('Not pinned', error),
  });
  const unpin = useMutation({
    mutationFn: (old: RoutePin) => client.call('pins.remove', subject(old)),
    onSuccess: async (_pins, old) => {
      await reread();
      showUndoable(`${describePinned(old)} goes by the rules again.`, () =>
        back.mutate({ pin: old, before: old }),
      );
    },
    onError: (error) => showFailure('Still pinned', error),
  });
  return { pin, unpin };
}
