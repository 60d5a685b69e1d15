// Providers, settings and questions for the router's tests; everything unknown is well, slow by nothing, and costs alike.
import { Settings } from '../../../src/contract/settings.ts';
import type { RouteKnowledge } from '../../../src/gateway/router/knowledge.ts';
import { planRoute } from '../../../src/gateway/router/plan-route.ts';
import type { ProviderFacts, RoutePlan, RouteQuestion } from '../../../src/gateway/router/types.ts';

export const NOON = Date.UTC(2026, 10, 23, 12, 0);

export const claude = (id: string, more: Partial<ProviderFacts> = {}): ProviderFacts => ({
  id,
  servesClaude: true,
  tiers: {},
  models: [],
  keys: [`env:${id.toUpperCase()}`],
  problem: null,
  ...more,
});

export const other = (id: string, more: Partial<ProviderFacts> = {}): ProviderFacts => ({
  ...claude(id),
  servesClaude: false,
  tiers: { opus: `${id}-large`, sonnet: `${id}-medium`, haiku: `${id}-small` },
  models: [`${id}-large`, `${id}-medium`, `${id}-small`],
  ...more,
});

export const question = (more: Partial<RouteQuestion> = {}): RouteQuestion => ({
  model: 'claude-opus-5-5',
  requestClass: null,
  agentId: null,
  project: null,
  sessionId: null,
  promptTokens: 1000,
  thinking: false,
  at: NOON,
  ...more,
});

const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Local time is UTC here. */
export function knowledgeOf(
  facts: readonly ProviderFacts[],
  more: Partial<RouteKnowledge> = {},
): RouteKnowledge {
  const all = [...facts, claude('practice', { keys: ['none'] })];
  return {
    providers: (id) => all.find((one) => one.id === id) ?? null,
    fallback: 'practice',
    health: () => ({ available: true, until: null, why: '', troubledAt: null }),
    speed: () => null,
    cost: () => 1,
    sticky: () => null,
    localTime: (at) => ({
      minutes: Math.floor(at / 60_000) % 1440,
      day: days[new Date(at).getUTCDay()] ?? 'sun',
    }),
    ...more,
  };
}

/** Routes over the providers of `facts`. */
export function settingsOf(facts: readonly ProviderFacts[], more: Record<string, unknown> = {}): Settings {
  return Settings.parse({
    version: 1,
    providers: facts.map(({ id }) => ({ id, type: 'anthropic' })),
    ...more,
  });
}

export interface Situation {
  readonly facts: readonly ProviderFacts[];
  readonly settings?: Record<string, unknown>;
  readonly ask?: Partial<RouteQuestion>;
  readonly know?: Partial<RouteKnowledge>;
}

export const plan = ({ facts, settings, ask, know }: Situation): RoutePlan =>
  planRoute(settingsOf(facts, settings), question(ask), knowledgeOf(facts, know));

export const order = ({ candidates }: RoutePlan): string[] =>
  candidates.map(({ provider, model }) => `${provider} ${model}`);
