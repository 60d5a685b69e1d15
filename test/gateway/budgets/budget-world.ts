// The books of a gateway without the gateway, for tests of budgets: a real ledger file, budgets on it, a clock that the test
// sets, requests in flight, and a check of every figure against the rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { BudgetSettings, BudgetView } from '../../../src/contract/budgets.ts';
import { Settings } from '../../../src/contract/settings.ts';
import { noTokens } from '../../../src/contract/usage.ts';
import { subjectOf, WHOLE } from '../../../src/gateway/budgets/budget-scope.ts';
import type { SpendFacts } from '../../../src/gateway/budgets/budget-scope.ts';
import { createBudgets } from '../../../src/gateway/budgets/budgets.ts';
import type { Budgets } from '../../../src/gateway/budgets/budgets.ts';
import type { SpendBounds } from '../../../src/gateway/budgets/read-spend.ts';
import type { LedgerEntry } from '../../../src/gateway/ledger/ledger-entry.ts';
import { openLedgerForWriting } from '../../../src/gateway/ledger/open-database.ts';
import type { WritableDb } from '../../../src/gateway/ledger/open-database.ts';
import { createPriceTable } from '../../../src/gateway/ledger/price-table.ts';
import { closeAbandonedRows, createSqliteLedger } from '../../../src/gateway/ledger/sqlite-ledger.ts';
import type { Ledger } from '../../../src/gateway/ledger/sqlite-ledger.ts';

const OUTPUT_PRICE = 20_000;
const model = 'claude-opus-5-5';
const prices = createPriceTable({});

interface Flight {
  readonly id: string;
  readonly facts: SpendFacts;
  readonly startedAt: number;
  readonly maxTokens: number;
  readonly bounds: SpendBounds;
  /** True when its row was opened as the answer began. */
  readonly opened: boolean;
  /** False when no budget concerned it as it was sent: what it may cost was not worked out then. */
  readonly estimated: boolean;
}

const bounds = (maxTokens: number): SpendBounds => ({
  textBytes: 0,
  images: 0,
  maxTokens,
  cacheWrites: 'none',
  webSearches: 0,
  speed: null,
  inferenceGeo: null,
});

export class World {
  now = Date.UTC(2026, 10, 1, 3, 30);
  settings: Settings;
  readonly flights: Flight[] = [];
  /** Events that the budgets logged. */
  readonly logged: string[] = [];
  /** What the last refused request was told. */
  refusal = '';
  #number = 0;
  readonly #folder: string;
  readonly #path: string;
  #db!: WritableDb;
  #ledger!: Ledger;
  #budgets!: Budgets;
  #tasks: (() => void)[] = [];

  constructor(budgets: readonly unknown[]) {
    this.#folder = mkdtempSync(join(tmpdir(), 'tollgate-budgets-'));
    this.#path = join(this.#folder, 'ledger.db');
    // Where the clocks go back on that very day.
    this.settings = Settings.parse({ version: 1, budgets, budgetRules: { timeZone: 'America/New_York' } });
    this.#open();
  }

  get gate() {
    return this.#budgets.gate;
  }

  #open(): void {
    this.#db = openLedgerForWriting(this.#path);
    closeAbandonedRows(this.#db, this.now);
    let budgets: Budgets | null = null;
    const clock = {
      now: () => this.now,
      defer: (task: () => void) => this.#tasks.push(task),
      later: (task: () => void) => this.#tasks.push(task),
    };
    this.#ledger = createSqliteLedger(
      this.#db,
      clock,
      (error) => {
        throw error;
      },
      (settled) => budgets?.gate.write(settled),
    );
    budgets = createBudgets({
      db: this.#db,
      flush: () => this.#ledger.flush(),
      now: () => this.now,
      log: {
        info: () => {},
        warn: (_, event) => void this.logged.push(event),
        error: (_, event) => void this.logged.push(event),
      },
      newId: () => `ask-${++this.#number}`,
      hasListeners: () => false,
      onChange: () => {},
      settings: () => this.settings,
      patienceMs: 1,
    });
    this.#budgets = budgets;
  }

  async admit(session: string, project: string, maxTokens: number, opened: boolean): Promise<boolean> {
    const id = `exchange-${++this.#number}`;
    const facts: SpendFacts = {
      developer: null,
      project,
      sessionId: session,
      client: 'c',
      provider: 'p',
      models: [model],
      practice: false,
      subscription: false,
    };
    const flight = {
      id,
      facts,
      startedAt: this.now,
      maxTokens,
      bounds: bounds(maxTokens),
      opened,
      estimated: true,
    };
    try {
      await this.gate.admit({
        exchange: id,
        startedAt: this.now,
        facts,
        agentId: null,
        model,
        bounds: flight.bounds,
        prices,
        onGone: () => () => {},
      });
    } catch (error) {
      this.refusal = String(error);
      return false;
    }
    this.flights.push({ ...flight, estimated: this.gate.holds(id) });
    if (opened) this.#ledger.open(entryOf(flight, 'live', Math.floor(maxTokens / 3)));
    return true;
  }

  settle(index: number, share: number, state: LedgerEntry['state']): void {
    const [flight] = this.flights.splice(index % Math.max(1, this.flights.length), 1);
    if (flight === undefined) return;
    const entry = entryOf(flight, state, Math.floor(flight.maxTokens * share));
    this.gate.settle(entry);
    this.#ledger.settle(entry, flight.opened);
  }

  turn(): void {
    for (const task of this.#tasks.splice(0)) task();
  }

  crash(): void {
    this.#tasks = [];
    this.#db.close();
    this.flights.length = 0;
    this.#open();
  }

  change(budgets: readonly unknown[]): void {
    this.settings = Settings.parse({ ...this.settings, budgets });
    this.#budgets.adopt(this.flights.map((flight) => ({ ...flight, exchange: flight.id })));
  }

  /** Compares every account in every window that any row or flight lies in. */
  check(): void {
    this.#ledger.flush();
    for (const view of this.#budgets.views()) {
      const budget = this.settings.budgets.find(({ id }) => id === view.id) as BudgetSettings;
      const inWindow = (at: number): boolean =>
        at >= view.windowStart && (view.windowEnd === null || at < view.windowEnd);
      const used = new Map<string, number>();
      const rows = this.#db
        .prepare(
          `SELECT project, session_id, started_at, cost_nano_usd, output_tokens FROM exchanges WHERE state <> 'live'`,
        )
        .all() as {
        project: string;
        session_id: string;
        started_at: number;
        cost_nano_usd: number;
        output_tokens: number;
      }[];
      for (const row of rows) {
        const facts = {
          developer: null,
          project: row.project,
          sessionId: row.session_id,
          client: 'c',
          provider: 'p',
          models: [model],
          practice: false,
          subscription: false,
        };
        const subject = subjectOf(budget, facts);
        if (subject === null || !inWindow(row.started_at)) continue;
        used.set(
          subject,
          (used.get(subject) ?? 0) + (view.unit === 'usd' ? row.cost_nano_usd : row.output_tokens),
        );
      }
      const reserved = new Map<string, number>();
      for (const flight of this.flights) {
        const subject = flight.estimated ? subjectOf(budget, flight.facts) : null;
        if (subject === null || !inWindow(flight.startedAt)) continue;
        const amount = flight.maxTokens * (view.unit === 'usd' ? OUTPUT_PRICE : 1);
        reserved.set(subject, (reserved.get(subject) ?? 0) + amount);
      }
      const accounts =
        view.subjects.length > 0
          ? view.subjects
          : [{ subject: WHOLE, used: view.used, reserved: view.reserved }];
      for (const subject of new Set([...used.keys(), ...reserved.keys()])) {
        const account = accounts.find((one) => one.subject === subject);
        expect([view.id, subject, account?.used]).toEqual([view.id, subject, used.get(subject) ?? 0]);
        expect([view.id, subject, account?.reserved]).toEqual([view.id, subject, reserved.get(subject) ?? 0]);
      }
    }
  }

  /** Σ settled + Σ reserved never passes a hard limit. */
  checkLimits(): void {
    for (const view of this.#budgets.views()) {
      if (view.mode === 'hard')
        expect(view.used + view.reserved).toBeLessThanOrEqual(view.limit + view.granted);
    }
  }

  /** From now on nothing can be written. */
  breakLedger(): void {
    this.#ledger.flush();
    this.#db.pragma('query_only = ON');
  }

  mendLedger(): void {
    this.#db.pragma('query_only = OFF');
  }

  views(): BudgetView[] {
    return this.#budgets.views();
  }

  close(): void {
    this.#db.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function entryOf(flight: Flight, state: LedgerEntry['state'], outputTokens: number): LedgerEntry {
  return {
    ...noTokens,
    id: flight.id,
    startedAt: flight.startedAt,
    endedAt: state === 'live' ? null : flight.startedAt + 1,
    state,
    client: 'c',
    sessionId: flight.facts.sessionId,
    agentId: null,
    parentAgentId: null,
    requestClass: null,
    developer: null,
    project: flight.facts.project,
    projectSource: 'header',
    provider: 'p',
    practice: false,
    modelAsked: model,
    modelServed: model,
    streaming: true,
    status: 200,
    stopReason: null,
    attempts: 1,
    firstByteMs: 1,
    durationMs: 1,
    outputTokens,
    webSearchRequests: 0,
    costNanoUsd: outputTokens * OUTPUT_PRICE,
    usageBasis: 'reported',
    priceEstimated: false,
    priceRows: null,
    messageId: null,
    upstreamRequestId: null,
    routeReason: null,
    reason: null,
    unconfirmed: false,
  };
}

/** A budget as it stands in config.json. */
export const budget = (id: string, scope: object, period: string, limit: object, mode = 'hard') => ({
  id,
  scope,
  period,
  limit,
  mode,
});
