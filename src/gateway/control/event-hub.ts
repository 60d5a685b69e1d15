// Tells the window and the tray what changed: a whole snapshot first, then batches of changed exchanges at most ten
// times a second. Without subscribers it does nothing; a slow subscriber gets fewer, newer batches, never a queue.
import type { ControlEvents } from '../../contract/control-contract.ts';
import type { ExchangeRow } from '../../contract/rows.ts';
import type { EventSink, EventSource } from '../faces/control-face.ts';

const BATCH_MS = 100;

/** Makes the payloads at the moment they are sent. */
export interface HubViews {
  snapshot(): Promise<ControlEvents['snapshot']>;
  meter(): ControlEvents['exchanges']['meter'];
  budgets(): NonNullable<ControlEvents['exchanges']['budgets']>;
}

/** Makes an exchange's row when the batch is sent, so that a fast stream costs nothing in between. */
export interface RowSource {
  toRow(): ExchangeRow;
}

interface Subscriber {
  readonly sink: EventSink;
  /** Exchanges changed since the last batch it took. */
  readonly changed: Map<string, RowSource>;
  /** News that came while it was congested; only the last of its kind matters. */
  missedHistory: ControlEvents['history'] | null;
  ready: boolean;
  congested: boolean;
}

export class EventHub implements EventSource {
  readonly #views: HubViews;
  readonly #onError: (error: unknown) => void;
  readonly #subscribers = new Set<Subscriber>();
  #timer: NodeJS.Timeout | null = null;

  constructor(views: HubViews, onError: (error: unknown) => void) {
    this.#views = views;
    this.#onError = onError;
  }

  /** True when somebody follows. */
  get hasListeners(): boolean {
    return this.#subscribers.size > 0;
  }

  subscribe(sink: EventSink): () => void {
    const subscriber: Subscriber = {
      sink,
      changed: new Map(),
      missedHistory: null,
      ready: false,
      congested: false,
    };
    this.#subscribers.add(subscriber);
    void this.#sendSnapshot([subscriber]);
    return () => this.#subscribers.delete(subscriber);
  }

  exchangeChanged(id: string, source: RowSource): void {
    if (this.#subscribers.size === 0) return;
    for (const subscriber of this.#subscribers) subscriber.changed.set(id, source);
    this.#timer ??= setTimeout(() => this.#sendBatch(), BATCH_MS);
  }

  /** An import of past spend began, went on or ended. */
  historyChanged(status: ControlEvents['history']): void {
    for (const subscriber of this.#subscribers) {
      if (subscriber.congested) subscriber.missedHistory = status;
      else if (subscriber.ready) this.#send(subscriber, 'history', status);
    }
  }

  /** Provider, pause, take-over or settings changed. */
  stateChanged(): void {
    void this.#sendSnapshot([...this.#subscribers]);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#subscribers.clear();
  }

  async #sendSnapshot(to: readonly Subscriber[]): Promise<void> {
    if (to.length === 0) return;
    try {
      const snapshot = await this.#views.snapshot();
      for (const subscriber of to) {
        subscriber.ready = true;
        this.#send(subscriber, 'snapshot', snapshot);
      }
    } catch (error) {
      this.#onError(error);
    }
  }

  #sendBatch(): void {
    this.#timer = null;
    let figures: Omit<ControlEvents['exchanges'], 'changed'> | null = null;
    for (const subscriber of this.#subscribers) {
      if (!subscriber.ready || subscriber.congested || subscriber.changed.size === 0) continue;
      const changed = [...subscriber.changed.values()].map((source) => source.toRow());
      subscriber.changed.clear();
      figures ??= { meter: this.#views.meter(), budgets: this.#views.budgets() };
      this.#send(subscriber, 'exchanges', { changed, ...figures });
    }
    if ([...this.#subscribers].some((subscriber) => subscriber.changed.size > 0 && !subscriber.congested)) {
      this.#timer = setTimeout(() => this.#sendBatch(), BATCH_MS);
    }
  }

  #send<E extends keyof ControlEvents>(subscriber: Subscriber, event: E, payload: ControlEvents[E]): void {
    if (subscriber.sink.send(event, payload)) return;
    subscriber.congested = true;
    subscriber.sink.onDrain(() => {
      subscriber.congested = false;
      const { missedHistory } = subscriber;
      subscriber.missedHistory = null;
      if (missedHistory !== null) this.#send(subscriber, 'history', missedHistory);
      if (subscriber.changed.size > 0) this.#timer ??= setTimeout(() => this.#sendBatch(), BATCH_MS);
    });
  }
}
