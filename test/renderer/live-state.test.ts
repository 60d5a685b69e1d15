// The fold of control events into what the window shows: ids stay unique, live exchanges stay on top, an outcome is
// never taken back, and no sequence of events lets the list grow without end.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  initialLiveState,
  maximumRows,
  reduceLiveState,
  type LiveEvent,
  type LiveState,
} from '../../renderer/live/live-state.ts';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { makeMeter, makeRow, makeSnapshot, makeStatus } from '../support/sample-figures.ts';

const dayStart = 1_000_000;
const meter = makeMeter([], dayStart);

function snapshotOf(rows: readonly ExchangeRow[], at = 1): LiveEvent {
  return { kind: 'snapshot', at, snapshot: makeSnapshot(rows, dayStart) };
}

function changeOf(changed: readonly ExchangeRow[], at = 2): LiveEvent {
  return { kind: 'exchanges', at, changed, meter };
}

function fold(...events: readonly LiveEvent[]): LiveState {
  return events.reduce(reduceLiveState, initialLiveState);
}

const ids = (state: LiveState): string[] => state.rows.map((row) => row.id);

const arbitraryRow = fc
  .record({
    number: fc.integer({ min: 0, max: 400 }),
    live: fc.boolean(),
    costNanoUsd: fc.integer({ min: 0, max: 1_000 }),
  })
  .map(({ number, live, costNanoUsd }) =>
    makeRow(`x${number}`, 1_000_000 + number * 10, { state: live ? 'live' : 'completed', costNanoUsd }),
  );

const arbitraryEvent: fc.Arbitrary<LiveEvent> = fc.oneof(
  fc.uniqueArray(arbitraryRow, { selector: (row) => row.id, maxLength: 100 }).map((rows) => snapshotOf(rows)),
  fc.array(arbitraryRow, { maxLength: 40 }).map((rows) => changeOf(rows)),
  fc.constant<LiveEvent>({ kind: 'lost', at: 3 }),
);

describe('any sequence of events', () => {
  it('keeps ids unique, at most 200 rows, live ones on top and each group newest first', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { maxLength: 20 }), (events) => {
        const { rows } = fold(...events);
        expect(rows.length).toBeLessThanOrEqual(maximumRows);
        expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
        const settledFrom = rows.findIndex((row) => row.state !== 'live');
        if (settledFrom >= 0) expect(rows.slice(settledFrom).every((row) => row.state !== 'live')).toBe(true);
        for (let index = 1; index < rows.length; index += 1) {
          const [before, row] = [rows[index - 1], rows[index]];
          if (before?.state === row?.state)
            expect(before?.startedAt).toBeGreaterThanOrEqual(row?.startedAt ?? 0);
        }
      }),
    );
  });

  it('is told twice without a difference', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEvent, { maxLength: 10 }), arbitraryEvent, (events, last) => {
        const once = fold(...events, last);
        expect(reduceLiveState(once, last)).toEqual(once);
      }),
    );
  });
});

describe('rows', () => {
  it('move from live to settled in place of their id, and an outcome is never taken back', () => {
    const live = makeRow('a', 10, { state: 'live', endedAt: null, costNanoUsd: 5 });
    const settled = makeRow('a', 10, { costNanoUsd: 7 });
    const state = fold(snapshotOf([live]), changeOf([settled]), changeOf([live]));
    expect(state.rows).toEqual([settled]);
  });

  it('that did not change keep their identity, so that they are not drawn again', () => {
    const first = fold(snapshotOf([makeRow('b', 20), makeRow('a', 10)]));
    const second = reduceLiveState(first, changeOf([makeRow('a', 10), makeRow('c', 30)]));
    expect(ids(second)).toEqual(['c', 'b', 'a']);
    expect(second.rows[1]).toBe(first.rows[0]);
    expect(second.rows[2]).toBe(first.rows[1]);
  });

  it('named by nothing any more leave with the next snapshot: a restarted gateway has no ghosts', () => {
    const ghost = makeRow('ghost', 50, { state: 'live', endedAt: null });
    expect(ids(fold(snapshotOf([ghost, makeRow('a', 10)]), snapshotOf([makeRow('a', 10)])))).toEqual(['a']);
  });

  it('behind the end of a full snapshot stay, so that a provider switch does not shorten the list', () => {
    const many = Array.from({ length: 150 }, (_, index) => makeRow(`x${index}`, 10_000 - index));
    const state = fold(
      snapshotOf(many.slice(0, 100)),
      changeOf(many.slice(100)),
      snapshotOf(many.slice(0, 100)),
    );
    expect(ids(state)).toEqual(many.map((row) => row.id));
  });
});

describe('the link', () => {
  it('is lost from the first failure on, and the figures stay with their age', () => {
    const state = fold(
      snapshotOf([makeRow('a', 10)], 100),
      { kind: 'lost', at: 200 },
      { kind: 'lost', at: 300 },
    );
    expect(state.link).toEqual({ kind: 'lost', since: 200 });
    expect(state.heardAt).toBe(100);
    expect(ids(state)).toEqual(['a']);
  });

  it('is live again with the first snapshot', () => {
    const state = fold(snapshotOf([], 100), { kind: 'lost', at: 200 }, snapshotOf([], 300));
    expect(state.link).toEqual({ kind: 'live' });
    expect(state.heardAt).toBe(300);
    expect(state.status).toEqual(makeStatus());
  });

  it.each(['locked', 'mismatch'] as const)('says when it is %s', (kind) => {
    expect(fold(snapshotOf([]), { kind }).link).toEqual({ kind });
  });
});
