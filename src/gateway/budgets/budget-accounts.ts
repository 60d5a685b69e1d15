// The budgets in force and what stands on their accounts: a mirror in memory of the sums in the database, read when a
// window or subject is first met. It moves the moment an exchange ends; the database follows with the exchange's row.
import type { BudgetRules, BudgetSettings } from '../../contract/budgets.ts';
import { subjectOf, WHOLE } from './budget-scope.ts';
import type { SpendFacts } from './budget-scope.ts';
import type { BudgetStore, Hold, Spent } from './budget-store.ts';
import { ownLimit, unitOf } from './budget-words.ts';
import type { Standing } from './budget-words.ts';
import { ownTimeZone, windowAt } from './calendar.ts';
import type { Calendar, TimeWindow } from './calendar.ts';

/** One window of one subject of one budget; amounts in the budget's unit. */
export interface Account {
  readonly hold: Hold;
  readonly window: TimeWindow;
  used: number;
  reserved: number;
  granted: number;
  reachedAt: number | null;
}

/** A budget in force, with what its figures are counted from. */
export interface ActiveBudget {
  readonly settings: BudgetSettings;
  /** What is counted, as text: another text means counting anew. */
  readonly definition: string;
  /** Start of the window that was summed from the ledger as counting began. */
  readonly since: number;
  /** When the last exchange in the ledger had begun then. */
  readonly knownUntil: number;
}

export interface AccountParts {
  readonly store: BudgetStore;
  /** Brings queued ledger writes into the database before it is read. */
  readonly flush: () => void;
  readonly now: () => number;
  /** True for a provider that the caller's own login pays. */
  readonly isSubscription: (provider: string) => boolean;
}

/** Accounts kept in memory; more are forgotten while nothing is reserved on them. */
const MOST_ACCOUNTS = 10_000;

export class BudgetAccounts {
  readonly #parts: AccountParts;
  readonly #accounts = new Map<string, Account>();
  readonly #windows = new Map<string, TimeWindow>();
  /** Earlier windows that were summed since the budgets were taken. */
  readonly #completed = new Set<string>();
  #budgets: readonly ActiveBudget[] = [];
  calendar: Calendar = { timeZone: 'UTC', weekStart: 'monday' };

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  get budgets(): readonly ActiveBudget[] {
    return this.#budgets;
  }

  find(id: string): ActiveBudget | undefined {
    return this.#budgets.find(({ settings }) => settings.id === id);
  }

  /** Takes the budgets of the settings. Returns the ids that are counted anew or not any more. */
  adopt(settings: readonly BudgetSettings[], rules: BudgetRules): ReadonlySet<string> {
    const { store, flush, now } = this.#parts;
    this.calendar = {
      timeZone: rules.timeZone ?? ownTimeZone(),
      weekStart: rules.weekStart ?? 'monday',
    };
    flush();
    this.#windows.clear();
    this.#completed.clear();
    const changed = new Set<string>();
    const sums = new Map<string, readonly Spent[]>();
    this.#budgets = store.transaction(() => {
      const known = new Map(store.counters().map((counter) => [counter.budget, counter]));
      const budgets = settings.map((one): ActiveBudget => {
        const definition = define(one, this.calendar);
        const counter = known.get(one.id);
        known.delete(one.id);
        if (counter?.definition === definition) {
          const { since, knownUntil } = counter;
          return { settings: one, definition, since, knownUntil };
        }
        changed.add(one.id);
        store.dropCounter(one.id);
        const window = windowAt(one.period, now(), this.calendar);
        this.#sumWindow(one, window, sums);
        store.putCounter(one.id, definition, window.start);
        const knownUntil = store.counters().find(({ budget }) => budget === one.id)?.knownUntil ?? 0;
        return { settings: one, definition, since: window.start, knownUntil };
      });
      for (const id of known.keys()) {
        changed.add(id);
        store.dropCounter(id);
      }
      return budgets;
    });
    for (const [key, account] of this.#accounts) if (changed.has(account.hold[0])) this.#accounts.delete(key);
    return changed;
  }

  /** The accounts on which a request that began at `at` counts. Throws when the ledger cannot be read. */
  concerned(facts: SpendFacts, at: number): { readonly budget: ActiveBudget; readonly account: Account }[] {
    return this.#budgets.flatMap((budget) => {
      const subject = subjectOf(budget.settings, facts);
      return subject === null ? [] : [{ budget, account: this.account(budget, subject, at) }];
    });
  }

  account(budget: ActiveBudget, subject: string, at: number): Account {
    const window = this.windowOf(budget.settings, at);
    const hold: Hold = [budget.settings.id, subject, window.start];
    const key = hold.join('\n');
    const known = this.#accounts.get(key);
    if (known !== undefined) return known;
    const account = this.#load(budget, hold, window);
    this.#forgetOldest();
    this.#accounts.set(key, account);
    return account;
  }

  windowOf({ id, period }: BudgetSettings, at: number): TimeWindow {
    const known = this.#windows.get(id);
    if (known !== undefined && known.start <= at && (known.end === null || at < known.end)) return known;
    const window = windowAt(period, at, this.calendar);
    this.#windows.set(id, window);
    return window;
  }

  /** All accounts of a budget in the window of `at`; the fullest first. */
  accountsAt(budget: ActiveBudget, at: number, limit: number): Account[] {
    const window = this.windowOf(budget.settings, at);
    const { start } = window;
    this.#completeWindow(budget, window);
    const { id } = budget.settings;
    const inMemory = [...this.#accounts.values()].filter(({ hold }) => hold[0] === id && hold[2] === start);
    const subjects = new Set([
      ...inMemory.map(({ hold }) => hold[1]),
      ...this.#parts.store.subjects(id, start, limit),
    ]);
    return [...subjects]
      .map((subject) => this.account(budget, subject, at))
      .sort((left, right) => right.used + right.reserved - left.used - left.reserved)
      .slice(0, limit);
  }

  standing(budget: ActiveBudget, account: Account, needed: number): Standing {
    const { used, reserved, granted, window, hold } = account;
    const limit = ownLimit(budget.settings) + granted;
    return { budget: budget.settings, subject: hold[1], window, used, reserved, limit, needed };
  }

  #load(budget: ActiveBudget, hold: Hold, window: TimeWindow): Account {
    const { store, flush } = this.#parts;
    flush();
    this.#completeWindow(budget, window);
    const usage = store.usage(hold);
    return {
      hold,
      window,
      used: usage?.used ?? 0,
      reserved: 0,
      granted: store.granted(hold, budget.definition),
      reachedAt: usage?.reachedAt ?? null,
    };
  }

  /**
   * Another window that may hold exchanges from before the budget was made: the clock was set back, or one began before
   * the budget did.
   */
  #completeWindow(budget: ActiveBudget, window: TimeWindow): void {
    const { since, knownUntil, settings } = budget;
    if (window.start === since || window.start > Math.max(since, knownUntil)) return;
    const key = `${settings.id}\n${window.start}`;
    if (this.#completed.has(key)) return;
    this.#parts.flush();
    this.#parts.store.transaction(() => this.#sumWindow(settings, window, new Map()));
    this.#completed.add(key);
  }

  /** Counts what the ledger has for a window; `known` are windows that other budgets asked for just now. */
  #sumWindow(settings: BudgetSettings, window: TimeWindow, known: Map<string, readonly Spent[]>): void {
    const { store, isSubscription } = this.#parts;
    const detailed = !['all', 'project', 'provider'].includes(settings.scope.type);
    const key = `${window.start} ${window.end ?? ''} ${String(detailed)}`;
    const spent = known.get(key) ?? store.spent(window, detailed);
    known.set(key, spent);
    const sums = new Map<string, number>();
    for (const { facts, nanoUsd, tokens } of spent) {
      const subscription = isSubscription(facts.provider);
      const subject = subjectOf(settings, { ...facts, practice: false, subscription });
      if (subject === null) continue;
      sums.set(subject, (sums.get(subject) ?? 0) + (unitOf(settings) === 'usd' ? nanoUsd : tokens));
    }
    for (const [subject, used] of sums) store.setUsage([settings.id, subject, window.start], used);
  }

  #forgetOldest(): void {
    if (this.#accounts.size < MOST_ACCOUNTS) return;
    for (const [key, account] of this.#accounts) {
      if (account.reserved !== 0 || account.hold[1] === WHOLE) continue;
      this.#accounts.delete(key);
      return;
    }
  }
}

function define(budget: BudgetSettings, calendar: Calendar): string {
  const { scope, period, countSubscription } = budget;
  const zone = period === 'lifetime' ? null : calendar.timeZone;
  const week = period === 'week' ? calendar.weekStart : null;
  return JSON.stringify([unitOf(budget), scope, period, zone, week, countSubscription === true]);
}
