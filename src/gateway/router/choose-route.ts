// What "current provider" means, and the glob of rules and budgets.
import type { Settings } from '../../contract/settings.ts';

export { globMatches } from './glob.ts';

/** The provider first in the default route. `fallback`: the one that answers when nothing is configured. */
export function defaultProvider(settings: Pick<Settings, 'routes' | 'providers'>, fallback: string): string {
  const route = settings.routes.find(({ match }) => Object.keys(match).length === 0);
  return route?.to[0]?.provider ?? settings.providers[0]?.id ?? fallback;
}
