// Gathers what a transaction adds to and takes from the sums, so that each roll-up row is written once.
import { QUARTER_HOUR_MS } from '../ledger/ledger-entry.ts';
import type { WritableDb } from '../ledger/open-database.ts';
import type { MessageRow } from './message-columns.ts';

export interface RollupChanges {
  /** Counts a message (`sign` 1), or takes it out again (−1). */
  count(row: MessageRow, sign: 1 | -1): void;
  write(): void;
}

interface Sums {
  readonly bucket: number;
  readonly origin: number;
  messages: number;
  inputTokens: number;
  cacheReadTokens: number;
  cacheWrite5mTokens: number;
  cacheWrite1hTokens: number;
  outputTokens: number;
  costNanoUsd: number;
  estimatedNanoUsd: number;
}

/** Prepares the statements once; `begin` starts the changes of one transaction. */
export function prepareRollups(db: WritableDb): { begin(): RollupChanges } {
  const add = db.prepare(`
    INSERT INTO rollups VALUES (@bucket, @origin, @messages, @inputTokens, @cacheReadTokens, @cacheWrite5mTokens,
      @cacheWrite1hTokens, @outputTokens, @costNanoUsd, @estimatedNanoUsd)
    ON CONFLICT DO UPDATE SET
      messages = messages + excluded.messages,
      input_tokens = input_tokens + excluded.input_tokens,
      cache_read_tokens = cache_read_tokens + excluded.cache_read_tokens,
      cache_write_5m_tokens = cache_write_5m_tokens + excluded.cache_write_5m_tokens,
      cache_write_1h_tokens = cache_write_1h_tokens + excluded.cache_write_1h_tokens,
      output_tokens = output_tokens + excluded.output_tokens,
      cost_nano_usd = cost_nano_usd + excluded.cost_nano_usd,
      estimated_nano_usd = estimated_nano_usd + excluded.estimated_nano_usd`);
  const dropEmpty = db.prepare(
    'DELETE FROM rollups WHERE bucket = @bucket AND origin = @origin AND messages = 0',
  );
  const addToSummary = db.prepare(`
    UPDATE summary SET messages = messages + @messages, cost_nano_usd = cost_nano_usd + @costNanoUsd,
      estimated_nano_usd = estimated_nano_usd + @estimatedNanoUsd`);

  return {
    begin() {
      /** By origin, then by bucket. */
      const changes = new Map<number, Map<number, Sums>>();
      const total = noSums(0, 0);
      return {
        count(row, sign) {
          const bucket = Math.floor(row.at / QUARTER_HOUR_MS) * QUARTER_HOUR_MS;
          let buckets = changes.get(row.origin);
          if (buckets === undefined) changes.set(row.origin, (buckets = new Map<number, Sums>()));
          let sums = buckets.get(bucket);
          if (sums === undefined) buckets.set(bucket, (sums = noSums(bucket, row.origin)));
          addMessage(sums, row, sign);
          addMessage(total, row, sign);
        },
        write() {
          for (const buckets of changes.values()) {
            for (const sums of buckets.values()) {
              if (isNothing(sums)) continue; // came and went within this transaction
              add.run(sums);
              if (sums.messages < 0) dropEmpty.run(sums);
            }
          }
          if (changes.size > 0) addToSummary.run(total);
        },
      };
    },
  };
}

const noSums = (bucket: number, origin: number): Sums => ({
  bucket,
  origin,
  messages: 0,
  inputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  outputTokens: 0,
  costNanoUsd: 0,
  estimatedNanoUsd: 0,
});

function isNothing(sums: Sums): boolean {
  if (sums.messages !== 0) return false;
  const { bucket: _bucket, origin: _origin, ...figures } = sums;
  return Object.values(figures).every((figure) => figure === 0);
}

function addMessage(sums: Sums, row: MessageRow, sign: 1 | -1): void {
  sums.messages += sign;
  sums.inputTokens += sign * row.inputTokens;
  sums.cacheReadTokens += sign * row.cacheReadTokens;
  sums.cacheWrite5mTokens += sign * row.cacheWrite5mTokens;
  sums.cacheWrite1hTokens += sign * row.cacheWrite1hTokens;
  sums.outputTokens += sign * row.outputTokens;
  sums.costNanoUsd += sign * row.costNanoUsd;
  sums.estimatedNanoUsd += sign * row.costNanoUsd * row.priceEstimated;
}
