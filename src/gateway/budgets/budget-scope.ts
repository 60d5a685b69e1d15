// Whom a budget concerns: matches its scope with what is known of a request, and names the subject that it counts for.
// Pure.
import type { BudgetScope, BudgetSettings } from '../../contract/budgets.ts';
import { globMatches } from '../router/choose-route.ts';

/** What budgets look at. */
export interface SpendFacts {
  readonly developer: string | null;
  readonly project: string | null;
  readonly sessionId: string | null;
  readonly client: string;
  readonly provider: string;
  /** Names of the model: asked for, sent, served. */
  readonly models: readonly string[];
  /** True when the practice provider answers: no money, no tokens, no budget's business (decision 7). */
  readonly practice: boolean;
  /** True when the caller's own Claude login pays. */
  readonly subscription: boolean;
}

/** The subject of a budget that is not one for each. */
export const WHOLE = '';
/** The subject of requests without a session, a project …, in a budget for each: they share one. */
export const UNNAMED = '(none)';

/** The subject a request counts for, or null when the budget does not concern it. */
export function subjectOf(budget: BudgetSettings, facts: SpendFacts): string | null {
  if (facts.practice) return null;
  const isMoney = budget.limit.usd !== undefined;
  if (isMoney && facts.subscription && budget.countSubscription !== true) return null;
  return subjectInScope(budget.scope, facts);
}

function subjectInScope(scope: BudgetScope, facts: SpendFacts): string | null {
  switch (scope.type) {
    case 'all':
      return WHOLE;
    case 'developer':
      return match(scope.name, facts.developer, (wanted, name) => wanted === name);
    case 'project':
      return match(scope.path, facts.project, isInside);
    case 'session':
      return match(scope.id, facts.sessionId, (wanted, id) => wanted === id);
    case 'client':
      return match(scope.id, facts.client, (wanted, id) => wanted === id);
    case 'provider':
      return match(scope.id, facts.provider, (wanted, id) => wanted === id);
    case 'model': {
      const { model } = scope;
      if (model === undefined) return facts.models.at(-1) ?? UNNAMED;
      return facts.models.some((name) => globMatches(model, name)) ? WHOLE : null;
    }
  }
}

function match(
  wanted: string | undefined,
  value: string | null,
  matches: (wanted: string, value: string) => boolean,
): string | null {
  if (wanted === undefined) return value ?? UNNAMED;
  return value !== null && matches(wanted, value) ? WHOLE : null;
}

/** True for the folder itself and all inside it; a trailing separator makes no difference. */
function isInside(folder: string, project: string): boolean {
  const bare = folder.length > 1 ? folder.replace(/[/\\]+$/, '') : folder;
  if (!project.startsWith(bare)) return false;
  const next = project.charAt(bare.length);
  return next === '' || next === '/' || next === '\\' || /[/\\]$/.test(bare);
}

/** True for a budget that keeps an account for each project, session … by itself. */
export function isForEach(scope: BudgetScope): boolean {
  switch (scope.type) {
    case 'all':
      return false;
    case 'developer':
      return scope.name === undefined;
    case 'project':
      return scope.path === undefined;
    case 'session':
    case 'client':
    case 'provider':
      return scope.id === undefined;
    case 'model':
      return scope.model === undefined;
  }
}
