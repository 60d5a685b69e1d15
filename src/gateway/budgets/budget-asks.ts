// Requests that wait for the user's word on a budget: held, offered in Control, refused when nobody answers in time.
// A held request has sent nothing to its client yet, so that a refusal is still the one clean answer.
import type { BudgetAskView } from '../../contract/budgets.ts';
import type { HeldEnd } from './budget-words.ts';

/** `once`: let this one pass; `again`: the budget has changed, look again; `gone`: the client gave up. */
export type AskEnd = 'once' | 'again' | 'gone' | HeldEnd;

export type AskQuestion = Omit<BudgetAskView, 'id' | 'askedAt' | 'expiresAt'>;

export interface AskOptions {
  readonly newId: () => string;
  readonly now: () => number;
  /** How long the user has. */
  readonly patienceMs: number;
  /** True when somebody follows Control's events and could answer. */
  readonly hasListeners: () => boolean;
  readonly onChange: () => void;
}

interface Pending {
  readonly view: BudgetAskView;
  readonly settle: (end: AskEnd) => void;
}

const MOST_PENDING = 100;

export class BudgetAsks {
  readonly #options: AskOptions;
  readonly #pending = new Map<string, Pending>();
  #closed = false;

  constructor(options: AskOptions) {
    this.#options = options;
  }

  get views(): BudgetAskView[] {
    return [...this.#pending.values()].map(({ view }) => view);
  }

  view(id: string): BudgetAskView | null {
    return this.#pending.get(id)?.view ?? null;
  }

  /** `onGone` calls back when the client leaves, and returns how to stop listening. */
  ask(question: AskQuestion, onGone: (left: () => void) => () => void): Promise<AskEnd> {
    const { newId, now, patienceMs, hasListeners, onChange } = this.#options;
    if (this.#closed) return Promise.resolve('stopping');
    if (!hasListeners()) return Promise.resolve('nobody');
    if (this.#pending.size >= MOST_PENDING) return Promise.resolve('too-many');
    const id = newId();
    return new Promise((resolve) => {
      const settle = (end: AskEnd): void => {
        if (!this.#pending.delete(id)) return;
        clearTimeout(timer);
        forget();
        onChange();
        resolve(end);
      };
      const timer = setTimeout(() => settle('expired'), patienceMs).unref();
      const askedAt = now();
      const view = { ...question, id, askedAt, expiresAt: askedAt + patienceMs };
      this.#pending.set(id, { view, settle });
      const forget = onGone(() => settle('gone'));
      onChange();
    });
  }

  /** Returns false when it is not pending any more. */
  answer(id: string, end: 'once' | 'again' | 'refused'): boolean {
    const pending = this.#pending.get(id);
    pending?.settle(end);
    return pending !== undefined;
  }

  /** Budgets changed: all look again. */
  lookAgain(): void {
    for (const { settle } of [...this.#pending.values()]) settle('again');
  }

  close(): void {
    this.#closed = true;
    for (const { settle } of [...this.#pending.values()]) settle('stopping');
  }
}
