// Remembers plans where they depend on nothing but the model: plain rules, one key per provider, everything healthy. That
// is nearly every request of nearly everybody; all others are planned one by one.
import type { Settings } from '../../contract/settings.ts';
import type { ProviderFacts, RoutePlan, RouteQuestion } from './types.ts';

const MOST_PLANS = 200;

/** True for settings under which a plan depends on the model and on health only. */
export function dependOnModelOnly(
  { pins, onlyClaude, routes }: Settings,
  factsOf: (provider: string) => ProviderFacts | null,
): boolean {
  return (
    pins.length === 0 &&
    onlyClaude.length === 0 &&
    routes.every(
      ({ match, strategy, to }) =>
        Object.keys(match).every((condition) => condition === 'model') &&
        (strategy ?? 'priority') === 'priority' &&
        to.every(({ provider }) => factsOf(provider)?.keys.length === 1),
    )
  );
}

export class PlanMemo {
  readonly #plans = new Map<string, RoutePlan>();
  #settings: Settings | null = null;
  #version = -1;
  #isOn = false;

  /** True when sessions need not be remembered either: all that ask for a model go to the same place. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Something that plans rest on has changed. */
  clear(): void {
    this.#settings = null;
  }

  /** The plan for a question; `isClean` tells that no place has anything against it. */
  plan(
    question: RouteQuestion,
    isClean: boolean,
    now: { readonly settings: Settings; readonly version: number },
    parts: {
      readonly factsOf: (provider: string) => ProviderFacts | null;
      readonly plan: (question: RouteQuestion) => RoutePlan;
    },
  ): RoutePlan {
    if (now.settings !== this.#settings || now.version !== this.#version) {
      this.#settings = now.settings;
      this.#version = now.version;
      this.#plans.clear();
      this.#isOn = dependOnModelOnly(now.settings, parts.factsOf);
    }
    if (!this.#isOn || !isClean) return parts.plan(question);
    const key = `${question.model}\n${question.requestClass ?? ''}`;
    const known = this.#plans.get(key);
    // Places are told apart as objects: every request has its own.
    if (known !== undefined) return { ...known, candidates: known.candidates.map((place) => ({ ...place })) };
    const plan = parts.plan(question);
    // What was left out may be mended at any moment.
    if (plan.skipped.length > 0 || plan.candidates.length === 0) return plan;
    if (this.#plans.size >= MOST_PLANS) this.#plans.clear();
    this.#plans.set(key, plan);
    return plan;
  }
}
