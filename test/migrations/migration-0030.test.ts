// Migration 30: a ledger from before budgets gets their tables, and a first budget counts what was spent before it was made.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BudgetAccounts } from '../../src/gateway/budgets/budget-accounts.ts';
import { BudgetSettings } from '../../src/contract/budgets.ts';
import { createBudgetStore } from '../../src/gateway/budgets/budget-store.ts';
import { migration0010 } from '../../src/gateway/ledger/migrations/0010-exchanges.ts';
import { migration0012 } from '../../src/gateway/ledger/migrations/0012-session-index.ts';
import { openLedgerForWriting } from '../../src/gateway/ledger/open-database.ts';

const insert = `INSERT INTO exchanges (id, started_at, state, client, session_id, project_source, provider, practice, streaming,
  attempts, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
  web_search_requests, cost_nano_usd, usage_basis, price_estimated)
  VALUES (?, ?, ?, 'c', ?, 'none', 'p', ?, 1, 1, 1, 2, 3, 4, 5, 0, ?, 'reported', 0)`;

it('sums old rows: of the window, settled, no practice, each session apart', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-ledger-'));
  const path = join(folder, 'ledger.db');
  const old = openLedgerForWriting(path, [migration0010, migration0012]);
  const day = Date.UTC(2026, 10, 22);
  const add = old.prepare(insert);
  add.run('1', day, 'completed', 's', 0, 1_000_000_007);
  add.run('2', day + 1, 'aborted', 't', 0, 3);
  add.run('3', day - 1, 'completed', 's', 0, 50);
  add.run('4', day + 2, 'live', 's', 0, 999);
  add.run('5', day + 3, 'completed', 's', 1, 999);
  old.close();
  const db = openLedgerForWriting(path);
  const accounts = new BudgetAccounts({
    store: createBudgetStore(db),
    flush: () => {},
    now: () => day + 10,
    isSubscription: () => false,
  });
  const budget = (limit: object): BudgetSettings =>
    BudgetSettings.parse({ id: 'b', scope: { type: 'session' }, period: 'day', limit, mode: 'hard' });
  const used = (): unknown =>
    accounts.budgets.flatMap((one) =>
      accounts.accountsAt(one, day + 10, 9).map(({ hold, used: sum }) => [hold[1], sum]),
    );
  accounts.adopt([budget({ usd: '1' })], { timeZone: 'UTC' });
  expect(used()).toEqual([
    ['s', 1_000_000_007],
    ['t', 3],
  ]);
  // Another unit is another count.
  accounts.adopt([budget({ tokens: 1 })], { timeZone: 'UTC' });
  expect(used()).toEqual([
    ['s', 15],
    ['t', 15],
  ]);
  db.close();
  rmSync(folder, { recursive: true, force: true });
});
