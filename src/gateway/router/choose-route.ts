// Where a request goes and why: the first rule that matches, else the default. Pure; explains itself in one sentence.
import type { RouteSettings, RouteTarget, Settings } from '../../contract/settings.ts';

/** What rules can look at. */
export interface RouteQuestion {
  readonly model: string;
  readonly requestClass: string | null;
  readonly project: string | null;
}

export interface Route {
  readonly provider: string;
  /** Name sent upstream. */
  readonly model: string;
  /** One sentence for the record. */
  readonly reason: string;
}

/** `fallback`: the provider that answers when nothing is configured. */
export function chooseRoute(settings: Settings, question: RouteQuestion, fallback: string): Route {
  const index = settings.routes.findIndex((route) => matches(route, question));
  const route = settings.routes[index];
  const target = route?.to[0];
  if (route !== undefined && target !== undefined) return toRoute(target, question, sayRule(route, index));
  return toRoute(
    { provider: defaultProvider(settings, fallback) },
    question,
    'no rule matches; the default provider answers',
  );
}

/** The provider first in the default route: what "current provider" means. */
export function defaultProvider(settings: Settings, fallback: string): string {
  const route = settings.routes.find((candidate) => Object.keys(candidate.match).length === 0);
  return route?.to[0]?.provider ?? settings.providers[0]?.id ?? fallback;
}

function toRoute(target: RouteTarget, question: RouteQuestion, why: string): Route {
  const model = target.model ?? question.model;
  const renamed = model === question.model ? '' : `, asked as ${model}`;
  return { provider: target.provider, model, reason: `${target.provider}${renamed}: ${why}.` };
}

function sayRule(route: RouteSettings, index: number): string {
  const conditions = Object.entries(route.match).map(([name, value]) => `${name} is ${value}`);
  return conditions.length === 0 ? 'the default route' : `rule ${index + 1}, ${conditions.join(' and ')}`;
}

function matches(route: RouteSettings, question: RouteQuestion): boolean {
  const { model, requestClass, project } = route.match;
  return (
    (model === undefined || globMatches(model, question.model)) &&
    (requestClass === undefined || requestClass === question.requestClass) &&
    (project === undefined || project === question.project)
  );
}

/** `*` stands for any run of characters; everything else for itself, in any case. Linear, so no pattern can hang it. */
export function globMatches(glob: string, text: string): boolean {
  const parts = glob.toLowerCase().split('*');
  const subject = text.toLowerCase();
  const first = parts[0] as string;
  const last = parts[parts.length - 1] as string;
  if (parts.length === 1) return subject === first;
  if (!subject.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = subject.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return subject.length - last.length >= at && subject.endsWith(last);
}
