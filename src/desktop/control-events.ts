// Follows GET /control/events for the tray: parses, hands on, and connects again until told to stop.
import { setTimeout as delay } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { controlEvents, type ControlEvents } from '../contract/control-contract.ts';
import type { GatewayAddress } from './running-gateway.ts';

export interface ControlEventListener {
  onSnapshot(snapshot: ControlEvents['snapshot']): void;
  onExchanges(event: ControlEvents['exchanges']): void;
  /** The stream ended or could not be opened; it is tried again unless `signal` was aborted. */
  onLost(): void;
}

/** Milliseconds before another attempt: short at first, since a gateway on this computer is back within a second. */
export function reconnectDelayMs(failures: number): number {
  return Math.min(5_000, 250 * 2 ** Math.max(0, failures - 1));
}

function deliver(name: string | undefined, data: string, listener: ControlEventListener): boolean {
  let payload: unknown;
  try {
    payload = JSON.parse(data);
  } catch {
    return false; // a frame we cannot read costs the tray one update, never the stream
  }
  if (name === 'snapshot') {
    const snapshot = controlEvents.snapshot.safeParse(payload);
    if (snapshot.success) listener.onSnapshot(snapshot.data);
    return snapshot.success;
  }
  if (name === 'exchanges') {
    const exchanges = controlEvents.exchanges.safeParse(payload);
    if (exchanges.success) listener.onExchanges(exchanges.data);
    return exchanges.success;
  }
  return false; // an event of a later version
}

/** Reads one connection to its end; true when at least one event was understood. */
async function readOnce(
  address: GatewayAddress,
  listener: ControlEventListener,
  signal: AbortSignal,
): Promise<boolean> {
  let understood = false;
  try {
    const answer = await fetch(new URL('/control/events', address.url), {
      redirect: 'error',
      headers: { authorization: `Bearer ${address.controlKey}`, accept: 'text/event-stream' },
      signal,
    });
    if (!answer.ok || answer.body === null) {
      await answer.body?.cancel();
      return false;
    }
    const events = answer.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    for await (const event of events) understood = deliver(event.event, event.data, listener) || understood;
  } catch {
    // Reset, refused or aborted: all mean that this connection is over.
  }
  return understood;
}

/** Follows the gateway's events until `signal` aborts; the promise resolves then and never rejects. */
export async function followControlEvents(
  address: GatewayAddress,
  listener: ControlEventListener,
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    failures = (await readOnce(address, listener, signal)) ? 1 : failures + 1;
    if (signal.aborted) return;
    listener.onLost();
    try {
      await delay(reconnectDelayMs(failures), undefined, { signal });
    } catch {
      return; // aborted while waiting
    }
  }
}
