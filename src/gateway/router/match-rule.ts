// Whether a rule concerns a request, condition by condition, and the rule in words. Pure.
import type { RouteSettings } from '../../contract/settings.ts';
import { globMatches } from './glob.ts';
import type { LocalTime } from './knowledge.ts';
import { days } from './local-time.ts';
import { canonicalName } from './model-names.ts';
import type { RouteQuestion } from './types.ts';

type Match = RouteSettings['match'];
type TimeWindow = NonNullable<Match['time']>;

/** True when every condition of the rule holds; a rule without conditions always does. */
export function ruleMatches(
  match: Match,
  question: RouteQuestion,
  local: (at: number) => LocalTime,
): boolean {
  const { model, requestClass, agent, project, promptTokens, thinking, time } = match;
  return (
    (model === undefined || modelMatches(model, question.model)) &&
    (requestClass === undefined || requestClass === classOf(question)) &&
    (agent === undefined || (question.agentId !== null && globMatches(agent, question.agentId))) &&
    (project === undefined || (question.project !== null && isInFolder(project, question.project))) &&
    (promptTokens === undefined || isWithin(promptTokens, question.promptTokens)) &&
    (thinking === undefined || thinking === question.thinking) &&
    (time === undefined || isInWindow(time, local(question.at)))
  );
}

/** Dated, Bedrock and Vertex spellings meet the rule that is written for the plain name (trap 44). */
const modelMatches = (glob: string, name: string): boolean =>
  globMatches(glob, name) || globMatches(glob, canonicalName(name));

/** Claude Code names the class only when asked to; a sub-agent shows by its id all the same. */
const classOf = ({ requestClass, agentId }: RouteQuestion): string | null =>
  requestClass ?? (agentId === null ? null : 'subagent');

function isWithin({ atLeast, below }: NonNullable<Match['promptTokens']>, tokens: number): boolean {
  return (atLeast === undefined || tokens >= atLeast) && (below === undefined || tokens < below);
}

/** True for the folder itself and all inside it: `/a/b` holds `/a/b/c`, not `/a/bc`. A name counts as a folder alone. */
export function isInFolder(folder: string, project: string): boolean {
  const holder = comparable(folder);
  const inner = comparable(project);
  return inner === holder || inner.startsWith(holder.endsWith('/') ? holder : `${holder}/`);
}

/** Windows paths are the same in any case and with either separator; all others are taken as they are. */
function comparable(path: string): string {
  const isWindows = /^(?:[A-Za-z]:[\\/]|\\\\)/.test(path);
  const text = isWindows ? path.replaceAll('\\', '/').toLowerCase() : path;
  const bare = text.replace(/\/+$/, '');
  return bare === '' ? '/' : bare;
}

/** A window that spans midnight belongs to the day it begins on; one that ends when it begins lasts a whole day. */
function isInWindow({ from, to, days: on }: TimeWindow, { minutes, day }: LocalTime): boolean {
  const start = minutesOf(from);
  const end = minutesOf(to);
  const begins = (name: LocalTime['day']): boolean => on === undefined || on.includes(name);
  if (start < end) return minutes >= start && minutes < end && begins(day);
  return (minutes >= start && begins(day)) || (minutes < end && begins(dayBefore(day)));
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const dayBefore = (day: LocalTime['day']): LocalTime['day'] => days[(days.indexOf(day) + 6) % 7] ?? day;

/** `rule 2, model is claude-*haiku*`; `number` is counted from 1. */
export function sayRule(match: Match, number: number): string {
  const conditions = sayConditions(match);
  return conditions.length === 0 ? 'the default route' : `rule ${number}, ${conditions.join(' and ')}`;
}

function sayConditions({
  model,
  requestClass,
  agent,
  project,
  promptTokens,
  thinking,
  time,
}: Match): string[] {
  return [
    model === undefined ? '' : `model is ${model}`,
    requestClass === undefined ? '' : `requestClass is ${requestClass}`,
    agent === undefined ? '' : `agent is ${agent}`,
    project === undefined ? '' : `project is ${project}`,
    promptTokens === undefined ? '' : sayTokens(promptTokens),
    thinking === undefined ? '' : `thinking is ${thinking ? 'on' : 'off'}`,
    time === undefined ? '' : sayWindow(time),
  ].filter((text) => text !== '');
}

function sayTokens({ atLeast, below }: NonNullable<Match['promptTokens']>): string {
  if (atLeast !== undefined && below !== undefined) return `the prompt has ${atLeast} to ${below} tokens`;
  if (atLeast !== undefined) return `the prompt has at least ${atLeast} tokens`;
  return below === undefined ? '' : `the prompt has fewer than ${below} tokens`;
}

const sayWindow = ({ from, to, days: on }: TimeWindow): string =>
  `the time is ${from} to ${to}${on === undefined ? '' : ` on ${on.join(', ')}`}`;
