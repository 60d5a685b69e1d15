// Rules in words: when a rule counts, where it sends, and what its strategy does. Pure.
import type { RoutePin, RouteSettings, RouteStrategy, RouteTarget } from '../../src/contract/settings.ts';
import { formatExactCount } from '../format/tokens.ts';

type Match = RouteSettings['match'];
export type Day = NonNullable<NonNullable<Match['time']>['days']>[number];

export const days: readonly { readonly day: Day; readonly label: string }[] = [
  { day: 'mon', label: 'Mon' },
  { day: 'tue', label: 'Tue' },
  { day: 'wed', label: 'Wed' },
  { day: 'thu', label: 'Thu' },
  { day: 'fri', label: 'Fri' },
  { day: 'sat', label: 'Sat' },
  { day: 'sun', label: 'Sun' },
];

/** Claude Code's classes of requests, as a list names them and as a sentence does. */
export const requestClasses: readonly {
  readonly value: string;
  readonly label: string;
  readonly says: string;
}[] = [
  { value: 'main', label: 'The main conversation', says: 'the main conversation asks' },
  { value: 'subagent', label: 'Sub-agents', says: 'a sub-agent asks' },
  { value: 'workflow', label: 'Workflows', says: 'a workflow asks' },
  { value: 'compaction', label: 'Compacting a conversation', says: 'a conversation is compacted' },
  { value: 'auxiliary', label: 'Small background calls', says: 'it is a small background call' },
];

export const strategies: readonly {
  readonly value: RouteStrategy;
  readonly label: string;
  readonly why: string;
}[] = [
  {
    value: 'priority',
    label: 'In this order',
    why: 'The next one is tried only when the one before fails or rests.',
  },
  {
    value: 'cheapest',
    label: 'Cheapest first',
    why: 'Where this turn costs least, counting what the session has cached there.',
  },
  {
    value: 'fastest',
    label: 'Fastest first',
    why: 'Where answers lately began soonest.',
  },
];

function describeTokens({ atLeast, below }: NonNullable<Match['promptTokens']>): string | null {
  if (atLeast !== undefined && below !== undefined)
    return `the prompt has ${formatExactCount(atLeast)} to ${formatExactCount(below)} tokens`;
  if (atLeast !== undefined) return `the prompt has at least ${formatExactCount(atLeast)} tokens`;
  return below === undefined ? null : `the prompt has fewer than ${formatExactCount(below)} tokens`;
}

function describeTime({ from, to, days: on }: NonNullable<Match['time']>): string {
  const names = days.filter(({ day }) => on?.includes(day) === true).map(({ label }) => label);
  const when = from === to ? `it is any time from ${from}` : `it is between ${from} and ${to}`;
  return names.length === 0 || names.length === days.length ? when : `${when} on ${names.join(', ')}`;
}

/** Each condition in a few words, to be joined with "and". */
export function describeConditions(match: Match): readonly string[] {
  const { model, requestClass, agent, project, promptTokens, thinking, time } = match;
  const says = requestClasses.find(({ value }) => value === requestClass)?.says;
  return [
    model === undefined ? null : `the model is ${model}`,
    requestClass === undefined ? null : (says ?? `the request class is ${requestClass}`),
    agent === undefined ? null : agent === '*' ? 'any sub-agent asks' : `the sub-agent is ${agent}`,
    project === undefined ? null : `the project is in ${project}`,
    promptTokens === undefined ? null : describeTokens(promptTokens),
    thinking === undefined ? null : `thinking is ${thinking ? 'on' : 'off'}`,
    time === undefined ? null : describeTime(time),
  ].filter((text) => text !== null);
}

/** `When the model is claude-*haiku* and a sub-agent asks`; a rule without conditions takes everything. */
export function describeMatch(match: Match): string {
  const conditions = describeConditions(match);
  return conditions.length === 0 ? 'Everything else' : `When ${conditions.join(' and ')}`;
}

export function describeTarget(target: RouteTarget, labelOf: (id: string) => string): string {
  const label = labelOf(target.provider);
  return target.model === undefined ? label : `${label} ${target.model}`;
}

/** `Azure gpt-5.6-mini, then Anthropic`, or `the cheapest of Azure, Anthropic`. */
export function describeTargets(
  { to, strategy = 'priority' }: Pick<RouteSettings, 'to' | 'strategy'>,
  labelOf: (id: string) => string,
): string {
  const names = to.map((target) => describeTarget(target, labelOf));
  if (strategy === 'priority' || names.length === 1) return names.join(', then ');
  return `the ${strategy} of ${names.join(', ')}`;
}

/** `Project /home/me/acme`, `Session 0f5b7c1e`. */
export function describePinned(pin: Pick<RoutePin, 'project' | 'session'>): string {
  if (pin.project !== undefined) return `Project ${pin.project}`;
  return `Session ${pin.session ?? ''}`;
}
