// The gate before every request that spends: estimates it, reserves it on all budgets it concerns in one transaction or
// refuses it, and settles it with what it came to. Without budgets it is not active, and nothing here runs.
import type { BudgetRules, BudgetSettings } from '../../contract/budgets.ts';
import type { Log } from '../gateway-host.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { PriceTable } from '../ledger/price-table.ts';
import type { Account, ActiveBudget, BudgetAccounts } from './budget-accounts.ts';
import type { AskEnd, BudgetAsks } from './budget-asks.ts';
import type { SpendFacts } from './budget-scope.ts';
import type { BudgetStore, Charge } from './budget-store.ts';
import {
  isUnifiedHeader,
  refuse,
  refuseUnheld,
  sayShortage,
  standingHeaders,
  unitOf,
} from './budget-words.ts';
import type { HeldEnd, Standing } from './budget-words.ts';
import { Calibration, conversationOf, estimateSpend } from './estimate.ts';
import type { Estimate } from './estimate.ts';
import type { SpendBounds } from './read-spend.ts';

/** A request that is about to be sent. */
export interface SpendQuestion {
  readonly exchange: string;
  readonly startedAt: number;
  readonly facts: SpendFacts;
  readonly agentId: string | null;
  /** Name sent upstream: its price counts. */
  readonly model: string;
  readonly bounds: SpendBounds;
  readonly prices: PriceTable;
  /** Calls back when the client leaves; returns how to stop listening. */
  readonly onGone: (left: () => void) => () => void;
}

interface Line {
  readonly budget: ActiveBudget;
  readonly account: Account;
  readonly amount: number;
}

/** A request in flight, as its budgets hold it. */
interface Admission {
  readonly exchange: string;
  readonly facts: SpendFacts;
  readonly startedAt: number;
  readonly estimate: Estimate;
  lines: readonly Line[];
  /** For the answer's head, name and value alternating; null when Claude Code shall not warn. */
  readonly headers: readonly string[] | null;
  readonly learn: { readonly conversation: string; readonly bounds: SpendBounds } | null;
}

export interface GateParts {
  readonly store: BudgetStore;
  readonly accounts: BudgetAccounts;
  readonly asks: BudgetAsks;
  readonly now: () => number;
  readonly log: Log;
  /** A limit was reached for the first time in its window. */
  readonly onReached: () => void;
}

/** The budget that the request does not fit into; null when it was admitted. */
type Verdict = { readonly line: Line; readonly standing: Standing } | null;

export class BudgetGate {
  readonly #parts: GateParts;
  readonly #calibration = new Calibration();
  readonly #inFlight = new Map<string, Admission>();
  /** What settled exchanges came to, until their rows are written. */
  readonly #charges = new WeakMap<LedgerEntry, Charge>();
  #outputCap: number | undefined;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** False without budgets: then nobody has to come here. */
  get active(): boolean {
    return this.#parts.accounts.budgets.length > 0;
  }

  /**
   * Settles what a killed gateway left by what its rows say, then takes the budgets in force. Call once, when those rows
   * were closed and before the first exchange.
   */
  open(budgets: readonly BudgetSettings[], rules: BudgetRules): void {
    const { store, accounts } = this.#parts;
    store.transaction(() => {
      const counted = new Map(budgets.map((budget) => [budget.id, unitOf(budget)]));
      for (const { exchange, holds, spentNanoUsd, spentTokens } of store.leftovers()) {
        const parts = holds
          .filter(([budget]) => counted.has(budget))
          .map((hold) => {
            const amount = counted.get(hold[0]) === 'usd' ? spentNanoUsd : spentTokens;
            return { hold, amount, reachedAt: null };
          });
        store.charge({ exchange, parts });
      }
    });
    this.#outputCap = rules.outputCap;
    accounts.adopt(budgets, rules);
  }

  /** Takes changed budgets; what is in flight (`sent`) counts on new ones, too. */
  adopt(
    budgets: readonly BudgetSettings[],
    rules: BudgetRules,
    sent: readonly Pick<Admission, 'exchange' | 'facts' | 'startedAt'>[],
  ): void {
    const { accounts } = this.#parts;
    this.#outputCap = rules.outputCap;
    const changed = accounts.adopt(budgets, rules);
    const nothing = { estimate: { nanoUsd: 0, tokens: 0 }, lines: [], headers: null, learn: null };
    for (const one of sent)
      this.#holdAnew(this.#inFlight.get(one.exchange) ?? { ...one, ...nothing }, changed);
    this.limitsChanged();
  }

  /** Reserves. Throws BudgetRefusal; resolves late when the user is asked, with false when the client left meanwhile. */
  async admit(question: SpendQuestion): Promise<boolean> {
    const allowedOnce = new Set<string>();
    for (;;) {
      const verdict = this.#decide(question, allowedOnce);
      if (verdict === null) return true;
      const { line, standing } = verdict;
      if (line.budget.settings.mode === 'hard') throw this.#refusal(standing);
      const end: AskEnd = await this.#ask(question, line, standing);
      if (end === 'gone') return false;
      if (end === 'once') allowedOnce.add(line.budget.settings.id);
      else if (end !== 'again') throw this.#refusal(standing, end);
    }
  }

  /** True while this exchange is on a budget. */
  holds(exchange: string): boolean {
    return this.#inFlight.has(exchange);
  }

  /** Lets Claude Code warn: puts the standing of the fullest budget in the place of an upstream's own limits. */
  addHeaders(exchange: string, headers: string[]): void {
    const own = this.#inFlight.get(exchange)?.headers ?? null;
    if (own === null) return;
    for (let index = headers.length - 2; index >= 0; index -= 2) {
      if (isUnifiedHeader(headers[index] as string)) headers.splice(index, 2);
    }
    headers.push(...own);
  }

  /** The exchange ended: what it holds becomes what it used. Its row must be handed to the ledger right after. */
  settle(entry: LedgerEntry): void {
    const admission = this.#inFlight.get(entry.id);
    if (admission === undefined) return;
    this.#inFlight.delete(entry.id);
    const tokens = tokensOf(entry);
    const parts = admission.lines.map((line) => {
      const { budget, account } = line;
      const amount = unitOf(budget.settings) === 'usd' ? entry.costNanoUsd : tokens;
      account.reserved -= line.amount;
      account.used += amount;
      return { hold: account.hold, amount, reachedAt: this.#noteReached(line) };
    });
    this.#charges.set(entry, { exchange: admission.exchange, parts });
    const { learn } = admission;
    if (learn !== null && entry.usageBasis === 'reported')
      this.#calibration.learn(learn.conversation, learn.bounds, entry);
  }

  /** The place it was held for did not answer and took no money: what was held is free again. */
  release(exchange: string): void {
    const admission = this.#inFlight.get(exchange);
    if (admission === undefined) return;
    this.#inFlight.delete(exchange);
    const parts = admission.lines.map(({ account, amount }) => {
      account.reserved -= amount;
      return { hold: account.hold, amount: 0, reachedAt: account.reachedAt };
    });
    this.#parts.store.transaction(() => this.#parts.store.charge({ exchange, parts }));
  }

  /** Runs in the transaction that writes the outcomes of these exchanges. */
  readonly write = (entries: readonly LedgerEntry[]): void => {
    for (const entry of entries) {
      const charge = this.#charges.get(entry);
      if (charge !== undefined) this.#parts.store.charge(charge);
    }
  };

  #decide(question: SpendQuestion, allowedOnce: ReadonlySet<string>): Verdict {
    const lines = this.#linesFor(question);
    if (lines.length === 0) return null;
    const estimate = this.#estimate(question);
    const admission: Admission = {
      exchange: question.exchange,
      facts: question.facts,
      startedAt: question.startedAt,
      estimate,
      lines: lines.map((line) => ({ ...line, amount: amountOf(line.budget, estimate) })),
      headers: question.facts.subscription
        ? null
        : standingHeaders(lines.map((line) => this.#standing(line))),
      learn: { conversation: this.#conversation(question), bounds: question.bounds },
    };
    let over: Line | null = null;
    const fits = (): boolean => {
      over = this.#tightest(admission.lines, allowedOnce);
      return over === null;
    };
    try {
      this.#parts.store.reserve(() => (fits() ? reservationOf(admission) : null));
    } catch (error) {
      // The mirror in memory still holds the limits while the ledger does not take a row.
      const strict = admission.lines.find(({ budget }) => refusesUnheld(budget.settings));
      this.#parts.log.error({ error: String(error), exchange: question.exchange }, 'budget-not-held');
      if (strict !== undefined) throw refuseUnheld(strict.budget.settings, error);
      fits();
    }
    const line = over as Line | null;
    if (line !== null) return { line, standing: this.#standing(line) };
    for (const { account, amount } of admission.lines) account.reserved += amount;
    this.#inFlight.set(admission.exchange, admission);
    return null;
  }

  /** Of the budgets that the request does not fit into: a hard one first, then the one that is shut for longest. */
  #tightest(lines: readonly Line[], allowedOnce: ReadonlySet<string>): Line | null {
    const over = lines.filter((line) => {
      const { mode, id } = line.budget.settings;
      if (mode === 'soft' || allowedOnce.has(id)) return false;
      const { used, reserved, limit } = this.#standing(line);
      return used + reserved + line.amount > limit;
    });
    const rank = ({ budget, account }: Line): number =>
      (budget.settings.mode === 'hard' ? 1e15 : 0) + Math.min(account.window.end ?? 9e14, 9e14);
    return over.reduce<Line | null>(
      (tightest, line) => (tightest === null || rank(line) > rank(tightest) ? line : tightest),
      null,
    );
  }

  #linesFor({ facts, startedAt }: SpendQuestion): Line[] {
    const { accounts, log } = this.#parts;
    try {
      return accounts.concerned(facts, startedAt).map((line) => ({ ...line, amount: 0 }));
    } catch (error) {
      log.error({ error: String(error) }, 'budgets-not-read');
      const strict = accounts.budgets.find(({ settings }) => refusesUnheld(settings));
      if (strict !== undefined) throw refuseUnheld(strict.settings, error);
      return [];
    }
  }

  #estimate(question: SpendQuestion): Estimate {
    const { bounds, model, prices, startedAt: at } = question;
    const prompt = this.#calibration.promptTokens(this.#conversation(question), bounds);
    return estimateSpend({ bounds, prompt, outputCap: this.#outputCap, model, at, prices });
  }

  #conversation({ facts, agentId, model }: SpendQuestion): string {
    const { sessionId, client, provider } = facts;
    return conversationOf({ sessionId, client, agentId, provider, model });
  }

  #standing({ budget, account, amount }: Line): Standing {
    return this.#parts.accounts.standing(budget, account, amount);
  }

  #refusal(standing: Standing, held?: HeldEnd): Error {
    const { accounts, now } = this.#parts;
    const context = { now: now(), timeZone: accounts.calendar.timeZone };
    return refuse(standing, held === undefined ? context : { ...context, held });
  }

  #ask(question: SpendQuestion, line: Line, standing: Standing): Promise<AskEnd> {
    const { facts, model, onGone } = question;
    const { budget } = line;
    const about = {
      budget: budget.settings.id,
      subject: standing.subject === '' ? null : standing.subject,
      unit: unitOf(budget.settings),
      left: Math.max(0, standing.limit - standing.used - standing.reserved),
      needed: standing.needed,
      sentence: `${sayShortage(standing)}.`,
      model,
      project: facts.project,
      sessionId: facts.sessionId,
      client: facts.client,
    };
    return this.#parts.asks.ask(about, onGone);
  }

  #noteReached(line: Line): number | null {
    const { account, budget } = line;
    const { used, limit } = this.#standing(line);
    if (account.reachedAt !== null || used < limit) return account.reachedAt;
    account.reachedAt = this.#parts.now();
    this.#parts.log.warn(
      { budget: budget.settings.id, subject: account.hold[1], used, limit },
      'budget-reached',
    );
    this.#parts.onReached();
    return account.reachedAt;
  }

  /** A limit that was raised can be reached again, and requests that wait for it look again. */
  limitsChanged(): void {
    this.#clearReached();
    this.#parts.asks.lookAgain();
  }

  #clearReached(): void {
    const { accounts, store, now } = this.#parts;
    for (const budget of accounts.budgets) {
      for (const account of accounts.accountsAt(budget, now(), 100)) {
        const { used, limit } = accounts.standing(budget, account, 0);
        if (account.reachedAt === null || used >= limit) continue;
        account.reachedAt = null;
        store.setReached(account.hold, null);
      }
    }
  }

  /** Lets a request in flight count on the budgets as they are now. */
  #holdAnew(admission: Admission, changed: ReadonlySet<string>): void {
    const { accounts, store } = this.#parts;
    const kept = admission.lines.filter(({ account }) => !changed.has(account.hold[0]));
    const keptIds = new Set(kept.map(({ account }) => account.hold[0]));
    const added = accounts
      .concerned(admission.facts, admission.startedAt)
      .filter(({ budget }) => changed.has(budget.settings.id) && !keptIds.has(budget.settings.id))
      .map((line) => ({ ...line, amount: amountOf(line.budget, admission.estimate) }));
    for (const { account, amount } of added) account.reserved += amount;
    const current = kept.map((line) => ({
      ...line,
      budget: accounts.find(line.account.hold[0]) ?? line.budget,
    }));
    admission.lines = [...current, ...added];
    this.#inFlight.set(admission.exchange, admission);
    store.reserve(() => reservationOf(admission));
  }
}

const refusesUnheld = ({ ifLedgerFails, mode }: BudgetSettings): boolean =>
  (ifLedgerFails ?? (mode === 'soft' ? 'allow' : 'refuse')) === 'refuse';

const amountOf = ({ settings }: ActiveBudget, estimate: Estimate): number =>
  unitOf(settings) === 'usd' ? estimate.nanoUsd : estimate.tokens;

const reservationOf = ({ exchange, estimate, lines }: Admission) => ({
  exchange,
  ...estimate,
  holds: lines.map(({ account }) => account.hold),
});

function tokensOf(entry: LedgerEntry): number {
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens, outputTokens } = entry;
  return inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens + outputTokens;
}
