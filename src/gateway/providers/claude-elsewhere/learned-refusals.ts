// What a place has refused so far, by model: betas and features that are left out from then on. It learns from the text of
// a 400 answer, in as few tries as that text allows (T141).
import { bareBeta } from './betas.ts';
import type { BetaRules } from './betas.ts';
import { features } from './features.ts';
import { nothingDenied } from './shape-body.ts';
import type { Denied } from './shape-body.ts';

const MOST_MODELS = 500;
/** Accepted by models that refuse nearly all others; left out last. */
const oftenAccepted = ['interleaved-thinking', 'claude-code'];

const aboutBetas = /invalid beta|beta flag|anthropic[-_]beta|unexpected value\(s\)/i;

export class LearnedRefusals {
  readonly #rules: BetaRules;
  readonly #byModel = new Map<string, { betas: Set<string>; features: Set<string> }>();

  constructor(rules: BetaRules) {
    this.#rules = rules;
  }

  of(model: string): Denied {
    return this.#byModel.get(model) ?? nothingDenied;
  }

  /** `sent`: the betas of the refused request. True when something new was learned, and trying again makes sense. */
  learn(model: string, refusal: string, sent: readonly string[]): boolean {
    const denied = this.#byModel.get(model) ?? { betas: new Set(), features: new Set() };
    const before = denied.betas.size + denied.features.size;
    if (aboutBetas.test(refusal)) {
      for (const beta of this.#blamed(refusal, sent)) denied.betas.add(beta);
    } else {
      const feature = features.find((one) => one.refusal?.test(refusal) ?? false);
      if (feature === undefined) return false;
      denied.features.add(feature.name);
      // The beta would ask for the field that is missing now, unless it stands for more than this feature.
      for (const beta of feature.betas) if (isItsOwn(beta)) denied.betas.add(beta);
    }
    if (denied.betas.size + denied.features.size === before) return false;
    if (this.#byModel.size >= MOST_MODELS) this.#byModel.clear();
    this.#byModel.set(model, denied);
    return true;
  }

  /** Those named; else those the place is not known to take; else the newest; else all but the commonest; else all. */
  #blamed(refusal: string, sent: readonly string[]): string[] {
    const suspects = [
      sent.filter((beta) => refusal.includes(beta)),
      sent.filter((beta) => !this.#rules.known.includes(bareBeta(beta))),
      sent.filter((beta) => FIRST_RECENT_YEAR <= yearOf(beta)),
      sent.filter((beta) => !oftenAccepted.includes(bareBeta(beta))),
      sent,
    ];
    return (suspects.find((some) => some.length > 0) ?? []).map(bareBeta);
  }
}

/** Places take a beta months after Anthropic does, model by model; those of the year before have arrived. */
const FIRST_RECENT_YEAR = 2026;
const yearOf = (beta: string): number => Number(/-(\d{4})-?\d{2}-?\d{2}$/.exec(beta)?.[1] ?? 0);

const isItsOwn = (beta: string): boolean => features.filter(({ betas }) => betas.includes(beta)).length === 1;
