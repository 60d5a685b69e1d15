// Maps a ledger entry to its columns and back: one list, used by every statement, so that they cannot drift apart.
import type { ExchangeRow } from '../../contract/rows.ts';
import type { LedgerEntry } from './ledger-entry.ts';

type Cell = string | number | null;
/** `json` cells are left empty for a field that is absent. */
type Kind = 'plain' | 'flag' | 'price' | 'json';

export const columns: readonly (readonly [column: string, field: keyof LedgerEntry, kind: Kind])[] = [
  ['id', 'id', 'plain'],
  ['started_at', 'startedAt', 'plain'],
  ['ended_at', 'endedAt', 'plain'],
  ['state', 'state', 'plain'],
  ['client', 'client', 'plain'],
  ['session_id', 'sessionId', 'plain'],
  ['agent_id', 'agentId', 'plain'],
  ['parent_agent_id', 'parentAgentId', 'plain'],
  ['request_class', 'requestClass', 'plain'],
  ['developer', 'developer', 'plain'],
  ['project', 'project', 'plain'],
  ['project_source', 'projectSource', 'plain'],
  ['provider', 'provider', 'plain'],
  ['practice', 'practice', 'flag'],
  ['model_asked', 'modelAsked', 'plain'],
  ['model_served', 'modelServed', 'plain'],
  ['streaming', 'streaming', 'flag'],
  ['status', 'status', 'plain'],
  ['stop_reason', 'stopReason', 'plain'],
  ['attempts', 'attempts', 'plain'],
  ['first_byte_ms', 'firstByteMs', 'plain'],
  ['duration_ms', 'durationMs', 'plain'],
  ['input_tokens', 'inputTokens', 'plain'],
  ['cache_read_tokens', 'cacheReadTokens', 'plain'],
  ['cache_write_5m_tokens', 'cacheWrite5mTokens', 'plain'],
  ['cache_write_1h_tokens', 'cacheWrite1hTokens', 'plain'],
  ['output_tokens', 'outputTokens', 'plain'],
  ['web_search_requests', 'webSearchRequests', 'plain'],
  ['cost_nano_usd', 'costNanoUsd', 'plain'],
  ['usage_basis', 'usageBasis', 'plain'],
  ['price_estimated', 'priceEstimated', 'flag'],
  ['price_id', 'priceRows', 'price'],
  ['message_id', 'messageId', 'plain'],
  ['upstream_request_id', 'upstreamRequestId', 'plain'],
  ['route_reason', 'routeReason', 'plain'],
  ['reason', 'reason', 'plain'],
  ['unconfirmed', 'unconfirmed', 'flag'],
  ['ladder', 'ladder', 'json'],
  ['dropped', 'dropped', 'json'],
];

export const columnNames: readonly string[] = columns.map(([column]) => column);

/**
 * Cells in the order of `columnNames`. `priceIdOf` finds or makes the stored price row of a JSON text. Written out, since
 * it runs for every exchange and a look-up by name costs more than the cell; a test holds it to the list above.
 */
export function cellsOf(entry: LedgerEntry, priceIdOf: (rows: string) => number): Cell[] {
  return [
    entry.id,
    entry.startedAt,
    entry.endedAt,
    entry.state,
    entry.client,
    entry.sessionId,
    entry.agentId,
    entry.parentAgentId,
    entry.requestClass,
    entry.developer,
    entry.project,
    entry.projectSource,
    entry.provider,
    entry.practice ? 1 : 0,
    entry.modelAsked,
    entry.modelServed,
    entry.streaming ? 1 : 0,
    entry.status,
    entry.stopReason,
    entry.attempts,
    entry.firstByteMs,
    entry.durationMs,
    entry.inputTokens,
    entry.cacheReadTokens,
    entry.cacheWrite5mTokens,
    entry.cacheWrite1hTokens,
    entry.outputTokens,
    entry.webSearchRequests,
    entry.costNanoUsd,
    entry.usageBasis,
    entry.priceEstimated ? 1 : 0,
    entry.priceRows === null ? null : priceIdOf(entry.priceRows),
    entry.messageId,
    entry.upstreamRequestId,
    entry.routeReason ?? null,
    entry.reason,
    entry.unconfirmed ? 1 : 0,
    entry.ladder === undefined ? null : JSON.stringify(entry.ladder),
    entry.dropped === undefined ? null : JSON.stringify(entry.dropped),
  ];
}

/** The contract's row from a database row; columns that only the record keeps are left out. */
export function rowFrom(record: Readonly<Record<string, unknown>>): ExchangeRow {
  const row: Record<string, unknown> = {};
  for (const [column, field, kind] of columns) {
    if (recordOnly.has(field)) continue;
    const cell = record[column];
    if (kind !== 'json') row[field] = kind === 'flag' ? cell === 1 : cell;
    else if (typeof cell === 'string') row[field] = JSON.parse(cell) as unknown;
  }
  return row as unknown as ExchangeRow;
}

const recordOnly: ReadonlySet<keyof LedgerEntry> = new Set([
  'webSearchRequests',
  'priceRows',
  'messageId',
  'upstreamRequestId',
]);
