// The one line that Claude Code shows below its prompt: what this session and today cost, what is left of a budget, and
// who answers. Fields that do not fit are left out, least important first. Pure.
import { formatMoney } from '../lib/format-money.ts';

/** Nano-dollars; what the practice provider made up is told apart, since no money was spent. */
export interface Spend {
  readonly real: number;
  readonly practice: number;
}

export interface StatusLineFacts {
  /** Null when Claude Code named no session. */
  readonly session: Spend | null;
  readonly today: Spend;
  /** What is left of the tightest budget, in nano-dollars; null without a budget. */
  readonly budgetLeft: number | null;
  readonly provider: string;
  /** True when `provider` is the practice provider. */
  readonly practice: boolean;
  readonly paused: boolean;
}

export interface StatusLineLook {
  /** Width of the terminal; null when it is not known. */
  readonly columns: number | null;
  readonly colour: boolean;
}

interface Field {
  readonly strong: string;
  /** What the figure is; shown fainter. */
  readonly faint: string;
}

/** Claude Code indents the line and keeps a margin. */
const MARGIN = 4;
const SEPARATOR = ' · ';

/** Without a line end. Empty when not even the first field fits. */
export function formatStatusLine(facts: StatusLineFacts, look: StatusLineLook): string {
  const room = look.columns === null ? Number.POSITIVE_INFINITY : look.columns - MARGIN;
  const shown: Field[] = [];
  let used = 0;
  for (const field of fieldsOf(facts)) {
    const width = widthOf(field) + (shown.length === 0 ? 0 : SEPARATOR.length);
    if (used + width > room) continue;
    shown.push(field);
    used += width;
  }
  return shown.map((field) => paint(field, look.colour)).join(look.colour ? faint(SEPARATOR) : SEPARATOR);
}

/** Most important first, which is also the order in which they stand. */
function fieldsOf(facts: StatusLineFacts): Field[] {
  const provider = printable(facts.provider);
  return [
    ...(facts.session === null ? [] : [spendField(facts.session, 'session')]),
    spendField(facts.today, 'today'),
    ...(facts.budgetLeft === null ? [] : [{ strong: formatMoney(facts.budgetLeft), faint: ' left' }]),
    ...(facts.paused ? [{ strong: 'paused', faint: '' }] : []),
    {
      strong: '',
      faint: facts.practice && !/practice/i.test(provider) ? `${provider} (practice)` : provider,
    },
  ];
}

function spendField({ real, practice }: Spend, what: string): Field {
  if (practice === 0) return { strong: formatMoney(real), faint: ` ${what}` };
  if (real === 0) return { strong: formatMoney(practice), faint: ` ${what}, practice` };
  return { strong: formatMoney(real), faint: ` ${what} + ${formatMoney(practice)} practice` };
}

/** A name comes from the user's settings: nothing in it may steer the terminal. */
function printable(text: string): string {
  return [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')].slice(0, 40).join('');
}

function widthOf(field: Field): number {
  return [...field.strong, ...field.faint].length;
}

function paint(field: Field, colour: boolean): string {
  if (!colour) return field.strong + field.faint;
  return field.strong + (field.faint === '' ? '' : faint(field.faint));
}

const faint = (text: string): string => `\u001b[2m${text}\u001b[22m`;
