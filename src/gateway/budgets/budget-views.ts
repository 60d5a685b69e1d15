// How budgets stand, as the window, the tray and the command line show it.
import type { BudgetList, BudgetView } from '../../contract/budgets.ts';
import type { Account, ActiveBudget, BudgetAccounts } from './budget-accounts.ts';
import { isForEach, WHOLE } from './budget-scope.ts';
import { formatAmount, ownLimit, unitOf } from './budget-words.ts';

const SHOWN_SUBJECTS = 20;

export function viewBudgets(accounts: BudgetAccounts, now: number): BudgetView[] {
  return accounts.budgets.map((budget) => viewBudget(accounts, budget, now));
}

export function listBudgets(accounts: BudgetAccounts, asks: BudgetList['asks'], now: number): BudgetList {
  return { budgets: viewBudgets(accounts, now), asks, ...accounts.calendar };
}

function viewBudget(accounts: BudgetAccounts, budget: ActiveBudget, now: number): BudgetView {
  const { settings } = budget;
  const forEach = isForEach(settings.scope);
  const shown = forEach
    ? accounts.accountsAt(budget, now, SHOWN_SUBJECTS)
    : [accounts.account(budget, WHOLE, now)];
  const figures = shown.map((account) => ({ subject: account.hold[1], ...figuresOf(account) }));
  const { used, reserved, granted, reachedAt } = figures[0] ?? nothing;
  const window = accounts.windowOf(settings, now);
  const limit = ownLimit(settings);
  const unit = unitOf(settings);
  const held = reserved === 0 ? '' : `, ${formatAmount(reserved, unit)} held by requests in flight`;
  const whose = forEach && figures[0] !== undefined ? ` by ${settings.scope.type} ${figures[0].subject}` : '';
  return {
    id: settings.id,
    scope: settings.scope,
    period: settings.period,
    mode: settings.mode,
    unit,
    limit,
    used,
    reserved,
    granted,
    reachedAt,
    windowStart: window.start,
    windowEnd: window.end,
    state: stateOf(used, limit + granted),
    sentence: `${formatAmount(used, unit)} of ${formatAmount(limit + granted, unit)} used${whose}${held}.`,
    subjects: forEach ? figures : [],
  };
}

const nothing = { used: 0, reserved: 0, granted: 0, reachedAt: null };

const figuresOf = ({ used, reserved, granted, reachedAt }: Account) => ({
  used,
  reserved,
  granted,
  reachedAt,
});

function stateOf(used: number, limit: number): BudgetView['state'] {
  if (used >= limit) return 'reached';
  const share = used / limit;
  return share > 0.95 ? 'critical' : share > 0.75 ? 'warning' : 'ok';
}
