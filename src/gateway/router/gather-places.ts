// The places that a choice of targets stands for: each with the model it is asked for and its keys, those at rest and
// those that cannot serve set aside with the reason. Pure.
import type { Settings } from '../../contract/settings.ts';
import type { Choice } from './choose-targets.ts';
import type { PlaceHealth, RouteKnowledge, StickyPlace } from './knowledge.ts';
import { isInFolder } from './match-rule.ts';
import { canonicalName, familyOf, namesClaude } from './model-names.ts';
import { resolveModel } from './resolve-model.ts';
import type { Candidate, ProviderFacts, RouteQuestion, SkippedPlace } from './types.ts';

/** A provider's model with the keys that may be tried, best first. */
export interface Place {
  readonly provider: string;
  readonly model: string;
  readonly keys: readonly string[];
  /** The latest trouble of the key that goes first. */
  readonly troubledAt: number | null;
}

/** A candidate that rests. */
export interface RestingPlace extends Candidate {
  readonly until: number;
}

export interface Gathered {
  /** In the order of the targets. */
  readonly places: readonly Place[];
  readonly resting: readonly RestingPlace[];
  readonly skipped: readonly SkippedPlace[];
}

export function gatherPlaces(
  settings: Settings,
  question: RouteQuestion,
  choice: Choice,
  knowledge: RouteKnowledge,
  last: StickyPlace | null,
): Gathered {
  const places: Place[] = [];
  const resting: RestingPlace[] = [];
  const skipped: SkippedPlace[] = [];
  const seen = new Set<string>();
  const claudeOnly = isHeldToClaude(settings, question.project);
  for (const target of choice.targets) {
    const facts = knowledge.providers(target.provider);
    const usable = findUsable(facts, target, question, claudeOnly);
    if (typeof usable === 'string') {
      const problem = facts?.problem ?? null;
      skipped.push({
        provider: target.provider,
        why: usable,
        until: null,
        ...(problem === null ? {} : { problem }),
      });
      continue;
    }
    const name = JSON.stringify([usable.facts.id, usable.model]);
    if (seen.has(name)) continue;
    seen.add(name);
    const sorted = sortKeys(usable.facts, usable.model, question.at, knowledge, last);
    if (sorted.place !== null) places.push(sorted.place);
    resting.push(...sorted.resting);
    skipped.push(...sorted.skipped);
  }
  return { places, resting, skipped };
}

/** A project that is never answered by anything but Claude (T166). */
function isHeldToClaude({ onlyClaude }: Settings, project: string | null): boolean {
  return project !== null && onlyClaude.some((folder) => isInFolder(folder, project));
}

interface Usable {
  readonly facts: ProviderFacts;
  readonly model: string;
}

/** The provider with the model it is asked for, or why it is left out. */
function findUsable(
  facts: ProviderFacts | null,
  target: Choice['targets'][number],
  question: RouteQuestion,
  claudeOnly: boolean,
): Usable | string {
  if (facts === null) return 'does not exist';
  if (facts.problem !== null) return `cannot be used: ${firstSentence(facts.problem)}`;
  const model = resolveModel(question.model, facts, target, question.requestClass);
  if (model === null) return `has no model chosen for ${question.model}; pick one in Providers`;
  if (claudeOnly && !isClaude(facts, model)) return 'is left out: this project is held to Claude';
  return { facts, model };
}

const firstSentence = (text: string): string => (/^.*?(?=\.(?:\s|$)|$)/s.exec(text)?.[0] ?? text).trim();

/** A provider that serves Claude also knows the bare names of its sizes. */
function isClaude(facts: ProviderFacts, model: string): boolean {
  return namesClaude(model) || (facts.servesClaude && familyOf(model) === canonicalName(model));
}

interface SortedKeys {
  readonly place: Place | null;
  readonly resting: readonly RestingPlace[];
  readonly skipped: readonly SkippedPlace[];
}

/** A session's own key goes first while it is healthy, since prompt caches belong to an account. */
function sortKeys(
  { id, keys }: ProviderFacts,
  model: string,
  at: number,
  knowledge: RouteKnowledge,
  last: StickyPlace | null,
): SortedKeys {
  const looks = keys.map((key, index) => ({
    key,
    number: index + 1,
    health: knowledge.health(id, key, model),
  }));
  const fit = looks.filter(({ health }) => health.available);
  const own = fit.find(({ key }) => last?.provider === id && last.key === key);
  const ordered = own === undefined ? fit : [own, ...fit.filter((look) => look !== own)];
  const [first] = ordered;
  const rests = looks
    .filter(({ health }) => !health.available)
    .map((look) => ({ ...look, until: look.health.until ?? at }))
    .toSorted((a, b) => a.until - b.until);
  return {
    place:
      first === undefined
        ? null
        : { provider: id, model, keys: ordered.map(({ key }) => key), troubledAt: first.health.troubledAt },
    resting: rests.map(({ key, until }) => ({ provider: id, model, key, until })),
    // When all rest, the one that is back first says it for the provider.
    skipped: (fit.length > 0 ? rests : rests.slice(0, 1)).map(({ number, health }) => ({
      provider: id,
      why: `${fit.length > 0 ? `key ${number} of ${keys.length} ` : ''}${sayRest(health)}`,
      until: health.until,
    })),
  };
}

const sayRest = ({ until, why }: PlaceHealth): string =>
  until === null ? `is being tried by another request after ${why}` : `rests after ${why}`;
