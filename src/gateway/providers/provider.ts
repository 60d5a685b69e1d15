// How an upstream is described and called. A descriptor is data plus the few functions in which vendors differ; the
// wire is one small callback interface, so that a network provider and the built-in practice provider look alike.

import type { ByteParts } from '../lib/byte-parts.ts';

/** A request on its way out: the client's own bytes, headers already cleaned of the client's credentials. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query as the client sent them. */
  readonly path: string;
  /** Name, value, name, value … in the client's order and case. */
  readonly headers: readonly string[];
  readonly body: ByteParts | null;
}

/** Hears of one upstream call; after `onEnd` or `onError` nothing more comes. */
export interface UpstreamListener {
  /** Headers as received: name, value, name, value … */
  onStart(status: number, headers: readonly string[]): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** `reusedSocket`: an idle connection died under the request before it answered; sending again is safe. */
  onError(error: Error, reusedSocket: boolean): void;
}

/** A call in flight. */
export interface UpstreamCall {
  pause(): void;
  resume(): void;
  /** Ends the call at once and closes its connection; no further callback comes. */
  abort(): void;
}

/** Something that answers Messages requests. */
export interface Upstream {
  send(request: UpstreamRequest, listener: UpstreamListener): UpstreamCall;
  /** Lets calls in flight end, takes no new ones, then closes its connections. */
  retire(): void;
  /** Closes all connections at once. */
  destroy(): Promise<void>;
}

/** What an upstream may use of its surroundings. */
export interface UpstreamContext {
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
}

/** One provider type. */
export interface ProviderDescriptor {
  readonly type: string;
  readonly label: string;
  readonly dialect: 'anthropic-messages';
  /** True for the built-in provider that spends no money. */
  readonly practice: boolean;
  /** Used when the settings name none; null for a provider without an address. */
  readonly defaultBaseUrl: string | null;
  readonly defaultCredential: string;
  /** Headers that carry the secret upstream. */
  authorize(secret: string): readonly string[];
  /** `baseUrl` without trailing slash; empty for a provider without an address. */
  createUpstream(baseUrl: string, context: UpstreamContext): Upstream;
}
