// The catalogue as the window and the command line see it: with aliases, prices and advice. Pure.
import type { ModelPrice, ModelTier, ModelView, ProviderModels } from '../../contract/models.ts';
import type { PriceTable } from '../ledger/price-table.ts';
import type { ProviderCatalogue } from './catalogue.ts';
import type { CatalogueModel } from './merge-models.ts';
import { aliasFor, chosenModels } from './offered-models.ts';
import { adviseWindow } from './window-advice.ts';

export interface ViewParts {
  readonly prices: PriceTable;
  /** Id of the provider that answers by default. */
  readonly current: string;
  readonly now: number;
}

export function viewCatalogue(catalogue: ProviderCatalogue, parts: ViewParts): ProviderModels {
  const { provider, source, fetchedAt, problem, refreshing } = catalogue;
  const offered = new Set(chosenModels(catalogue).map(({ id }) => id));
  return {
    provider: provider.id,
    label: provider.label,
    type: provider.descriptor.type,
    source,
    fetchedAt,
    ageSeconds: fetchedAt === null ? null : Math.max(0, Math.floor((parts.now - fetchedAt) / 1000)),
    problem,
    refreshing,
    models: [...catalogue.models.values()].map((model) => viewModel(catalogue, model, offered, parts)),
  };
}

function viewModel(
  catalogue: ProviderCatalogue,
  model: CatalogueModel,
  offered: ReadonlySet<string>,
  parts: ViewParts,
): ModelView {
  const { id, name, contextWindow, maxOutputTokens, known, tiers } = model;
  const { descriptor } = catalogue.provider;
  const isOffered = offered.has(id);
  return {
    id,
    name,
    alias: aliasFor(catalogue, id, parts.current),
    offered: isOffered,
    contextWindow,
    maxOutputTokens,
    images: known?.images ?? null,
    pdf: known?.pdf ?? null,
    tools: known?.tools ?? null,
    reasoning: known?.reasoning ?? null,
    price: descriptor.group === 'local' ? null : priceOf(id, parts),
    tiers: [...tiers],
    advice:
      descriptor.servesClaude || !isOffered || isForSmallCalls(tiers)
        ? null
        : adviseWindow({ id, contextWindow, standsIn: tiers.length > 0 }),
  };
}

/** Calls beside the conversation are too short to need compacting. */
const isForSmallCalls = (tiers: readonly ModelTier[]): boolean =>
  tiers.length === 1 && tiers[0] === 'background';

function priceOf(id: string, { prices, now }: ViewParts): ModelPrice {
  const { row, estimated } = prices.find(id, now);
  return { input: row.input, output: row.output, cacheRead: row.cacheRead, estimated };
}
