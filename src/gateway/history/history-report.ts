// Answers what Claude Code's logs say was spent, by the same windows and groups as the measured totals. What the ledger
// has measured since the history was last looked through is taken off while reading.
import type { Totals, UsageFromLogs, UsageGrouping } from '../../contract/usage.ts';
import { noTotals } from '../../contract/usage.ts';
import { QUARTER_HOUR_MS } from '../ledger/ledger-entry.ts';
import type { ReadableDb } from '../ledger/open-database.ts';
import { addTo } from '../ledger/usage-report.ts';
import { measuredAfter } from './measured-exchanges.ts';
import { messagesOf } from './measured-messages.ts';
import { COUNTS } from './message-columns.ts';
import type { MessageRow } from './message-columns.ts';
import { readOrigins } from './origins.ts';
import type { Origin } from './origins.ts';
import { openHistoryForReading, readSummary } from './open-history.ts';

/** Where the groups' names stand; the logs do not say which provider answered. */
const groupColumns: Readonly<Record<UsageGrouping, 'model' | 'project' | 'session' | 'agent' | null>> = {
  model: 'model',
  project: 'project',
  session: 'session',
  agent: 'agent',
  provider: null,
};
const withoutName: Readonly<Record<UsageGrouping, string>> = {
  model: 'unknown',
  project: 'unknown',
  session: 'unknown',
  agent: 'main',
  provider: 'unknown',
};

/** Sums of one origin. */
interface Sums extends Totals {
  readonly origin: number;
  readonly estimatedNanoUsd: number;
}

type Group = Totals & { key: string; estimatedNanoUsd: number };

const nothingFromLogs: UsageFromLogs = { totals: noTotals, groups: [], estimatedNanoUsd: 0 };

/** Opens the history beside whoever writes it. */
export function readUsageFromLogs(
  historyPath: string,
  ledger: ReadableDb | null,
  since: number | null,
  by: UsageGrouping | undefined,
): UsageFromLogs {
  const history = openHistoryForReading(historyPath);
  if (history === null) return nothingFromLogs;
  try {
    return reportFromLogs(history, ledger, since, by);
  } finally {
    history.close();
  }
}

/** `since` in milliseconds since the epoch, null for everything. `ledger` is null when there is none. */
function reportFromLogs(
  history: ReadableDb,
  ledger: ReadableDb | null,
  since: number | null,
  by: UsageGrouping | undefined,
): UsageFromLogs {
  const origins = readOrigins(history);
  const groups = new Map<string, Group>();
  const add = (sums: Sums): void => addToGroup(groups, nameOf(origins.get(sums.origin), by), sums);
  const firstWhole = since === null ? null : Math.ceil(since / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
  fromRollups(history, firstWhole).forEach(add);
  if (since !== null && firstWhole !== null && since !== firstWhole)
    fromMessages(history, since, firstWhole).forEach(add);
  if (ledger !== null) {
    for (const row of measuredSince(history, ledger))
      if (since === null || row.at >= since) add(negative(row));
  }
  return toReport([...groups.values()], by);
}

function nameOf(origin: Origin | undefined, by: UsageGrouping | undefined): string {
  const column = by === undefined ? null : groupColumns[by];
  return column === null || origin === undefined ? '' : origin[column];
}

function addToGroup(groups: Map<string, Group>, name: string, sums: Sums): void {
  let group = groups.get(name);
  if (group === undefined) groups.set(name, (group = { ...noTotals, key: name, estimatedNanoUsd: 0 }));
  addTo(group, sums);
  group.estimatedNanoUsd += sums.estimatedNanoUsd;
}

const sumsOf = (prefix: { count: string; estimated: string }): string => `
  ${prefix.count} AS exchanges, SUM(input_tokens) AS inputTokens, SUM(cache_read_tokens) AS cacheReadTokens,
  SUM(cache_write_5m_tokens) AS cacheWrite5mTokens, SUM(cache_write_1h_tokens) AS cacheWrite1hTokens,
  SUM(output_tokens) AS outputTokens, SUM(cost_nano_usd) AS costNanoUsd, ${prefix.estimated} AS estimatedNanoUsd`;

function fromRollups(db: ReadableDb, from: number | null): Sums[] {
  const sums = sumsOf({ count: 'SUM(messages)', estimated: 'SUM(estimated_nano_usd)' });
  // Without a bound, messages count that a wrong clock dated before the epoch.
  const where = from === null ? '' : `WHERE bucket >= ${from}`;
  return db.prepare(`SELECT origin, ${sums} FROM rollups ${where} GROUP BY origin`).all() as Sums[];
}

/** The part of a quarter hour between an uneven `since` and the first whole one. */
function fromMessages(db: ReadableDb, from: number, to: number): Sums[] {
  const sums = sumsOf({ count: 'COUNT(*)', estimated: 'SUM(cost_nano_usd * price_estimated)' });
  const where = `state = ${COUNTS} AND at >= ? AND at < ?`;
  return db
    .prepare(`SELECT origin, ${sums} FROM messages WHERE ${where} GROUP BY origin`)
    .all(from, to) as Sums[];
}

function* measuredSince(history: ReadableDb, ledger: ReadableDb): Generator<MessageRow> {
  const { ledgerSeq, ledgerId } = readSummary(history);
  for (const row of messagesOf(history, measuredAfter(ledger, { seq: ledgerSeq, id: ledgerId }))) {
    if (row.state === COUNTS) yield row;
  }
}

const negative = (row: MessageRow): Sums => ({
  origin: row.origin,
  exchanges: -1,
  inputTokens: -row.inputTokens,
  cacheReadTokens: -row.cacheReadTokens,
  cacheWrite5mTokens: -row.cacheWrite5mTokens,
  cacheWrite1hTokens: -row.cacheWrite1hTokens,
  outputTokens: -row.outputTokens,
  costNanoUsd: -row.costNanoUsd,
  estimatedNanoUsd: -row.costNanoUsd * row.priceEstimated,
});

function toReport(groups: readonly Group[], by: UsageGrouping | undefined): UsageFromLogs {
  const totals: Totals = { ...noTotals };
  let estimatedNanoUsd = 0;
  for (const group of groups) {
    addTo(totals, group);
    estimatedNanoUsd += group.estimatedNanoUsd;
  }
  const shown = by === undefined ? [] : groups.filter((group) => group.exchanges > 0);
  return {
    totals,
    groups: shown
      .map(({ estimatedNanoUsd: _estimated, ...group }) =>
        group.key === '' ? { ...group, key: withoutName[by ?? 'model'] } : group,
      )
      .sort((a, b) => b.costNanoUsd - a.costNanoUsd || (a.key < b.key ? -1 : 1)),
    estimatedNanoUsd,
  };
}
