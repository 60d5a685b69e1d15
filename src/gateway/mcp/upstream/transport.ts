// The line to one MCP server, whatever it runs over: whole JSON-RPC messages as text go out and come in.
import type { JsonObject } from '../wire/message.ts';

export interface OutgoingRequest {
  /** Our own id on this line. */
  readonly id: number;
  readonly method: string;
  readonly params: JsonObject;
  /** More HTTP headers, where the line is HTTP of the modern revision. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface TransportEvents {
  onMessage(text: string): void;
  /** The whole line is gone; called once. `why` is a sentence without a subject, for the user. */
  onClosed(why: string): void;
  /**
   * This request will get no answer. `notRun` is true when it certainly was not carried out, so that it may be sent
   * again (R28).
   */
  onLost(id: number, why: string, notRun: boolean): void;
}

export interface Transport {
  /** `request` is null for notifications and for answers of ours. */
  send(text: string, request: OutgoingRequest | null): void;
  /** True when giving up a request is told by ending its exchange instead of by a notification (R25). */
  readonly cancelsByClosing: boolean;
  /** Ends one exchange early. */
  abandon(id: number): void;
  close(): Promise<void>;
  /** The last lines a local server wrote to standard error. */
  readonly stderr: string;
  /** Process of a local server. */
  readonly pid: number | null;
}
