// Which entry of the settings decides: a session's pin, a project's pin, the alias asked for, the first rule that
// matches, else the first provider. Pure.
import type { RoutePin, RouteStrategy, RouteTarget, Settings } from '../../contract/settings.ts';
import type { RouteKnowledge } from './knowledge.ts';
import { isInFolder, ruleMatches, sayRule } from './match-rule.ts';
import { readAlias } from './model-names.ts';
import type { RouteQuestion } from './types.ts';

export interface Choice {
  readonly targets: readonly RouteTarget[];
  readonly strategy: RouteStrategy;
  readonly sticky: boolean;
  /** Counted from 1; null for anything but a rule. */
  readonly rule: number | null;
  /** What decided, in a few words. */
  readonly said: string;
}

export function chooseTargets(
  settings: Settings,
  question: RouteQuestion,
  { fallback, localTime }: Pick<RouteKnowledge, 'fallback' | 'localTime'>,
): Choice {
  const fixed = chooseFixed(settings, question);
  if (fixed !== null) return fixed;
  const index = settings.routes.findIndex(({ match }) => ruleMatches(match, question, localTime));
  const route = settings.routes[index];
  if (route !== undefined) {
    return {
      targets: route.to,
      strategy: route.strategy ?? 'priority',
      sticky: route.sticky ?? true,
      rule: index + 1,
      said: sayRule(route.match, index + 1),
    };
  }
  return only(
    { provider: settings.providers[0]?.id ?? fallback },
    'no rule matches; the default provider answers',
  );
}

function chooseFixed({ pins }: Settings, question: RouteQuestion): Choice | null {
  const { sessionId, project } = question;
  const session = sessionId === null ? undefined : pins.findLast((pin) => pin.session === sessionId);
  if (session !== undefined) return only(session.to, 'this session is pinned to it');
  const pinned = project === null ? null : pinOfProject(pins, project);
  if (pinned !== null) return only(pinned.to, `project ${pinned.folder} is pinned to it`);
  const alias = readAlias(question.model);
  return alias === null ? null : only(alias, 'asked for by name');
}

/** The pin of the innermost folder; of equals the one written last. */
function pinOfProject(
  pins: readonly RoutePin[],
  project: string,
): { readonly to: RouteTarget; readonly folder: string } | null {
  let found: { to: RouteTarget; folder: string } | null = null;
  for (const { project: folder, to } of pins) {
    if (folder === undefined || !isInFolder(folder, project)) continue;
    if (found === null || isInFolder(found.folder, folder)) found = { to, folder };
  }
  return found;
}

const only = (target: RouteTarget, said: string): Choice => ({
  targets: [target],
  strategy: 'priority',
  sticky: true,
  rule: null,
  said,
});
