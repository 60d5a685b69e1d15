// The models of the providers, as Control offers them: the lists from memory, and asking for them anew.
import type { Control } from '../../contract/control-contract.ts';
import type { ModelList } from '../../contract/models.ts';
import type { Settings } from '../../contract/settings.ts';
import { GatewayError } from '../gateway-error.ts';
import type { PriceTable } from '../ledger/price-table.ts';
import type { ModelCatalogue, ProviderCatalogue } from '../models/catalogue.ts';
import { viewCatalogue } from '../models/view-models.ts';
import { PRACTICE } from '../providers/providers.ts';
import { defaultProvider } from '../router/choose-route.ts';

export type ModelMethods = Pick<Control, 'models.list' | 'models.refresh'>;

export interface ModelMethodParts {
  readonly models: ModelCatalogue;
  readonly settings: () => Settings;
  readonly prices: () => PriceTable;
  readonly now: () => number;
}

export function createModelMethods(parts: ModelMethodParts): ModelMethods {
  const { models } = parts;
  return {
    async 'models.list'({ provider }) {
      models.freshen();
      return viewList(parts, find(models, provider));
    },
    async 'models.refresh'({ provider }, signal) {
      const ids = find(models, provider).map((catalogue) => catalogue.provider.id);
      await Promise.all(ids.map((id) => models.refresh(id, signal)));
      return viewList(parts, find(models, provider));
    },
  };
}

/** One provider or all. Throws UNKNOWN_NAME. */
function find(models: ModelCatalogue, id: string | undefined): ProviderCatalogue[] {
  const all = models.list();
  if (id === undefined) return all;
  const found = all.filter(({ provider }) => provider.id === id);
  if (found.length > 0) return found;
  const known = all.map(({ provider }) => provider.id).join(', ') || 'none is configured';
  throw new GatewayError('UNKNOWN_NAME', `There is no provider "${id}" with models; known: ${known}.`);
}

function viewList(parts: ModelMethodParts, catalogues: readonly ProviderCatalogue[]): ModelList {
  const view = {
    prices: parts.prices(),
    current: defaultProvider(parts.settings(), PRACTICE),
    now: parts.now(),
  };
  return { providers: catalogues.map((catalogue) => viewCatalogue(catalogue, view)) };
}
