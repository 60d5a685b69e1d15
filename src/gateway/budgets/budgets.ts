// Budgets as the rest of the gateway knows them: the gate for requests, and what the user may see, grant and answer.
import type { BudgetGrant, BudgetList, BudgetView } from '../../contract/budgets.ts';
import type { Settings } from '../../contract/settings.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';
import type { WritableDb } from '../ledger/open-database.ts';
import { BudgetAccounts } from './budget-accounts.ts';
import type { ActiveBudget } from './budget-accounts.ts';
import { BudgetAsks } from './budget-asks.ts';
import type { AskOptions } from './budget-asks.ts';
import { BudgetGate } from './budget-gate.ts';
import type { SpendFacts } from './budget-scope.ts';
import { isForEach, WHOLE } from './budget-scope.ts';
import { createBudgetStore } from './budget-store.ts';
import type { BudgetStore } from './budget-store.ts';
import { listBudgets, viewBudgets } from './budget-views.ts';
import { nanoDollars, ownLimit, unitOf } from './budget-words.ts';

export interface BudgetParts extends Pick<AskOptions, 'newId' | 'hasListeners' | 'onChange'> {
  readonly db: WritableDb;
  readonly flush: () => void;
  readonly now: () => number;
  readonly log: Log;
  readonly settings: () => Settings;
  /** How long the user has to answer for a held request. */
  readonly patienceMs: number;
}

/** An amount as the user gave it, in the budget's unit or not. */
export interface GivenAmount {
  readonly usd?: string | undefined;
  readonly tokens?: number | undefined;
}

interface SentExchange {
  readonly exchange: string;
  readonly facts: SpendFacts;
  readonly startedAt: number;
}

export interface Budgets {
  readonly gate: BudgetGate;
  /** Takes the budgets of changed settings; `sent` are the exchanges in flight. */
  adopt(sent: readonly SentExchange[]): void;
  list(): BudgetList;
  views(): BudgetView[];
  /** Throws UNKNOWN_NAME, REQUEST_INVALID. */
  grant(id: string, amount: GivenAmount, subject?: string): BudgetGrant;
  /** Answers a held request. Throws UNKNOWN_NAME when it does not wait any more. */
  answer(id: string, answer: 'once' | 'more' | 'refuse', amount: GivenAmount): void;
  readonly asks: BudgetAsks;
}

export function createBudgets(parts: BudgetParts): Budgets {
  const { now, settings, log } = parts;
  const store = createBudgetStore(parts.db);
  const accounts = new BudgetAccounts({
    store,
    flush: parts.flush,
    now,
    isSubscription: (provider) =>
      settings().providers.some(({ id, credential }) => id === provider && credential === 'client'),
  });
  const asks = new BudgetAsks(parts);
  const gate = new BudgetGate({ store, accounts, asks, now, log, onReached: parts.onChange });
  const { budgets, budgetRules } = settings();
  gate.open(budgets, budgetRules);

  const grant = granter(parts, store, accounts, gate);
  return {
    gate,
    adopt: (sent) => gate.adopt(settings().budgets, settings().budgetRules, sent),
    list: () => listBudgets(accounts, asks.views, now()),
    views: () => viewBudgets(accounts, now()),
    grant,
    answer(id, answer, amount) {
      const asked = asks.view(id);
      if (asked === null)
        throw new GatewayError(
          'UNKNOWN_NAME',
          'That request does not wait any more; look at what came of it.',
        );
      // The grant lets all that wait look again, this one among them.
      if (answer === 'more') grant(asked.budget, amount, asked.subject ?? undefined);
      else asks.answer(id, answer === 'once' ? 'once' : 'refused');
    },
    asks,
  };
}

/** Adds to a limit until its present window ends, and lets requests that wait look again. */
function granter(
  parts: BudgetParts,
  store: BudgetStore,
  accounts: BudgetAccounts,
  gate: BudgetGate,
): Budgets['grant'] {
  const { now, log } = parts;
  return (id, amount, subject) => {
    const budget = accounts.find(id);
    if (budget === undefined) throw new GatewayError('UNKNOWN_NAME', `There is no budget "${id}".`);
    const given = amountFor(budget, amount);
    const account = accounts.account(budget, subjectFor(budget, subject), now());
    const { window, hold } = account;
    const before = ownLimit(budget.settings) + account.granted;
    const after = before + given;
    const at = now();
    store.grant({
      budget: id,
      definition: budget.definition,
      subject: hold[1],
      window,
      amount: given,
      before,
      after,
      at,
    });
    account.granted += given;
    log.info({ budget: id, subject: hold[1], amount: given, before, after }, 'budget-granted');
    gate.limitsChanged();
    parts.onChange();
    const unit = unitOf(budget.settings);
    const whose = hold[1] === WHOLE ? null : hold[1];
    return {
      budget: id,
      subject: whose,
      unit,
      amount: given,
      grantedAt: at,
      expiresAt: window.end,
      before,
      after,
    };
  };
}

function amountFor({ settings }: ActiveBudget, { usd, tokens }: GivenAmount): number {
  const unit = unitOf(settings);
  const given = unit === 'usd' ? usd : tokens;
  const other = unit === 'usd' ? tokens : usd;
  if (given === undefined || other !== undefined) {
    const what = unit === 'usd' ? 'US dollars, like "5.00"' : 'tokens, like 1000000';
    throw new GatewayError(
      'REQUEST_INVALID',
      `Budget "${settings.id}" counts in ${unit === 'usd' ? 'money' : 'tokens'}: give ${what}.`,
    );
  }
  const amount = typeof given === 'string' ? nanoDollars(given) : given;
  if (amount <= 0) throw new GatewayError('REQUEST_INVALID', 'Give more than nothing.');
  return amount;
}

function subjectFor({ settings }: ActiveBudget, subject: string | undefined): string {
  const forEach = isForEach(settings.scope);
  if (forEach && subject === undefined) {
    throw new GatewayError(
      'REQUEST_INVALID',
      `Budget "${settings.id}" is one for each ${settings.scope.type}: say for which one.`,
    );
  }
  if (!forEach && subject !== undefined)
    throw new GatewayError(
      'REQUEST_INVALID',
      `Budget "${settings.id}" is one for all that it concerns; leave the name out.`,
    );
  return subject ?? WHOLE;
}
