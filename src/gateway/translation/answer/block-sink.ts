// Where finished decisions about content go: one block at a time, start, deltas, stop. A stream and a whole message are
// two sinks of the same composer, so that both say the same.

export type StartedBlock =
  | { readonly type: 'text'; readonly text: '' }
  | { readonly type: 'thinking'; readonly thinking: ''; readonly signature: '' }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: Readonly<Record<string, never>>;
    }
  | {
      readonly type: 'server_tool_use';
      readonly id: string;
      readonly name: 'web_search';
      readonly input: Readonly<Record<string, never>>;
    }
  | {
      readonly type: 'web_search_tool_result';
      readonly tool_use_id: string;
      readonly content: readonly SearchHit[] | SearchFailure;
    };

export interface SearchHit {
  readonly type: 'web_search_result';
  readonly url: string;
  readonly title: string;
  /** Anthropic's own proof of a result; a foreign search has none. */
  readonly encrypted_content: '';
  readonly page_age: null;
}

export interface SearchFailure {
  readonly type: 'web_search_tool_result_error';
  readonly error_code: 'unavailable';
}

export type DeltaKind = 'text' | 'thinking' | 'signature' | 'input';

export interface BlockSink {
  start(block: StartedBlock): void;
  delta(kind: DeltaKind, text: string): void;
  stop(): void;
}
