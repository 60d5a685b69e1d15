// A rule as its form has it: all text, and read into a rule or into what is wrong with it, field by field. Pure.
import type { RouteSettings, RouteStrategy } from '../../src/contract/settings.ts';
import type { Day } from './describe-route.ts';

export interface TargetDraft {
  /** Tells rows apart while they are moved. */
  readonly key: number;
  readonly provider: string;
  /** Empty: the name asked for, or what stands in for its size. */
  readonly model: string;
}

export interface RouteDraft {
  readonly model: string;
  readonly requestClass: string;
  readonly agent: string;
  readonly project: string;
  readonly atLeast: string;
  readonly below: string;
  readonly thinking: '' | 'on' | 'off';
  readonly from: string;
  readonly to: string;
  readonly days: readonly Day[];
  readonly strategy: RouteStrategy;
  readonly sticky: boolean;
  readonly targets: readonly TargetDraft[];
}

/** Problems by field: `conditions`, `model`, `project`, `atLeast`, `below`, `from`, `to`, `targets`. */
export type RouteProblems = Readonly<Record<string, string>>;

export type ReadRoute =
  | { readonly route: RouteSettings; readonly problems: null }
  | { readonly route: null; readonly problems: RouteProblems };

export function draftRoute(route: RouteSettings): RouteDraft {
  const { match, strategy = 'priority', sticky = true, to } = route;
  return {
    model: match.model ?? '',
    requestClass: match.requestClass ?? '',
    agent: match.agent ?? '',
    project: match.project ?? '',
    atLeast: match.promptTokens?.atLeast?.toString() ?? '',
    below: match.promptTokens?.below?.toString() ?? '',
    thinking: match.thinking === undefined ? '' : match.thinking ? 'on' : 'off',
    from: match.time?.from ?? '',
    to: match.time?.to ?? '',
    days: match.time?.days ?? [],
    strategy,
    sticky,
    targets: to.map(({ provider, model = '' }, key) => ({ key, provider, model })),
  };
}

/** `120000`, `120,000`, `120k` or `1.5M` as a count; null for anything else. */
export function readCount(text: string): number | null {
  const parts = /^(\d+(?:\.\d+)?)\s*([km]?)$/i.exec(text.trim().replaceAll(/[,_ ](?=\d{3})/g, ''));
  if (parts === null) return null;
  const factor = { '': 1, k: 1_000, m: 1_000_000 }[(parts[2] ?? '').toLowerCase()] ?? 1;
  const count = Math.round(Number(parts[1]) * factor);
  return Number.isSafeInteger(count) ? count : null;
}

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;

function readTime(draft: RouteDraft, problems: Record<string, string>): RouteSettings['match']['time'] {
  const { from, to, days } = draft;
  if (from === '' && to === '' && days.length === 0) return undefined;
  if (from === '' && to === '') return { from: '00:00', to: '00:00', days: [...days] };
  if (!timeOfDay.test(from)) problems['from'] = 'Enter when it begins, like 22:00.';
  if (!timeOfDay.test(to)) problems['to'] = 'Enter when it ends, like 07:00.';
  return { from, to, ...(days.length === 0 || days.length === 7 ? {} : { days: [...days] }) };
}

function readTokens(
  draft: RouteDraft,
  problems: Record<string, string>,
): RouteSettings['match']['promptTokens'] {
  const limits: { atLeast?: number; below?: number } = {};
  for (const field of ['atLeast', 'below'] as const) {
    if (draft[field].trim() === '') continue;
    const count = readCount(draft[field]);
    if (count === null || (field === 'below' && count === 0))
      problems[field] = 'Enter a number of tokens, like 120000 or 120k.';
    else limits[field] = count;
  }
  const { atLeast, below } = limits;
  if (atLeast !== undefined && below !== undefined && atLeast >= below)
    problems['below'] = 'This must be more than the number it begins with.';
  return atLeast === undefined && below === undefined ? undefined : limits;
}

function readMatch(draft: RouteDraft, problems: Record<string, string>): RouteSettings['match'] {
  const promptTokens = readTokens(draft, problems);
  const time = readTime(draft, problems);
  const text = (key: 'model' | 'requestClass' | 'agent' | 'project'): Record<string, string> => {
    const value = draft[key].trim();
    return value === '' ? {} : { [key]: value };
  };
  if (/\s/.test(draft.model.trim()))
    problems['model'] = 'A model name has no spaces; use * for any characters.';
  return {
    ...text('model'),
    ...text('requestClass'),
    ...text('agent'),
    ...text('project'),
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(draft.thinking === '' ? {} : { thinking: draft.thinking === 'on' }),
    ...(time === undefined ? {} : { time }),
  };
}

/** `isDefault`: the rule that takes the rest has no conditions, any other needs one. */
export function readRoute(draft: RouteDraft, isDefault: boolean, known: readonly string[]): ReadRoute {
  const problems: Record<string, string> = {};
  const match = isDefault ? {} : readMatch(draft, problems);
  if (!isDefault && Object.keys(match).length === 0 && Object.keys(problems).length === 0) {
    problems['conditions'] = 'Give at least one condition; what no rule takes goes by the default below.';
  }
  if (draft.targets.length === 0) problems['targets'] = 'Choose at least one provider to send to.';
  const missing = draft.targets.find(({ provider }) => !known.includes(provider));
  if (missing !== undefined)
    problems['targets'] = `There is no provider "${missing.provider}" any more; choose another.`;
  if (Object.keys(problems).length > 0) return { route: null, problems };
  const to = draft.targets.map(({ provider, model }) => ({
    provider,
    ...(model.trim() === '' ? {} : { model: model.trim() }),
  }));
  return {
    route: {
      match,
      ...(draft.strategy === 'priority' ? {} : { strategy: draft.strategy }),
      ...(draft.sticky ? {} : { sticky: false }),
      to,
    },
    problems: null,
  };
}
