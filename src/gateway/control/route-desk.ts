// Routes without a running gateway, for the command line: reads config.json and explains from what it says. Health,
// speed and sessions are known to a running gateway only; every provider counts as well.
import { join } from 'node:path';
import type { ExplainInput, RouteExplanation, RoutesView } from '../../contract/routing.ts';
import { openSettings } from '../config/settings-store.ts';
import { createPriceTable } from '../ledger/price-table.ts';
import { turnCost } from '../ledger/turn-cost.ts';
import { PRACTICE } from '../providers/providers.ts';
import { descriptorOf, providerTypes } from '../providers/registry.ts';
import type { PlaceHealth, RouteKnowledge } from '../router/knowledge.ts';
import { localTime } from '../router/local-time.ts';
import { providerFacts } from '../router/provider-facts.ts';
import { explainRoute, viewRoutes } from './route-methods.ts';

export interface RouteDesk {
  read(): RoutesView;
  explain(input: ExplainInput): RouteExplanation;
}

/** Throws StartError when the file cannot be used. */
export function openRouteDesk(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  now: () => number,
): RouteDesk {
  const settings = openSettings({
    path: join(dataDir, 'config.json'),
    required: false,
    providerTypes,
    uniqueSuffix: () => 'unused',
  }).current;
  const prices = createPriceTable(settings.prices);
  const well: PlaceHealth = { available: true, until: null, why: '', troubledAt: null };
  const knowledge: RouteKnowledge = {
    fallback: PRACTICE,
    providers(id) {
      const own = settings.providers.find((provider) => provider.id === id);
      const found = own ?? (id === PRACTICE ? { id, type: PRACTICE } : null);
      return found === null
        ? null
        : providerFacts(found, descriptorOf(found.type), (key) => problemOf(key, env));
    },
    health: () => well,
    speed: () => null,
    cost: (provider, model, promptTokens, cachedTokens) =>
      provider === PRACTICE ? 0 : turnCost(prices, model, promptTokens, cachedTokens, now()),
    sticky: () => null,
    localTime,
  };
  return {
    read: () => viewRoutes(settings, PRACTICE),
    explain: (input) => explainRoute(settings, knowledge, input, now()),
  };
}

/** Stored secrets are not opened for a question; what the environment lacks shows at once. */
function problemOf(key: string, env: Readonly<Record<string, string | undefined>>): string | null {
  const name = /^env:(.+)$/.exec(key)?.[1];
  if (name === undefined || (env[name] ?? '') !== '') return null;
  return `The environment variable ${name} is not set here`;
}
