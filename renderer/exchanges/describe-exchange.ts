// Words for one exchange: its outcome, where its cost figure comes from, where its project comes from. Pure.
import type { ExchangeRow, ProviderView } from '../../src/contract/rows.ts';
import { shortModelName } from '../format/names.ts';

/** How an outcome is drawn: live in the accent, stopped in red, the rest in greys. */
export type OutcomeTone = 'live' | 'plain' | 'stopped' | 'failed';

export interface Outcome {
  readonly tone: OutcomeTone;
  readonly word: string;
  /** What follows the word where there is room: the status a failed exchange was answered with. */
  readonly detail: string;
}

/** One word per outcome. Practice is said here because the narrow list has no provider column. */
export function describeOutcome(row: ExchangeRow): Outcome {
  switch (row.state) {
    case 'live':
      return { tone: 'live', word: 'live', detail: '' };
    case 'refused':
      return { tone: 'stopped', word: 'stopped', detail: '' };
    case 'failed':
      return { tone: 'failed', word: 'failed', detail: row.status === null ? '' : String(row.status) };
    case 'aborted':
      return { tone: 'plain', word: row.unconfirmed ? 'cut off' : 'aborted', detail: '' };
    case 'completed':
      return { tone: 'plain', word: row.practice ? 'practice' : 'done', detail: '' };
  }
}

/** Model served, else asked, in short; `—` when the request named none. */
export function nameModel(row: ExchangeRow): string {
  const model = row.modelServed ?? row.modelAsked;
  return model === null ? '—' : shortModelName(model);
}

/** The full story of the model for titles: what was asked, and what answered if that differs. */
export function explainModel(row: ExchangeRow): string {
  if (row.modelAsked === null) return row.modelServed ?? 'no model named';
  if (row.modelServed === null || row.modelServed === row.modelAsked) return row.modelAsked;
  return `${row.modelServed}, asked for ${row.modelAsked}`;
}

/** A provider's label; practice is always called practice. */
export function nameProvider(row: ExchangeRow, providers: readonly ProviderView[]): string {
  if (row.provider === null) return '—';
  const label = providers.find((provider) => provider.id === row.provider)?.label ?? row.provider;
  return row.practice ? labelPractice(label) : label;
}

/** Adds the word practice to a label that does not say it already. */
export function labelPractice(label: string): string {
  return /practice/i.test(label) ? label : `${label} (practice)`;
}

/** Sentences that say what the cost figure is: measured, estimated, practice. */
export function describeCost(row: ExchangeRow): readonly string[] {
  const sentences: string[] = [];
  if (row.practice)
    sentences.push('Practice: no money was spent. The figure is what these tokens would cost.');
  if (row.state === 'live') {
    sentences.push('Estimate while it streams; the exact figure comes with the end of the answer.');
    return sentences;
  }
  if (row.usageBasis === 'reported') sentences.push('Measured: token counts as the provider reported them.');
  if (row.usageBasis === 'estimated') {
    sentences.push(
      'Estimate: the answer ended before the provider reported its usage, so this counts what was seen.',
    );
  }
  if (row.usageBasis === 'none') sentences.push('Nothing was charged: no usage was reported.');
  if (row.priceEstimated) {
    sentences.push('No price is known for this model; the default price of its family was used.');
  }
  if (row.unconfirmed) {
    sentences.push('The gateway stopped while this was in flight; these are the last figures it saw.');
  }
  return sentences;
}

/** Where the project's name was found. */
export function describeProjectSource(row: ExchangeRow): string {
  switch (row.projectSource) {
    case 'header':
      return "the client's own header";
    case 'transcript':
      return "the session's transcript";
    case 'request':
      return 'the folder named in the request';
    case 'none':
      return 'nothing that names one';
  }
}

/** Input that was not read from the cache: fresh input and both cache writes. */
export function countNewInput(row: ExchangeRow): number {
  return row.inputTokens + row.cacheWrite5mTokens + row.cacheWrite1hTokens;
}
