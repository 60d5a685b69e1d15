// The words between the stages of a translation: what is known of the model written to, what a request became, and
// what a provider's adapter adds. The neutral form is the AI SDK's language-model interface.
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4ProviderTool,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider';

/** Efforts in rising order; `none` asks for no reasoning at all. */
export const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof efforts)[number];

/** How a model is told to think. */
export type ReasoningControl =
  /** It does not think, or cannot be told. */
  | { readonly kind: 'fixed' }
  /** One of the named efforts. */
  | { readonly kind: 'effort'; readonly levels: readonly Effort[] }
  /** A number of tokens. */
  | { readonly kind: 'budget'; readonly least: number; readonly most: number };

/** How thinking of an earlier turn goes back to the model that thought it. */
export type ReasoningReplay =
  | 'none'
  /** Encrypted items of OpenAI Responses (T87, T88). */
  | 'openai-encrypted'
  /** Signatures on Gemini's parts (T115). */
  | 'gemini-signature'
  /** Plain text in `reasoning_content`, required on turns with tool calls (T30). */
  | 'reasoning-content';

/** What a model can do and wants; the adapter of its provider says so, per model. */
export interface ModelTraits {
  readonly images: boolean;
  readonly imagesInToolResults: boolean;
  readonly pdf: boolean;
  /** False where images and documents must come as bytes, not as addresses (T119); absent means true. */
  readonly mediaUrls?: boolean;
  readonly tools: boolean;
  /** `auto-only`: refuses every forced choice (T18). */
  readonly toolChoice: 'all' | 'auto-only';
  readonly temperature: boolean;
  readonly topP: boolean;
  readonly topK: boolean;
  /** Most stop sequences it takes (T21). */
  readonly stopSequences: number;
  readonly structuredOutput: boolean;
  readonly reasoning: ReasoningControl;
  readonly replay: ReasoningReplay;
  /** System text after the first turn: as a message of its own in place, or as a reminder inside the user's turn (T2). */
  readonly laterSystem: 'system' | 'user';
  /** An assistant turn may come last (T31). */
  readonly prefill: boolean;
  /** Schemas are cut down to the OpenAPI subset before they are sent (T111). */
  readonly plainSchemas: boolean;
  /** Fewest output tokens it may be asked for, like 16 of OpenAI Responses; absent means 1. */
  readonly leastOutputTokens?: number;
  /** Longest tool name (T14). */
  readonly toolNameLength: number;
  /** The provider's own web search for a request of Anthropic's, or null when it cannot be honoured (T27, T28, T94). */
  webSearch(asked: WebSearchAsked): LanguageModelV4ProviderTool | null;
}

/** The options of Anthropic's `web_search_…` tool. */
export interface WebSearchAsked {
  readonly name: string;
  readonly maxUses: number | null;
  readonly allowedDomains: readonly string[] | null;
  readonly blockedDomains: readonly string[] | null;
  readonly userLocation: Readonly<Record<string, unknown>> | null;
}

/** The model a request is translated for. */
export interface Target {
  /** The configured provider's id. */
  readonly provider: string;
  /** Fingerprint of the credential in use: opaque reasoning goes back to the account it came from only (T87). */
  readonly account: string;
  /** Name the client asked for; the answer carries it (T59). */
  readonly asked: string;
  /** Name sent upstream. */
  readonly model: string;
  /** Tokens; null when unknown. */
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  readonly traits: ModelTraits;
}

/** What a request asks for that has no place in the neutral form; the adapter turns it into provider options. */
export interface Wish {
  /** Effort in the model's own levels, or null for the model's default. */
  readonly effort: Effort | null;
  /** Tokens of thinking, where the model is told in tokens. */
  readonly thinkingBudget: number | null;
  /** The client wants to see thinking. */
  readonly showThinking: boolean;
  /** False forbids parallel tool calls; null leaves the default. */
  readonly parallelTools: boolean | null;
  /** Stable for a session; helps the provider's prompt cache (T25, T93). */
  readonly cacheKey: string | null;
  /** Hash of the caller's identity, at most 64 characters (T25). */
  readonly user: string | null;
  readonly serviceTier: 'auto' | 'default' | null;
  /** Set with structured output: true when the schema as sent meets what strict decoding demands (T26). */
  readonly strictSchema?: boolean;
}

/** Tool names as the client knows them and as they are sent (T14). */
export interface ToolNames {
  sent(name: string): string;
  original(sent: string): string;
}

/** A request in the neutral form. */
export interface TranslatedRequest {
  /** Without provider options, headers and abort signal. */
  readonly options: LanguageModelV4CallOptions;
  readonly wish: Wish;
  readonly names: ToolNames;
  readonly stream: boolean;
  /** Fields of the request that could not be expressed, like `top_k`; each once, in order of appearance. */
  readonly dropped: readonly string[];
  /** Estimated prompt tokens, for the head of a stream (T56). */
  readonly promptTokens: number;
  /** Stop sequences as asked, so that the answer can name the one that ended it. */
  readonly stopSequences: readonly string[];
  /** Names of the client's own tools that were sent, with the property names of their schemas (T49). */
  readonly toolProperties: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What an adapter is called with. */
export interface ModelSetup {
  /** Model name or deployment. */
  readonly model: string;
  /** The model's own name, where `model` is a deployment whose name says nothing. */
  readonly name?: string;
  /** Without trailing slash. */
  readonly baseUrl: string;
  readonly secret: string | null;
  /** The provider's own fields, like `region` or `apiVersion`. */
  readonly options: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
}

/** A provider that is reached through the AI SDK. */
export interface ModelAdapter {
  /** Makes the model; the package behind it is loaded at the first call. */
  createModel(setup: ModelSetup): Promise<LanguageModelV4>;
  traits(model: string, options: Readonly<Record<string, string>>): ModelTraits;
  providerOptions(wish: Wish, model: string): SharedV4ProviderOptions;
  /** Native token count of a translated request, where the provider has one; null sends the estimate. */
  countTokens?(request: TranslatedRequest, setup: ModelSetup): Promise<number | null>;
  /** The provider's list of models. Throws what `fetch` throws, or the SDK's APICallError on a status that is not 2xx. */
  listModels(setup: ModelSetup): Promise<readonly ListedModel[]>;
}

export interface ListedModel {
  readonly id: string;
  readonly name: string | null;
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
}
