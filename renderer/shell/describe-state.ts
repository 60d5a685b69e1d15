// The state line: one dot and one sentence that say whether requests flow, and through whom. Pure.
import type { GatewayStatus } from '../../src/contract/control-contract.ts';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import type { Link } from '../live/live-state.ts';
import { labelPractice } from '../exchanges/describe-exchange.ts';
import { modelTitle } from '../format/names.ts';

/** `streaming` breathes in the accent, `ready` is green, `stopped` is red, `asks` is yellow, `off` is hollow. */
export type DotKind = 'streaming' | 'ready' | 'stopped' | 'asks' | 'off';

export interface StateLine {
  readonly dot: DotKind;
  readonly word: string;
  /** What follows the word after a middle dot; empty when there is nothing to add. */
  readonly detail: string;
}

function nameProviderById(status: GatewayStatus, id: string | null): string {
  const provider = status.providers.find((candidate) => candidate.id === id);
  if (provider === undefined) return id ?? 'no provider';
  return provider.practice ? labelPractice(provider.label) : provider.label;
}

function describeStreaming(status: GatewayStatus, rows: readonly ExchangeRow[]): StateLine {
  const newest = rows.find((row) => row.state === 'live');
  const model = newest?.modelServed ?? newest?.modelAsked ?? null;
  const more = rows.filter((row) => row.state === 'live').length - 1;
  const via = `via ${nameProviderById(status, newest?.provider ?? null)}`;
  const detail = model === null ? via : `${modelTitle(model)} ${via}`;
  return { dot: 'streaming', word: 'Streaming', detail: more > 0 ? `${detail} and ${more} more` : detail };
}

/**
 * Lost beats paused beats streaming beats ready: the line says what the user must know first. `rest`: what of
 * the provider in use rests, until when and after what.
 */
export function describeState(
  link: Link,
  status: GatewayStatus | null,
  rows: readonly ExchangeRow[],
  rest: string | null = null,
): StateLine {
  if (link.kind === 'lost') return { dot: 'off', word: 'No connection', detail: 'figures below are old' };
  if (status === null) return { dot: 'off', word: 'Connecting', detail: '' };
  const streaming = rows.some((row) => row.state === 'live');
  if (status.paused) {
    return {
      dot: 'stopped',
      word: 'Paused',
      detail: streaming ? 'running answers finish' : 'new requests are refused',
    };
  }
  if (streaming) return describeStreaming(status, rows);
  const current = status.providers.find((provider) => provider.current);
  if (current === undefined) return { dot: 'off', word: 'No provider', detail: 'nothing can answer' };
  const via = nameProviderById(status, current.id);
  if (current.problem !== null) return { dot: 'off', word: 'Not ready', detail: `${via} cannot answer` };
  if (rest !== null) return { dot: 'off', word: 'Resting', detail: rest };
  return { dot: 'ready', word: 'Ready', detail: `via ${via}` };
}
