// Where a request may go, in which order, and why: what decides, which places can serve, in what order they are tried,
// one sentence for the record. Pure; the same question and knowledge give the same plan.
import type { Settings } from '../../contract/settings.ts';
import { chooseTargets } from './choose-targets.ts';
import type { Choice } from './choose-targets.ts';
import { gatherPlaces } from './gather-places.ts';
import type { Gathered } from './gather-places.ts';
import type { RouteKnowledge } from './knowledge.ts';
import { clockText } from './local-time.ts';
import { orderPlaces } from './order-places.ts';
import { sessionKey } from './sticky-sessions.ts';
import type { Candidate, RoutePlan, RouteQuestion, SkippedPlace } from './types.ts';

export function planRoute(settings: Settings, question: RouteQuestion, knowledge: RouteKnowledge): RoutePlan {
  const session = sessionKey(question);
  const last = session === null ? null : knowledge.sticky(session);
  const choice = chooseTargets(settings, question, knowledge);
  const gathered = gatherPlaces(settings, question, choice, knowledge, last);
  const ordered = orderPlaces(gathered.places, choice, question, knowledge, last);
  const candidates =
    ordered.places.length > 0
      ? ordered.places.flatMap(({ provider, model, keys }) =>
          keys.map((key): Candidate => ({ provider, model, key })),
        )
      : firstBack(gathered);
  const skips = sayWords(gathered.skipped, question.at, (at) => clockText(knowledge.localTime(at).minutes));
  return {
    candidates,
    skipped: gathered.skipped,
    reason: sayPlan(
      choice,
      candidates[0],
      ordered.places.length > 0 ? ordered.said : RESTING,
      skips,
      question,
    ),
    rule: choice.rule,
  };
}

const RESTING = 'tried all the same, since every place rests and it is back first';

/** What may work is not refused here: when all rest, the one that is back first is tried. */
function firstBack({ resting }: Gathered): Candidate[] {
  const [first] = resting.toSorted((a, b) => a.until - b.until);
  return first === undefined ? [] : [{ provider: first.provider, model: first.model, key: first.key }];
}

function sayPlan(
  { said }: Choice,
  first: Candidate | undefined,
  strategy: string,
  skips: readonly string[],
  { model }: RouteQuestion,
): string {
  if (first === undefined) return `No provider can be tried: ${[said, ...skips].join('; ')}.`;
  const renamed = first.model === model ? '' : `, asked as ${first.model}`;
  const why = strategy === '' ? said : `${said}, ${strategy}`;
  return `${first.provider}${renamed}: ${[why, ...skips].join('; ')}.`;
}

/** `anthropic rests until 14:32 after 529`; rests of less than a minute in seconds. */
function sayWords(
  skipped: readonly SkippedPlace[],
  now: number,
  clock: (at: number) => string,
): readonly string[] {
  return skipped.map(({ provider, why, until }) => {
    if (until === null) return `${provider} ${why}`;
    const left = until - now;
    const when = left < 60_000 ? `for ${Math.max(Math.ceil(left / 1000), 0)} s` : `until ${clock(until)}`;
    return `${provider} ${why.replace('rests after', `rests ${when} after`)}`;
  });
}
