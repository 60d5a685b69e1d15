// What budgets say: amounts, the one sentence of a refusal, and the headers by which Claude Code warns at 75 and 95 % and
// stops without a retry. Pure.
import type { BudgetPeriod, BudgetSettings, BudgetUnit } from '../../contract/budgets.ts';
import { GatewayError } from '../gateway-error.ts';
import { formatMoney } from '../lib/format-money.ts';
import { isForEach, WHOLE } from './budget-scope.ts';
import { localTime } from './calendar.ts';
import type { TimeWindow } from './calendar.ts';

/** How one budget stands towards one request, in the budget's unit. */
export interface Standing {
  readonly budget: BudgetSettings;
  readonly subject: string;
  readonly window: TimeWindow;
  readonly used: number;
  readonly reserved: number;
  /** With what was granted. */
  readonly limit: number;
  /** What this request may use at most. */
  readonly needed: number;
}

/** A request that a budget stopped; `headers` go out with it, name and value alternating. */
export class BudgetRefusal extends GatewayError {
  override readonly headers: readonly string[];

  constructor(message: string, headers: readonly string[], cause?: unknown) {
    super('BUDGET_REACHED', message, cause);
    this.headers = headers;
  }
}

const DAY_SECONDS = 86_400;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const perPeriod: Readonly<Record<BudgetPeriod, string>> = {
  hour: ' an hour',
  day: ' a day',
  week: ' a week',
  month: ' a month',
  lifetime: ' in all',
};

export const unitOf = (budget: BudgetSettings): BudgetUnit =>
  budget.limit.usd === undefined ? 'tokens' : 'usd';

export function formatAmount(amount: number, unit: BudgetUnit): string {
  return unit === 'usd' ? formatMoney(amount) : `${amount.toLocaleString('en-US')} tokens`;
}

/** `"25.5"` USD → 25,500,000,000 nano-dollars, digit by digit. */
export function nanoDollars(usd: string): number {
  const [whole = '0', fraction = ''] = usd.split('.');
  return Number(BigInt(whole + fraction.padEnd(9, '0')));
}

/** The limit as written in the settings, in nano-dollars or tokens. */
export const ownLimit = ({ limit }: BudgetSettings): number =>
  limit.usd === undefined ? (limit.tokens ?? 0) : nanoDollars(limit.usd);

function nameOf({ budget, subject, limit }: Pick<Standing, 'budget' | 'subject' | 'limit'>): string {
  const whose = subject === WHOLE ? '' : ` for ${budget.scope.type} ${subject}`;
  return `Budget "${budget.id}" of ${formatAmount(limit, unitOf(budget))}${perPeriod[budget.period]}${whose}`;
}

/** `resets Nov 23`: Claude Code knows this form and puts the time of day of the reset header in its place. */
function sayReset({ budget, window }: Standing, timeZone: string): string[] {
  if (window.end === null) return [];
  const { month, day, hour, minute } = localTime(window.end, timeZone);
  if (budget.period !== 'hour') return [`resets ${months[month - 1]} ${day}`];
  return [`resets at ${hour}:${String(minute).padStart(2, '0')}`];
}

function sayMend({ budget, subject }: Standing): string {
  const amount = unitOf(budget) === 'usd' ? '5.00' : '1000000';
  const whose = isForEach(budget.scope) ? ` --for ${JSON.stringify(subject)}` : '';
  return `to go on now: tollgate budget grant ${budget.id} ${amount}${whose}`;
}

/** What stands in the way, without until when and what to do. */
export function sayShortage(standing: Standing): string {
  const { budget, used, reserved, limit, needed } = standing;
  const unit = unitOf(budget);
  const name = nameOf(standing);
  if (used >= limit) return `${name} is used up`;
  const held = reserved === 0 ? '' : `, ${formatAmount(reserved, unit)} of it held by requests in flight`;
  return `${name} has ${formatAmount(limit - used, unit)} left${held}, and this request may take up to ${formatAmount(needed, unit)}`;
}

/** Why a request that was held is refused after all. */
export type HeldEnd = 'refused' | 'expired' | 'nobody' | 'too-many' | 'stopping';

const heldWords: Readonly<Record<HeldEnd, string>> = {
  refused: 'you refused the request in Tollgate',
  expired: 'nobody answered in Tollgate within a minute',
  nobody: 'no window of Tollgate is open in which it could be allowed',
  'too-many': 'too many requests wait for an answer in Tollgate already',
  stopping: 'Tollgate is stopping',
};

export interface RefusalContext {
  readonly now: number;
  readonly timeZone: string;
  readonly held?: HeldEnd;
}

export function refuse(standing: Standing, { now, timeZone, held }: RefusalContext): BudgetRefusal {
  const sentence = [
    sayShortage(standing),
    ...(held === undefined ? [] : [heldWords[held]]),
    ...sayReset(standing, timeZone),
    sayMend(standing),
  ].join(' · ');
  const { window, used, limit, budget } = standing;
  const share = limit === 0 ? 1 : Math.max(1, Math.floor((used / limit) * 100) / 100);
  const period = overagePeriod[budget.period];
  return new BudgetRefusal(sentence, [
    `${unified}status`,
    'rejected',
    ...resetHeaders(window),
    `${unified}overage-utilization`,
    String(share),
    `${unified}overage-surpassed-threshold`,
    '1',
    ...(period === undefined ? [] : [`${unified}overage-period`, period]),
    `${unified}overage-disabled-reason`,
    'org_spend_cap_reached',
    // Without an end there is none to wait for; a day keeps clients that repeat a 429 from hurrying.
    'retry-after',
    String(window.end === null ? DAY_SECONDS : Math.max(1, Math.ceil((window.end - now) / 1000))),
  ]);
}

/** The ledger cannot hold a reservation, and the budget wants that nothing passes unheld. */
export function refuseUnheld(budget: BudgetSettings, cause: unknown): BudgetRefusal {
  return new BudgetRefusal(
    `Budget "${budget.id}" cannot be held, since Tollgate's ledger cannot be read or written (${cause instanceof Error ? cause.message : String(cause)}) · free the disk or close what locks ledger.db, or set "ifLedgerFails": "allow" in that budget`,
    [`${unified}overage-disabled-reason`, 'fetch_error', 'retry-after', '61'],
    cause,
  );
}

const unified = 'anthropic-ratelimit-unified-';
const overagePeriod: Readonly<Partial<Record<BudgetPeriod, string>>> = {
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
};

function resetHeaders({ end }: TimeWindow): string[] {
  if (end === null) return [];
  const seconds = String(Math.ceil(end / 1000));
  return [`${unified}reset`, seconds, `${unified}overage-reset`, seconds];
}

export const isUnifiedHeader = (name: string): boolean =>
  name.length > unified.length && name.toLowerCase().startsWith(unified);

/** Headers of an allowed answer, from the fullest budget as it stood before the request; null without a limit. */
export function standingHeaders(standings: readonly Standing[]): readonly string[] | null {
  let fullest: Standing | null = null;
  let most = -1;
  for (const standing of standings) {
    const share = standing.limit === 0 ? 1 : standing.used / standing.limit;
    if (share > most) {
      most = share;
      fullest = standing;
    }
  }
  if (fullest === null) return null;
  const threshold = most > 0.95 ? '0.95' : most > 0.75 ? '0.75' : null;
  const status = threshold === null ? 'allowed' : 'allowed_warning';
  return [
    `${unified}status`,
    status,
    ...resetHeaders(fullest.window),
    `${unified}overage-utilization`,
    // Below 1, or the client would take the answer for a refusal.
    String(Math.min(Math.round(most * 100) / 100, 0.99)),
    ...(threshold === null ? [] : [`${unified}overage-surpassed-threshold`, threshold]),
    `${unified}representative-claim`,
    'overage',
    `${unified}overage-status`,
    status,
  ];
}
