// The gateway's own errors: one class, one table of codes. Faces turn a code into a dialect's error body; errors of
// a provider are never wrapped in these, they are relayed as received.

interface CodeFacts {
  readonly status: number;
  /** Anthropic error type, as Claude Code knows it. */
  readonly type: string;
  /** False stops the client's own retries (`x-should-retry`, P16); null leaves the choice to the client. */
  readonly shouldRetry: boolean | null;
}

export const gatewayErrorCodes = {
  /** The Host header names neither loopback nor this gateway's port: a rebinding page or a wrong address. */
  HOST_REFUSED: { status: 403, type: 'permission_error', shouldRetry: false },
  /** A web page of another origin called. */
  ORIGIN_REFUSED: { status: 403, type: 'permission_error', shouldRetry: false },
  /** No key, an unknown key or a revoked one. Retrying would make Claude Code wait three minutes. */
  KEY_REFUSED: { status: 401, type: 'authentication_error', shouldRetry: false },
  /** No such path, or not with this method. */
  NOT_FOUND: { status: 404, type: 'not_found_error', shouldRetry: false },
  /** The body is not what the path takes. */
  REQUEST_INVALID: { status: 400, type: 'invalid_request_error', shouldRetry: false },
  /** Over 32 MiB. */
  BODY_TOO_LARGE: { status: 413, type: 'request_too_large', shouldRetry: false },
  /** A budget stops the request: Claude Code prints the sentence and does not try again. */
  BUDGET_REACHED: { status: 429, type: 'billing_error', shouldRetry: false },
  /** The user paused Tollgate. */
  PAUSED: { status: 403, type: 'permission_error', shouldRetry: false },
  /** The chosen provider cannot be used as configured (no key, unreadable key file). */
  PROVIDER_UNUSABLE: { status: 502, type: 'api_error', shouldRetry: false },
  /** The system keychain has not handed over the provider's key yet; a moment later it has, or says why not. */
  PROVIDER_NOT_READY: { status: 503, type: 'api_error', shouldRetry: null },
  /** No provider has a model for the name asked for. */
  MODEL_UNKNOWN: { status: 404, type: 'not_found_error', shouldRetry: false },
  /** The provider could not be reached, or closed the connection before it answered. */
  PROVIDER_UNREACHABLE: { status: 502, type: 'api_error', shouldRetry: null },
  /** The provider accepted the request and stayed silent too long. */
  PROVIDER_TIMEOUT: { status: 504, type: 'timeout_error', shouldRetry: null },
  /** Tollgate is shutting down. */
  STOPPING: { status: 503, type: 'api_error', shouldRetry: null },
  /** Control: the named provider, client or record does not exist. */
  UNKNOWN_NAME: { status: 404, type: 'not_found_error', shouldRetry: false },
  /** Control: the request cannot be done in the present state. */
  CONFLICT: { status: 409, type: 'invalid_request_error', shouldRetry: false },
  /** A fault of Tollgate itself; the log has the details. */
  INTERNAL: { status: 500, type: 'api_error', shouldRetry: null },
} as const satisfies Record<string, CodeFacts>;

export type GatewayErrorCode = keyof typeof gatewayErrorCodes;

export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  /** Further headers of the answer, name and value alternating. */
  readonly headers: readonly string[] = [];

  /** `message` is one sentence for the person at the client: what happened and what to do. */
  constructor(code: GatewayErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GatewayError';
    this.code = code;
  }

  get status(): number {
    return gatewayErrorCodes[this.code].status;
  }

  get type(): string {
    return gatewayErrorCodes[this.code].type;
  }

  get shouldRetry(): boolean | null {
    return gatewayErrorCodes[this.code].shouldRetry;
  }
}

/** Start-up failed for a reason the user can mend: one plain line, exit code 2. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
