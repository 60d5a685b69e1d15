// Migration 12: a session's cost is found by an index, also in a ledger that was there before.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { migration0010 } from '../../src/gateway/ledger/migrations/0010-exchanges.ts';
import { openLedgerForWriting } from '../../src/gateway/ledger/open-database.ts';
import { createSessionCost } from '../../src/gateway/ledger/session-cost.ts';

const insert = `INSERT INTO exchanges (id, started_at, state, client, session_id, project_source, practice, streaming,
  attempts, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
  web_search_requests, cost_nano_usd, usage_basis, price_estimated)
  VALUES (?, 1, ?, 'c', ?, 'none', ?, 1, 1, 1, 0, 0, 0, 1, 0, ?, 'reported', 0)`;

it('sums a session from before the migration: settled rows only, practice apart, other sessions not', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-ledger-'));
  const path = join(folder, 'ledger.db');
  const old = openLedgerForWriting(path, [migration0010]);
  const add = old.prepare(insert);
  add.run('1', 'completed', 's', 0, 1_000_000_007);
  add.run('2', 'aborted', 's', 0, 3);
  add.run('3', 'completed', 's', 1, 50);
  add.run('4', 'live', 's', 0, 999);
  add.run('5', 'completed', 'other', 0, 999);
  add.run('6', 'completed', null, 0, 999);
  old.close();
  const db = openLedgerForWriting(path);
  const costOf = createSessionCost(db, () => {});
  expect(costOf('s')).toEqual({ real: 1_000_000_010, practice: 50 });
  expect(costOf('never seen')).toEqual({ real: 0, practice: 0 });
  const plan = db.prepare('EXPLAIN QUERY PLAN SELECT 1 FROM exchanges WHERE session_id = ?').all('s');
  expect(JSON.stringify(plan)).toContain('exchanges_by_session');
  db.close();
  rmSync(folder, { recursive: true, force: true });
});
