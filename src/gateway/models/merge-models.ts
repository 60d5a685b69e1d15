// Joins what is known of a provider's models: what the user says, what the provider says, what its type came with, and
// what is known of the model anywhere. Each figure comes from the first of these that has it. Pure.
import type { ModelTier } from '../../contract/models.ts';
import type { ProviderSettings } from '../../contract/settings.ts';
import type { ProviderDescriptor } from '../providers/provider.ts';
import { knownModel, modelsOfVendor } from './known-models.ts';
import type { KnownModelRow } from './known-models.ts';
import type { FetchedModel } from './read-model-list.ts';

export interface CatalogueModel {
  readonly id: string;
  readonly name: string;
  /** Tokens; null when unknown. */
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly createdAt: string | null;
  readonly known: KnownModelRow | null;
  readonly tiers: readonly ModelTier[];
  /** The user named it, in `models` or `tiers`, or it stands for one of Claude's sizes. */
  readonly chosen: boolean;
}

export type DescribedType = Pick<ProviderDescriptor, 'type' | 'group' | 'servesClaude' | 'models' | 'tiers'>;

/** `fetched`: what the provider listed; null when it was never asked. The chosen ones come first. */
export function mergeModels(
  type: DescribedType,
  settings: Pick<ProviderSettings, 'models' | 'tiers'>,
  fetched: readonly FetchedModel[] | null,
): ReadonlyMap<string, CatalogueModel> {
  const own = settings.models ?? {};
  const tiers = tiersOf(type, settings);
  const deployments = new Set(Object.values(own).map(({ deployment }) => deployment));
  const listed = new Map((fetched ?? []).map((model) => [model.id, model]));
  const shipped = fetched === null ? shippedIds(type) : [];
  const ids = new Set([
    ...tiers.keys(),
    ...Object.keys(own),
    // A deployment is shown under the name that the user gave it.
    ...[...listed.keys(), ...shipped].filter((id) => !deployments.has(id)),
  ]);
  return new Map(
    [...ids].map((id) => {
      const said = own[id];
      const seen = listed.get(id) ?? listed.get(said?.deployment ?? '');
      const row = type.models.find((model) => model.id === id);
      const known = knownModel(type.type, id) ?? knownModel(type.type, said?.deployment ?? '');
      // A server of the user's own runs a model with the window that it was started with.
      const elsewhere = type.group === 'local' ? null : known;
      const model: CatalogueModel = {
        id,
        name: said?.label ?? nameOf(seen, id) ?? row?.name ?? known?.name ?? id,
        contextWindow:
          said?.contextWindow ??
          seen?.contextWindow ??
          row?.contextWindow ??
          elsewhere?.contextWindow ??
          null,
        maxOutputTokens:
          said?.maxOutputTokens ??
          seen?.maxOutputTokens ??
          row?.maxOutputTokens ??
          elsewhere?.maxOutputTokens ??
          null,
        createdAt: seen?.createdAt ?? (known?.released == null ? null : `${known.released}T00:00:00Z`),
        known,
        tiers: tiers.get(id) ?? [],
        chosen: said !== undefined || tiers.has(id),
      };
      return [id, model];
    }),
  );
}

/** A list that repeats the id as the name says nothing. */
const nameOf = (seen: FetchedModel | undefined, id: string): string | null =>
  seen?.name == null || seen.name === id || seen.name === seen.id ? null : seen.name;

/** A type that serves Claude has no defaults: only the user's own choice may replace the name asked for. */
function tiersOf(type: DescribedType, { tiers }: Pick<ProviderSettings, 'tiers'>): Map<string, ModelTier[]> {
  const chosen = { ...(type.servesClaude ? {} : type.tiers), ...tiers };
  const byModel = new Map<string, ModelTier[]>();
  for (const tier of ['opus', 'sonnet', 'haiku', 'background'] as const) {
    const model = chosen[tier];
    if (model !== undefined) byModel.set(model, [...(byModel.get(model) ?? []), tier]);
  }
  return byModel;
}

/** What a type is known to serve: its own words, else those of its vendor. What a gateway offers only it knows. */
function shippedIds(type: DescribedType): readonly string[] {
  if (type.models.length > 0) return type.models.map(({ id }) => id);
  if (type.group === 'gateway' || type.group === 'practice') return [];
  return modelsOfVendor(type.servesClaude ? 'anthropic' : type.type).map(({ id }) => id);
}
