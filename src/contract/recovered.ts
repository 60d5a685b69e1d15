// How a list of exchanges tells that a provider is well again: the gateway sends whole snapshots when one fails, and an
// answer after a rest is the proof that the rest is over. Pure.
import type { HealthView } from './routing.ts';
import type { ExchangeRow } from './rows.ts';

/** The same list where nothing changed. */
export function foldHealth(
  health: readonly HealthView[],
  changed: readonly ExchangeRow[],
): readonly HealthView[] {
  const isProof = (one: HealthView, row: ExchangeRow): boolean =>
    row.state === 'completed' && row.provider === one.provider && row.startedAt >= (one.until ?? Infinity);
  const isBack = (one: HealthView): boolean =>
    one.state !== 'ready' && changed.some((row) => isProof(one, row));
  if (!health.some(isBack)) return health;
  return health.map((one) => (isBack(one) ? { ...one, state: 'ready', until: null, why: '' } : one));
}
