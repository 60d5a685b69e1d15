// Wires the router to what it plans with: providers, their health, prices, and where sessions were last.
import type { Settings } from '../contract/settings.ts';
import type { Exchange } from './exchange/exchange.ts';
import type { ExchangeRouter } from './exchange/run-exchange.ts';
import { AttemptReports } from './health/attempt-health.ts';
import { HealthBook } from './health/health-book.ts';
import { saysMoveOn } from './health/judge-failure.ts';
import type { PriceTable } from './ledger/price-table.ts';
import { turnCost } from './ledger/turn-cost.ts';
import { PRACTICE } from './providers/providers.ts';
import type { Providers } from './providers/providers.ts';
import type { RouteKnowledge } from './router/knowledge.ts';
import { clockText, localTime } from './router/local-time.ts';
import { PlanMemo } from './router/plan-memo.ts';
import { planRoute } from './router/plan-route.ts';
import { StickySessions, sessionKey } from './router/sticky-sessions.ts';
import type { RouteQuestion } from './router/types.ts';

interface RouterParts {
  readonly settings: () => Settings;
  readonly providers: Providers;
  readonly prices: () => PriceTable;
  /** Names that a provider was seen to list. */
  readonly modelsOf: (provider: string) => Iterable<string>;
  readonly now: () => number;
}

export interface GatewayRouter extends ExchangeRouter {
  readonly book: HealthBook;
  readonly knowledge: RouteKnowledge;
  /** Takes changed settings; what they make pointless to remember is forgotten. */
  adopt(settings: Settings): void;
  /** Keys or lists of models have changed. */
  forgetPlans(): void;
}

export function createGatewayRouter(parts: RouterParts): GatewayRouter {
  const { settings, providers, now } = parts;
  const book = new HealthBook();
  const sticky = new StickySessions();
  const knowledge: RouteKnowledge = {
    providers(id) {
      const facts = providers.facts(id);
      return facts === null ? null : { ...facts, models: [...facts.models, ...parts.modelsOf(id)] };
    },
    fallback: PRACTICE,
    health: (provider, key, model) => book.look({ provider, key, model }, now()),
    speed: (provider, model) => book.speed(provider, model, now()),
    cost: (provider, model, promptTokens, cachedTokens) =>
      providers.get(provider)?.descriptor.practice === true
        ? 0
        : turnCost(parts.prices(), model, promptTokens, cachedTokens, now()),
    sticky: (session) => sticky.find(session),
    localTime,
  };
  const memo = new PlanMemo();
  const memoParts = {
    factsOf: knowledge.providers,
    plan: (question: RouteQuestion) => planRoute(settings(), question, knowledge),
  };
  return {
    book,
    knowledge,
    adopt(changed) {
      book.adopt(changed);
      sticky.adopt(changed);
    },
    forgetPlans: () => memo.clear(),
    plan: (question) =>
      memo.plan(
        question,
        book.isClean(now()),
        { settings: settings(), version: providers.version },
        memoParts,
      ),
    movesOn: (provider, status, body) =>
      saysMoveOn(status, body.toString('utf8'), providers.get(provider)?.settings.failOverOn),
    health: new AttemptReports(book, now),
    restsUntil: (place) => book.look(place, now()).until,
    clock: (at) => clockText(localTime(at).minutes),
    answered(question, exchange) {
      if (memo.isOn && book.isClean(now())) return;
      const place = placeOf(exchange, now());
      if (place !== null) sticky.note(sessionKey(question), place);
    },
  };
}

function placeOf({ provider, modelSent, key, tokens }: Exchange, at: number) {
  if (provider === null || modelSent === null || key === null) return null;
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens } = tokens;
  // What was read from the cache or put there is there for the next turn; others cache the whole prompt by themselves.
  const cached = cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens;
  return { provider, model: modelSent, key, cachedTokens: cached > 0 ? cached + inputTokens : 0, at };
}
