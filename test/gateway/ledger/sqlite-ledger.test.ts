// The ledger: one row and one outcome per exchange, roll-ups that equal the rows, and nothing lost to a crash but the
// open row, which is marked.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noTokens, usageGroupings } from '../../../src/contract/usage.ts';
import type { Totals } from '../../../src/contract/usage.ts';
import type { LedgerEntry } from '../../../src/gateway/ledger/ledger-entry.ts';
import { createMeter } from '../../../src/gateway/ledger/meter.ts';
import { openLedgerForReading, openLedgerForWriting } from '../../../src/gateway/ledger/open-database.ts';
import type { WritableDb } from '../../../src/gateway/ledger/open-database.ts';
import { closeAbandonedRows, createSqliteLedger } from '../../../src/gateway/ledger/sqlite-ledger.ts';
import type { Ledger } from '../../../src/gateway/ledger/sqlite-ledger.ts';
import { reportUsage } from '../../../src/gateway/ledger/usage-report.ts';

const noon = new Date(2026, 10, 22, 12, 7).getTime();

let number = 0;
function entry(fields: Partial<LedgerEntry>): LedgerEntry {
  return {
    id: `ex_${number++}`,
    startedAt: noon,
    endedAt: null,
    state: 'live',
    client: 'claude-code',
    sessionId: null,
    agentId: null,
    parentAgentId: null,
    requestClass: null,
    developer: null,
    project: null,
    projectSource: 'none',
    provider: 'anthropic',
    practice: false,
    modelAsked: 'claude-opus-5-5',
    modelServed: 'claude-opus-5-5',
    streaming: true,
    status: 200,
    stopReason: null,
    attempts: 1,
    firstByteMs: 12.5,
    durationMs: null,
    ...noTokens,
    webSearchRequests: 0,
    costNanoUsd: 0,
    usageBasis: 'none',
    priceEstimated: false,
    priceRows: null,
    messageId: null,
    upstreamRequestId: null,
    routeReason: null,
    reason: null,
    unconfirmed: false,
    ...fields,
  };
}

const quiet = {
  now: () => performance.now(),
  defer: (task: () => void) => void setImmediate(task),
  later: (task: () => void, milliseconds: number) => void setTimeout(task, milliseconds),
};

let folder: string;
let path: string;
let db: WritableDb;
let ledger: Ledger;
let errors: unknown[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-ledger-'));
  path = join(folder, 'ledger.db');
  errors = [];
  db = openLedgerForWriting(path);
  ledger = createSqliteLedger(db, quiet, (error) => errors.push(error));
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the ledger', () => {
  it('gives back every field of a row as it was settled', () => {
    const live = entry({ sessionId: 's', project: '/p', projectSource: 'transcript' });
    const settled = entry({
      ...live,
      state: 'completed',
      endedAt: noon + 5,
      costNanoUsd: 28_000_000,
      priceEstimated: true,
      practice: true,
    });
    ledger.open(live);
    ledger.settle(settled, false);
    const { webSearchRequests: _w, priceRows: _p, messageId: _m, upstreamRequestId: _u, ...row } = settled;
    expect(ledger.list(10)).toEqual([row]);
  });

  it('keeps the price rows used with each exchange, each combination once (B15)', () => {
    for (const priceRows of ['[{"rates":1}]', '[{"rates":2}]', '[{"rates":1}]', null]) {
      ledger.settle(entry({ state: 'completed', priceRows }), false);
      ledger.flush();
    }
    const used = db
      .prepare('SELECT rows FROM exchanges LEFT JOIN prices ON prices.id = price_id ORDER BY seq')
      .pluck()
      .all();
    expect(used).toEqual(['[{"rates":1}]', '[{"rates":2}]', '[{"rates":1}]', null]);
    expect(db.prepare('SELECT count(*) FROM prices').pluck().get()).toBe(2);
  });

  it('keeps the first outcome: a settled row never changes', () => {
    const settled = entry({ state: 'completed', costNanoUsd: 5 });
    ledger.settle(settled, false);
    ledger.flush();
    ledger.settle({ ...settled, state: 'failed', costNanoUsd: 9 }, false);
    ledger.checkpoint([{ ...settled, state: 'live', costNanoUsd: 7 }]);
    ledger.flush();
    expect(ledger.list(1)[0]).toMatchObject({ state: 'completed', costNanoUsd: 5 });
    expect(errors).toHaveLength(1);
    expect(reportUsage(db, null).totals).toMatchObject({ exchanges: 1, costNanoUsd: 5 });
  });

  it('writes the neighbours of a row that cannot be written', () => {
    ledger.settle(entry({ state: 'completed', costNanoUsd: 1 }), false);
    ledger.settle(entry({ state: 'completed', costNanoUsd: 0.5 }), false);
    ledger.settle(entry({ state: 'completed', costNanoUsd: 2 }), false);
    ledger.flush();
    expect(errors).toHaveLength(1);
    expect(ledger.list(10).map((row) => row.costNanoUsd)).toEqual([2, 1]);
  });

  it('marks what a killed gateway left open, counts it by its last checkpoint, and only once (B8, trap 57)', () => {
    const open = entry({});
    ledger.open(open);
    ledger.checkpoint([{ ...open, inputTokens: 900, costNanoUsd: 3600 }]);
    ledger.settle(entry({ state: 'completed', costNanoUsd: 10 }), false);
    ledger.flush();
    expect(reportUsage(db, null).totals.costNanoUsd).toBe(10);
    expect(closeAbandonedRows(db, noon + 60_000)).toBe(1);
    expect(closeAbandonedRows(db, noon + 60_000)).toBe(0);
    const marked = ledger.list(10).find((row) => row.id === open.id);
    expect(marked).toMatchObject({
      state: 'aborted',
      unconfirmed: true,
      inputTokens: 900,
      endedAt: noon + 60_000,
    });
    expect(reportUsage(db, null).totals).toMatchObject({ exchanges: 2, costNanoUsd: 3610 });
  });

  it('can be read by another connection while rows are written', () => {
    const reader = openLedgerForReading(path);
    for (let count = 1; count <= 50; count++) {
      ledger.settle(entry({ state: 'completed', costNanoUsd: 1 }), false);
      ledger.flush();
      expect(reader === null ? 0 : reportUsage(reader, null).totals.exchanges).toBe(count);
    }
    reader?.close();
  });

  it('pages from newest to oldest without a gap', () => {
    const rows = Array.from({ length: 7 }, () => entry({ state: 'completed' }));
    rows.forEach((row) => ledger.settle(row, false));
    const first = ledger.list(3);
    const second = ledger.list(10, first.at(-1)?.id);
    expect([...first, ...second].map((row) => row.id)).toEqual(rows.map((row) => row.id).reverse());
  });
});

describe('usage reports', () => {
  const name = fc.constantFrom('a', 'b', null);
  const anyEntry = fc.record({
    minutesAgo: fc.nat(3 * 24 * 60),
    tokens: fc.nat(1_000_000),
    cost: fc.nat(10 ** 12),
    model: name,
    project: name,
    session: name,
    agent: name,
    provider: name,
  });

  it('equal the sum over the rows, whatever the window and the grouping (property, B17)', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 40 }), fc.nat(3 * 24 * 60), (samples, windowMinutes) => {
        db.exec('DELETE FROM exchanges; DELETE FROM rollups');
        const since = noon - windowMinutes * 60_000;
        const entries = samples.map((sample) =>
          entry({
            state: 'completed',
            startedAt: noon - sample.minutesAgo * 60_000,
            inputTokens: sample.tokens,
            costNanoUsd: sample.cost,
            modelServed: sample.model,
            modelAsked: null,
            project: sample.project,
            sessionId: sample.session,
            agentId: sample.agent,
            provider: sample.provider,
          }),
        );
        entries.forEach((one) => ledger.settle(one, false));
        ledger.flush();
        const inside = entries.filter((one) => one.startedAt >= since);
        const expected = (
          list: readonly LedgerEntry[],
        ): Pick<Totals, 'exchanges' | 'inputTokens' | 'costNanoUsd'> => ({
          exchanges: list.length,
          inputTokens: list.reduce((sum, one) => sum + one.inputTokens, 0),
          costNanoUsd: list.reduce((sum, one) => sum + one.costNanoUsd, 0),
        });
        expect(reportUsage(db, since).totals).toMatchObject(expected(inside));
        for (const by of usageGroupings) {
          const report = reportUsage(db, since, by);
          expect(report.totals).toMatchObject(expected(inside));
          const keyOf = (one: LedgerEntry): string | null =>
            ({
              model: one.modelServed,
              project: one.project,
              provider: one.provider,
              session: one.sessionId,
              agent: one.agentId,
            })[by];
          for (const key of ['a', 'b']) {
            const found = report.groups.find((group) => group.key === key);
            const mine = inside.filter((one) => keyOf(one) === key);
            if (mine.length === 0) expect(found).toBe(undefined);
            else expect(found).toMatchObject(expected(mine));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the meter', () => {
  it('shows the same whether it was running or was started afterwards', () => {
    let now = noon;
    const meter = createMeter(
      db,
      () => ledger.flush(),
      () => now,
    );
    const settle = (fields: Partial<LedgerEntry>): void => {
      const one = entry({ state: 'completed', costNanoUsd: 100, ...fields });
      ledger.settle(one, false);
      meter.add(one);
    };
    settle({});
    settle({ startedAt: noon - 11 * 3600_000 });
    settle({ startedAt: noon - 24 * 3600_000 });
    settle({ practice: true, costNanoUsd: 7 });
    const view = meter.view(3);
    expect(view.today).toMatchObject({ exchanges: 3, costNanoUsd: 207 });
    expect(view).toMatchObject({ todayPracticeNanoUsd: 7, liveNanoUsd: 3 });
    expect(view.month.costNanoUsd).toBe(307);
    expect(view.quarters.reduce((sum, cost) => sum + cost, 0)).toBe(207);
    expect(
      createMeter(
        db,
        () => ledger.flush(),
        () => now,
      ).view(3),
    ).toEqual(view);

    now = noon + 24 * 3600_000;
    settle({ startedAt: now });
    expect(meter.view(0)).toMatchObject({
      today: { exchanges: 1, costNanoUsd: 100 },
      month: { costNanoUsd: 407 },
    });
  });
});
