// MCP over the standard input and output of a local process: one message per line. Lines that are no messages are counted
// and left alone (R54).
import type { OrphanGuard } from './orphan-guard.ts';
import { ServerProcess } from './server-process.ts';
import type { ProcessPlan } from './server-process.ts';
import type { OutgoingRequest, Transport, TransportEvents } from './transport.ts';

export class StdioTransport implements Transport {
  readonly cancelsByClosing = false;
  readonly #process: ServerProcess;
  readonly #events: TransportEvents;
  #noise = 0;

  constructor(plan: ProcessPlan, guard: OrphanGuard, events: TransportEvents) {
    this.#events = events;
    this.#process = new ServerProcess(plan, guard, {
      onLine: (line) => this.#read(line),
      onExit: (why) => events.onClosed(why),
    });
  }

  /** Lines of standard output that were no messages. */
  get noise(): number {
    return this.#noise;
  }

  get stderr(): string {
    return this.#process.stderr;
  }

  get pid(): number | null {
    return this.#process.pid;
  }

  send(text: string, request: OutgoingRequest | null): void {
    const line = /[\r\n]/.test(text) ? text.replace(/[\r\n]+/g, ' ') : text;
    if (this.#process.writeLine(line) || request === null) return;
    this.#events.onLost(request.id, 'it has ended', true);
  }

  abandon(): void {}

  close(): Promise<void> {
    return this.#process.stop();
  }

  #read(line: string): void {
    const text = line.trim();
    if (text.startsWith('{') || text.startsWith('[')) this.#events.onMessage(text);
    else this.#noise++;
  }
}
