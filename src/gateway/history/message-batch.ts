// Messages read since the last write, each once: of the lines that report the same message the best one is kept.
import type { PriceTable } from '../ledger/price-table.ts';
import { priceUsage } from '../ledger/price.ts';
import { compareReports } from './compare-reports.ts';
import type { ReportPlace } from './compare-reports.ts';
import { COUNTS } from './message-columns.ts';
import type { MessageRow } from './message-columns.ts';
import type { Origins } from './origins.ts';
import type { LineReport } from './transcript-line.ts';
import type { TranscriptState } from './transcript-state.ts';

export class MessageBatch {
  readonly #prices: PriceTable;
  readonly #origins: Origins;
  /** By the key of the message's id. */
  readonly #messages = new Map<number, MessageRow>();
  /** Those of the same id under another request, rarely any. They may repeat: the store knows what to do. */
  #others: MessageRow[] = [];
  readonly #placeOf = (origin: number): ReportPlace => this.#origins.placeOf(origin);

  constructor(prices: PriceTable, origins: Origins) {
    this.#prices = prices;
    this.#origins = origins;
  }

  get size(): number {
    return this.#messages.size + this.#others.length;
  }

  add(report: LineReport, file: TranscriptState): void {
    const { model, session, agent } = report;
    const origin = this.#origins.idOf({ file: file.id, model, project: file.project ?? '', session, agent });
    const row = unpricedRow(report, origin);
    const first = this.#messages.get(row.idKey);
    const known = first?.slot === row.slot ? first : undefined;
    const order = known === undefined ? 1 : compareReports(row, known, this.#placeOf);
    // Most repeated lines lose without a look at their price.
    if (order < 0) return;
    const { costNanoUsd, estimated } = priceUsage(report.usage, model, report.at, this.#prices);
    if (order === 0 && known !== undefined && costNanoUsd <= known.costNanoUsd) return;
    row.costNanoUsd = costNanoUsd;
    row.priceEstimated = estimated ? 1 : 0;
    if (first !== undefined && known === undefined) this.#others.push(row);
    else this.#messages.set(row.idKey, row);
  }

  /** The messages, in the order of their keys: neighbours in the database are written one after the other. */
  take(): MessageRow[] {
    const messages = [...this.#messages.values(), ...this.#others];
    this.#messages.clear();
    this.#others = [];
    return messages.sort((a, b) => a.idKey - b.idKey);
  }
}

function unpricedRow(report: LineReport, origin: number): MessageRow {
  const { tokens } = report;
  return {
    idKey: report.idKey,
    slot: report.slot,
    state: COUNTS,
    origin,
    at: report.at,
    final: report.isFinal ? 1 : 0,
    inputTokens: tokens.inputTokens,
    cacheReadTokens: tokens.cacheReadTokens,
    cacheWrite5mTokens: tokens.cacheWrite5mTokens,
    cacheWrite1hTokens: tokens.cacheWrite1hTokens,
    outputTokens: tokens.outputTokens,
    webSearchRequests: report.usage.webSearchRequests,
    costNanoUsd: 0,
    priceEstimated: 0,
  };
}
