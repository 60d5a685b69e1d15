// What the router knows of one provider, from its settings, what its type says of itself and which of its keys can be
// used. Pure.
import type { ProviderSettings } from '../../contract/settings.ts';
import type { ProviderFacts } from './types.ts';

/** The part of a provider type's description that routing looks at. */
export interface RoutedType {
  readonly servesClaude: boolean;
  readonly defaultCredential: string;
  readonly models: readonly { readonly id: string }[];
  readonly tiers: ProviderFacts['tiers'];
}

/** `problemOf`: one sentence when a credential cannot be used, null when it can. */
export function providerFacts(
  settings: ProviderSettings,
  type: RoutedType,
  problemOf: (credential: string) => string | null,
): ProviderFacts {
  const keys = [...new Set([settings.credential ?? type.defaultCredential, ...(settings.credentials ?? [])])];
  const usable = keys.filter((key) => problemOf(key) === null);
  const [first] = keys;
  return {
    id: settings.id,
    servesClaude: type.servesClaude,
    tiers: tiersOf(settings, type),
    models: [...new Set([...Object.keys(settings.models ?? {}), ...type.models.map(({ id }) => id)])],
    keys: usable.length > 0 ? usable : keys,
    problem: usable.length > 0 || first === undefined ? null : problemOf(first),
  };
}

/** A type that serves Claude has no defaults: only the user's own choice may replace the name asked for. */
function tiersOf(settings: ProviderSettings, type: RoutedType): ProviderFacts['tiers'] {
  const defaults = type.servesClaude ? {} : type.tiers;
  const chosen = Object.entries({ ...defaults, ...settings.tiers }).filter(
    ([, model]) => model !== undefined,
  );
  return Object.fromEntries(chosen);
}
