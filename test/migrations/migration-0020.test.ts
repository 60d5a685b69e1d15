// The record of MCP tool calls: strict, one row per id, outcomes of a closed list.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { McpCallRow } from '../../src/contract/mcp.ts';
import { migrations } from '../../src/gateway/ledger/migrations/index.ts';
import { openLedgerForWriting } from '../../src/gateway/ledger/open-database.ts';
import { createCallRecorder } from '../../src/gateway/mcp/call-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const row: McpCallRow = {
  id: 'mc_1',
  startedAt: 1,
  durationMs: 2.5,
  client: 'c',
  session: null,
  server: 's',
  tool: 't',
  toolUseId: 'toolu_1',
  outcome: 'completed',
  reason: null,
  argumentBytes: 2,
  resultBytes: 3,
};

describe('migration 20', () => {
  it('adds the table to a ledger of before, and rows come back as they were', () => {
    const path = join(folder, 'ledger.db');
    openLedgerForWriting(
      path,
      migrations.filter(({ number }) => number < 20),
    ).close();
    const db = openLedgerForWriting(path);
    expect(Number(db.pragma('user_version', { simple: true }))).toBeGreaterThanOrEqual(20);
    const errors: unknown[] = [];
    const recorder = createCallRecorder(db, (error) => errors.push(error));
    recorder.add(row);
    expect(recorder.list(10)).toEqual([row]);
    recorder.add({ ...row, id: 'mc_2', outcome: 'guessed' as 'failed' });
    recorder.flush();
    expect(errors.length).toBe(1);
    expect(recorder.list(10)).toEqual([row]);
    db.close();
  });
});
