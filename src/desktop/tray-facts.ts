// What the tray knows of a running gateway, and how each event changes it. Pure folds over the Control events.
import { foldHealth } from '../contract/recovered.ts';
import type { ControlEvents, GatewayStatus } from '../contract/control-contract.ts';
import type { HealthView } from '../contract/routing.ts';
import type { ExchangeRow, MeterView } from '../contract/rows.ts';

export interface TrayFacts {
  readonly status: GatewayStatus;
  readonly meter: MeterView;
  /** Exchanges in flight by id; the value says whether the practice provider answers. */
  readonly live: ReadonlyMap<string, boolean>;
  /** How the providers fared lately; empty where the gateway does not say. */
  readonly health: readonly HealthView[];
}

function foldLive(
  before: ReadonlyMap<string, boolean>,
  rows: readonly ExchangeRow[],
): ReadonlyMap<string, boolean> {
  const live = new Map(before);
  for (const row of rows) {
    if (row.state === 'live') live.set(row.id, row.practice);
    else live.delete(row.id);
  }
  return live;
}

/** A snapshot replaces all that was known. */
export function factsFromSnapshot(snapshot: ControlEvents['snapshot']): TrayFacts {
  const { status, meter, exchanges, health } = snapshot;
  return { status, meter, live: foldLive(new Map(), exchanges), health: health?.providers ?? [] };
}

/** Changed exchanges carry the meter with them; without a snapshot before, there is nothing to change. */
export function factsAfterExchanges(
  facts: TrayFacts | null,
  event: ControlEvents['exchanges'],
): TrayFacts | null {
  if (facts === null) return null;
  return {
    ...facts,
    meter: event.meter,
    live: foldLive(facts.live, event.changed),
    health: foldHealth(facts.health, event.changed),
  };
}
