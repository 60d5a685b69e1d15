// The described request of "Where would this go?", read from its fields or into what is wrong with them. Pure.
import type { ExplainInput } from '../../src/contract/routing.ts';
import { startOfDay } from '../format/time.ts';
import { readCount } from './route-draft.ts';

export interface Question {
  readonly model: string;
  readonly requestClass: string;
  readonly project: string;
  readonly agent: string;
  readonly promptTokens: string;
  readonly thinking: '' | 'on' | 'off';
  /** `22:00` of today; empty means now. */
  readonly time: string;
}

/** Problems by field. */
export type QuestionProblems = Readonly<Record<string, string>>;

/** Minutes after midnight on the clock, also on the days when the clocks change. */
function timeToday(text: string, now: number): number | null {
  const parts = /^(\d{2}):(\d{2})$/.exec(text);
  if (parts === null) return null;
  const date = new Date(startOfDay(now));
  date.setHours(Number(parts[1]), Number(parts[2]));
  return date.getTime();
}

export function readQuestion(
  question: Question,
  now: number,
): { input: ExplainInput | null; problems: QuestionProblems } {
  const problems: Record<string, string> = {};
  const model = question.model.trim();
  if (model === '') problems['model'] = 'Enter the model that is asked for.';
  const promptTokens = question.promptTokens.trim() === '' ? null : readCount(question.promptTokens);
  if (question.promptTokens.trim() !== '' && (promptTokens === null || promptTokens === 0))
    problems['promptTokens'] = 'Enter a number of tokens, like 120000 or 120k.';
  const at = question.time === '' ? null : timeToday(question.time, now);
  if (question.time !== '' && at === null) problems['time'] = 'Enter a time of day, like 22:00.';
  if (Object.keys(problems).length > 0) return { input: null, problems };
  const text = (key: 'requestClass' | 'project' | 'agent'): Partial<ExplainInput> => {
    const value = question[key].trim();
    return value === '' ? {} : { [key]: value };
  };
  return {
    input: {
      model,
      ...text('requestClass'),
      ...text('project'),
      ...text('agent'),
      ...(promptTokens === null ? {} : { promptTokens }),
      ...(question.thinking === '' ? {} : { thinking: question.thinking === 'on' }),
      ...(at === null ? {} : { at }),
    },
    problems,
  };
}
