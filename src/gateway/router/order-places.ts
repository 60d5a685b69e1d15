// The order in which places are tried: as written, by the price of this turn, or by recent speed, each with what keeps a
// session from flapping. Pure.
import { formatMoney } from '../lib/format-money.ts';
import type { Choice } from './choose-targets.ts';
import type { Place } from './gather-places.ts';
import { CACHE_MS } from './knowledge.ts';
import type { RouteKnowledge, StickyPlace } from './knowledge.ts';
import type { RouteQuestion } from './types.ts';

export interface Ordered {
  readonly places: readonly Place[];
  /** What the strategy says for its choice; empty when there is nothing to say. */
  readonly said: string;
}

/** A place must be faster than the session's own by this factor and this many milliseconds before it is preferred. */
const FASTER_BY = 1.25;
const FASTER_BY_MS = 150;

export function orderPlaces(
  places: readonly Place[],
  choice: Choice,
  question: RouteQuestion,
  knowledge: RouteKnowledge,
  last: StickyPlace | null,
): Ordered {
  const isLast = ({ provider, model }: Place): boolean => last?.provider === provider && last.model === model;
  const own = places.find(isLast) ?? null;
  const isWarm = last !== null && question.at - last.at < CACHE_MS;
  const home = choice.sticky ? own : null;
  switch (choice.strategy) {
    case 'priority':
      return byPriority(places, isWarm ? home : null, question.at);
    case 'cheapest':
      return byPrice(places, home, (place) =>
        knowledge.cost(
          place.provider,
          place.model,
          question.promptTokens,
          place === own && isWarm ? Math.min(last.cachedTokens, question.promptTokens) : 0,
        ),
      );
    case 'fastest':
      return bySpeed(places, home, ({ provider, model }) => knowledge.speed(provider, model));
  }
}

/** After a failover a session stays until the first choice has been well for as long as the cache it left lives. */
function byPriority(places: readonly Place[], home: Place | null, at: number): Ordered {
  const [first] = places;
  if (first === undefined || home === null || first === home) return { places, said: '' };
  const isBack = first.troubledAt === null || at - first.troubledAt >= CACHE_MS;
  if (isBack) return { places, said: '' };
  return {
    places: moveFirst(places, home),
    said: `the session stays here until ${first.provider} has been well for five minutes`,
  };
}

function byPrice(places: readonly Place[], home: Place | null, costOf: (place: Place) => number): Ordered {
  const priced = places.map((place) => ({ place, cost: costOf(place) }));
  // Sorting is stable: of equal prices the session's own place wins, then the order written.
  const ordered = priced.toSorted(
    (a, b) => a.cost - b.cost || Number(b.place === home) - Number(a.place === home),
  );
  const [best, next] = ordered;
  if (best === undefined) return { places, said: '' };
  const other = home === null || home === best.place ? next : ordered.find(({ place }) => place === home);
  const versus =
    other === undefined ? '' : ` where ${other.place.provider} would cost ${formatMoney(other.cost)}`;
  const stays = home === best.place && other !== undefined ? ', moving included' : '';
  return {
    places: ordered.map(({ place }) => place),
    said: `cheapest for this turn at ${formatMoney(best.cost)}${versus}${stays}`,
  };
}

function bySpeed(
  places: readonly Place[],
  home: Place | null,
  speedOf: (place: Place) => number | null,
): Ordered {
  const timed = places.map((place) => ({ place, speed: speedOf(place) }));
  const unknown = timed.filter(({ speed }) => speed === null).map(({ place }) => place);
  const known = timed.flatMap(({ place, speed }) => (speed === null ? [] : [{ place, speed }]));
  const sorted = known.toSorted((a, b) => a.speed - b.speed).map(({ place }) => place);
  const best = known.reduce((least, { speed }) => Math.min(least, speed), Infinity);
  const isClose = (speed: number): boolean => speed <= Math.max(best * FASTER_BY, best + FASTER_BY_MS);
  const own = timed.find(({ place }) => place === home);
  // Nobody is moved off a cache to try a place, or for a difference that the next answer may undo.
  if (own !== undefined && (own.speed === null || isClose(own.speed))) {
    return {
      places: moveFirst([...sorted, ...unknown], own.place),
      said: `fastest, no other is clearly faster than ${own.place.provider}`,
    };
  }
  if (own === undefined && unknown.length > 0) {
    return { places: [...unknown, ...sorted], said: 'fastest, its speed is not known yet' };
  }
  // Among places about as fast, the order written decides.
  const lead = known.find(({ speed }) => isClose(speed));
  if (lead === undefined) return { places, said: '' };
  return {
    places: moveFirst([...sorted, ...unknown], lead.place),
    said: `fastest with ${Math.round(lead.speed)} ms to the first token`,
  };
}

const moveFirst = (places: readonly Place[], first: Place): Place[] => [
  first,
  ...places.filter((place) => place !== first),
];
