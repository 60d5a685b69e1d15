// Tests a provider as it stands in a form and saves it: the key goes to the vault, its place to the config. The key is
// read from the field for each request and is kept nowhere in between, not even as a mutation's variable.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import type { ProviderSettings } from '../../src/contract/settings.ts';
import type { ProviderTestResult } from '../../src/contract/vault.ts';
import type { GatewayClient } from '../gateway-client.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { vaultIdOf } from './describe-provider.ts';
import { chooseId, suggestId, toSettings, toUnsaved, type ProviderDraft } from './provider-draft.ts';

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

/** The types of provider that this gateway can reach. */
export function useProviderTypes() {
  const { client } = useGateway();
  return useQuery({
    queryKey: ['provider.types'],
    queryFn: async () => (await client.call('provider.types', {})).types,
    staleTime: Infinity,
  });
}

/** Settings of one provider; asked anew when anything changed. */
export function useProviderSettings(id: string) {
  const { client } = useGateway();
  const status = useLive((state) => state.status);
  return useQuery({
    queryKey: ['provider.read', id, status],
    queryFn: async () => (await client.call('provider.read', { id })).settings,
    placeholderData: (before) => before,
  });
}

export interface SaveOptions {
  readonly draft: ProviderDraft;
  readonly type: ProviderTypeView;
  /** The provider that is changed; absent for a new one. */
  readonly before?: ProviderSettings;
  /** Reads the field at the moment it is called. */
  readonly readSecret: () => string;
  /** `first`: save only what works. `message`: the same, and a message of one token may be sent. `skip`: save as it is. */
  readonly test: 'first' | 'message' | 'skip';
}

export type SaveOutcome =
  | { readonly saved: string; readonly test: ProviderTestResult | null }
  | { readonly saved: null; readonly test: ProviderTestResult };

/** Stores the key under `vaultId`, then does `save`; takes the key out again when that fails and it was new. */
async function storeWithKey(
  client: GatewayClient,
  vaultId: string,
  secret: string,
  isNew: boolean,
  save: () => Promise<unknown>,
): Promise<void> {
  await client.call('vault.set', { id: vaultId, secret });
  try {
    await save();
  } catch (error) {
    // A key without a provider would lie about unseen.
    if (isNew) await client.call('vault.remove', { id: vaultId, force: true }).catch(() => undefined);
    throw error;
  }
}

async function addProvider(client: GatewayClient, { draft, type, readSecret }: SaveOptions): Promise<string> {
  const [{ secrets }, status] = await Promise.all([
    client.call('vault.list', {}),
    client.call('status.get', {}),
  ]);
  const taken = [...secrets.map((one) => one.id), ...status.providers.map((one) => one.id)];
  const id = draft.id.trim() === '' ? suggestId(draft, type, taken) : draft.id.trim();
  const settings = toSettings(draft, type, id);
  const add = (): Promise<unknown> => client.call('provider.add', settings);
  if (draft.keyPlace === 'paste') await storeWithKey(client, id, readSecret(), true, add);
  else await add();
  const current = status.providers.find((one) => one.current);
  // Practice stands in only as long as there is nothing else.
  if (current?.practice === true) await client.call('route.use', { provider: id });
  return id;
}

async function changeProvider(
  client: GatewayClient,
  { draft, type, readSecret }: SaveOptions,
  before: ProviderSettings,
): Promise<string> {
  const { secrets } = await client.call('vault.list', {});
  const known = before.credential === undefined ? null : vaultIdOf({ credential: before.credential });
  const vaultId =
    known ??
    chooseId(
      before.id,
      secrets.map((one) => one.id),
    );
  const settings = toSettings(draft, type, before.id, vaultId, before);
  const change = (): Promise<unknown> => client.call('provider.change', settings);
  if (draft.keyPlace === 'paste') {
    await storeWithKey(client, vaultId, readSecret(), known === null, change);
  } else await change();
  return before.id;
}

function testDraft(client: GatewayClient, options: SaveOptions): Promise<ProviderTestResult> {
  const { draft, type, before, readSecret, test } = options;
  const models = before?.models;
  return client.call('provider.test', {
    settings: {
      ...toUnsaved(draft, type, before?.credential),
      ...(models === undefined ? {} : { models }),
    },
    ...(draft.keyPlace === 'paste' ? { secret: readSecret() } : {}),
    ...(test === 'message' ? { allowMessage: true } : {}),
  });
}

export function useSaveProvider(onSaved: (id: string) => void) {
  const { client } = useGateway();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (options: SaveOptions): Promise<SaveOutcome> => {
      const { draft, before, test } = options;
      const isUntested = test === 'skip' || draft.keyPlace === 'client';
      const result = isUntested ? null : await testDraft(client, options);
      if (result !== null && !result.ok) return { saved: null, test: result };
      const saved =
        before === undefined
          ? await addProvider(client, options)
          : await changeProvider(client, options, before);
      return { saved, test: result };
    },
    onSuccess: (outcome) => {
      if (outcome.saved === null) return;
      void queries.invalidateQueries({ queryKey: ['vault.list'] });
      void queries.invalidateQueries({ queryKey: ['keys.find'] });
      void queries.invalidateQueries({ queryKey: ['models.list'] });
      onSaved(outcome.saved);
    },
  });
}

/** Adds Anthropic with Claude Code's own login passed on. */
export function usePassLoginOn(onDone: () => void) {
  const { client } = useGateway();
  return useMutation({
    mutationFn: async () => {
      const status = await client.call('status.get', {});
      const id = chooseId('claude-login', [...status.providers.map((one) => one.id), 'practice']);
      await client.call('provider.add', {
        id,
        type: 'anthropic',
        label: 'Claude login',
        credential: 'client',
      });
      if (status.providers.find((one) => one.current)?.practice === true)
        await client.call('route.use', { provider: id });
    },
    onSuccess: onDone,
  });
}
