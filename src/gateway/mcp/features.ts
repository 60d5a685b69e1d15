// What a client of either protocol era may ask of the MCP gateway, apart from how it asks. The door translates both eras
// into this, the aggregator answers it.
import type { JsonObject } from './wire/message.ts';
import type { LogLevel, RpcError } from './wire/protocol.ts';

/** Who asks. */
export interface Caller {
  /** Id of the local key's client. */
  readonly client: string;
  /** The one server of `/mcp/s/<server>`; null on `/mcp`, where all servers are one. */
  readonly scope: string | null;
  /** The client's session: a legacy session's id, or what Claude Code says of its own; null when nobody says. */
  readonly session: string | null;
}

/** The way back to the client while its request runs. */
export interface CallerReply {
  readonly canNotify: boolean;
  /** Sends a notification that belongs to this request. */
  notify(message: string): void;
  /** The answer may take a while. */
  expectDelay(): void;
}

export interface FeatureRequest {
  readonly caller: Caller;
  /** Whether the client speaks a revision without sessions. */
  readonly modern: boolean;
  readonly method: string;
  readonly params: JsonObject;
  readonly paramsText: string;
  /** Least severe log level the client wants with this request; null for none. */
  readonly logLevel: LogLevel | null;
  /** Aborts when the client cancelled. */
  readonly signal: AbortSignal;
  readonly reply: CallerReply;
}

/** The answer as JSON text. */
export type Outcome = { readonly resultText: string } | { readonly errorText: string };

export const refusal = (error: RpcError): Outcome => ({ errorText: JSON.stringify(error) });

export interface Features {
  /** Methods answered here; the door answers `initialize`, `ping` and the like itself. */
  has(method: string): boolean;
  run(request: FeatureRequest): Promise<Outcome>;
  /** Whether `/mcp/s/<server>` exists. */
  knowsServer(server: string): boolean;
  /** Guidance for the model; null when there is none. A client that asks is about to look at the lists. */
  instructions(scope: string | null): Promise<string | null>;
}

/**
 * What we say we can do. It never depends on which servers are up, or on their era: lists are empty when nothing backs
 * them (R3).
 */
export const capabilities = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { listChanged: true },
  completions: {},
} as const;

/** Logging is a capability of the legacy revisions only. */
export const legacyCapabilities = { ...capabilities, logging: {} } as const;
