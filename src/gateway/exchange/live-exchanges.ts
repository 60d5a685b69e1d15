// The exchanges in flight: one slow ticker keeps silent streams alive and checkpoints figures, so that the data path
// has no timer of its own. The ticker runs only while something is in flight.
import type { Ledger } from '../ledger/sqlite-ledger.ts';
import type { Exchange } from './exchange.ts';
import type { Relay } from './relay-response.ts';

const TICK_MS = 1000;
/** A request without an answer for so long gets its row. */
const OPEN_AFTER_MS = 25;

interface Flight {
  readonly exchange: Exchange;
  relay: Relay | null;
  /** True once its request is on its way: from then on it may cost something. */
  sent: boolean;
  /** True once its row is in the ledger. */
  opened: boolean;
  /** True when figures changed since the last checkpoint. */
  dirty: boolean;
}

interface LiveOptions {
  readonly ledger: Ledger;
  readonly pingAfterMs: number;
}

export class LiveExchanges {
  readonly #options: LiveOptions;
  readonly #flights = new Map<string, Flight>();
  #ticker: NodeJS.Timeout | null = null;
  #opener: NodeJS.Timeout | null = null;
  #onIdle: (() => void)[] = [];

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#flights.size;
  }

  /** Those without an outcome yet. */
  get exchanges(): Exchange[] {
    return [...this.#flights.values()]
      .map((flight) => flight.exchange)
      .filter((exchange) => !exchange.recorded);
  }

  add(exchange: Exchange): void {
    this.#flights.set(exchange.id, { exchange, relay: null, sent: false, opened: false, dirty: false });
    this.#ticker ??= setInterval(() => this.#tick(), Math.min(TICK_MS, this.#options.pingAfterMs)).unref();
  }

  /**
   * The request goes upstream. Its row is opened when the answer begins, or soon when it does not: an answer that comes
   * at once is then one write, and no answer waits for the disk.
   */
  sent(exchange: Exchange): void {
    const flight = this.#flights.get(exchange.id);
    if (flight === undefined) return;
    flight.sent = true;
    if (this.#opener === null) this.#opener = setTimeout(() => this.#openAll(), OPEN_AFTER_MS).unref();
  }

  #openAll(): void {
    this.#opener = null;
    for (const flight of this.#flights.values()) if (flight.sent) this.#open(flight);
  }

  #open(flight: Flight): void {
    if (flight.opened || flight.exchange.recorded) return;
    flight.opened = true;
    this.#options.ledger.open(flight.exchange.toEntry());
  }

  /** True once the exchange has a row. */
  isOpened(exchange: Exchange): boolean {
    return this.#flights.get(exchange.id)?.opened === true;
  }

  relaying(exchange: Exchange, relay: Relay): void {
    const flight = this.#flights.get(exchange.id);
    if (flight !== undefined) flight.relay = relay;
  }

  progressed(exchange: Exchange): void {
    const flight = this.#flights.get(exchange.id);
    if (flight === undefined) return;
    flight.dirty = true;
    if (!flight.opened) this.#open(flight);
  }

  remove(exchange: Exchange): void {
    this.#flights.delete(exchange.id);
    if (this.#flights.size > 0) return;
    if (this.#ticker !== null) clearInterval(this.#ticker);
    this.#ticker = null;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    if (this.#flights.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  /** Ends all relays; their exchanges settle as failed. */
  cutAll(error: Error): void {
    for (const flight of [...this.#flights.values()]) flight.relay?.cut(error);
  }

  #tick(): void {
    const now = performance.now();
    const changed = [];
    for (const flight of this.#flights.values()) {
      flight.relay?.keepAlive(now, this.#options.pingAfterMs);
      if (!flight.dirty || !flight.opened || flight.exchange.recorded) continue;
      flight.dirty = false;
      changed.push(flight.exchange.toEntry());
    }
    if (changed.length > 0) this.#options.ledger.checkpoint(changed);
  }
}
