// MCP over HTTP with server-sent events, as in revision 2024-11-05: one stream brings everything, POSTs to the address it
// names send.
import { exchangeHttp } from './http-exchange.ts';
import { sayStatus } from './http-transport.ts';
import type { OutgoingRequest, Transport, TransportEvents } from './transport.ts';

interface SseOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: TransportEvents;
}

export class SseTransport implements Transport {
  readonly stderr = '';
  readonly pid = null;
  readonly cancelsByClosing = false;
  readonly #options: SseOptions;
  readonly #waiting: (() => void)[] = [];
  #target: string | null = null;
  #stop: (() => void) | null = null;
  #closed = false;

  constructor(options: SseOptions) {
    this.#options = options;
    const { url, headers, events } = options;
    let status = 0;
    this.#stop = exchangeHttp(
      { method: 'GET', url, headers: { ...headers, accept: 'text/event-stream' }, body: null },
      {
        onHead: (head) => (status = head.status),
        onEvent: ({ event, data }) => {
          if (event === 'endpoint') this.#open(data);
          else if (event === 'message') events.onMessage(data);
        },
        onRetry: () => {},
        onEnd: () => this.#end(status === 200 ? 'its stream ended' : sayStatus(status)),
        onError: (why) => this.#end(why),
      },
    );
  }

  send(text: string, request: OutgoingRequest | null): void {
    if (this.#closed) return;
    if (this.#target === null) this.#waiting.push(() => this.#post(text, request));
    else this.#post(text, request);
  }

  abandon(): void {}

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop?.();
  }

  /** The address may be relative; on another origin our headers would go to a stranger (R66). */
  #open(address: string): void {
    const target = URL.parse(address, this.#options.url);
    if (target === null || target.origin !== new URL(this.#options.url).origin) {
      this.#stop?.();
      return this.#end('it wants its messages at another address than its own');
    }
    this.#target = target.href;
    for (const send of this.#waiting.splice(0)) send();
  }

  #post(text: string, request: OutgoingRequest | null): void {
    const { headers, events } = this.#options;
    const lost = (why: string, notRun: boolean): void => {
      if (request !== null) events.onLost(request.id, why, notRun);
    };
    let status = 0;
    exchangeHttp(
      {
        method: 'POST',
        url: this.#target ?? this.#options.url,
        headers: { ...headers, 'content-type': 'application/json' },
        body: text,
      },
      {
        onHead: (head) => (status = head.status),
        onEvent: () => {},
        onRetry: () => {},
        onEnd: () => {
          if (status >= 400) lost(sayStatus(status), status < 500);
        },
        onError: (why, sent) => lost(why, !sent),
      },
    );
  }

  #end(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.events.onClosed(why);
  }
}
