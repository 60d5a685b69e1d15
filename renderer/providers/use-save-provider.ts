// Tests a provider as it stands in a form and saves it: the key goes to the vault, its place to the config. The key is
// read from the field for each request and is kept nowhere in between, not even as a mutation's variable.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ProviderTestResult } from '../../src/contract/vault.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { toSettings, toUnsaved, type ProviderDraft } from './describe-provider.ts';

/** The vault without secrets; asked anew when providers change. */
export function useVault() {
  const { client } = useGateway();
  const providers = useLive((state) => state.status?.providers);
  const warnings = useLive((state) => state.status?.warnings);
  return useQuery({
    queryKey: ['vault.list', providers?.map((provider) => provider.credential), warnings],
    queryFn: () => client.call('vault.list', {}),
    placeholderData: (before) => before,
  });
}

export interface SaveOptions {
  readonly draft: ProviderDraft;
  /** Reads the field at the moment it is called. */
  readonly readSecret: () => string;
  /** `first`: save only what works. `message`: the same, and a message of one token may be sent. `skip`: save as it is. */
  readonly test: 'first' | 'message' | 'skip';
}

export type SaveOutcome =
  | { readonly saved: string; readonly test: ProviderTestResult | null }
  | { readonly saved: null; readonly test: ProviderTestResult };

async function storeProvider(client: GatewayClient, draft: ProviderDraft, secret: string): Promise<string> {
  const [{ secrets }, status] = await Promise.all([
    client.call('vault.list', {}),
    client.call('status.get', {}),
  ]);
  const taken = [...secrets.map((one) => one.id), ...status.providers.map((one) => one.id)];
  const settings = toSettings(draft, taken);
  if (draft.kind === 'login') {
    await client.call('provider.add', settings);
  } else {
    await client.call('vault.set', { id: settings.id, secret });
    try {
      await client.call('provider.add', settings);
    } catch (error) {
      // A key without a provider would lie about unseen.
      await client.call('vault.remove', { id: settings.id, force: true }).catch(() => undefined);
      throw error;
    }
  }
  const current = status.providers.find((one) => one.current);
  // Practice stands in only as long as there is nothing else.
  if (current?.practice === true) await client.call('route.use', { provider: settings.id });
  return settings.id;
}

export function useSaveProvider(onSaved: (id: string) => void) {
  const { client } = useGateway();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ draft, readSecret, test }: SaveOptions): Promise<SaveOutcome> => {
      const result =
        test === 'skip' || draft.kind === 'login'
          ? null
          : await client.call('provider.test', {
              settings: toUnsaved(draft),
              secret: readSecret(),
              ...(test === 'message' ? { allowMessage: true } : {}),
            });
      if (result !== null && !result.ok) return { saved: null, test: result };
      return { saved: await storeProvider(client, draft, readSecret()), test: result };
    },
    onSuccess: (outcome) => {
      if (outcome.saved === null) return;
      void queries.invalidateQueries({ queryKey: ['vault.list'] });
      void queries.invalidateQueries({ queryKey: ['keys.find'] });
      onSaved(outcome.saved);
    },
  });
}
