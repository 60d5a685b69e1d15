// Budgets, as Control offers them: how they stand, changing them in config.json, granting more, answering for requests
// that wait.
import type { BudgetSettings } from '../../contract/budgets.ts';
import type { Control } from '../../contract/control-contract.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Budgets } from '../budgets/budgets.ts';
import type { SettingsEdit, SettingsStore } from '../config/settings-store.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';

export type BudgetMethods = Pick<
  Control,
  'budget.list' | 'budget.set' | 'budget.remove' | 'budget.grant' | 'budget.asks' | 'budget.answer'
>;

export interface BudgetMethodParts {
  readonly budgets: Budgets;
  readonly settings: SettingsStore;
  readonly log: Log;
  /** Adopts changed settings everywhere and tells all who watch. */
  readonly adopt: () => void;
}

export function budgetMethods({ budgets, settings, log, adopt }: BudgetMethodParts): BudgetMethods {
  return {
    'budget.list': async () => budgets.list(),
    async 'budget.set'({ budget }) {
      let previous: BudgetSettings | null = null;
      settings.edit((before) => {
        previous = before.budgets.find(({ id }) => id === budget.id) ?? null;
        return planSetBudget(before, budget);
      });
      log.info({ before: previous, after: budget }, 'budget-set');
      adopt();
      return { ...budgets.list(), previous };
    },
    async 'budget.remove'({ id }) {
      let removed: BudgetSettings | undefined;
      settings.edit((before) => {
        removed = before.budgets.find((budget) => budget.id === id);
        if (removed === undefined) throw new GatewayError('UNKNOWN_NAME', `There is no budget "${id}".`);
        return [{ path: ['budgets'], value: before.budgets.filter((budget) => budget.id !== id) }];
      });
      if (removed === undefined) throw new GatewayError('UNKNOWN_NAME', `There is no budget "${id}".`);
      log.info({ before: removed, after: null }, 'budget-removed');
      adopt();
      return { ...budgets.list(), removed };
    },
    async 'budget.grant'({ id, usd, tokens, subject }) {
      const grant = budgets.grant(id, { usd, tokens }, subject);
      return { ...budgets.list(), grant };
    },
    'budget.asks': async () => ({ asks: budgets.asks.views }),
    async 'budget.answer'({ id, answer, usd, tokens }) {
      budgets.answer(id, answer, { usd, tokens });
      return { asks: budgets.asks.views };
    },
  };
}

/** Edits that add a budget, or put it in the place of the one of its id. Pure. */
function planSetBudget({ budgets }: Settings, budget: BudgetSettings): readonly SettingsEdit[] {
  const index = budgets.findIndex(({ id }) => id === budget.id);
  return index >= 0
    ? [{ path: ['budgets', index], value: budget }]
    : [{ path: ['budgets'], value: [...budgets, budget] }];
}
