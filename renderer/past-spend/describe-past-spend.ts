// Words and figures for past spend: sizes, spans of time, progress, and groups as shares of the whole. Pure.
import type { HistoryScan, HistoryStatus } from '../../src/contract/history.ts';
import type { UsageFromLogs } from '../../src/contract/usage.ts';
import { formatMoney } from '../format/money.ts';
import { formatTime } from '../format/time.ts';
import { formatExactCount } from '../format/tokens.ts';

/** `812 bytes`, `34 KB`, `1.2 GB`; decimal units, as file managers show them. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let size = bytes / 1_000;
  let index = 0;
  while (size >= 999.5 && index < units.length - 1) {
    size /= 1_000;
    index += 1;
  }
  return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[index] ?? ''}`;
}

function countOf(count: number, one: string, many: string): string {
  return `${formatExactCount(count)} ${count === 1 ? one : many}`;
}

/** What lies there, in one or two sentences. */
export function describeScan(scan: HistoryScan, now: number): string {
  if (scan.files === 0) return `There are no transcripts in ${scan.folder}.`;
  const files = countOf(scan.files, 'transcript', 'transcripts');
  const span =
    scan.oldest === null || scan.newest === null
      ? ''
      : `, from ${formatTime(scan.oldest, now)} to ${formatTime(scan.newest, now)}`;
  const found = `${files}, ${formatBytes(scan.bytes)}${span}.`;
  if (scan.unreadFiles === 0) return `${found} All of them have been read.`;
  if (scan.unreadFiles === scan.files) return found;
  return `${found} ${countOf(scan.unreadFiles, 'is', 'are')} new or changed since the last import.`;
}

/** Done share between 0 and 1, by bytes; files alone count where there are no bytes to read. */
export function measureProgress(status: HistoryStatus): number {
  if (status.bytesTotal > 0) return Math.min(1, status.bytesDone / status.bytesTotal);
  return status.filesTotal === 0 ? 0 : Math.min(1, status.filesDone / status.filesTotal);
}

export function describeProgress(status: HistoryStatus): string {
  const files = `${formatExactCount(status.filesDone)} of ${countOf(status.filesTotal, 'transcript', 'transcripts')}`;
  const bytes = `${formatBytes(status.bytesDone)} of ${formatBytes(status.bytesTotal)}`;
  return `${files}, ${bytes}, ${countOf(status.newMessages, 'new message', 'new messages')}`;
}

/** How the last import ended; null when there is nothing to say. */
export function describeEnd(status: HistoryStatus): string | null {
  const unreadable = [
    status.unreadableLines === 0 ? null : countOf(status.unreadableLines, 'line', 'lines'),
    status.unreadableFiles === 0 ? null : countOf(status.unreadableFiles, 'file', 'files'),
  ].filter((part) => part !== null);
  const left =
    unreadable.length === 0 ? '' : ` ${unreadable.join(' and ')} could not be read and were left out.`;
  switch (status.state) {
    case 'idle':
    case 'running':
      return null;
    case 'done':
      return `Imported: ${countOf(status.newMessages, 'new message', 'new messages')}.${left}`;
    case 'cancelled':
      return `Stopped. What was read until then stays: ${countOf(status.newMessages, 'new message', 'new messages')}. An import goes on from there.`;
    case 'failed':
      return status.problem ?? 'The import failed, and gave no reason. What was read until then stays.';
  }
}

/** What a figure from the logs is and is not. */
export function describeOrigin(imported: HistoryStatus['imported']): readonly string[] {
  const sentences = ['Priced at list price, and part of no measured figure.'];
  if (imported.estimatedNanoUsd > 0) {
    sentences.push(
      `${formatMoney(imported.estimatedNanoUsd)} of it is priced by a default, since no price is known for the model.`,
    );
  }
  if (imported.measuredMessages > 0) {
    sentences.push(
      `${countOf(imported.measuredMessages, 'message was', 'messages were')} left out: Tollgate had measured ${imported.measuredMessages === 1 ? 'it' : 'them'}.`,
    );
  }
  return sentences;
}

export interface Share {
  readonly key: string;
  readonly costNanoUsd: number;
  /** Between 0 and 1, of the dearest group. */
  readonly share: number;
}

/** The dearest groups, at most `most`, and the rest as one. */
export function rankGroups(groups: UsageFromLogs['groups'], most: number): readonly Share[] {
  const sorted = [...groups].sort((left, right) => right.costNanoUsd - left.costNanoUsd);
  const rest = sorted.slice(most).reduce((sum, group) => sum + group.costNanoUsd, 0);
  const shown = sorted.slice(0, most).map(({ key, costNanoUsd }) => ({ key, costNanoUsd }));
  if (sorted.length > most) shown.push({ key: `${sorted.length - most} more`, costNanoUsd: rest });
  const top = Math.max(1, ...shown.map((group) => group.costNanoUsd));
  return shown.map((group) => ({ ...group, share: group.costNanoUsd / top }));
}
