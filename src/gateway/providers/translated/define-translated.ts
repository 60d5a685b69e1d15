// Joins what is particular to one translated provider, a small table and its adapter, into a provider type.
import type { ModelAdapter } from '../../translation/types.ts';
import type { KnownModel, ProviderDescriptor, ProviderField, ProviderGroup } from '../provider.ts';
import { createTranslatedUpstream } from './translated-upstream.ts';

export interface TranslatedProvider {
  readonly type: string;
  readonly label: string;
  readonly help: string;
  readonly keysUrl: string | null;
  /** `translated` unless the provider runs on the user's own machine or is a gateway. */
  readonly group?: ProviderGroup;
  readonly baseUrl: string | null;
  readonly credential: string;
  readonly fields?: readonly ProviderField[];
  readonly models: readonly KnownModel[];
  readonly tiers: ProviderDescriptor['tiers'];
  readonly adapter: ModelAdapter;
}

export function defineTranslated(provider: TranslatedProvider): ProviderDescriptor {
  const { type, label, help, keysUrl, baseUrl, credential, models, tiers, adapter } = provider;
  return {
    type,
    label,
    group: provider.group ?? 'translated',
    help,
    keysUrl,
    dialect: 'translated',
    practice: false,
    servesClaude: false,
    defaultBaseUrl: baseUrl,
    defaultCredential: credential,
    fields: provider.fields ?? [],
    models,
    tiers,
    // The adapter puts the secret where its provider wants it.
    authorize: () => [],
    createUpstream: (setup, context) => createTranslatedUpstream(type, adapter, setup, context),
  };
}

/** A line of a provider's table of models. */
export const known = (
  id: string,
  name: string,
  contextWindow: number | null,
  maxOutputTokens: number | null,
): KnownModel => ({ id, name, contextWindow, maxOutputTokens });
