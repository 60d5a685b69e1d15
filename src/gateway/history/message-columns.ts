// The columns of a message's row, in one list for every statement.

/** States of a message: it counts; a main message stands for it; the gateway measured it. */
export const COUNTS = 0;
export const COPY = 1;
export const MEASURED = 2;

/** A message as its row in the database has it. */
export interface MessageRow {
  readonly idKey: number;
  readonly slot: number;
  state: number;
  readonly origin: number;
  readonly at: number;
  readonly final: number;
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWrite5mTokens: number;
  readonly cacheWrite1hTokens: number;
  readonly outputTokens: number;
  readonly webSearchRequests: number;
  costNanoUsd: number;
  priceEstimated: number;
}

const columns: readonly (readonly [column: string, field: keyof MessageRow])[] = [
  ['id_key', 'idKey'],
  ['slot', 'slot'],
  ['state', 'state'],
  ['origin', 'origin'],
  ['at', 'at'],
  ['final', 'final'],
  ['input_tokens', 'inputTokens'],
  ['cache_read_tokens', 'cacheReadTokens'],
  ['cache_write_5m_tokens', 'cacheWrite5mTokens'],
  ['cache_write_1h_tokens', 'cacheWrite1hTokens'],
  ['output_tokens', 'outputTokens'],
  ['web_search_requests', 'webSearchRequests'],
  ['cost_nano_usd', 'costNanoUsd'],
  ['price_estimated', 'priceEstimated'],
];

/** For a SELECT whose rows are MessageRows. */
export const messageColumns = columns.map(([column, field]) => `${column} AS ${field}`).join(', ');
export const messageParameters = columns.map(() => '?').join(', ');
/** In the order of the columns; written out, since this runs once per message. */
export const messageFields = (row: MessageRow): number[] => [
  row.idKey,
  row.slot,
  row.state,
  row.origin,
  row.at,
  row.final,
  row.inputTokens,
  row.cacheReadTokens,
  row.cacheWrite5mTokens,
  row.cacheWrite1hTokens,
  row.outputTokens,
  row.webSearchRequests,
  row.costNanoUsd,
  row.priceEstimated,
];
