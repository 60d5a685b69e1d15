// Makes a provider type of an endpoint that speaks the Messages API for models of its own: the address, the key's header,
// the models, and what of a Claude request it can use.
import type { KnownModel, ProviderDescriptor, Tier } from '../provider.ts';
import { foreignModels } from './body-rules.ts';
import { DirectPlace } from './direct-place.ts';
import { ElsewhereUpstream } from './elsewhere-upstream.ts';
import { openAddress } from './unusable.ts';

export interface Compatible {
  readonly type: string;
  readonly label: string;
  readonly group: 'no-translation' | 'local';
  readonly help: string;
  readonly keysUrl: string | null;
  readonly baseUrl: string;
  readonly credential: string;
  readonly keyHeader: 'authorization' | 'x-api-key';
  readonly models: readonly KnownModel[];
  readonly tiers: Readonly<Partial<Record<Tier, string>>>;
  /** Path of the model list on the same host; null for `/v1/models` below the address. */
  readonly listPath: string | null;
  /** Betas, without dates, whose fields it understands. */
  readonly betas?: readonly string[];
  /** True where models think as Claude does, with a budget of their own. */
  readonly adaptiveThinking?: boolean;
}

export function defineCompatible(compatible: Compatible): ProviderDescriptor {
  const { type, label, group, help, keysUrl, models, tiers, listPath } = compatible;
  const rules = {
    ...foreignModels,
    // The vendor alone; the label tells its endpoints apart.
    placeName: label.replace(/ \(.*$/, ''),
    betas: { ...foreignModels.betas, known: compatible.betas ?? [] },
    withoutAdaptiveThinking: compatible.adaptiveThinking !== true,
  };
  return {
    type,
    label,
    group,
    help,
    keysUrl,
    dialect: 'anthropic-messages',
    practice: false,
    servesClaude: false,
    defaultBaseUrl: compatible.baseUrl,
    defaultCredential: compatible.credential,
    fields: [],
    models,
    tiers,
    authorize: (secret) =>
      compatible.keyHeader === 'x-api-key' ? ['x-api-key', secret] : ['authorization', `Bearer ${secret}`],
    createUpstream(setup, context) {
      const messages = openAddress(setup, context, setup.baseUrl, 'it has no address');
      const host = URL.parse(setup.baseUrl)?.origin ?? '';
      const control = listPath === null ? messages : openAddress(setup, context, host, 'it has no address');
      return new ElsewhereUpstream(new DirectPlace({ setup, rules, models, listPath }), {
        messages,
        control,
      });
    },
  };
}

/** A model with its window and output limit in tokens; null for what is not published. */
export const knownModel = (
  id: string,
  name: string,
  contextWindow: number | null,
  maxOutputTokens: number | null,
): KnownModel => ({ id, name, contextWindow, maxOutputTokens });
