// The ledger's own view of an exchange: the row of the contract plus what only the record keeps.
import type { ExchangeRow } from '../../contract/rows.ts';

export interface LedgerEntry extends ExchangeRow {
  readonly webSearchRequests: number;
  /** JSON of the price rows used (see price.ts); null when nothing was priced. */
  readonly priceRows: string | null;
  readonly messageId: string | null;
  readonly upstreamRequestId: string | null;
}

/** What lists show of an entry: all but what only the record keeps. */
export function rowOf(entry: LedgerEntry): ExchangeRow {
  const {
    webSearchRequests: _webSearchRequests,
    priceRows: _priceRows,
    messageId: _messageId,
    upstreamRequestId: _upstreamRequestId,
    ...row
  } = entry;
  return row;
}

/** Length of a roll-up bucket. */
export const QUARTER_HOUR_MS = 15 * 60 * 1000;
