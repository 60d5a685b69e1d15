// Migration 40: rows from before it have no ladder and nothing dropped; new ones keep both through the ledger.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rowFrom } from '../../src/gateway/ledger/entry-columns.ts';
import { migrations } from '../../src/gateway/ledger/migrations/index.ts';
import { openLedgerForWriting } from '../../src/gateway/ledger/open-database.ts';

const insert = `INSERT INTO exchanges (id, started_at, state, client, project_source, practice, streaming, attempts,
  input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens,
  web_search_requests, cost_nano_usd, usage_basis, price_estimated)
  VALUES (?, 1, 'completed', 'c', 'none', 0, 1, 1, 1, 0, 0, 0, 1, 0, 7, 'reported', 0)`;

it('keeps rows from before it as they were, and takes what was tried and dropped', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-ledger-'));
  const path = join(folder, 'ledger.db');
  const old = openLedgerForWriting(
    path,
    migrations.filter(({ number }) => number < 40),
  );
  old.prepare(insert).run('old');
  old.close();

  const db = openLedgerForWriting(path);
  const read = (id: string) =>
    rowFrom(db.prepare('SELECT * FROM exchanges WHERE id = ?').get(id) as Record<string, unknown>);
  expect(read('old')).toMatchObject({ id: 'old', costNanoUsd: 7 });
  expect([read('old').ladder, read('old').dropped]).toEqual([undefined, undefined]);

  const ladder = [
    { provider: 'a', model: 'm', outcome: 'refused', status: 529, milliseconds: 3, reason: '529' },
    { provider: 'b', model: 'm', outcome: 'answered', status: 200, milliseconds: 4, reason: null },
  ];
  db.prepare(insert).run('new');
  db.prepare('UPDATE exchanges SET ladder = ?, dropped = ? WHERE id = ?').run(
    JSON.stringify(ladder),
    '["top_k"]',
    'new',
  );
  expect(read('new')).toMatchObject({ ladder, dropped: ['top_k'] });
  db.close();
  rmSync(folder, { recursive: true, force: true });
});
