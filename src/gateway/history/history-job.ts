// What the gateway and its history worker say to each other.
import type { HistoryScan } from '../../contract/history.ts';
import type { PriceOverride } from '../../contract/settings.ts';
import type { ImportProgress } from './import-transcripts.ts';

/** `leave-out` looks the ledger through for what was measured since, and reads no transcript. */
export type HistoryJobKind = 'scan' | 'import' | 'leave-out';

export interface HistoryJob {
  readonly kind: HistoryJobKind;
  readonly claudeFolder: string;
  readonly historyPath: string;
  readonly ledgerPath: string;
  readonly prices: Readonly<Record<string, PriceOverride>>;
  /** One 32-bit cell; not 0 asks the worker to stop. */
  readonly cancel: SharedArrayBuffer;
}

export type HistoryMessage =
  | { readonly kind: 'progress'; readonly progress: ImportProgress }
  | { readonly kind: 'scanned'; readonly scan: HistoryScan }
  | { readonly kind: 'imported'; readonly progress: ImportProgress; readonly complete: boolean }
  | { readonly kind: 'left-out' }
  /** A sentence for the user. */
  | { readonly kind: 'failed'; readonly problem: string };
