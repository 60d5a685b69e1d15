// Keeps the event stream open and says so when it is not: the browser reconnects after a cut, this reopens what the
// browser gave up, asks why when it was refused, and asks for a snapshot when it has been quiet for long (a gateway
// that hangs, a computer that slept, a day that ended). Knows nothing of React.
import type * as z from 'zod';
import { controlEvents } from '../../src/contract/control-contract.ts';
import { GatewayError, type GatewayClient } from '../gateway-client.ts';
import type { LiveEvent } from './live-state.ts';

const reopenAfterMs = 2_000;
const lookEveryMs = 15_000;
const quietForMs = 60_000;

export interface Connection {
  /** Asks for fresh figures now if the last ones are older than `olderThanMs`. */
  refresh(olderThanMs: number): void;
  close(): void;
}

/** Payload of a server-sent event, or undefined when it is not what the contract promises. */
function readPayload<S extends z.ZodType>(schema: S, event: Event): z.infer<S> | undefined {
  if (!(event instanceof MessageEvent) || typeof event.data !== 'string') return undefined;
  try {
    const parsed = schema.safeParse(JSON.parse(event.data));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Opens the stream and reports everything to `tell` until closed. `now` gives milliseconds since the epoch. */
export function keepConnected(
  client: GatewayClient,
  tell: (event: LiveEvent) => void,
  now: () => number,
): Connection {
  let source: EventSource | null = null;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let heardAt = now();
  let news = 0;
  let asking = false;

  function stop(event: LiveEvent): void {
    close();
    tell(event);
  }

  /** Null when the gateway answered; else how that failed. */
  async function ask(): Promise<GatewayError | null> {
    const newsBefore = news;
    try {
      const snapshot = await client.call('snapshot.get', {});
      // A stream event that arrived meanwhile is younger than this answer.
      if (newsBefore === news) tell({ kind: 'snapshot', at: (heardAt = now()), snapshot });
      return null;
    } catch (error) {
      return error instanceof GatewayError ? error : new GatewayError('unexpected', String(error));
    }
  }

  async function refresh(olderThanMs: number): Promise<void> {
    if (asking || source === null || now() - heardAt < olderThanMs) return;
    asking = true;
    const failure = await ask();
    asking = false;
    if (failure === null || source === null) return;
    if (failure.code === 'locked') stop({ kind: 'locked' });
    else if (failure.code === 'mismatch') stop({ kind: 'mismatch' });
    else {
      tell({ kind: 'lost', at: now() });
      reopen();
    }
  }

  async function explainFailure(failed: EventSource): Promise<void> {
    tell({ kind: 'lost', at: now() });
    const refusal = await client.call('status.get', {}).then(
      () => null,
      (error: unknown) => error,
    );
    if (source !== failed) return;
    if (refusal instanceof GatewayError && refusal.code === 'locked') stop({ kind: 'locked' });
    else if (failed.readyState === EventSource.CLOSED) reopen();
  }

  function reopen(): void {
    source?.close();
    clearTimeout(reopening);
    reopening = setTimeout(open, reopenAfterMs);
  }

  function open(): void {
    const opened = client.openEvents();
    source = opened;
    opened.addEventListener('snapshot', (event) => {
      const snapshot = readPayload(controlEvents.snapshot, event);
      if (snapshot === undefined) return stop({ kind: 'mismatch' });
      news += 1;
      tell({ kind: 'snapshot', at: (heardAt = now()), snapshot });
    });
    opened.addEventListener('exchanges', (event) => {
      const payload = readPayload(controlEvents.exchanges, event);
      if (payload === undefined) return stop({ kind: 'mismatch' });
      news += 1;
      tell({ kind: 'exchanges', at: (heardAt = now()), ...payload });
    });
    opened.addEventListener('history', (event) => {
      const history = readPayload(controlEvents.history, event);
      if (history === undefined) return stop({ kind: 'mismatch' });
      tell({ kind: 'history', at: (heardAt = now()), history });
    });
    opened.addEventListener('error', () => void explainFailure(opened));
  }

  const looking = setInterval(() => void refresh(quietForMs), lookEveryMs);

  function close(): void {
    source?.close();
    source = null;
    clearTimeout(reopening);
    clearInterval(looking);
  }

  open();
  return { refresh: (olderThanMs) => void refresh(olderThanMs), close };
}
