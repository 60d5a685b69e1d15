// Which models Claude Code's model list offers, under which names: Claude under its own names, and other models by
// aliases that hold the word "claude", since Claude Code shows no others (P11). Pure.
import { aliasOf } from '../router/model-names.ts';
import type { ProviderCatalogue } from './catalogue.ts';
import type { CatalogueModel } from './merge-models.ts';
import { isClaudeName, isPlainClaudeName } from './model-names.ts';

export interface OfferedModel {
  /** What the client asks for. */
  readonly id: string;
  readonly displayName: string;
  readonly createdAt: string;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
}

/** A model list is read by people; beyond their own choice, a provider's models are for the window to show. */
const MOST_ALIASES = 20;
/** Anthropic's way to say that a date is unknown. */
const EPOCH = '1970-01-01T00:00:00Z';

export function offeredModels(catalogues: readonly ProviderCatalogue[], current: string): OfferedModel[] {
  const byId = new Map<string, OfferedModel>();
  const inOrder = catalogues.toSorted(
    (a, b) => Number(b.provider.id === current) - Number(a.provider.id === current),
  );
  for (const catalogue of inOrder) {
    for (const model of chosenModels(catalogue)) {
      const offered = offer(catalogue, model, current);
      if (!byId.has(offered.id)) byId.set(offered.id, offered);
    }
  }
  return [...byId.values()];
}

/** Of one provider: Claude's models, those that the user chose, and all of a short list. */
export function chosenModels({ provider, models, source }: ProviderCatalogue): CatalogueModel[] {
  const all = [...models.values()];
  if (provider.descriptor.servesClaude) return all.filter(({ id, chosen }) => chosen || isClaudeName(id));
  const isShort = source !== 'shipped' && all.length <= MOST_ALIASES;
  return all.filter(({ chosen }) => chosen || isShort).slice(0, MOST_ALIASES);
}

/** The name that reaches exactly this model; null where its own name does. */
export function aliasFor({ provider }: ProviderCatalogue, id: string, current: string): string | null {
  const isOwnName =
    provider.descriptor.servesClaude &&
    isClaudeName(id) &&
    (provider.id === current || isPlainClaudeName(id));
  return isOwnName ? null : aliasOf(provider.id, id);
}

function offer(catalogue: ProviderCatalogue, model: CatalogueModel, current: string): OfferedModel {
  const alias = aliasFor(catalogue, model.id, current);
  return {
    id: alias ?? model.id,
    displayName: alias === null ? model.name : `${model.name} · ${catalogue.provider.label}`,
    createdAt: model.createdAt ?? EPOCH,
    contextWindow: model.contextWindow,
    maxOutputTokens: model.maxOutputTokens,
  };
}

/** True when the provider in use lists all of this itself, so that its own answer can be passed on untouched. */
export function isAllOwn(catalogues: readonly ProviderCatalogue[], current: string): boolean {
  return catalogues.every(
    (catalogue) =>
      catalogue.provider.descriptor.servesClaude &&
      chosenModels(catalogue).every(({ id }) => aliasFor(catalogue, id, current) === null),
  );
}
