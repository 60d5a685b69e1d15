// Answers `tollgate usage` and the window's tables: totals and groups since an instant. Whole quarter hours come from
// the roll-ups, so that the time it takes does not grow with the history.
import type { Totals, UsageGrouping, UsageReport } from '../../contract/usage.ts';
import { QUARTER_HOUR_MS } from './ledger-entry.ts';
import type { ReadableDb } from './open-database.ts';

const sums = (prefix: string, count: string): string => `
  COALESCE(SUM(${count}), 0) AS exchanges,
  COALESCE(SUM(${prefix}input_tokens), 0) AS inputTokens,
  COALESCE(SUM(${prefix}cache_read_tokens), 0) AS cacheReadTokens,
  COALESCE(SUM(${prefix}cache_write_5m_tokens), 0) AS cacheWrite5mTokens,
  COALESCE(SUM(${prefix}cache_write_1h_tokens), 0) AS cacheWrite1hTokens,
  COALESCE(SUM(${prefix}output_tokens), 0) AS outputTokens,
  COALESCE(SUM(${prefix}cost_nano_usd), 0) AS costNanoUsd`;

const exchangeKey: Readonly<Record<UsageGrouping, string>> = {
  model: `COALESCE(model_served, model_asked, '')`,
  project: `COALESCE(project, '')`,
  provider: `COALESCE(provider, '')`,
  session: `COALESCE(session_id, '')`,
  agent: `COALESCE(agent_id, '')`,
};

/** What a group without a value is called. */
export const unknownKey: Readonly<Record<UsageGrouping, string>> = {
  model: 'unknown',
  project: 'unknown',
  provider: 'none',
  session: 'unknown',
  agent: 'main',
};

type Sums = Totals & { key: string };

/** `since` in milliseconds since the epoch; null for everything. Rows still in flight are not counted. */
export function reportUsage(db: ReadableDb, since: number | null, by?: UsageGrouping): UsageReport {
  const grouping = by ?? 'provider';
  const groups =
    grouping === 'session' || grouping === 'agent'
      ? fromExchanges(db, exchangeKey[grouping], since ?? 0, Number.MAX_SAFE_INTEGER)
      : merge(fromRollups(db, grouping, since ?? 0), edge(db, grouping, since));
  const totals: Totals = noSums();
  for (const group of groups) addTo(totals, group);
  return {
    since,
    totals,
    groups:
      by === undefined
        ? []
        : groups
            .map((group) => ({ ...group, key: group.key === '' ? unknownKey[by] : group.key }))
            .sort((a, b) => b.costNanoUsd - a.costNanoUsd || (a.key < b.key ? -1 : 1)),
  };
}

const noSums = (): Totals => ({
  exchanges: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
});

/** Adds in place. */
export function addTo(totals: Totals, more: Totals): void {
  totals.exchanges += more.exchanges;
  totals.inputTokens += more.inputTokens;
  totals.cacheReadTokens += more.cacheReadTokens;
  totals.cacheWrite5mTokens += more.cacheWrite5mTokens;
  totals.cacheWrite1hTokens += more.cacheWrite1hTokens;
  totals.outputTokens += more.outputTokens;
  totals.costNanoUsd += more.costNanoUsd;
}

const firstWholeBucket = (since: number): number => Math.ceil(since / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;

function fromRollups(db: ReadableDb, grouping: 'model' | 'project' | 'provider', since: number): Sums[] {
  const sql = `SELECT ${grouping} AS key, ${sums('', 'exchanges')} FROM rollups WHERE bucket >= ? GROUP BY 1`;
  return db.prepare(sql).all(firstWholeBucket(since)) as Sums[];
}

/** The part of a quarter hour between an uneven `since` and the first whole bucket. */
function edge(db: ReadableDb, grouping: UsageGrouping, since: number | null): Sums[] {
  if (since === null || since % QUARTER_HOUR_MS === 0) return [];
  return fromExchanges(db, exchangeKey[grouping], since, firstWholeBucket(since));
}

function fromExchanges(db: ReadableDb, key: string, from: number, to: number): Sums[] {
  const sql = `
    SELECT ${key} AS key, ${sums('', '1')} FROM exchanges
    WHERE started_at >= ? AND started_at < ? AND state <> 'live' GROUP BY 1`;
  return db.prepare(sql).all(from, to) as Sums[];
}

function merge(left: readonly Sums[], right: readonly Sums[]): Sums[] {
  const byKey = new Map<string, Sums>();
  for (const part of [...left, ...right]) {
    const known = byKey.get(part.key);
    if (known === undefined) byKey.set(part.key, { ...part });
    else addTo(known, part);
  }
  return [...byKey.values()];
}

/** Settled cost per quarter hour from `since` to `until`, for the small chart; oldest first, gaps as 0. */
export function quarterHours(db: ReadableDb, since: number, until: number): number[] {
  const rows = db
    .prepare(
      'SELECT bucket, SUM(cost_nano_usd) AS cost FROM rollups WHERE bucket >= ? AND bucket <= ? GROUP BY bucket',
    )
    .all(since, until) as { bucket: number; cost: number }[];
  const costs = new Array<number>(Math.floor((until - since) / QUARTER_HOUR_MS) + 1).fill(0);
  for (const row of rows) costs[(row.bucket - since) / QUARTER_HOUR_MS] = row.cost;
  return costs;
}

/** The practice provider's share of the cost since an instant on a quarter-hour border. */
export function practiceCost(db: ReadableDb, since: number): number {
  return db
    .prepare('SELECT COALESCE(SUM(cost_nano_usd), 0) FROM rollups WHERE practice = 1 AND bucket >= ?')
    .pluck()
    .get(since) as number;
}
