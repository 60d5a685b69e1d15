// How an upstream is described and called. A descriptor is data plus the few functions in which vendors differ; the
// wire is one small callback interface, so that a network provider and the built-in practice provider look alike.

import type { HttpSettings, ModelSettings } from '../../contract/settings.ts';
import type { ByteParts } from '../lib/byte-parts.ts';

/** A request on its way out: the client's own bytes, headers already cleaned of the client's credentials. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query as the client sent them. */
  readonly path: string;
  /** Name, value, name, value … in the client's order and case. */
  readonly headers: readonly string[];
  readonly body: ByteParts | null;
  /** The provider's secret, for upstreams that sign or build their own requests; it is in `headers` already for others. */
  readonly secret: string | null;
  /** The model the client asked for; null for a request without one. */
  readonly asked: string | null;
  /** The model sent upstream, as it stands in the body; null for a request without one. */
  readonly model: string | null;
}

/** Hears of one upstream call; after `onEnd` or `onError` nothing more comes. */
export interface UpstreamListener {
  /** Headers as received: name, value, name, value … */
  onStart(status: number, headers: readonly string[]): void;
  /** Something the record should say of the answer, like a slip that was mended. */
  onNote?(note: string): void;
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
  /** The process's environment: proxies, certificate files, credentials of cloud tools. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Context window and output limit of a provider's model, by all that is known; absent in places that know nothing. */
  readonly limitsOf?: (provider: string, model: string) => ModelLimits;
  /** Runs a call with a large body in another thread; absent in that thread itself. */
  readonly offload?: (type: string, setup: ProviderSetup, job: OffloadJob) => UpstreamCall;
}

/** Tokens; null when unknown. */
export interface ModelLimits {
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
}

export const unknownLimits: ModelLimits = { contextWindow: null, maxOutputTokens: null };

export interface OffloadJob {
  readonly request: UpstreamRequest;
  readonly limits: ModelLimits;
  readonly listener: UpstreamListener;
}

/** One thing a provider type wants to know besides address and key; stored under `options` in its settings. */
export interface ProviderField {
  readonly key: string;
  readonly label: string;
  /** One sentence: what it is and where to find it. */
  readonly help: string;
  readonly example: string;
  readonly required: boolean;
  /** Values it may have; absent means any text. */
  readonly choices?: readonly string[];
}

/** Where a form lists the type. */
export type ProviderGroup = 'claude' | 'no-translation' | 'translated' | 'local' | 'gateway' | 'practice';

/** A model the type serves, known without asking it. */
export interface KnownModel {
  readonly id: string;
  readonly name: string;
  /** Tokens; null when unknown. */
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
}

/** Model sizes that Claude Code asks for; `background` is for its small calls beside the conversation. */
export type Tier = 'opus' | 'sonnet' | 'haiku' | 'background';

/** How one configured provider is reached. */
export interface ProviderSetup {
  readonly id: string;
  /** Without trailing slash; empty for a provider without an address. */
  readonly baseUrl: string;
  /** Values of the type's fields. */
  readonly options: Readonly<Record<string, string>>;
  /** What the user says of single models. */
  readonly models: Readonly<Record<string, ModelSettings>>;
  /** Known slips of models in tool arguments are mended on the way (T49). */
  readonly repairToolCalls: boolean;
  readonly http: HttpSettings;
}

/** One provider type. */
export interface ProviderDescriptor {
  readonly type: string;
  readonly label: string;
  readonly group: ProviderGroup;
  /** One sentence for the form that adds one. */
  readonly help: string;
  /** Page where a key can be made; null when none is needed. */
  readonly keysUrl: string | null;
  /** `translated`: requests become another vocabulary, and something may be lost on the way. */
  readonly dialect: 'anthropic-messages' | 'translated';
  /** True for the built-in provider that spends no money. */
  readonly practice: boolean;
  /** True when it serves Claude under Claude's own names; else the name asked for is mapped to one of its models. */
  readonly servesClaude: boolean;
  /** Used when the settings name none; null for a provider without an address, or whose address only the user knows. */
  readonly defaultBaseUrl: string | null;
  readonly defaultCredential: string;
  readonly fields: readonly ProviderField[];
  readonly models: readonly KnownModel[];
  /** Models that stand in for Claude's sizes when the user picked none. */
  readonly tiers: Readonly<Partial<Record<Tier, string>>>;
  /** Headers that carry the secret upstream; empty where the upstream puts it itself. */
  authorize(secret: string): readonly string[];
  /**
   * An upstream answers three requests in Anthropic's words: Messages, token counts and the model list (`GET /v1/models`).
   */
  createUpstream(setup: ProviderSetup, context: UpstreamContext): Upstream;
}
