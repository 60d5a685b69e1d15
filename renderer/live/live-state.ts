// What the window knows, as one value, and the pure fold that keeps it true: (state, event) → state. Unchanged parts
// keep their identity, so that a list of two hundred rows redraws only the rows that changed.
import type { GatewayStatus, Snapshot } from '../../src/contract/control-contract.ts';
import { foldHealth } from '../../src/contract/recovered.ts';
import type { HistoryStatus } from '../../src/contract/history.ts';
import type { HealthView } from '../../src/contract/routing.ts';
import type { ExchangeRow, MeterView } from '../../src/contract/rows.ts';

/** More rows than a person reads; older ones are fetched on demand. */
export const maximumRows = 200;
/** A snapshot holds at most this many rows; a shorter one is the whole history. */
const snapshotRows = 100;

/** How the window stands with the gateway. Times are milliseconds since the epoch. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'lost'; readonly since: number }
  /** The window's key is not accepted. */
  | { readonly kind: 'locked' }
  /** The gateway speaks another version of the contract than this page. */
  | { readonly kind: 'mismatch' };

export interface LiveState {
  readonly link: Link;
  readonly status: GatewayStatus | null;
  readonly meter: MeterView | null;
  /** Newest first, live ones on top; at most `maximumRows`; ids are unique. */
  readonly rows: readonly ExchangeRow[];
  /** How the providers fared lately; empty where the gateway does not say. */
  readonly health: readonly HealthView[];
  /** The last news of an import of past spend on this connection; null when there was none. */
  readonly history: HistoryStatus | null;
  /** When the last news arrived; null before the first. */
  readonly heardAt: number | null;
}

export type LiveEvent =
  | { readonly kind: 'snapshot'; readonly at: number; readonly snapshot: Snapshot }
  | {
      readonly kind: 'exchanges';
      readonly at: number;
      readonly changed: readonly ExchangeRow[];
      readonly meter: MeterView;
    }
  | { readonly kind: 'history'; readonly at: number; readonly history: HistoryStatus }
  | { readonly kind: 'lost'; readonly at: number }
  | { readonly kind: 'locked' }
  | { readonly kind: 'mismatch' };

export const initialLiveState: LiveState = {
  link: { kind: 'connecting' },
  status: null,
  meter: null,
  rows: [],
  health: [],
  history: null,
  heardAt: null,
};

const live: Link = { kind: 'live' };

function isSameRow(left: ExchangeRow, right: ExchangeRow): boolean {
  const keys = Object.keys(right) as (keyof ExchangeRow)[];
  return keys.every((key) => left[key] === right[key]);
}

/** Newest first, live ones on top. */
function compareRows(left: ExchangeRow, right: ExchangeRow): number {
  const leftLive = left.state === 'live';
  if (leftLive !== (right.state === 'live')) return leftLive ? -1 : 1;
  if (left.startedAt !== right.startedAt) return right.startedAt - left.startedAt;
  return left.id < right.id ? 1 : left.id > right.id ? -1 : 0;
}

/** An outcome is written once: news that calls a settled exchange live again is old news. */
function chooseRow(known: ExchangeRow | undefined, news: ExchangeRow): ExchangeRow {
  if (known === undefined) return news;
  if (known.state !== 'live' && news.state === 'live') return known;
  return isSameRow(known, news) ? known : news;
}

function foldRows(rows: readonly ExchangeRow[], changed: readonly ExchangeRow[]): readonly ExchangeRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const news of changed) byId.set(news.id, chooseRow(byId.get(news.id), news));
  return [...byId.values()].sort(compareRows).slice(0, maximumRows);
}

/** Settled rows that lie behind the end of a full snapshot: still true, only not repeated in it. */
function rowsBehind(rows: readonly ExchangeRow[], snapshot: readonly ExchangeRow[]): readonly ExchangeRow[] {
  if (snapshot.length < snapshotRows) return [];
  const settled = snapshot.filter((row) => row.state !== 'live');
  const oldest = settled.reduce((earliest, row) => Math.min(earliest, row.startedAt), Infinity);
  return rows.filter((row) => row.state !== 'live' && row.startedAt <= oldest);
}

/** A snapshot replaces everything: an exchange it does not name and does not end before is no more. */
function applySnapshot(state: LiveState, snapshot: Snapshot, at: number): LiveState {
  const named = new Set(snapshot.exchanges.map((row) => row.id));
  const kept = state.rows.filter((row) => named.has(row.id));
  const rows = foldRows([...kept, ...rowsBehind(state.rows, snapshot.exchanges)], snapshot.exchanges);
  const { status, meter, health } = snapshot;
  return { ...state, link: live, status, meter, rows, health: health?.providers ?? [], heardAt: at };
}

/** Folds one event. Losing the connection keeps the figures: they are shown with their age. */
export function reduceLiveState(state: LiveState, event: LiveEvent): LiveState {
  switch (event.kind) {
    case 'snapshot':
      return applySnapshot(state, event.snapshot, event.at);
    case 'exchanges':
      return {
        ...state,
        meter: event.meter,
        rows: event.changed.length === 0 ? state.rows : foldRows(state.rows, event.changed),
        health: foldHealth(state.health, event.changed),
        heardAt: event.at,
      };
    case 'history':
      return { ...state, history: event.history, heardAt: event.at };
    case 'lost':
      return state.link.kind === 'lost'
        ? state
        : { ...state, link: { kind: 'lost', since: event.at }, history: null };
    case 'locked':
      return { ...state, link: { kind: 'locked' } };
    case 'mismatch':
      return { ...state, link: { kind: 'mismatch' } };
  }
}
